"""A case from beginning to end."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from .. import permissions, work_items
from ..models import Case, CaseSerial, WorkItem
from ..nodes import CaseFlow, HumanTask
from .shared import Done, LostRace, locked, log_decision, reason_given

WORD_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another


def case_start(flow: type[CaseFlow], *, by: Any, entry: str = "start", **given: Any) -> Any:
    """Open a case: the flow's start fills it from what was given; number and check word are made here.

    Args:
        flow: which kind of case.
        by: who opens it.
        entry: the name of the start, for a flow that can begin in more than one way.
        given: what that start takes.

    Returns:
        The flow's own case.
    """
    with transaction.atomic():
        case = getattr(flow, entry).run(by=by, number=next_number(flow.prefix), check_word=make_word(), **given)
        log_decision(case, action="submitted", actor=by)
    return case


def next_number(prefix: str) -> str:
    """The next reference number of this year, like FG2026-0012. The counter's row is the lock."""
    return next_numbers(prefix, 1)[0]


def next_numbers(prefix: str, count: int) -> list[str]:
    """So many reference numbers, one after the other."""
    year = timezone.localdate().year
    row = CaseSerial.objects.filter(prefix=prefix, year=year)
    if not row.update(last=F("last") + count):
        CaseSerial.objects.get_or_create(prefix=prefix, year=year)
        row.update(last=F("last") + count)
    last = row.values_list("last", flat=True).get()
    return [f"{prefix}{year}-{number:04d}" for number in range(last - count + 1, last + 1)]


def make_word() -> str:
    """A check word that can be read over the telephone."""
    return "".join(secrets.choice(WORD_LETTERS) for _ in range(6))


def case_withdraw(*, case: Case, actor: Any, reason: str = "") -> Done | LostRace:
    """The applicant takes the case back, at any time before the decision."""
    flow = case.flow_class
    with locked(case) as (case, lost):
        if lost or not flow.instance.may_withdraw(case):
            return LostRace(lost or _("The decision has been made: the case can no longer be withdrawn."))
        if not permissions.is_applicant(actor, case):
            raise PermissionDenied
        _stop(case, Case.State.WITHDRAWN)
        log_decision(case, action="withdrawn", actor=actor, reason=reason.strip())
        return Done(case, None)


def case_cancel(*, case: Case, actor: Any, reason: str) -> Done | LostRace:
    """An administrator ends a case that should not go on, and says why."""
    if not permissions.may_cancel_case(actor):
        raise PermissionDenied
    reason = reason_given(reason)
    with locked(case) as (case, lost):
        if lost:
            return LostRace(lost)
        _stop(case, Case.State.CANCELLED)
        log_decision(case, action="cancelled", actor=actor, reason=reason)
        return Done(case, None)


def case_suspend(*, case: Case, actor: Any, reason: str) -> Done | LostRace:
    """Let a case rest: nobody can act on it, and its clocks stand."""
    if not permissions.may_manage_case(actor, case):
        raise PermissionDenied
    reason = reason_given(reason)
    with locked(case) as (case, lost):
        if lost or case.state != Case.State.ACTIVE:
            return LostRace(lost or _("The case is suspended already."))
        case.state, case.suspended_at = Case.State.SUSPENDED, timezone.now()
        case.save(update_fields=["state", "suspended_at"])
        work_items.pause_clocks(case, case.suspended_at)
        log_decision(case, action="suspended", actor=actor, reason=reason)
        return Done(case, None)


def case_resume(*, case: Case, actor: Any, reason: str = "") -> Done | LostRace:
    """Take a suspended case up again; due days move by the working days it rested."""
    if not permissions.may_manage_case(actor, case):
        raise PermissionDenied
    with locked(case) as (case, lost):
        if lost or case.state != Case.State.SUSPENDED:
            return LostRace(lost or _("The case is not suspended."))
        case.state, case.suspended_at = Case.State.ACTIVE, None
        case.save(update_fields=["state", "suspended_at"])
        work_items.resume_clocks(case, timezone.now())
        log_decision(case, action="resumed", actor=actor, reason=reason.strip())
        return Done(case, None)


def _stop(case: Any, state: str) -> None:
    """Cancel every open task and close the case. Under the lock."""
    case.flow_class.instance.cancel(case)
    case.state = state
    case.save(update_fields=["state"])
    case.flow_class.instance.stopped(case)


def case_close(case: Any, state: str) -> None:
    """Set the end state from inside a flow (completed, refused). Under the lock of the step that led here."""
    case.state = state
    case.save(update_fields=["state"])


def case_move(*, case: Case, actor: Any, node: str, reason: str) -> Done | LostRace:
    """Move a waiting case to another human step, when a flow has changed (docs/workflows.md).

    The open tasks are cancelled and one task is made at the step; what was decided stays in the log.

    Raises:
        PermissionDenied: the actor is not an administrator.
        ValidationError: no reason, or no such step.
    """
    if not permissions.may_cancel_case(actor):
        raise PermissionDenied
    reason = reason_given(reason)
    step = case.flow_class.instance.node(node, no_obsolete=True)
    if not isinstance(step, HumanTask):
        raise ValidationError({"node": _("There is no such step.")})
    with locked(case) as (case, lost):
        if lost:
            return LostRace(lost)
        _wait_at(case, step)
        log_decision(case, action="moved", actor=actor, reason=f"→ {step.task_title}: {reason}", internal=True)
        return Done(case, None)


def _wait_at(case: Any, step: HumanTask) -> None:
    """Cancel the open tasks and make one at a step. Under the lock."""
    waiting = case.task_set.filter(status__in=[STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED])
    last = waiting.order_by("-pk").first() or case.task_set.order_by("-pk").first()
    now = timezone.now()
    case.work_items.open().update(state=WorkItem.State.CANCELLED, closed_at=now)
    waiting.update(status=STATUS.CANCELED, finished=now)
    step._create(_Place(case, last), last.token)


@dataclass(frozen=True)
class _Place:
    """What a new task needs to know of the one before it."""

    process: Any
    task: Any


# For a flow's own services: they have asked who may, and hold the case's lock.
def case_put_back(
    *, case: Any, node: str, actor: Any, action: str, reason: str, changes: Mapping[str, Any] | None = None
) -> None:
    """Let a running case wait at an earlier step again, because something it rested on was taken back.

    Args:
        case: the flow's own case, locked.
        node: the step's name.
        actor: who caused it; None for the system.
        action: what the log calls it; the flow's `action_names` gives the words.
        reason: why.
        changes: field → (from, to), for the log.
    """
    _wait_at(case, case.flow_class.instance.node(node))
    log_decision(case, action=action, actor=actor, reason=reason, changes=changes or {})


def case_stop(
    *, case: Any, actor: Any, reason: str, state: str = Case.State.CANCELLED, action: str = "cancelled"
) -> bool:
    """End a running case because what it is about is gone, or no longer asked for. Arguments as above; `state` is how
    the case ends. Returns whether it was running."""
    if not case.is_running:
        return False
    _stop(case, state)
    log_decision(case, action=action, actor=actor, reason=reason)
    return True


def case_note(*, case: Case, actor: Any, action: str, reason: str, changes: Mapping[str, Any] | None = None) -> None:
    """Write a line into the log for what happened to a case outside of its steps. Arguments as above."""
    log_decision(case, action=action, actor=actor, reason=reason, changes=changes or {})
