"""The six unified items 六统一 follow the milestones that show them (R31): the score moves by itself.

Only what a milestone wrote is taken away again: one line that names its case. What a person wrote stays.
"""

from typing import Any

from django.db.models import QuerySet

from network.models import UnifiedItem
from network.services import unified_item_set

from ..models import Milestone, MilestoneCase

Item = UnifiedItem.State


def line_for(case: MilestoneCase) -> str:
    """The line of evidence that names a case. It is content of the register, so it is Chinese."""
    return f"实施方案节点已确认：{case.number}"


def unified_item_show(milestone: Milestone, *, case: MilestoneCase, by: Any) -> None:
    """A confirmed milestone shows its venue's unified item, with its case's number as evidence."""
    item = _item(milestone)
    if item is None:
        return
    shown = _shown_by(milestone).first()  # another milestone shows it already: what it was before holds for both
    milestone.unified_was = shown.unified_was if shown else item.state
    milestone.save(update_fields=["unified_was"])
    unified_item_set(item=item, state=Item.YES, evidence=f"{item.evidence}\n{line_for(case)}", by=by)


def unified_item_clear(milestone: Milestone, *, case: MilestoneCase, by: Any) -> None:
    """A milestone whose evidence was withdrawn shows its unified item no longer.

    The state goes back to what it was before, or to “not yet” when nothing else shows it; it stays when another
    milestone shows it, or when somebody judged the item since.
    """
    if left := unified_left(milestone, case=case):
        item, state, lines = left
        unified_item_set(item=item, state=state, evidence="\n".join(lines), by=by)


def unified_left(milestone: Milestone, *, case: MilestoneCase) -> tuple[UnifiedItem, str, list[str]] | None:
    """The unified item that would lose this case's line, its state then, and the lines that stay. None: it has none."""
    item = _item(milestone)
    lines = item.evidence.splitlines() if item else []
    if item is None or line_for(case) not in lines:
        return None
    lines.remove(line_for(case))
    return item, _state_left(item, milestone, lines), lines


def _state_left(item: UnifiedItem, milestone: Milestone, lines: list[str]) -> str:
    if item.state != Item.YES or _shown_by(milestone).exists():
        return item.state
    return (milestone.unified_was or Item.NO) if lines else Item.NO


def _shown_by(milestone: Milestone) -> QuerySet[Milestone]:
    """The other confirmed milestones that show the same item of the same venue."""
    same = Milestone.objects.filter(venue=milestone.venue, item__unified_item=milestone.item.unified_item)
    return same.filter(state=Milestone.State.DONE).exclude(pk=milestone.pk).order_by("pk")


def _item(milestone: Milestone) -> UnifiedItem | None:
    if not (milestone.item.unified_item and milestone.venue_id):
        return None
    rows = UnifiedItem.objects.filter(venue=milestone.venue_id, item=milestone.item.unified_item)
    return rows.select_related("venue").first()
