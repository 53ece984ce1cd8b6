"""The year's report on secondments, for the year-end assessment."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from network.models import Venue

from .models import Secondment


@dataclass
class ReportLine:
    """The year of one branch in one line and direction, or a total of such.

    Attributes:
        postings: those that led to an appointment and run in the year.
        months: months served: every month counts in which the term had a day, up to this month.
        logs: entries of the monthly log for months of the year.
    """

    township: str = ""
    branch: str = ""
    line: str = ""
    direction: str = ""
    postings: int = 0
    months: int = 0
    logs: int = 0

    def add(self, other: "ReportLine") -> None:
        """Count another line in."""
        self.postings += other.postings
        self.months += other.months
        self.logs += other.logs


def year_report(rows: QuerySet[Secondment], year: int) -> list[ReportLine]:
    """Postings, months served and logs kept in a year, by branch, line and direction; in the order of the townships.

    Args:
        rows: what the reader may see.
        year: the calendar year.
    """
    today = timezone.localdate()
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    cases = rows.filter(first_day__lte=last, last_day__gte=first, standing=True)
    cases = cases.annotate(logs=Count("log", filter=Q(log__month__year=year), distinct=True))
    found: dict[tuple[str, int, str, str], ReportLine] = defaultdict(ReportLine)
    names = ("township__code", "branch", "line", "direction", "first_day", "last_day", "logs")
    for code, branch, line, direction, begins, ends, logs in cases.order_by().values_list(*names):
        months = _months(max(begins, first), min(ends, last, today))
        found[code or "", branch, line, direction].add(ReportLine(postings=1, months=months, logs=logs))
    branches = Venue.objects.select_related("division").in_bulk({key[1] for key in found})
    return [_named(found[key], branches[key[1]], *key[2:]) for key in sorted(found)]


def _months(begins: dt.date, ends: dt.date) -> int:
    """How many calendar months have a day from one day to another, both included; none when the end is earlier."""
    return (ends.year - begins.year) * 12 + ends.month - begins.month + 1 if begins <= ends else 0


def _named(line: ReportLine, branch: Venue, of: str, direction: str) -> ReportLine:
    line.township, line.branch = str(branch.division), str(branch)
    line.line = str(Secondment.Line(of).label)
    line.direction = str(Secondment.Direction(direction).label)
    return line


def totals(lines: Iterable[ReportLine], *names: str) -> list[ReportLine]:
    """The same figures summed up by some of "township", "line", "direction"; by none of them: one total."""
    found: dict[tuple[str, ...], ReportLine] = {} if names else {(): ReportLine()}
    for line in lines:
        key = tuple(getattr(line, name) for name in names)
        found.setdefault(key, ReportLine(**dict(zip(names, key, strict=True)))).add(line)
    return list(found.values())
