"""Who approves what a venue publishes."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, Task, TaskState

from network.permissions import heads_line

from .belonging import VenueContentPage
from .pages import VenuePage


class HeadApprovalTask(Task):
    """Approval by an official of the head institution of the venue's line: of either where the venue serves both.

    Who that is follows from the appointments on the day (R61, R69: the heads guide and supervise), not from a
    group that somebody has to keep.
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
            ("approve", _("Approve"), False),  # Wagtail adds “and Publish”
            ("approve", _("Approve with a comment"), True),
        ]

    def get_form_for_action(self, action: str) -> Any:
        from pages.venues.moderation import ReturnForm  # Wagtail's forms load after all models

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
