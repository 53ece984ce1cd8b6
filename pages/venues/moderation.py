"""Moderation 审核: a venue's editor submits, the head institution of its line approves or returns with a reason."""

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.workflows import TaskStateCommentForm
from wagtail.admin.mail import EmailNotificationMixin, Notifier
from wagtail.models import Page, Task, TaskState, Workflow, WorkflowPage, WorkflowTask

from network.permissions import heads_line, officials_of_lines

from .belonging import VenueContentPage
from .models import VenueIndexPage, VenuePage

User = get_user_model()
WORKFLOW_NAME = "总馆审核"  # content: editors read it in the page editor, and the site's content is Chinese


class ReturnForm(TaskStateCommentForm):
    """Who returns a piece says why: its author has to know what to change."""

    comment = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 3}), help_text=_("The author reads it."))


class HeadApprovalTask(Task):
    """Approval by an official of the head institution of the venue's line: of either where the venue serves both.

    Who that is follows from the appointments on the day (R61, R69: the heads guide and supervise), not from a group that
    somebody has to keep.
    """

    class Meta:
        verbose_name = _("approval by the head institution")
        verbose_name_plural = _("approvals by the head institution")

    def may_decide(self, page: Page, user: Any) -> bool:
        """Whether `user` may approve or return `page` today."""
        return user.is_superuser or bool(lines_of(page) & heads_line(user))

    def user_can_access_editor(self, obj: Page, user: Any) -> bool:
        return self.may_decide(obj, user)

    def locked_for_user(self, obj: Page, user: Any) -> bool:
        return not self.may_decide(obj, user)

    def user_can_lock(self, obj: Page, user: Any) -> bool:
        return self.may_decide(obj, user)

    def get_actions(self, obj: Page, user: Any) -> list[tuple[str, Any, bool]]:
        if not self.may_decide(obj, user):
            return []
        return [
            ("reject", _("Return with a reason"), True),
            ("approve", _("Approve and publish"), False),
            ("approve", _("Approve with a comment"), True),
        ]

    def get_form_for_action(self, action: str) -> type[forms.Form]:
        return ReturnForm if action == "reject" else super().get_form_for_action(action)

    def get_task_states_user_can_moderate(self, user: Any, **_kwargs: Any) -> QuerySet[TaskState]:
        waiting = self.task_states.filter(status=TaskState.STATUS_IN_PROGRESS)
        if user.is_superuser:
            return waiting
        pages = waiting.values_list("workflow_state__object_id", flat=True)
        mine = pages_of_lines([int(page) for page in pages], heads_line(user))
        return waiting.filter(workflow_state__object_id__in=[str(page) for page in mine])

    @classmethod
    def get_description(cls) -> Any:
        return _("Officials of the head institution of the venue's line approve")


def lines_of(page: Page) -> set[str]:
    """The lines ("library", "culture") of the venue that `page` speaks for; empty where it speaks for none."""
    specific = page.specific
    if not isinstance(specific, VenuePage | VenueContentPage):
        return set()
    return {line for line in ("library", "culture") if getattr(specific.venue, line)}


def pages_of_lines(pages: list[int], lines: set[str]) -> list[int]:
    """Those of `pages` (primary keys) that speak for a venue of one of `lines`; one query a page type."""
    if not pages or not lines:
        return []
    of_lines = Q()
    for line in lines:
        of_lines |= Q(**{f"venue__{line}": True})
    types = [VenuePage, *VenueContentPage.__subclasses__()]
    return [pk for each in types for pk in each.objects.filter(of_lines, pk__in=pages).values_list("pk", flat=True)]


def workflow_ensure() -> Workflow:
    """The approval workflow on the venue directory's whole subtree; made once, then left as officials set it."""
    if workflow := Workflow.objects.filter(name=WORKFLOW_NAME).first():
        return workflow
    workflow = Workflow.objects.create(name=WORKFLOW_NAME)
    task = HeadApprovalTask.objects.create(name=WORKFLOW_NAME)
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowPage.objects.create(workflow=workflow, page=VenueIndexPage.objects.get())
    return workflow


class SubmissionNotifier(EmailNotificationMixin, Notifier):
    """Tells the officials whose turn it is that a piece waits for them, and what to do."""

    notification = "submitted"

    def __init__(self) -> None:
        super().__init__((TaskState,))

    def can_handle(self, instance: TaskState, **kwargs: Any) -> bool:
        return super().can_handle(instance, **kwargs) and isinstance(instance.task.specific, HeadApprovalTask)

    def get_recipient_users(self, task_state: TaskState, **kwargs: Any) -> QuerySet[Any]:
        officials = officials_of_lines(lines_of(task_state.workflow_state.content_object))
        return officials.exclude(pk=getattr(kwargs.get("user"), "pk", None))

    def get_context(self, task_state: TaskState, **kwargs: Any) -> dict[str, Any]:
        page = task_state.workflow_state.content_object.specific
        context = {"task": task_state.task.specific, "object": page, "page": page, "model_name": page.get_verbose_name()}
        return super().get_context(task_state, **kwargs) | context
