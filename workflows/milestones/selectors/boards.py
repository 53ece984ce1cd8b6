"""How far a programme is: by stage, by place, by item. One question to the database counts the milestones by place and
item; every board adds these up, so that none of them reads the milestones themselves."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

from django.db.models import Count, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from network.models import Division

from ..models import Milestone, PlanItem, Programme, Stage

State = Milestone.State
UNFINISHED = ~Q(state=State.DONE)


@dataclass(frozen=True)
class Tally:
    """How far some milestones are. Those of venues that closed do not count.

    Attributes:
        total, done: how many there are and how many are confirmed.
        checking: evidence handed in, not yet confirmed.
        started: begun, nothing handed in (or it was returned).
        blocked, overdue: how many; an overdue one also counts in its state.
        weight, weight_done: sums of the items' weights.
        begins, planned_end, ends: the earliest first day, the latest last day as planned and with moved dates.
        next_end: the first of the last days of what is unfinished; None when all is done.
        finished: the day on which the latest of the finished ones was really done.
    """

    total: int = 0
    done: int = 0
    checking: int = 0
    started: int = 0
    blocked: int = 0
    overdue: int = 0
    weight: int = 0
    weight_done: int = 0
    begins: dt.date | None = None
    planned_end: dt.date | None = None
    ends: dt.date | None = None
    next_end: dt.date | None = None
    finished: dt.date | None = None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            **{
                field.name: _JOIN.get(field.name, sum)(_known(getattr(self, field.name), getattr(other, field.name)))
                for field in fields(self)
            }
        )

    @property
    def waiting(self) -> int:
        """How many have not been begun."""
        return self.total - self.done - self.checking - self.started - self.blocked

    @property
    def complete(self) -> bool:
        """Whether there is something, and all of it is confirmed."""
        return self.total > 0 and self.done == self.total

    @property
    def share(self) -> int:
        """Progress by weight in whole per cent, rounded down: 100 means that nothing is left."""
        return 100 * self.weight_done // self.weight if self.weight else 0

    @property
    def share_checking(self) -> int:
        """The share of milestones with evidence under check, in whole per cent."""
        return 100 * self.checking // self.total if self.total else 0

    @property
    def moved(self) -> bool:
        """Whether a last day was moved beyond the latest planned one."""
        return bool(self.ends and self.planned_end and self.ends > self.planned_end)

    def slack(self, day: dt.date) -> int | None:
        """Days in hand on a day: until the next last day of what is unfinished; negative when that has passed. When all
        is done, the days between the last finish and the last day. None where there is nothing."""
        if self.next_end:
            return (self.next_end - day).days
        return (self.ends - self.finished).days if self.ends and self.finished else None


def _known(*values: Any) -> list[Any]:
    return [value for value in values if value is not None]


def _least(values: list[Any]) -> Any:
    return min(values, default=None)


def _most(values: list[Any]) -> Any:
    return max(values, default=None)


_JOIN: dict[str, Callable[[list[Any]], Any]] = {
    "begins": _least,
    "next_end": _least,
    "planned_end": _most,
    "ends": _most,
    "finished": _most,
}
COUNTS = {
    "total": Count("pk"),
    "done": Count("pk", filter=Q(state=State.DONE)),
    "checking": Count("pk", filter=Q(state__in=[State.HANDED_IN, State.CHECKED])),
    "started": Count("pk", filter=Q(state=State.IN_PROGRESS)),
    "blocked": Count("pk", filter=Q(state=State.BLOCKED)),
    "begins": Min("first_day"),
    "planned_end": Max("planned_last_day"),
    "ends": Max("last_day"),
    "next_end": Min("last_day", filter=UNFINISHED),
    "finished": Max("done_on", filter=Q(state=State.DONE)),
}


@dataclass(frozen=True)
class Place:
    """Whose milestones: a township's (`slug` is its address part), all heads' ("heads") or the county's ("county")."""

    key: int | str
    name: str
    slug: str


@dataclass(frozen=True)
class Board:
    """A programme's tallies by place and item.

    Attributes:
        stages: in order, with their `items` prefetched.
        places: townships by their code, then the heads, then the county; only those that have a milestone.
        cells: (place's key, item's pk) → tally.
    """

    programme: Programme
    day: dt.date
    stages: Sequence[Stage]
    places: Sequence[Place]
    cells: dict[tuple[int | str, int], Tally]

    def of(self, place: Place | None = None, stage: Stage | None = None, item: PlanItem | None = None) -> Tally:
        """The tally of a place, a stage, an item, or of several of them together; without any, of everything."""
        items = {row.pk for row in stage.items.all()} if stage else None
        return self._sum(
            tally
            for (key, pk), tally in self.cells.items()
            if (place is None or key == place.key)
            and (items is None or pk in items)
            and (item is None or pk == item.pk)
        )

    @staticmethod
    def _sum(tallies: Iterable[Tally]) -> Tally:
        return sum(tallies, Tally())

    @property
    def items(self) -> list[PlanItem]:
        """The plan's items in order."""
        return [item for stage in self.stages for item in stage.items.all()]

    @property
    def townships(self) -> list[Place]:
        """The places that are townships."""
        return [place for place in self.places if isinstance(place.key, int)]

    @cached_property
    def whole(self) -> Tally:
        """The tally of everything."""
        return self.of()


def board_of(programme: Programme, day: dt.date, rows: QuerySet[Milestone] | None = None) -> Board:
    """Count a programme's milestones.

    Args:
        programme: which.
        day: the county's day, for what is overdue.
        rows: the milestones within the reader's scope; None for all of them.
    """
    stages = list(programme.stages.prefetch_related("items"))
    items = {item.pk: item for stage in stages for item in stage.items.all()}
    overdue = Count("pk", filter=UNFINISHED & Q(last_day__lt=day))
    counted = (
        (Milestone.objects.all() if rows is None else rows)
        .filter(programme=programme)
        .standing()  # type: ignore[attr-defined]
        .order_by()
        .values("item", "township")
        .annotate(**COUNTS, overdue=overdue)
    )
    cells = {}
    for row in counted:
        item, township = items[row.pop("item")], row.pop("township")
        weights = {"weight": item.weight * row["total"], "weight_done": item.weight * row["done"]}
        cells[place_key(item, township), item.pk] = Tally(**row, **weights)
    return Board(programme, day, stages, _places({key for key, _item in cells}), cells)


def place_key(item: PlanItem, township: int | None) -> int | str:
    """The key of the place that the milestones of an item belong to; `township` is theirs, if they have one."""
    if township is not None:
        return township
    return "county" if item.level == PlanItem.Level.COUNTY else "heads"


def _places(keys: set[int | str]) -> list[Place]:
    townships = Division.objects.filter(pk__in=[key for key in keys if isinstance(key, int)])
    others = [Place("heads", _("Head institutions"), "heads"), Place("county", _("The county"), "county")]
    return [Place(row.pk, str(row), row.slug) for row in townships] + [place for place in others if place.key in keys]
