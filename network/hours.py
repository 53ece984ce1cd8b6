"""When a venue is open: selectors over weekly hours, hours on dates and closures.

What holds on a day, strongest first: a closure (闭馆), hours on that date, the rows for public holidays or make-up
workdays where the venue has some, the rows of the day of the week. Times are local. Everything reads the related rows
through the instance, so a list that was fetched with `Venue.objects.with_hours(day)` needs no further query.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from common.workdays import holiday_name, is_makeup_workday, is_provisional

from .models import Closure, NetworkSettings, Venue, WeeklyHours
from .models.venues import HOURS_HORIZON


class Span(NamedTuple):
    """One stretch of opening on a day."""

    opens: dt.time
    closes: dt.time

    def __str__(self) -> str:
        return f"{self.opens:%H:%M}–{self.closes:%H:%M}"


@dataclass(frozen=True)
class OpenState:
    """How things stand at one moment.

    `closes_at` is set while open, `opens_at` while closed (None: not within the next weeks, or unknown); `reason` says
    in words why it is closed, where there is more to say than the hour; `known` is False for a venue whose hours nobody
    entered.
    """

    is_open: bool
    closes_at: dt.datetime | None = None
    opens_at: dt.datetime | None = None
    reason: str = ""
    known: bool = True


@dataclass(frozen=True)
class DayHours:
    """One day of a week. `note` names the closure, the exception or the holiday; `provisional`: the holidays of that
    year are not known yet."""

    date: dt.date
    spans: list[Span]
    note: str = ""
    closure: Closure | None = None
    provisional: bool = False


class Schedule:
    """The rows of one venue, read once."""

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.weekly: dict[int, list[Span]] = defaultdict(list)
        for row in venue.weekly_hours.all():
            self.weekly[row.day].append(Span(row.opens, row.closes))
        self.dated: dict[dt.date, list[Span]] = {}
        self.notes: dict[dt.date, str] = {}
        for dated in venue.dated_hours.all():
            spans = self.dated.setdefault(dated.date, [])
            if dated.opens and dated.closes:
                spans.append(Span(dated.opens, dated.closes))
            self.notes[dated.date] = dated.reason or self.notes.get(dated.date, "")
        self.closures = list(venue.closures.all())

    @property
    def known(self) -> bool:
        """Whether anybody entered hours."""
        return bool(self.weekly or self.dated)

    def closure_on(self, day: dt.date) -> Closure | None:
        return next((closure for closure in self.closures if closure.first_day <= day <= closure.last_day), None)

    def spans_on(self, day: dt.date) -> list[Span]:
        if self.closure_on(day):
            return []
        if day in self.dated:
            return merge(self.dated[day])
        return merge(self.weekly.get(self._kind_of(day), []))

    def _kind_of(self, day: dt.date) -> int:
        if self.weekly.get(WeeklyHours.Day.HOLIDAY) and holiday_name(day):
            return WeeklyHours.Day.HOLIDAY
        if self.weekly.get(WeeklyHours.Day.MAKEUP_WORKDAY) and is_makeup_workday(day):
            return WeeklyHours.Day.MAKEUP_WORKDAY
        return day.weekday()

    def note_on(self, day: dt.date) -> str:
        """Why this day is not like every week's: closure, exception, holiday; empty on an ordinary day."""
        if closure := self.closure_on(day):
            return closure.reason
        if day in self.dated:
            return self.notes[day]
        if name := holiday_name(day):
            return name
        return _("Make-up workday") if is_makeup_workday(day) else ""


def merge(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch or overlap joined into one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.opens <= merged[-1].closes:
            merged[-1] = Span(merged[-1].opens, max(merged[-1].closes, span.closes))
        else:
            merged.append(span)
    return merged


def hours_on(venue: Venue, day: dt.date) -> list[Span]:
    """The opening hours on a day; empty when closed or unknown. The venue's status is not looked at."""
    return Schedule(venue).spans_on(day)


def state_at(venue: Venue, moment: dt.datetime | None = None) -> OpenState:
    """Whether the venue is open at this moment (now when None), until when, or when it opens again."""
    now = timezone.localtime(moment)
    schedule = Schedule(venue)
    if not venue.is_active:
        return OpenState(is_open=False, reason=venue.get_status_display(), known=schedule.known)
    for span in schedule.spans_on(now.date()):
        if span.opens <= now.time() < span.closes:
            return OpenState(is_open=True, closes_at=_at(now.date(), span.closes))
    reason = schedule.note_on(now.date()) if not schedule.spans_on(now.date()) else ""
    return OpenState(is_open=False, opens_at=_next_opening(schedule, now), reason=reason, known=schedule.known)


def _next_opening(schedule: Schedule, now: dt.datetime) -> dt.datetime | None:
    if not schedule.known:
        return None
    for ahead in range(HOURS_HORIZON):
        day = now.date() + dt.timedelta(days=ahead)
        for span in schedule.spans_on(day):
            if ahead or span.opens > now.time():
                return _at(day, span.opens)
    return None


def _at(day: dt.date, time: dt.time) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, time))


def week(venue: Venue, day: dt.date) -> list[DayHours]:
    """Monday to Sunday of the week in which the day lies."""
    schedule = Schedule(venue)
    monday = day - dt.timedelta(days=day.weekday())
    return [_day_hours(schedule, monday + dt.timedelta(days=ahead)) for ahead in range(7)]


def _day_hours(schedule: Schedule, day: dt.date) -> DayHours:
    return DayHours(
        day, schedule.spans_on(day), schedule.note_on(day), schedule.closure_on(day), provisional=is_provisional(day)
    )


def weekly_hours_total(venue: Venue) -> float:
    """The hours of an ordinary week, Monday to Sunday."""
    return spans_total(
        (row.day, Span(row.opens, row.closes)) for row in venue.weekly_hours.all() if row.day <= WeeklyHours.Day.SUNDAY
    )


def spans_total(rows: Iterable[tuple[int, Span]]) -> float:
    """The hours of (day, span) rows, overlapping ones counted once."""
    days: dict[int, list[Span]] = defaultdict(list)
    for day, span in rows:
        days[day].append(span)
    minutes = sum(
        (span.closes.hour - span.opens.hour) * 60 + span.closes.minute - span.opens.minute
        for spans in days.values()
        for span in merge(spans)
    )
    return minutes / 60


def hours_shortfall(venue: Venue, rules: NetworkSettings) -> float:
    """How many hours a week are missing to what the law's practice expects (56 h heads, 42 h township centres); 0 when
    none are, when the venue has no such threshold or its hours are unknown."""
    needed = rules.weekly_hours_needed(venue)
    if not needed or not any(row.day <= WeeklyHours.Day.SUNDAY for row in venue.weekly_hours.all()):
        return 0
    return max(0.0, needed - weekly_hours_total(venue))
