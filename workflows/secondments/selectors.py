"""Reads: the rotation board, gaps, the year's report. Every one a constant number of queries."""

import calendar
import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from network.models import Post, Venue
from network.permissions import duties
from workflows.core.models import Case
from workflows.core.permissions import case_scope

from .models import Secondment

SOON = dt.timedelta(days=60)


def visible(user: Any) -> QuerySet[Secondment]:
    """The secondments that somebody may see: officials their scope, a branch's head those of the branch."""
    scope = case_scope(user)
    if not scope:  # all: an empty filter would vanish beside another
        return Secondment.objects.all()
    chief = duties(user).filter(post__title=Post.Title.BRANCH_HEAD).values("post__venue")
    return Secondment.objects.filter(scope | Q(venue__in=chief) | Q(home__venue__in=chief))


def of_year(rows: QuerySet[Secondment], year: int) -> QuerySet[Secondment]:
    """Those that run in a year, or are on their way to."""
    alive = Q(standing=True) | Q(state__in=Case.RUNNING)
    rows = rows.overlapping(dt.date(year, 1, 1), dt.date(year, 12, 31)).filter(alive)  # type: ignore[attr-defined]
    related = ("person", "venue", "home__venue", "township")
    return rows.select_related(*related).order_by("person__name", "person_id", "first_day")


@dataclass(frozen=True)
class BoardRow:
    """One posting on the board.

    Attributes:
        state: "planned", "running", "soon" (ends within 60 days), "over", or "expired" (over, nobody decided).
        months: for each month of the year whether the term touches it.
        start, length: the bar, in days of the year.
        warnings: what must be seen to: "expired", "gone" (person deactivated), "closed" (venue no longer in service).
    """

    case: Secondment
    state: str
    months: list[bool]
    start: int
    length: int
    warnings: list[str]


def board(rows: Iterable[Secondment], year: int, day: dt.date | None = None) -> list[BoardRow]:
    """The rows of the board for fetched secondments."""
    day = day or timezone.localdate()
    return [_board_row(case, year, day) for case in rows]


def _board_row(case: Secondment, year: int, day: dt.date) -> BoardRow:
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    begin, end = max(case.first_day, first), min(case.last_day, last)
    months = [begin <= _last_of(year, month) and end >= dt.date(year, month, 1) for month in range(1, 13)]
    return BoardRow(
        case, state_of(case, day), months, (begin - first).days, (end - begin).days + 1, _warnings(case, day)
    )


def _last_of(year: int, month: int) -> dt.date:
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def state_of(case: Secondment, day: dt.date) -> str:
    """Where a posting stands on a day; see `BoardRow`."""
    if not case.standing or day < case.first_day:
        return "planned"
    if day > case.last_day:
        return "over" if case.returned_on else "expired"
    return "soon" if case.last_day - day <= SOON else "running"


def _warnings(case: Secondment, day: dt.date) -> list[str]:
    found = ["expired"] if state_of(case, day) == "expired" else []
    if case.last_day >= day:
        found += ["gone"] if not case.person.is_active else []  # type: ignore[union-attr]
        found += ["closed"] if not case.venue.is_active else []
    return found


def gaps(user: Any, day: dt.date | None = None) -> list[tuple[Venue, list[str]]]:
    """Branches in service without a seconded deputy head today, with the lines that miss one; by the user's scope."""
    day = day or timezone.localdate()
    held = Secondment.objects.standing().filter(
        direction=Secondment.Direction.DOWN, first_day__lte=day, last_day__gte=day, person__is_active=True
    )
    there = set(held.values_list("venue_id", "line"))
    scope = _branch_scope(user)
    branches = Venue.objects.active().filter(scope, tier=Venue.Tier.BRANCH, kind=Venue.Kind.TOWNSHIP_CENTRE)
    found = []
    for venue in branches.select_related("division"):
        missing = [line for line in Secondment.Line.values if getattr(venue, line) and (venue.pk, line) not in there]
        if missing:
            found.append((venue, missing))
    return found


def _branch_scope(user: Any) -> Q:
    from workflows.core.permissions import mandate_of

    mandate = mandate_of(user)
    if mandate.bureau:
        return Q()
    scope = Q(pk__in=duties(user).values("post__venue")) | Q(division__in=mandate.townships)
    for line in mandate.lines:
        scope |= Q(**{line: True})
    return scope


@dataclass
class ReportLine:
    """The year of one branch in one line and direction."""

    township: str
    branch: str
    line: str
    direction: str
    postings: int = 0
    months: int = 0
    logs: int = 0


def year_report(user: Any, year: int) -> Iterator[ReportLine]:
    """Postings, months served and logs kept in a year, by branch, line and direction (for the year-end assessment)."""
    day = timezone.localdate()
    this_year = Q(log__month__year=year)
    rows = visible(user).overlapping(dt.date(year, 1, 1), dt.date(year, 12, 31)).standing()  # type: ignore[attr-defined]
    rows = rows.select_related("venue__parent", "home__venue__parent", "township", "person")
    lines: dict[tuple[Any, ...], ReportLine] = {}
    for case in rows.annotate(logs=Count("log", filter=this_year, distinct=True)):
        branch = case.branch
        key = (branch.pk, case.line, case.direction)
        names = (str(case.township), str(branch), case.get_line_display(), case.get_direction_display())
        line = lines.setdefault(key, ReportLine(*names))
        line.postings += 1
        line.months += sum(month.year == year and month <= day for month in case.months())
        line.logs += case.logs
    yield from (lines[key] for key in sorted(lines))
