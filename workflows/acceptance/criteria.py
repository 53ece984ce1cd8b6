"""The three criteria of R40, measured from the registers, the programme and the events as they are on a day.

Nothing is estimated: what the data does not hold is not counted, and the words of the figure say so.
"""

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from network.hours import hours_shortfall, weekly_hours_total
from network.models import Division, NetworkSettings, Venue
from network.naming import plaque_for
from network.shape import township_id
from network.staffing import staffing
from pages.events.models import Occurrence, Registration
from workflows.milestones.models import Evidence, Milestone, Programme

from .figures import KINDS, Criterion, FigureName, Kind, Unit
from .models import Threshold

YEAR = dt.timedelta(days=365)
SETTLEMENTS = (Division.Level.VILLAGE, Division.Level.COMMUNITY)


@dataclass(frozen=True)
class Figure:
    """One figure as it was measured: numbers only, so that a snapshot keeps it.

    Attributes:
        name: a FigureName.
        value: per cent, number or hours, rounded down to one decimal; None where there is nothing to measure.
        numbers: what the words of the figure are filled with.
        at_least: the county's threshold; None where it set none.
        met: whether the threshold is reached, by the exact value; None where there is none.
        missing: how many stand in the list behind it.
        basis: where the threshold comes from.
    """

    name: str
    value: float | None
    numbers: Mapping[str, Any]
    at_least: float | None = None
    met: bool | None = None
    missing: int = 0
    basis: str = ""

    @property
    def kind(self) -> Kind:
        """How it is shown."""
        return KINDS[self.name]

    @property
    def label(self) -> str:
        """What it is called."""
        return str(FigureName(self.name).label)

    @property
    def words(self) -> str:
        """How it is made up, in a sentence."""
        return str(self.kind.words) % self.numbers

    @property
    def shown(self) -> str:
        """The value with its unit; a dash where there is none."""
        return amount(self.value, self.kind.unit)

    @property
    def asked(self) -> str:
        """The threshold with its unit."""
        return amount(self.at_least, self.kind.unit)


def amount(value: float | None, unit: str) -> str:
    """A value with its unit, without needless decimals."""
    if value is None:
        return "–"
    number = f"{value:.1f}".removesuffix(".0")
    if unit == Unit.PERCENT:
        return f"{number}%"
    return _("%(n)s h") % {"n": number} if unit == Unit.HOURS else number


@dataclass(frozen=True)
class Gap:
    """One line of the list behind a figure: what does not count yet, and why."""

    place: str
    why: str
    venue: int | None = None


@dataclass(frozen=True)
class Group:
    """One criterion with its figures."""

    criterion: Criterion
    figures: list[Figure]

    @property
    def met(self) -> bool | None:
        """Whether every figure that has a threshold reaches it; None where none has one."""
        judged = [figure.met for figure in self.figures if figure.met is not None]
        return all(judged) if judged else None


@dataclass
class Measurement:
    """What was measured on a day: the figures, and what stands behind each."""

    day: dt.date
    figures: list[Figure] = field(default_factory=list)
    gaps: dict[str, Sequence[Gap] | QuerySet[Milestone]] = field(default_factory=dict)

    def as_json(self) -> list[dict[str, Any]]:
        """The figures as a snapshot keeps them."""
        return [asdict(figure) for figure in self.figures]


def grouped(figures: Sequence[Figure]) -> list[Group]:
    """The figures by criterion, in the notice's order."""
    return [Group(c, [row for row in figures if row.kind.criterion == c]) for c in Criterion]


def from_json(rows: Sequence[Mapping[str, Any]]) -> list[Figure]:
    """The figures of a snapshot; one that is no longer measured is left out."""
    return [Figure(**row) for row in rows if row["name"] in KINDS]


def measure(programme: Programme, day: dt.date) -> Measurement:
    """Measure every figure. The number of queries does not depend on the size of the county.

    Args:
        programme: whose milestones count.
        day: today, or another day for tests; the registers are read as they stand now.
    """
    facts = _Facts(programme, day)
    limits = {row.figure: row for row in Threshold.objects.all()}
    result = Measurement(day)
    for name, measured in MEASURES.items():
        part, whole, scale, numbers, gaps = measured(facts)
        limit = limits.get(name)
        at_least = float(limit.at_least) if limit else None
        exact = part * scale / whole if whole else None
        result.gaps[name] = gaps
        result.figures.append(
            Figure(
                name=str(name),
                value=None if exact is None else math.floor(exact * 10 + 1e-9) / 10,
                numbers={"part": _tidy(part), "whole": _tidy(whole), **numbers},
                at_least=at_least,
                met=None if at_least is None else exact is not None and exact + 1e-9 >= at_least,
                missing=gaps.count() if isinstance(gaps, QuerySet) else len(gaps),
                basis=limit.basis if limit else "",
            )
        )
    return result


def _tidy(number: float) -> float:
    """A whole number without its decimals."""
    return int(number) if number == int(number) else round(number, 1)


class _Facts:
    """What several figures read, each once."""

    def __init__(self, programme: Programme, day: dt.date) -> None:
        self.programme, self.day = programme, day
        self.rules = NetworkSettings.load()

    @cached_property
    def venues(self) -> list[Venue]:
        """The venues in service."""
        rows = Venue.objects.active().select_related("division__parent")
        return list(rows.prefetch_related("unified_items", "weekly_hours"))

    @cached_property
    def townships(self) -> list[Division]:
        return list(Division.objects.filter(level=Division.Level.TOWNSHIP))

    @cached_property
    def served(self) -> set[int | None]:
        """The townships with a branch in service."""
        return {township_id(row.division) for row in self.venues if row.tier == Venue.Tier.BRANCH}

    @cached_property
    def held(self) -> QuerySet[Occurrence]:
        """The event dates held in the last twelve months."""
        midnight = dt.datetime.combine(self.day + dt.timedelta(days=1), dt.time())
        end = min(timezone.make_aware(midnight), timezone.now())
        rows = Occurrence.objects.filter(event__live=True, ends_at__gt=end - YEAR, ends_at__lte=end)
        return rows.exclude(status=Occurrence.Status.CANCELLED).order_by()

    @cached_property
    def dates(self) -> dict[int, int]:
        """How many dates each venue held."""
        return dict(self.held.values_list("venue").annotate(Count("pk")))

    @cached_property
    def places(self) -> dict[str, int]:
        """Places of registrations for these dates: who came, who did not."""
        sums = {
            name: Coalesce(Sum("places", filter=Q(status=state)), 0)
            for name, state in (("came", Registration.Status.ATTENDED), ("absent", Registration.Status.ABSENT))
        }
        return Registration.objects.filter(occurrence__in=self.held).aggregate(**sums)


Measured = tuple[float, float, int, dict[str, Any], Any]


def _townships(facts: _Facts) -> Measured:
    gaps = [Gap(row.name, _("no branch in service")) for row in facts.townships if row.pk not in facts.served]
    return len(facts.townships) - len(gaps), len(facts.townships), 100, {}, gaps


def _settlements(facts: _Facts) -> Measured:
    rows = Division.objects.filter(level__in=SETTLEMENTS).select_related("parent")
    served = {row.division_id for row in facts.venues if row.tier == Venue.Tier.POINT}
    every = list(rows)
    gaps = [
        Gap(f"{row.parent}{row.short_name}", _("no service point in service")) for row in every if row.pk not in served
    ]
    return len(every) - len(gaps), len(every), 100, {}, gaps


def _population(facts: _Facts) -> Measured:
    known = [row for row in facts.townships if row.population]
    covered = sum(row.population or 0 for row in known if row.pk in facts.served)
    gaps = [
        Gap(row.name, _("population unknown") if not row.population else _("no branch in service"))
        for row in facts.townships
        if not row.population or row.pk not in facts.served
    ]
    numbers = {"known": len(known), "townships": len(facts.townships)}
    return covered, sum(row.population or 0 for row in known), 100, numbers, gaps


def _unified(facts: _Facts) -> Measured:
    gaps = [
        Gap(row.plaque, _("%(score)s of 6 points") % {"score": _tidy(row.score)}, row.pk)
        for row in facts.venues
        if row.score < 6
    ]
    total = sum(row.score for row in facts.venues)
    return total, 6 * len(facts.venues), 100, {"venues": len(facts.venues)}, gaps


def _staffed(facts: _Facts) -> Measured:
    rows = [row for row in staffing(Venue.objects.active(), facts.day) if row.needed]
    gaps = [
        Gap(
            row.venue.plaque,
            _("%(held)s held, %(needed)s asked for") % {"held": row.held, "needed": row.needed},
            row.venue.pk,
        )
        for row in rows
        if row.short
    ]
    return sum(min(row.held, row.needed or 0) for row in rows), sum(row.needed or 0 for row in rows), 100, {}, gaps


def _milestones(facts: _Facts) -> Measured:
    shown = Exists(Evidence.objects.filter(milestone=OuterRef("pk"), withdrawn_at=None))
    standing = facts.programme.milestones.standing()
    done = standing.filter(shown, state=Milestone.State.DONE)
    counts = done.aggregate(n=Count("pk"), late=Count("pk", filter=Q(back_dated=True)))
    gaps = standing.exclude(pk__in=done.values("pk")).with_place()
    return counts["n"], standing.count(), 100, {"late": counts["late"]}, gaps


def _hours(facts: _Facts) -> Measured:
    gaps = []
    for row in facts.venues:
        if not row.weekly_hours.all():
            gaps.append(Gap(row.plaque, _("no hours entered"), row.pk))
        elif short := hours_shortfall(row, facts.rules):
            gaps.append(Gap(row.plaque, _("%(n)s hours a week too few") % {"n": _tidy(short)}, row.pk))
    numbers = {"head": facts.rules.hours_head, "branch": facts.rules.hours_branch}
    return len(facts.venues) - len(gaps), len(facts.venues), 100, numbers, gaps


def _plaques(facts: _Facts) -> Measured:
    wanted = [(row, plaque_for(row, facts.rules)[0]) for row in facts.venues]
    gaps = [
        Gap(row.plaque, _("should read: %(plaque)s") % {"plaque": plaque}, row.pk)
        for row, plaque in wanted
        if not row.plaque_is_local and plaque and row.plaque != plaque
    ]
    local = sum(row.plaque_is_local for row in facts.venues)
    return len(facts.venues) - len(gaps), len(facts.venues), 100, {"local": local}, gaps


def _lively(facts: _Facts) -> Measured:
    gaps = [Gap(row.plaque, _("no event"), row.pk) for row in facts.venues if row.pk not in facts.dates]
    return len(facts.venues) - len(gaps), len(facts.venues), 100, {}, gaps


def _events(facts: _Facts) -> Measured:
    dates = sum(facts.dates.get(row.pk, 0) for row in facts.venues)
    return dates, len(facts.venues), 1, {}, []


def _attendance(facts: _Facts) -> Measured:
    came, absent = facts.places["came"], facts.places["absent"]
    return came, came + absent, 100, {}, []


def _visits(facts: _Facts) -> Measured:
    walk_ins = facts.held.aggregate(n=Coalesce(Sum("walk_ins"), 0))["n"]
    people = sum(row.population or 0 for row in facts.townships)
    came = facts.places["came"]
    return came + walk_ins, people, 1000, {"came": came, "walk_ins": walk_ins}, []


def _week(facts: _Facts) -> Measured:
    known = [row for row in facts.venues if row.weekly_hours.all()]
    gaps = [Gap(row.plaque, _("no hours entered"), row.pk) for row in facts.venues if not row.weekly_hours.all()]
    return sum(weekly_hours_total(row) for row in known), len(known), 1, {}, gaps


MEASURES = {
    FigureName.TOWNSHIPS: _townships,
    FigureName.SETTLEMENTS: _settlements,
    FigureName.POPULATION: _population,
    FigureName.UNIFIED: _unified,
    FigureName.STAFFED: _staffed,
    FigureName.MILESTONES: _milestones,
    FigureName.HOURS: _hours,
    FigureName.PLAQUES: _plaques,
    FigureName.LIVELY: _lively,
    FigureName.EVENTS: _events,
    FigureName.ATTENDANCE: _attendance,
    FigureName.VISITS: _visits,
    FigureName.WEEK: _week,
}
