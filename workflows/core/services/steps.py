"""Steps. `task_act` is the one way to take one (docs/adr/0003-viewflow-engine-own-screens.md); what holds the case's
lock already comes in one door further, at `step_act`."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from .. import permissions
from ..models import Case, WorkItem
from ..nodes import Act, HumanTask
from .shared import Done, LostRace, flow_named, human_step, log_decision, why_lost


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
    flow = flow_named(label)
    with flow.lock(case_id):
        item = WorkItem.objects.select_related("task").get(pk=work_item)
        case = flow.process_class.objects.get(pk=case_id)
        return step_act(case=case, item=item, actor=actor, decision=decision, reason=reason, data=data)


def step_act(
    *, case: Any, item: WorkItem, actor: Any, decision: str, reason: str = "", data: Mapping[str, Any] | None = None
) -> Done | LostRace:
    """Take one step of a case whose lock the caller holds, in the caller's transaction; answers like `task_act`.

    Args:
        case: the flow's own case, read under the lock.
        item: the work item with its task, read under the lock.
        actor, decision, reason, data: as for `task_act`.
    """
    if not item.is_open or case.state != Case.State.ACTIVE:
        return LostRace(why_lost(item, case))
    node = human_step(item)
    leave = permissions.may_take(actor, item, case, node)
    if not leave:
        raise PermissionDenied(leave.refusal)
    reason = _checked_reason(node, decision, reason)
    act = Act(case, item, actor, leave.on_behalf_of, decision, reason, data or {})
    _take(act, node)
    return Done(case, item, act.made)


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
    log_decision(act.case, action=act.decision, actor=act.actor, item=act.item, act=act)
    activation.execute()


def _checked_reason(node: HumanTask, decision: str, reason: str) -> str:
    if decision not in node.decisions:
        raise ValidationError({"decision": _("Choose one of the decisions.")}, code="decision")
    reason = reason.strip()
    if node.decisions[decision].needs_reason and not reason:
        raise ValidationError({"reason": _("Say why: whoever reads it must be able to understand it.")}, code="reason")
    return reason
