"""What the bureau changes of a programme: its texts, stages and items; its start; who may see it (R42, R45).

Before the start everything may be changed. Afterwards texts and weights only: dates of milestones move by request, one
by one (`services/delays.py`), and an accepted programme stays as it was accepted.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from common.changes import differences, log_change, snapshot

from ..models import Milestone, PlanItem, Programme, Stage
from .plan import code_taken, plan_make

State = Programme.State
TEXTS = frozenset({"name", "name_en", "asks", "asks_en", "weight", "basis", "basis_url", "move_years"})


@transaction.atomic
def programme_start(*, programme: Programme, by: Any) -> int:
    """Start a draft: the plan is made complete, evidence may come. Returns how many milestones were added.

    Raises ValidationError when it runs already or has nothing to do.
    """
    programme = _draft(programme)
    added = plan_make(programme=programme, by=by)
    if not programme.milestones.exists():
        raise ValidationError(_("The programme has no plan items, or no venue that they are meant for."))
    _change(programme, {"state": State.RUNNING}, action="milestones.started", by=by)
    return added


@transaction.atomic
def programme_publish(*, programme: Programme, by: Any, public: bool) -> None:
    """Show a programme at /programme/, or hide it. Raises ValidationError for a draft."""
    programme = _locked(programme)
    if public and programme.state == State.DRAFT:
        raise ValidationError(_("A draft is not shown to the public: start the programme first."))
    _change(programme, {"public": public}, action="milestones.published", by=by)


@transaction.atomic
def programme_edit(*, programme: Programme, by: Any, changes: Mapping[str, Any]) -> None:
    """Change a programme's texts. Raises ValidationError by field, or when it is accepted."""
    _change(_editable(programme, changes), changes, action="milestones.programme_edit", by=by)


@transaction.atomic
def stage_edit(*, stage: Stage, by: Any, changes: Mapping[str, Any]) -> None:
    """Change a stage: once its programme runs, only its names. Raises ValidationError by field."""
    _editable(stage.programme, changes)
    _change(stage, changes, action="milestones.stage_edit", by=by)


@transaction.atomic
def item_edit(*, item: PlanItem, by: Any, changes: Mapping[str, Any]) -> None:
    """Change a plan item; of a draft also where and when. Its milestones follow: other dates are taken over, and those
    that stand at the wrong places go (nothing can have been handed in for a draft).

    Args:
        changes: fields of PlanItem; `after` as items of the same programme.

    Raises:
        ValidationError: by field; order rules that go in a circle.
    """
    programme = _editable(item.stage.programme, changes)
    after: Iterable[PlanItem] | None = changes.get("after")
    if after is not None and _comes_after(item, after):
        raise ValidationError({"after": _("The order would go in a circle: these wait for this item.")})
    before, names = snapshot(item, ["after"]), {name: changes[name] for name in changes if name != "after"}
    _change(item, names, action="milestones.item_edit", by=by)
    if after is not None:
        item.after.set(after)
        log_change(item, action="milestones.item_edit", by=by, changes=differences(before, snapshot(item, ["after"])))
    if programme.state == State.DRAFT:
        _follow(item)


@transaction.atomic
def item_add(*, stage: Stage, by: Any, fields: Mapping[str, Any]) -> PlanItem:
    """Add a plan item to a draft, as the last of its stage; “Make the plan” then adds its milestones.

    Args:
        fields: of PlanItem; `after` as items of the same programme. The code is the item's address: once a programme.

    Raises:
        ValidationError: by field; the programme is no draft.
    """
    programme = _draft(stage.programme)
    if PlanItem.objects.filter(stage__programme=programme, code=fields["code"]).exists():
        raise ValidationError({"code": code_taken()})
    values = {name: value for name, value in fields.items() if name != "after"}
    item = PlanItem(stage=stage, order=stage.items.count(), **values)
    item.full_clean()
    item.save()
    item.after.set(fields.get("after", ()))
    log_change(item, action="milestones.item_add", by=by)
    return item


@transaction.atomic
def item_remove(*, item: PlanItem, by: Any) -> None:
    """Take a plan item out of a draft, with its milestones. Raises ValidationError when the programme is no draft."""
    _draft(item.stage.programme)
    log_change(item, action="milestones.item_remove", by=by, deleted=True)
    item.milestones.all().delete()
    item.delete()


@transaction.atomic
def draft_delete(*, programme: Programme, by: Any) -> None:
    """Delete a draft that was made by mistake. Raises ValidationError when the programme is no draft."""
    programme = _draft(programme)
    log_change(programme, action="milestones.draft_delete", by=by, deleted=True)
    programme.milestones.all().delete()
    programme.delete()


def _draft(programme: Programme) -> Programme:
    programme = _locked(programme)
    if programme.state != State.DRAFT:
        raise ValidationError(_("The programme has been started already."))
    return programme


def _follow(item: PlanItem) -> None:
    planned = Milestone.objects.filter(item=item)
    if item.level == PlanItem.Level.COUNTY:
        planned.exclude(venue=None).delete()
    elif item.level == PlanItem.Level.VENUE:
        planned.filter(venue=None).delete()
    else:
        planned.exclude(venue__tier=item.level).delete()
    planned.update(first_day=item.first_day, last_day=item.last_day, planned_last_day=item.last_day)


def _comes_after(item: PlanItem, others: Iterable[PlanItem]) -> bool:
    """Whether one of the others is the item itself or waits for it, however far down."""
    waits = dict[int, set[int]]()
    pairs = PlanItem.after.through.objects.filter(from_planitem__stage__programme=item.stage.programme_id)
    for waiting, first in pairs.values_list("from_planitem", "to_planitem"):
        waits.setdefault(waiting, set()).add(first)
    seen, ahead = set[int](), {other.pk for other in others}
    while ahead:
        seen |= ahead
        ahead = set().union(*(waits.get(pk, set()) for pk in ahead)) - seen
    return item.pk in seen


def _locked(programme: Programme) -> Programme:
    return Programme.objects.select_for_update().get(pk=programme.pk)


def _editable(programme: Programme, changes: Iterable[str]) -> Programme:
    """The locked programme. Raises ValidationError for what its state does not allow to change."""
    programme = _locked(programme)
    if programme.state == State.ACCEPTED:
        raise ValidationError(_("The programme is accepted: it stays as it was accepted."))
    if programme.state != State.DRAFT and (fixed := [name for name in changes if name not in TEXTS]):
        text = _("The programme runs: only texts and weights may still be changed.")
        raise ValidationError(dict.fromkeys(fixed, text))
    return programme


def _change(row: Any, changes: Mapping[str, Any], *, action: str, by: Any) -> None:
    before = snapshot(row, changes)
    for name, value in changes.items():
        setattr(row, name, value)
    row.full_clean()
    row.save()
    log_change(row, action=action, by=by, changes=differences(before, snapshot(row, changes)))
