"""Work items kept equal to tasks. Called by HumanActivation only, inside the transaction that changes the task."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Max
from django.utils import timezone

from common.workdays import add_workdays, workdays_between

from .chunks import forget, once
from .models import DeadlineRule, WorkItem

if TYPE_CHECKING:
    from .models import Case


def opened(activation: Any) -> WorkItem:
    """Write the work item of a task that was just created."""
    node, case, task = activation.flow_task, activation.process, activation.task
    now = timezone.now()
    item = item_at(node, case)
    item.task, item.assignee, item.step, item.opened_at = task, task.owner, _next_step(case), now
    set_dates(item, timezone.localdate(now))
    if node.due and (day := node.due(case)):
        move_due_day(item, day)
    item.save()
    if node.role == WorkItem.Role.APPLICANT:
        pause_clocks(case, now, spare=item.pk)
    return item


def item_at(node: Any, case: "Case") -> WorkItem:
    """The item of a step, not written: also to ask whose turn it would be."""
    return WorkItem(
        case_id=case.pk,
        flow=node.flow_class.label(),
        node=node.name,
        role=node.role,
        line=node.line_of(case),
        township_id=case.township_id,
        office_id=case.office_id,
        judges=node.judges,
    )


def done(activation: Any) -> None:
    """Close the item of a completed task: who and what come with the activation's `act`."""
    act = activation.act
    now = timezone.now()
    item = act.item
    item.state, item.closed_at = WorkItem.State.DONE, now
    item.closed_by, item.on_behalf_of, item.decision = act.actor, act.on_behalf_of, act.decision
    item.assignee = activation.task.owner
    item.save(update_fields=["state", "closed_at", "closed_by", "on_behalf_of", "decision", "assignee"])
    forget(("last step", item.case_id))
    if item.role == WorkItem.Role.APPLICANT:
        resume_clocks(activation.process, now)


def cancelled(activation: Any) -> None:
    """Close the item of a cancelled task."""
    WorkItem.objects.filter(task=activation.task).update(state=WorkItem.State.CANCELLED, closed_at=timezone.now())


def assigned(activation: Any) -> None:
    """Copy the task's owner after a claim, a release or a reassignment."""
    WorkItem.objects.filter(task=activation.task).update(assignee=activation.task.owner)


def set_dates(item: WorkItem, day: date) -> None:
    """Set due day, reminder and escalation from the county's rule, counted in working days from `day`."""
    rule = once(
        ("deadline", item.flow, item.node),
        lambda: DeadlineRule.objects.filter(flow=item.flow, node=item.node).first(),
    )
    if rule is None:
        item.due_on = item.remind_on = item.escalate_on = None
        return
    item.due_on = add_workdays(day, rule.workdays)
    item.remind_on = add_workdays(item.due_on, -rule.remind_before) if rule.remind_before else None
    item.escalate_on = add_workdays(item.due_on, rule.escalate_after)


def move_due_day(item: WorkItem, due_on: date) -> None:
    """Set a due day that the case itself gives; reminder and escalation keep their distance to it."""
    for name in ("remind_on", "escalate_on"):
        if (day := getattr(item, name)) and item.due_on:
            setattr(item, name, due_on + (day - item.due_on))
    item.due_on = due_on


def pause_clocks(case: "Case", now: datetime, spare: int | None = None) -> None:
    """Stop the clock of the case's open items, except the one that the case waits for."""
    case.work_items.open().filter(paused_at=None).exclude(pk=spare).update(paused_at=now)


def resume_clocks(case: "Case", now: datetime) -> None:
    """Let the stopped clocks run again; every date moves by the working days that passed meanwhile."""
    today = timezone.localdate(now)
    for item in case.work_items.open().exclude(paused_at=None):
        shift = workdays_between(timezone.localdate(item.paused_at), today)
        for name in ("due_on", "remind_on", "escalate_on"):
            if day := getattr(item, name):
                setattr(item, name, add_workdays(day, shift))
        item.paused_for += now - item.paused_at
        item.paused_at = None
        item.save(update_fields=["due_on", "remind_on", "escalate_on", "paused_for", "paused_at"])


def _next_step(case: "Case") -> int:
    """Deciding steps are counted so that parallel ones share a number: one more than the last one closed."""
    closed = case.work_items.filter(judges=True, state=WorkItem.State.DONE)
    last = once(("last step", case.pk), lambda: closed.aggregate(last=Max("step"))["last"])
    return (last or 0) + 1
