"""Who does a task: taken, given back, passed on."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from .. import permissions
from ..models import Case, WorkItem
from ..notices import notice_send
from ..selectors import colleagues_for
from .shared import Done, LostRace, flow_named, human_step, log_decision, reason_given, why_lost


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
    reason = reason_given(reason)
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
    flow = flow_named(label)
    with flow.lock(case_id):
        item = WorkItem.objects.select_related("task", "assignee", "closed_by").get(pk=work_item)
        case = flow.process_class.objects.get(pk=case_id)
        if not item.is_open or case.state != Case.State.ACTIVE or item.role == WorkItem.Role.APPLICANT:
            return LostRace(why_lost(item, case))
        item.task.process = case
        return step(item, case, actor, human_step(item).activation_class(item.task))


def _claim(item: WorkItem, case: Any, actor: Any, activation: Any) -> Done | LostRace:
    if item.assignee_id:
        return LostRace(_("%(name)s has taken this task.") % {"name": item.assignee})
    leave = permissions.may_take(actor, item, case, human_step(item))
    if not leave:
        raise PermissionDenied(leave.refusal)
    activation.assign(actor)
    log_decision(case, action="claimed", actor=actor, item=item, internal=True)
    return Done(case, item)


def _release(item: WorkItem, case: Any, actor: Any, activation: Any) -> Done | LostRace:
    if item.assignee_id != actor.pk:
        raise PermissionDenied(_("Only who has taken a task can give it back."))
    activation.unassign()
    log_decision(case, action="released", actor=actor, item=item, internal=True)
    return Done(case, item)


def _reassign(item: WorkItem, case: Any, actor: Any, activation: Any, *, to: Any, reason: str) -> Done | LostRace:
    holder = item.assignee_id == actor.pk
    if not holder and not permissions.mandate_of(actor, with_cover=False).bureau:
        raise PermissionDenied(_("Only who has taken a task, or the bureau, can pass it on."))
    if to not in colleagues_for(item, case, human_step(item)):
        raise ValidationError(
            {"to": _("This person cannot take the task: it is not their turn, or a rule excludes them.")}
        )
    if item.task.status == STATUS.NEW:
        activation.assign(to)
    else:
        activation.reassign(to)
    log_decision(case, action="reassigned", actor=actor, item=item, reason=f"→ {to}: {reason}", internal=True)
    notice_send([to], "reassigned", case, item)
    return Done(case, item)
