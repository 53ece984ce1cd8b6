"""From evidence to done: handing in, checking, confirming, returning. Withdrawing: withdrawal.py.

Functions named `…_record` are the steps' own: the flow calls them under the lock of `task_act`. The others begin there.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from common.changes import Changes, fields_set
from common.privatefiles import CheckedFile
from workflows.core.models import Case, WorkItem
from workflows.core.nodes import flow_of
from workflows.core.services import LostRace, Paper, case_close, case_files_add, case_start, case_stop, step_act

from .. import permissions, rules
from ..locks import milestones_lock, running_case
from ..models import DateMove, Evidence, Milestone, MilestoneCase, Programme
from ..signals import milestone_confirmed
from .survey import answers_check
from .unified import unified_item_show

Files = Sequence[tuple[CheckedFile, str]]
State = Milestone.State
HAND_IN = ("hand_in", "hand_in_head", "hand_in_bureau")


def milestone_set(milestone: Milestone, **values: Any) -> Changes:
    """Set fields and save those; returns what changed for the decision log. Under the milestone's lock."""
    changes = fields_set(milestone, **values)
    if "state" in changes:
        changes["milestone_state"] = changes.pop("state")
    changes.pop("case", None)
    return changes


def outcome_set(case: MilestoneCase, outcome: str) -> None:
    """Where the flow goes next."""
    case.outcome = outcome
    case.save(update_fields=["outcome"])


# Opening a case ---------------------------------------------------------------------------------
@transaction.atomic
def case_open(*, milestone: Milestone, by: Any) -> MilestoneCase:
    """The milestone's running case; it is started when there is none. Two at once get the same one.

    Raises:
        PermissionDenied: it is not theirs to carry out.
        ValidationError: the programme is not running, or the milestone is done or void.
    """
    return _case_of(_locked_for(milestone, by), by)


def _locked_for(milestone: Milestone, by: Any) -> Milestone:
    """The milestone, locked and fresh, for somebody whose it is."""
    milestone = milestones_lock([milestone.pk])[milestone.pk]
    if not permissions.may_hand_in(by, milestone):
        raise PermissionDenied(_("This milestone is not yours to carry out."))
    return milestone


def _case_of(milestone: Milestone, by: Any) -> MilestoneCase:
    """The running case of a locked milestone, started when there is none. A programme that is over takes nothing more,
    also where a case is still open."""
    if problem := closed_because(milestone):
        raise ValidationError(problem)
    if running := running_case(milestone):
        return running
    flow = flow_of(MilestoneCase._meta.app_label)
    assert flow is not None  # it makes itself known in `ready()`  # noqa: S101
    case = case_start(flow, by=by, milestone=milestone)
    milestone_set(milestone, case=case, state=State.IN_PROGRESS)
    return case


def closed_because(milestone: Milestone) -> str:
    """Why nothing can be handed in for a milestone any more (or yet), or an empty string."""
    if problem := programme_rests(milestone):
        return problem
    if milestone.state in (State.DONE, State.VOID):
        return _("This milestone is closed: %(state)s.") % {"state": milestone.get_state_display()}
    return ""


def programme_rests(milestone: Milestone) -> str:
    """Why nothing is handed in or confirmed for a programme that does not run, or an empty string."""
    if milestone.programme.state != Programme.State.RUNNING:
        return _("The programme is not running: nothing is handed in for it.")
    return ""


def case_fill(case: MilestoneCase, *, milestone: Milestone, by: Any) -> None:
    """Fill a new case: scope and line follow the milestone (`rules.lines_of`)."""
    case.milestone, case.opened_by = milestone, by
    case.township_id, case.office_id = milestone.township_id, milestone.office_id
    for line in rules.lines_of(milestone):
        setattr(case, line, True)
    place = milestone.venue or milestone.programme
    case.title = f"{place} · {milestone.item.name}"[:200]
    case.is_sample = milestone.programme.is_sample


def case_stopped(case: MilestoneCase) -> None:
    """The case was cancelled: its milestone is in progress, and another case begins with what is handed in next; in a
    programme that is accepted it stays what it was. Questions of dates end with their case; what blocks it stays before
    the leading group."""
    DateMove.objects.filter(case=case, approved=None).delete()
    if case.milestone.state not in (State.DONE, State.VOID) and not programme_rests(case.milestone):
        milestone_set(case.milestone, state=State.IN_PROGRESS)


def cases_stop(cases: QuerySet[MilestoneCase], *, by: Any, reason: str) -> None:
    """Cancel those that run, each under its lock."""
    for pk in list(cases.filter(state__in=Case.RUNNING).order_by("pk").values_list("pk", flat=True)):
        with MilestoneCase.objects.get(pk=pk).flow_class.lock(pk):
            case_stop(case=MilestoneCase.objects.get(pk=pk), actor=by, reason=reason)


def step_take(*, milestone: Milestone, by: Any, decision: str, reason: str = "", data: Mapping[str, Any]) -> Any:
    """Take the milestone's step of handing in, with one of its decisions; opens the case when there is none. The
    caller's transaction holds all of it. Returns Done or LostRace; raises like `case_open` and `step_act`."""
    milestone = _locked_for(milestone, by)
    if milestone.state in (State.DONE, State.VOID):
        return LostRace(closed_because(milestone))
    case = _case_of(milestone, by)
    with case.flow_class.lock(case.pk):
        open_items = WorkItem.objects.open().filter(case_id=case.pk, node__in=HAND_IN)
        item = open_items.select_related("task").first()
        if item is None:
            return LostRace(_("This milestone's evidence is being looked at already. Nothing of yours was saved."))
        return step_act(case=case, item=item, actor=by, decision=decision, reason=reason, data=data)


# Handing in -------------------------------------------------------------------------------------
def evidence_hand_in(
    *,
    milestone: Milestone,
    by: Any,
    done_on: dt.date,
    note: str = "",
    answers: Mapping[str, Any] | None = None,
    files: Files = (),
    source: str = Evidence.Source.FORM,
) -> Evidence | LostRace:
    """Hand in evidence for a milestone. Opens its case when there is none.

    Args:
        milestone: which one.
        by: who hands in.
        done_on: the day on which it really was done; not in the future, but it may lie before the stage's first day.
        note: in words, at most 2,000 characters.
        answers: a survey's, question's key → value, as the survey's form cleaned them.
        files: checked files with their titles.
        source: an Evidence.Source.

    Returns:
        The evidence; or LostRace when it is being checked already, was confirmed or became void meanwhile.

    Raises:
        PermissionDenied: it is not theirs to carry out, or a colleague has claimed the step.
        ValidationError: by field: done_on, note, files, answers; wrong answers by their question's key.
    """
    data = {"done_on": done_on, "note": note, "answers": answers or {}, "files": tuple(files), "source": source}
    with transaction.atomic():
        taken = step_take(milestone=milestone, by=by, decision="hand_in", data=data)
        return taken if isinstance(taken, LostRace) else taken.made


def evidence_record(
    case: MilestoneCase,
    *,
    by: Any,
    done_on: dt.date | None,
    note: str,
    answers: Mapping[str, Any],
    files: Files,
    source: str,
) -> tuple[Evidence, Changes]:
    """Keep what was handed in. Raises ValidationError by field, for answers by their question's key."""
    evidence = evidence_checked(case, by=by, done_on=done_on, note=note, answers=answers, files=files, source=source)
    evidence.save()
    evidence.files.add(*case_files_add(files=papers_of(evidence, files), by=by))
    outcome_set(case, "handed_in")
    return evidence, milestone_set(case.milestone, state=State.HANDED_IN)


def evidence_checked(
    case: MilestoneCase,
    *,
    by: Any,
    done_on: dt.date | None,
    note: str,
    answers: Mapping[str, Any],
    files: Files,
    source: str,
) -> Evidence:
    """Evidence that may be kept, not saved. Raises like `evidence_record`."""
    milestone = case.milestone
    problems = rules.evidence_problems(milestone, done_on=done_on, answers=answers, files=files, note=note)
    if problems:
        raise ValidationError(problems)
    assert done_on is not None  # `evidence_problems` asked  # noqa: S101
    answers = answers_check(milestone=milestone, answers=answers)
    evidence = Evidence(milestone=milestone, done_on=done_on, note=note.strip(), answers=answers, source=source, by=by)
    evidence.case = case  # which may be unsaved, where many are opened at once
    evidence.full_clean(exclude=["milestone", "case", "by", "withdrawn_by"])  # locked, or who is signed in
    return evidence


def papers_of(evidence: Evidence, files: Files) -> list[Paper]:
    """The evidence's files as papers of its case."""
    return [
        Paper(evidence.case, checked, f"evidence-{evidence.pk}-{number}", label[:120])
        for number, (checked, label) in enumerate(files, 1)
    ]


# Checking and confirming ------------------------------------------------------------------------
def check_record(case: MilestoneCase, *, decision: str, by: Any) -> Changes:
    """A head institution's answer. Where both check, one return is enough to send it back."""
    _refuse_own(by, case)
    if case.outcome != "return":
        outcome_set(case, decision)
    return {}


def check_settle(case: MilestoneCase) -> None:
    """Every check is in: the milestone is checked, or in progress again."""
    state = State.IN_PROGRESS if case.outcome == "return" else State.CHECKED
    milestone_set(case.milestone, state=state)


def confirmation_record(
    case: MilestoneCase, *, decision: str, by: Any, choices: Mapping[str, Any] | None = None
) -> Changes:
    """The bureau's answer. Confirmed, the milestone is done and its unified item is shown.

    Args:
        choices: what the step chose besides its decision, for whoever hears `milestone_confirmed`.

    Raises:
        ValidationError: what must be done before it is not (先镇后村, pilot first, order of the items).
        PermissionDenied: it is one's own evidence.
    """
    _refuse_own(by, case)
    milestone = case.milestone
    outcome_set(case, decision)
    if decision == "return":
        return milestone_set(milestone, state=State.IN_PROGRESS)
    if problem := programme_rests(milestone):
        raise ValidationError(problem)
    if problems := rules.order_problems(milestone):
        raise ValidationError(problems)
    evidence = standing_evidence(case)
    if evidence is None:
        raise ValidationError(_("There is no evidence that stands."))
    back_dated = rules.is_back_dated(milestone, evidence.done_on, timezone.localdate(evidence.at))
    today = timezone.localdate()
    changes = milestone_set(
        milestone, state=State.DONE, done_on=evidence.done_on, confirmed_on=today, back_dated=back_dated
    )
    case.decided_at = timezone.now()
    case.save(update_fields=["decided_at"])
    unified_item_show(milestone, case=case, by=by)
    said = {"milestone": milestone, "evidence": evidence, "by": by, "choices": choices or {}}
    heard: list[tuple[Any, Any]] = milestone_confirmed.send(Milestone, **said)
    for _receiver, more in heard:
        changes |= more or {}
    return changes


def standing_evidence(case: MilestoneCase) -> Evidence | None:
    """The newest evidence of a case that was not withdrawn: the one that is judged."""
    return Evidence.objects.filter(case=case, withdrawn_at=None).order_by("-pk").first()


def milestone_close(case: MilestoneCase) -> None:
    """Confirmed: the case is over."""
    case_close(case, Case.State.DONE)


def _refuse_own(by: Any, case: MilestoneCase) -> None:
    """Also for holiday cover, where the step asked about the absent colleague."""
    if permissions.judges_own(by, case):
        raise PermissionDenied(_("This evidence is yours or your office's: a colleague judges it."))
