"""The one order in which rows are locked: venues, then milestones, then cases, then what network's services lock.

Whoever closes a venue holds its row and then comes for its milestones; whoever confirms a milestone holds that and then
comes for the venue's unified item. Venue first for both, and neither waits for the other.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from viewflow.workflow.lock import SelectForUpdateLock

from network.models import Venue
from workflows.core.models import Case

from .models import Milestone, MilestoneCase


@dataclass(frozen=True)
class Held:
    """What a batch has locked until its transaction ends: milestones, and their running cases by milestone."""

    milestones: dict[int, Milestone]
    running: dict[int, MilestoneCase] = field(default_factory=dict)
    cases: set[int] = field(default_factory=set)

    def has(self, case: int) -> bool:
        """Whether the case is one of theirs: whoever holds the milestone is alone with its cases."""
        if case not in self.cases:
            theirs = MilestoneCase.objects.filter(pk=case, milestone__in=self.milestones)
            self.cases.update(theirs.values_list("pk", flat=True))
        return case in self.cases


_held: ContextVar[Held | None] = ContextVar("held", default=None)


def milestones_lock(milestones: Iterable[int]) -> dict[int, Milestone]:
    """Lock milestones and their venues, fresh, in one order, until the transaction ends. What a batch holds already is
    neither locked nor read again.

    Args:
        milestones: primary keys.

    Returns:
        Primary key → milestone, with plan item, stage, programme and venue.
    """
    wanted = sorted(set(milestones))
    held = _held.get()
    if held and all(pk in held.milestones for pk in wanted):
        return {pk: held.milestones[pk] for pk in wanted}
    venues = Milestone.objects.filter(pk__in=wanted, venue__isnull=False).values("venue")
    list(Venue.objects.select_for_update().filter(pk__in=venues).order_by("pk").values_list("pk"))
    rows = Milestone.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    return {row.pk: row for row in rows.select_related("item__stage", "programme", "venue__division")}


@contextmanager
def milestones_held(milestones: Iterable[int]) -> Iterator[Held]:
    """Lock all milestones of a batch's chunk and their running cases, before it begins with the first. Inside the block
    every lock on one of them is there already."""
    held = Held(milestones_lock(milestones))
    cases = MilestoneCase.objects.select_for_update(of=("self",)).filter(milestone__in=held.milestones)
    for case in cases.filter(state__in=Case.RUNNING).order_by("pk"):
        case.milestone = held.milestones[case.milestone_id]
        held.running[case.milestone_id] = case
        held.cases.add(case.pk)
    token = _held.set(held)
    try:
        yield held
    finally:
        _held.reset(token)


def running_case(milestone: Milestone) -> MilestoneCase | None:
    """The case of a milestone that is not over, if there is one."""
    held = _held.get()
    if held and milestone.pk in held.milestones:
        return held.running.get(milestone.pk)
    case = MilestoneCase.objects.filter(milestone=milestone, state__in=Case.RUNNING).first()
    if case:
        case.milestone = milestone
    return case


class MilestoneLock(SelectForUpdateLock):
    """Locks venue and milestone before the case."""

    def __init__(self) -> None:
        super().__init__(nowait=False, attempts=1)

    @contextmanager
    def __call__(self, flow_class: Any, process_pk: int) -> Iterator[None]:
        held = _held.get()
        if held and held.has(process_pk):
            yield
            return
        with transaction.atomic():
            milestones_lock(MilestoneCase.objects.filter(pk=process_pk).values_list("milestone", flat=True))
            with super().__call__(flow_class, process_pk):
                yield
