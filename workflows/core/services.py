"""Everything that changes a case. `task_act` is the one way to take a step (docs/adr/0003-…-own-screens.md)."""

import secrets
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from common.changes import differences, log_change, snapshot
from common.privatefiles import CheckedFile
from network.models import Appointment
from network.permissions import BUREAU_GROUP

from . import permissions, work_items
from .models import Case, CaseFile, CaseSerial, Comment, DeadlineRule, Decision, Delegation, Message, WorkItem
from .nodes import Act, CaseFlow, HumanTask, flow_of
from .selectors import colleagues_for

WORD_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # none that is read as another


@dataclass(frozen=True)
class Done:
    """The step was taken."""

    case: Any
    item: WorkItem | None


@dataclass(frozen=True)
class LostRace:
    """Somebody was faster, or the case stopped meanwhile. `message` says so politely; nothing was changed."""

    message: str


# Steps ------------------------------------------------------------------------------------------
def task_act(
    *,
    work_item: int,
    actor: Any,
    decision: str,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> Done | LostRace:
    """Take one step of a case: lock it, look again, check again, act, log.

    Args:
        work_item: primary key of the work item.
        actor: who decides.
        decision: one of the step's decisions.
        reason: why; mandatory where the decision says so.
        data: the step's own fields, cleaned by its form; the services behind the step check them again.

    Returns:
        Done, or LostRace when the step was taken or the case stopped in the meantime.

    Raises:
        WorkItem.DoesNotExist: no such work item.
        PermissionDenied: it is not theirs to take, or a rule excludes them; the message says which.
        ValidationError: unknown decision, missing reason, or what the step's service refuses.
    """
    case_id, label = WorkItem.objects.values_list("case_id", "flow").get(pk=work_item)
    flow = _flow(label)
    with flow.lock(case_id):
        item = WorkItem.objects.select_related("task").get(pk=work_item)
        case = flow.process_class.objects.get(pk=case_id)
        if not item.is_open or case.state != Case.State.ACTIVE:
            return LostRace(_why_lost(item, case))
        node = _node(item)
        leave = permissions.may_take(actor, item, case, node)
        if not leave:
            raise PermissionDenied(leave.refusal)
        reason = _checked_reason(node, decision, reason)
        act = Act(case, item, actor, leave.on_behalf_of, decision, reason, data or {})
        _take(act, node)
        return Done(case, item)


def _take(act: Act, node: HumanTask) -> None:
    """Run the handler, log, and let the engine go on. The order makes the log read like the case."""
    task = act.item.task
    task.process = act.case  # the engine works on the very row that is locked and changed here
    activation = node.activation_class(task)
    activation.act = act
    if task.status == STATUS.NEW:  # taken and done in one go: `complete` writes owner and status together
        task.owner, task.status = act.actor, STATUS.ASSIGNED
    activation.start(SimpleNamespace(user=act.actor))
    node.handler(act)
    _log(act.case, action=act.decision, actor=act.actor, item=act.item, act=act)
    activation.execute()


def _checked_reason(node: HumanTask, decision: str, reason: str) -> str:
    if decision not in node.decisions:
        raise ValidationError({"decision": _("Choose one of the decisions.")}, code="decision")
    reason = reason.strip()
    if node.decisions[decision].needs_reason and not reason:
        raise ValidationError({"reason": _("Say why: the applicant must be able to understand it.")}, code="reason")
    return reason


def _why_lost(item: WorkItem, case: Case) -> str:
    if item.closed_by_id:
        return _("%(name)s has just done this. Nothing of yours was saved.") % {"name": item.closed_by}
    return _("The case is now “%(state)s”. Nothing was saved.") % {"state": case.get_state_display()}


def _flow(label: str) -> type[CaseFlow]:
    flow = flow_of(label)
    if flow is None:
        raise PermissionDenied(_("This kind of case is no longer handled here."))
    return flow


def _node(item: WorkItem) -> HumanTask:
    node = item.task.flow_task
    if not isinstance(node, HumanTask):
        raise PermissionDenied(_("This step no longer exists. An administrator has to move the case."))
    return node


def _log(
    case: Case, *, action: str, actor: Any, item: WorkItem | None = None, act: Act | None = None, **extra: Any
) -> None:
    changes = act.changes if act else extra.pop("changes", {})
    Decision.objects.create(
        case_id=case.pk,
        work_item=item,
        node=item.node if item else "",
        action=action,
        actor=actor,
        on_behalf_of=act.on_behalf_of if act else None,
        reason=act.reason if act else extra.pop("reason", ""),
        changes={name: [_plain(old), _plain(new)] for name, (old, new) in changes.items()},
        waited=item.waited() if item else None,
        **extra,
    )


def _plain(value: Any) -> Any:
    """A value as JSON keeps it."""
    return value if value is None or isinstance(value, str | int | float | bool | date) else str(value)


# A case from beginning to end -------------------------------------------------------------------
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
        _log(case, action="submitted", actor=by)
    return case


def next_number(prefix: str) -> str:
    """The next reference number of this year, like FG2026-0012. The counter's row is the lock."""
    year = timezone.localdate().year
    CaseSerial.objects.get_or_create(prefix=prefix, year=year)
    row = CaseSerial.objects.filter(prefix=prefix, year=year)
    row.update(last=F("last") + 1)
    return f"{prefix}{year}-{row.get().last:04d}"


def make_word() -> str:
    """A check word that can be read over the telephone."""
    return "".join(secrets.choice(WORD_LETTERS) for _ in range(6))


def case_withdraw(*, case: Case, actor: Any, reason: str = "") -> Done | LostRace:
    """The applicant takes the case back, at any time before the decision."""
    flow = case.flow_class
    with _locked(case) as (case, lost):
        if lost or not flow.instance.may_withdraw(case):
            return LostRace(lost or _("The decision has been made: the case can no longer be withdrawn."))
        if not permissions.is_applicant(actor, case):
            raise PermissionDenied
        _stop(case, Case.State.WITHDRAWN)
        _log(case, action="withdrawn", actor=actor, reason=reason.strip())
        return Done(case, None)


def case_cancel(*, case: Case, actor: Any, reason: str) -> Done | LostRace:
    """An administrator ends a case that should not go on, and says why."""
    if not permissions.may_cancel_case(actor):
        raise PermissionDenied
    reason = _needed(reason)
    with _locked(case) as (case, lost):
        if lost:
            return LostRace(lost)
        _stop(case, Case.State.CANCELLED)
        _log(case, action="cancelled", actor=actor, reason=reason)
        return Done(case, None)


def case_suspend(*, case: Case, actor: Any, reason: str) -> Done | LostRace:
    """Let a case rest: nobody can act on it, and its clocks stand."""
    if not permissions.may_manage_case(actor, case):
        raise PermissionDenied
    reason = _needed(reason)
    with _locked(case) as (case, lost):
        if lost or case.state != Case.State.ACTIVE:
            return LostRace(lost or _("The case is suspended already."))
        case.state, case.suspended_at = Case.State.SUSPENDED, timezone.now()
        case.save(update_fields=["state", "suspended_at"])
        work_items.pause_clocks(case, case.suspended_at)
        _log(case, action="suspended", actor=actor, reason=reason)
        return Done(case, None)


def case_resume(*, case: Case, actor: Any, reason: str = "") -> Done | LostRace:
    """Take a suspended case up again; due days move by the working days it rested."""
    if not permissions.may_manage_case(actor, case):
        raise PermissionDenied
    with _locked(case) as (case, lost):
        if lost or case.state != Case.State.SUSPENDED:
            return LostRace(lost or _("The case is not suspended."))
        case.state, case.suspended_at = Case.State.ACTIVE, None
        case.save(update_fields=["state", "suspended_at"])
        work_items.resume_clocks(case, timezone.now())
        _log(case, action="resumed", actor=actor, reason=reason.strip())
        return Done(case, None)


class _locked(AbstractContextManager):  # noqa: N801  reads as a verb at its place of use
    """The case again, under its lock, and why it can no longer be changed (or an empty string)."""

    def __init__(self, case: Case) -> None:
        self.flow, self.pk = case.flow_class, case.pk
        self.lock = self.flow.lock(case.pk)

    def __enter__(self) -> tuple[Any, str]:
        self.lock.__enter__()
        case = self.flow.process_class.objects.get(pk=self.pk)
        over = _("The case is closed: “%(state)s”.") % {"state": case.get_state_display()}
        return case, "" if case.is_running else over

    def __exit__(self, *error: Any) -> bool | None:
        return self.lock.__exit__(*error)


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


def _needed(reason: str) -> str:
    if not (reason := reason.strip()):
        raise ValidationError({"reason": _("Say why.")}, code="reason")
    return reason


# Who does it ------------------------------------------------------------------------------------
def item_claim(*, work_item: int, actor: Any) -> Done | LostRace:
    """Take an unclaimed task of one's office."""
    return _hand_over(work_item, actor, _claim)


def item_release(*, work_item: int, actor: Any) -> Done | LostRace:
    """Give a task back to the office."""
    return _hand_over(work_item, actor, _release)


def item_reassign(*, work_item: int, actor: Any, to: Any, reason: str) -> Done | LostRace:
    """Pass a task to a colleague who may take it, and say why.

    Raises:
        PermissionDenied: the actor neither holds the task nor is of the bureau.
        ValidationError: no reason, or the rules exclude the colleague.
    """
    reason = _needed(reason)
    return _hand_over(work_item, actor, lambda *where: _reassign(*where, to=to, reason=reason))


def items_claim(*, work_items: Iterable[int], actor: Any) -> list[Done | LostRace]:
    """Take several tasks; each stands by itself, so that one lost race does not undo the others."""
    results: list[Done | LostRace] = []
    for pk in work_items:
        try:
            results.append(item_claim(work_item=pk, actor=actor))
        except PermissionDenied as refusal:
            results.append(LostRace(str(refusal)))
    return results


def _hand_over(work_item: int, actor: Any, step: Any) -> Done | LostRace:
    case_id, label = WorkItem.objects.values_list("case_id", "flow").get(pk=work_item)
    flow = _flow(label)
    with flow.lock(case_id):
        item = WorkItem.objects.select_related("task", "assignee", "closed_by").get(pk=work_item)
        case = flow.process_class.objects.get(pk=case_id)
        if not item.is_open or case.state != Case.State.ACTIVE or item.role == WorkItem.Role.APPLICANT:
            return LostRace(_why_lost(item, case))
        item.task.process = case
        return step(item, case, actor, _node(item).activation_class(item.task))


def _claim(item: WorkItem, case: Any, actor: Any, activation: Any) -> Done | LostRace:
    if item.assignee_id:
        return LostRace(_("%(name)s has taken this task.") % {"name": item.assignee})
    leave = permissions.may_take(actor, item, case, _node(item))
    if not leave:
        raise PermissionDenied(leave.refusal)
    activation.assign(actor)
    _log(case, action="claimed", actor=actor, item=item, internal=True)
    return Done(case, item)


def _release(item: WorkItem, case: Any, actor: Any, activation: Any) -> Done | LostRace:
    if item.assignee_id != actor.pk:
        raise PermissionDenied(_("Only who has taken a task can give it back."))
    activation.unassign()
    _log(case, action="released", actor=actor, item=item, internal=True)
    return Done(case, item)


def _reassign(item: WorkItem, case: Any, actor: Any, activation: Any, *, to: Any, reason: str) -> Done | LostRace:
    from .notices import notice_send

    holder = item.assignee_id == actor.pk
    if not holder and not permissions.mandate_of(actor, with_cover=False).bureau:
        raise PermissionDenied(_("Only who has taken a task, or the bureau, can pass it on."))
    if to not in colleagues_for(item, case, _node(item)):
        raise ValidationError(
            {"to": _("This person cannot take the task: it is not their turn, or a rule excludes them.")}
        )
    if item.task.status == STATUS.NEW:
        activation.assign(to)
    else:
        activation.reassign(to)
    _log(case, action="reassigned", actor=actor, item=item, reason=f"→ {to}: {reason}", internal=True)
    notice_send([to], "reassigned", case, item)
    return Done(case, item)


def delegation_create(
    *, principal: Any, delegate: Any, first_day: date, last_day: date, reason: str, by: Any
) -> Delegation:
    """Arrange holiday cover. The delegate must be an official of the same line, township or bureau.

    Raises:
        PermissionDenied: somebody arranges it who is neither the absent person nor of the bureau.
        ValidationError: dates, reason, or a delegate whom the rules exclude.
    """
    if by != principal and not permissions.mandate_of(by, with_cover=False).bureau:
        raise PermissionDenied
    row = Delegation(
        principal=principal,
        delegate=delegate,
        first_day=first_day,
        last_day=last_day,
        reason=_needed(reason),
        created_by=by,
    )
    row.full_clean()
    if last_day < timezone.localdate():
        raise ValidationError({"last_day": _("These days are over.")})
    if not _may_cover(principal, delegate):
        raise ValidationError(
            {"delegate": _("Choose a colleague with the same office: the rules exclude this person.")}
        )
    row.save()
    return row


def _may_cover(principal: Any, delegate: Any) -> bool:
    """Cover stays within the office: the delegate must have a share in what the absent person does."""
    absent = permissions.mandate_of(principal, with_cover=False)
    cover = permissions.mandate_of(delegate, with_cover=False)
    if absent.bureau or cover.bureau:
        return absent.bureau and cover.bureau
    return bool(absent.lines & cover.lines or absent.townships & cover.townships)


def cover_candidates(principal: Any) -> list[Any]:
    """The colleagues who may cover for somebody."""
    held = Appointment.objects.on(timezone.localdate()).values("person")
    people = get_user_model().objects.filter(is_active=True).exclude(pk=principal.pk)
    officials = people.filter(Q(pk__in=held) | Q(groups__name=BUREAU_GROUP)).distinct()
    return [user for user in officials if _may_cover(principal, user)]


def deadline_set(*, rule: DeadlineRule, by: Any, changes: Mapping[str, Any]) -> None:
    """Change a step's deadline; it holds for tasks that begin from now on. Logged from → to."""
    if not permissions.may_set_deadlines(by):
        raise PermissionDenied
    with transaction.atomic():
        rule = DeadlineRule.objects.select_for_update().get(pk=rule.pk)
        before = snapshot(rule, changes)
        for name, value in changes.items():
            setattr(rule, name, value)
        rule.full_clean()
        rule.save()
        changed = differences(before, snapshot(rule, changes))
        log_change(rule, action="workflows.deadline", by=by, changes=changed)


def delegation_revoke(*, delegation: Delegation, by: Any) -> None:
    """End holiday cover early."""
    if by != delegation.principal and not permissions.mandate_of(by, with_cover=False).bureau:
        raise PermissionDenied
    Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(revoked_at=timezone.now())


# What is said and handed in ---------------------------------------------------------------------
def case_comment(*, case: Case, author: Any, text: str) -> Comment:
    """A note among officials."""
    if not permissions.may_see_case(author, case):
        raise PermissionDenied
    return Comment.objects.create(case_id=case.pk, author=author, text=_needed(text))


def case_message(*, case: Case, author: Any, text: str) -> Message:
    """A message between officials and the applicant; the other side is told."""
    from .notices import notice_send

    from_applicant = permissions.is_applicant(author, case)
    if not from_applicant and not permissions.may_see_case(author, case):
        raise PermissionDenied
    with transaction.atomic():
        message = Message.objects.create(
            case_id=case.pk, author=author, text=_needed(text), from_applicant=from_applicant
        )
        notice_send(_other_side(case, from_applicant), "message", case)
    return message


def _other_side(case: Case, from_applicant: bool) -> list[Any]:
    if from_applicant:
        return [item.assignee for item in case.work_items.open().exclude(assignee=None).select_related("assignee")]
    if case.organisation is None:
        return [case.person] if case.person else []
    return [row.user for row in case.organisation.memberships.select_related("user")]


def case_file_add(
    *, case: Case, checked: CheckedFile, paper: str, label: str, by: Any, internal: bool = False
) -> CaseFile:
    """Keep a checked file with a case. An earlier file for the same paper stays, marked as replaced."""
    with transaction.atomic():
        CaseFile.objects.filter(case_id=case.pk, paper=paper, replaced=False).update(replaced=True)
        return CaseFile.objects.create(
            case_id=case.pk,
            paper=paper,
            label=label,
            file=checked.content(),
            name=checked.name,
            content_type=checked.content_type,
            size=checked.size,
            sha256=checked.sha256,
            uploaded_by=by,
            internal=internal,
        )


def case_move(*, case: Case, actor: Any, node: str, reason: str) -> Done | LostRace:
    """Move a waiting case to another human step, when a flow has changed (docs/workflows.md).

    The open tasks are cancelled and one task is made at the step; what was decided stays in the log.

    Raises:
        PermissionDenied: the actor is not an administrator.
        ValidationError: no reason, or no such step.
    """
    if not permissions.may_cancel_case(actor):
        raise PermissionDenied
    reason = _needed(reason)
    step = case.flow_class.instance.node(node, no_obsolete=True)
    if not isinstance(step, HumanTask):
        raise ValidationError({"node": _("There is no such step.")})
    with _locked(case) as (case, lost):
        if lost:
            return LostRace(lost)
        _wait_at(case, step)
        _log(case, action="moved", actor=actor, reason=f"→ {step.task_title}: {reason}", internal=True)
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


# For a flow's own services: they have asked who may, and hold the case's lock -------------------------
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
    _log(case, action=action, actor=actor, reason=reason, changes=changes or {})


def case_stop(*, case: Any, actor: Any, reason: str) -> bool:
    """End a running case because what it is about is gone. Arguments as above. Returns whether it was running."""
    if not case.is_running:
        return False
    _stop(case, Case.State.CANCELLED)
    _log(case, action="cancelled", actor=actor, reason=reason)
    return True


def case_note(*, case: Case, actor: Any, action: str, reason: str, changes: Mapping[str, Any] | None = None) -> None:
    """Write a line into the log for what happened to a case outside of its steps. Arguments as above."""
    _log(case, action=action, actor=actor, reason=reason, changes=changes or {})
