"""The rotation board 轮换看板: a year of postings by person and by branch, what is red, where nobody is.

Every read takes a constant number of queries.
"""

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from network.models import Venue
from network.permissions import duties
from workflows.core.models import Case
from workflows.core.permissions import Mandate

from .models import Secondment

SOON = dt.timedelta(days=60)
DAY = dt.timedelta(days=1)
ALIVE = Q(standing=True) | Q(state__in=Case.RUNNING, person__isnull=False)  # a need without a person is no posting
Line = Secondment.Line


def states(day: dt.date) -> dict[str, Q]:
    """Where a posting may stand on a day, as filters; `state_of` is the same rule for one row.

    "planned": not begun; "running"; "soon": ends within 60 days; "over"; "expired": over, and nobody decided.
    """
    begun = Q(standing=True, first_day__lte=day)
    over = Q(standing=True, last_day__lt=day)
    return {
        "planned": Q(standing=False) | Q(first_day__gt=day),
        "running": begun & Q(last_day__gt=day + SOON),
        "soon": begun & Q(last_day__range=(day, day + SOON)),
        "over": over & Q(returned_on__isnull=False),
        "expired": over & Q(returned_on=None),
    }


def state_of(case: Secondment, day: dt.date) -> str:
    """Where a posting stands on a day; see `states`."""
    if not case.standing or day < case.first_day:
        return "planned"
    if day > case.last_day:
        return "over" if case.returned_on else "expired"
    return "soon" if case.last_day - day <= SOON else "running"


def to_see_to(day: dt.date) -> Q:
    """Whoever has a warning, as a filter; `warnings_of` is the same rule for one row."""
    goes_on = Q(last_day__gte=day)
    nobody = Q(person__is_active=False) | ~Q(venue__status__in=Venue.ACTIVE)
    return states(day)["expired"] | Q(standing=False, first_day__lt=day) | (goes_on & nobody)


def warnings_of(case: Secondment, day: dt.date) -> list[str]:
    """What must be seen to: "expired", "late" (its first day is past, nobody is appointed), "gone" (the person is
    deactivated), "closed" (the venue is not in service)."""
    found = ["expired"] if state_of(case, day) == "expired" else []
    found += ["late"] if not case.standing and case.first_day < day else []
    if case.last_day >= day:
        found += ["gone"] if not case.person.is_active else []  # type: ignore[union-attr]
        found += ["closed"] if not case.venue.is_active else []
    return found


def of_year(rows: QuerySet[Secondment], year: int, day: dt.date) -> QuerySet[Secondment]:
    """Those that run in a year or are on their way to; in the present one also what was neglected before it."""
    there = Q(first_day__lte=dt.date(year, 12, 31), last_day__gte=dt.date(year, 1, 1))
    if year == day.year:
        there |= states(day)["expired"]
    related = ("person", "venue__division", "home__venue", "township")
    return rows.filter(there, ALIVE).select_related(*related).order_by("person__name", "person_id", "first_day", "pk")


@dataclass(frozen=True)
class Bar:
    """One posting on the year's strip.

    Attributes:
        start, width: hundredths of the strip, on which every month is equally wide; width 0: outside the year.
    """

    case: Secondment
    state: str
    warnings: list[str]
    start: float
    width: float


def bar(case: Secondment, year: int, day: dt.date) -> Bar:
    """A posting as it shows in a year, seen on a day."""
    start, end = _place(case.first_day, year), _place(case.last_day, year, end=True)
    return Bar(case, state_of(case, day), warnings_of(case, day), start, round(end - start, 2))


def _place(day: dt.date, year: int, *, end: bool = False) -> float:
    """Where a day begins on the strip, or ends."""
    if day.year != year:
        return 0.0 if day.year < year else 100.0
    months = day.month - 1 + (day.day - (not end)) / calendar.monthrange(year, day.month)[1]
    return round(months * 100 / 12, 2)


def today_on(year: int, day: dt.date) -> float | None:
    """Where today stands on the year's strip; None in another year."""
    return _place(day, year) if day.year == year else None


def counts(rows: QuerySet[Secondment], day: dt.date) -> dict[str, int]:
    """How many postings stand where today; "red" are those to see to."""
    figures = {name: Count("pk", filter=rule) for name, rule in states(day).items() if name != "over"}
    return rows.filter(ALIVE).aggregate(**figures, red=Count("pk", filter=to_see_to(day)))


# Branches ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class BranchRow:
    """A branch in one line through a year.

    Attributes:
        bars: its deputies, seconded or on their way, by their first days.
        free_from: the first day from today on that no appointed deputy covers.
    """

    venue: Venue
    line: str
    bars: list[Bar]
    free_from: dt.date


def branches_of(mandate: Mandate) -> QuerySet[Venue]:
    """The township branches in service that somebody's board is about."""
    found = Venue.objects.active().filter(tier=Venue.Tier.BRANCH, kind=Venue.Kind.TOWNSHIP_CENTRE)
    if mandate.bureau:
        return found.select_related("division").order_by("division__code", "pk")
    scope = Q(pk__in=duties(mandate.user).values("post__venue")) | Q(division__in=mandate.townships)
    for line in mandate.lines:
        scope |= Q(**{line: True})
    return found.filter(scope).select_related("division").order_by("division__code", "pk")


def lines_of(mandate: Mandate) -> list[str]:
    """The lines whose branches somebody sees to: their own where they work at a head institution, otherwise both."""
    return [line for line in Line.values if mandate.bureau or not mandate.lines or line in mandate.lines]


def deputies(venues: Iterable[Venue], year: int, day: dt.date) -> dict[tuple[int, str], list[Secondment]]:
    """The deputies of branches that matter for a year's strip and for what is free from today on."""
    first = min(dt.date(year, 1, 1), day)
    rows = Secondment.objects.filter(ALIVE, direction=Secondment.Direction.DOWN, venue__in=list(venues))
    found: dict[tuple[int, str], list[Secondment]] = defaultdict(list)
    for case in rows.filter(last_day__gte=first).select_related("person", "venue").order_by("first_day", "pk"):
        found[case.venue_id, case.line].append(case)
    return found


def branch_rows(venues: Iterable[Venue], lines: Iterable[str], year: int, day: dt.date) -> list[BranchRow]:
    """Each branch in each of its lines: who was, is and will be there, and from when on nobody."""
    venues, lines = list(venues), list(lines)
    held = deputies(venues, year, day)
    rows = []
    for venue in venues:
        for line in (line for line in lines if getattr(venue, line)):
            cases = held[venue.pk, line]
            bars = [bar(case, year, day) for case in cases]
            rows.append(BranchRow(venue, line, [row for row in bars if row.width], free_from(cases, day)))
    return rows


def free_from(cases: Iterable[Secondment], day: dt.date) -> dt.date:
    """The first day from `day` on without an appointed, active deputy; `cases` by their first days."""
    for case in cases:
        appointed = case.standing and case.person.is_active  # type: ignore[union-attr]
        if appointed and case.first_day <= day <= case.last_day:
            day = case.last_day + DAY
    return day


def gaps(mandate: Mandate, day: dt.date) -> list[tuple[Venue, str]]:
    """Branches in service without a seconded deputy head today, and the line that misses one; by the user's scope."""
    held = Secondment.objects.standing().filter(
        direction=Secondment.Direction.DOWN, first_day__lte=day, last_day__gte=day, person__is_active=True
    )
    there, lines = set(held.values_list("venue_id", "line")), lines_of(mandate)
    return [
        (venue, line)
        for venue in branches_of(mandate)
        for line in lines
        if getattr(venue, line) and (venue.pk, line) not in there
    ]


def falling_free(mandate: Mandate, line: str, day: dt.date) -> list[Venue]:
    """The branches of a line that have no deputy within 60 days from today: what the next rotation is about."""
    rows = branch_rows(branches_of(mandate), [line], day.year, day)
    return [row.venue for row in rows if row.free_from <= day + SOON]
