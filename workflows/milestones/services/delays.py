"""What keeps a milestone from being done in time: another last day, and what only the leading group can resolve.

Functions named `…_record` are the steps' own: the flow calls them under the lock of `task_act`.
"""

import datetime as dt
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.changes import Changes
from common.privatefiles import CheckedFile
from workflows.core.services import LostRace, case_file_add

from .. import rules
from ..models import DateMove, GroupIssue, Milestone, MilestoneCase
from .evidence import milestone_set, outcome_set, step_take

State = Milestone.State


# Another last day -------------------------------------------------------------------------------
def date_move_ask(*, milestone: Milestone, by: Any, new: dt.date, reason: str) -> DateMove | LostRace:
    """Ask the bureau for another last day 调整时限. Opens the milestone's case when there is none.

    Returns:
        The request; or LostRace when the case waits elsewhere.

    Raises:
        PermissionDenied: it is not theirs to carry out.
        ValidationError: by field: new, reason.
    """
    with transaction.atomic():
        taken = step_take(milestone=milestone, by=by, decision="move", reason=reason, data={"new": new})
        return taken if isinstance(taken, LostRace) else DateMove.objects.get(case=taken.case, approved=None)


def date_move_record(case: MilestoneCase, *, new: dt.date | None, reason: str, by: Any) -> Changes:
    """Keep the request; it goes to the bureau."""
    milestone = case.milestone
    if problem := rules.new_day_problem(milestone, new):
        raise ValidationError({"new": problem})
    assert new is not None  # `new_day_problem` asked  # noqa: S101
    row = DateMove(milestone=milestone, case=case, old=milestone.last_day, new=new, reason=reason, asked_by=by)
    row.full_clean(exclude=["decided_by", "decided_at", "approved"])
    row.save()
    outcome_set(case, "move")
    return {"asked_last_day": (row.old, row.new)}


def date_move_decide(case: MilestoneCase, *, decision: str, by: Any) -> Changes:
    """Approve or refuse the open request; the plan's own last day is remembered.

    Raises:
        PermissionDenied: nobody approves what they asked for.
        ValidationError: on decision: the day asked for has passed meanwhile.
    """
    row = DateMove.objects.get(case=case, approved=None)
    if row.asked_by_id == by.pk:
        raise PermissionDenied(_("You asked for this date: a colleague decides."))
    if decision == "approve" and (problem := rules.new_day_problem(case.milestone, row.new)):
        raise ValidationError({"decision": problem})
    row.approved, row.decided_by, row.decided_at = decision == "approve", by, timezone.now()
    row.save(update_fields=["approved", "decided_by", "decided_at"])
    outcome_set(case, "moved")
    return milestone_set(case.milestone, last_day=row.new) if row.approved else {}


# Blocked ----------------------------------------------------------------------------------------
def block_report(*, milestone: Milestone, by: Any, problem: str) -> GroupIssue | LostRace:
    """Report what blocks a milestone: it becomes an issue for the leading group (R57, R58, R117).

    Returns:
        The issue; or LostRace when the case waits elsewhere.

    Raises:
        PermissionDenied: it is not theirs to carry out.
        ValidationError: nothing was said.
    """
    with transaction.atomic():
        taken = step_take(milestone=milestone, by=by, decision="block", reason=problem, data={})
        return taken if isinstance(taken, LostRace) else GroupIssue.objects.get(case=taken.case, resolved_at=None)


def block_record(case: MilestoneCase, *, problem: str, by: Any) -> Changes:
    """Keep what blocks it; the milestone waits for the leading group. An issue whose case was cancelled goes on."""
    issue = GroupIssue.objects.filter(milestone=case.milestone, resolved_at=None).first() or GroupIssue(
        milestone=case.milestone
    )
    issue.case, issue.problem, issue.raised_by = case, problem, by
    issue.full_clean()
    issue.save()
    outcome_set(case, "block")
    return milestone_set(case.milestone, state=State.BLOCKED)


def issue_resolve(
    case: MilestoneCase, *, met_on: dt.date | None, resolution: str, minutes: CheckedFile | None, by: Any
) -> Changes:
    """Record the leading group's resolution and its minutes; the milestone is in progress again.

    Raises:
        ValidationError: by field: met_on (the day it met, not in the future), resolution.
    """
    problems = {}
    if met_on is None:
        problems["met_on"] = _("Give the day on which the leading group met.")
    elif met_on > timezone.localdate():
        problems["met_on"] = _("This day is still to come.")
    if not resolution.strip():
        problems["resolution"] = _("Write what was resolved.")
    if problems:
        raise ValidationError(problems)
    issue = GroupIssue.objects.get(case=case, resolved_at=None)
    if minutes is not None:
        with override(settings.LANGUAGE_CODE):  # it is kept, so it is content
            label = _("Minutes of the leading group")
        issue.minutes = case_file_add(case=case, checked=minutes, paper=f"minutes-{issue.pk}", label=label, by=by)
    issue.met_on, issue.resolution = met_on, resolution.strip()
    issue.resolved_by, issue.resolved_at = by, timezone.now()
    issue.full_clean()
    issue.save()
    outcome_set(case, "resolved")
    return milestone_set(case.milestone, state=State.IN_PROGRESS)
