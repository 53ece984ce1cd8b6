"""Moderation 审核: a venue's editor submits, the head institution of its line approves or returns with a reason."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.mail import EmailNotificationMixin, Notifier
from wagtail.forms import TaskStateCommentForm
from wagtail.models import TaskState, Workflow, WorkflowPage, WorkflowTask

from network.permissions import officials_of_lines

from .models import HeadApprovalTask, VenueIndexPage
from .models.moderation import lines_of

WORKFLOW_NAME = "总馆审核"  # content: editors read it in the page editor, and the site's content is Chinese


class ReturnForm(TaskStateCommentForm):
    """Who returns a piece says why: its author has to know what to change."""

    comment = forms.CharField(
        label=_("Reason"), widget=forms.Textarea({"rows": 3}), help_text=_("The author reads it.")
    )


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
        return officials.exclude(pk=getattr(kwargs.get("user"), "pk", None))  # type: ignore[misc]

    def get_context(self, task_state: TaskState, **kwargs: Any) -> dict[str, Any]:
        page = task_state.workflow_state.content_object.specific
        context = {
            "task": task_state.task.specific,
            "object": page,
            "page": page,
            "model_name": page.get_verbose_name(),
        }
        return super().get_context(task_state, **kwargs) | context
