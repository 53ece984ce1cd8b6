"""Events as iCalendar (RFC 5545): what a subscriber's calendar shows is what the public calendar shows.

Written from the occurrences. Where the repetition is a rule, the rule is given, with the dates left out, added,
moved or cancelled as RFC 5545 says them; so that a telephone shows a series as a series.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, Timezone, TimezoneStandard, vRecur, vText

from .models import EventPage, Occurrence
from .models.occurrences import place_text
from .schedule import ZONE, rule_parts

STATUS = {
    Occurrence.Status.SCHEDULED: "CONFIRMED",
    Occurrence.Status.MOVED: "CONFIRMED",
    Occurrence.Status.CANCELLED: "CANCELLED",
}


def calendar_of(rows: Iterable[Occurrence], *, name: str, request: HttpRequest) -> Calendar:
    """A calendar called `name` of the dates `rows`; they come with event, kind and venue."""
    calendar = empty_calendar(name)
    of_event: dict[int, list[Occurrence]] = defaultdict(list)
    for row in rows:
        of_event[row.event_id].append(row)
    for own in of_event.values():
        for component in Series(own, request).components():
            calendar.add_component(component)
    return calendar


def calendar_of_date(row: Occurrence, *, url: str, request: HttpRequest) -> Calendar:
    """A calendar of one date, for somebody who goes there; `url` leads to what concerns them.

    It bears the names under which the feeds tell of this date, so that a telephone shows it once.
    """
    calendar = empty_calendar(row.event.title)
    entry = Series([row], request).one(row)
    entry["url"] = url
    calendar.add_component(entry)
    return calendar


def empty_calendar(name: str) -> Calendar:
    """A calendar called `name`, asked for again every six hours where it is subscribed to."""
    calendar = Calendar()
    calendar.add("prodid", "-//Wenshu//Events//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", ZONE.key)
    calendar.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT6H")
    calendar.add_component(shanghai())
    return calendar


def shanghai() -> Timezone:
    """VTIMEZONE of the county. Summer time ended in 1991, before any event."""
    zone, standard = Timezone(), TimezoneStandard()
    zone.add("tzid", ZONE.key)
    standard.add("dtstart", datetime(1992, 1, 1))  # noqa: DTZ001 (local by definition)
    standard.add("tzoffsetfrom", timedelta(hours=8))
    standard.add("tzoffsetto", timedelta(hours=8))
    standard.add("tzname", "CST")
    zone.add_component(standard)
    return zone


class Series:
    """The dates `rows` of one event as VEVENTs: one for the whole, one for each date that differs.

    `rows` may be a part of the dates there are: the series then begins with the first of them.
    """

    def __init__(self, rows: list[Occurrence], request: HttpRequest) -> None:
        self.rows = {row.key: row for row in rows}
        self.event: EventPage = rows[0].event
        last = rows[-1]
        self.place = (last.venue_id, last.event.place)
        self.where = place_text(last.venue, last.event.place)
        self.url = request.build_absolute_uri(self.event.get_url(request))
        changes = [*(row.changed_at for row in rows), self.event.last_published_at]
        self.changed = max(moment for moment in changes if moment).replace(microsecond=0)

    def components(self) -> list[Event]:
        """The VEVENTs, the whole series first."""
        before = [key for key in sorted(self.rows) if self.left_over(key)]
        keys = self.rows.keys() - before
        singles = [self.single(self.rows[key]) for key in before]
        if not self.event.repeat and len(keys) <= 1:
            return [*(self.at(self.rows[key]) for key in keys), *singles]
        if not keys:
            return singles
        differing = [self.override(self.rows[key]) for key in sorted(keys) if not self.is_plain(self.rows[key])]
        return [self.whole(keys), *differing, *singles]

    def one(self, row: Occurrence) -> Event:
        """One date alone, named as `components` of all dates would name it."""
        if self.left_over(row.key):
            return self.single(row)
        alone = not self.event.repeat and self.event.occurrences.count() == 1
        return self.at(row) if alone else self.override(row)

    def left_over(self, key: date) -> bool:
        """Whether a date is left from an earlier plan: the rule as it is now begins later."""
        return key < self.event.first_day

    def ruled_days(self, keys: set[date]) -> list[date]:
        """The days that the rule alone means: from the first date told, or the last day of the rule before it."""
        days = self.event.schedule(changed=False).days(max(keys), since=min(keys))
        first = max(day for day in days if day <= min(keys))
        return [day for day in days if day >= first]

    def is_plain(self, row: Occurrence) -> bool:
        """Whether `row` is as the rule has it."""
        start, end = self.event.span(row.key)
        expected = (start.replace(tzinfo=ZONE), end.replace(tzinfo=ZONE))
        as_ruled = (row.starts_at, row.ends_at) == expected and (row.venue_id, row.place) == self.place
        return as_ruled and row.status == Occurrence.Status.SCHEDULED

    def whole(self, keys: set[date]) -> Event:
        """The series: its first date, its rule, and how `keys` differ from what the rule means."""
        component = self.described()
        ruled = self.ruled_days(keys)
        start, end = self.event.span(ruled[0])
        component.add("dtstart", self.moment(start))
        component.add("dtend", self.moment(end))
        if len(ruled) > 1:
            component.add("rrule", self.rule(ruled[-1]))
        for name, days in (("exdate", {*ruled} - keys), ("rdate", keys - {*ruled})):
            if days:
                component.add(name, [self.moment(self.event.span(day)[0]) for day in sorted(days)])
        if all(self.rows[key].status == Occurrence.Status.CANCELLED for key in keys):
            component["status"] = "CANCELLED"
        return component

    def rule(self, last: date) -> vRecur:
        """The rule up to `last`; a count would count the dates that the horizon leaves out."""
        parts = rule_parts(self.event.rrule())
        parts.pop("COUNT", None)
        end = last if self.event.all_day else datetime.combine(last, time.max, ZONE).astimezone(UTC)
        parts["UNTIL"] = f"{end:%Y%m%d}" if self.event.all_day else f"{end:%Y%m%dT%H%M%SZ}"
        return vRecur.from_ical(";".join(f"{name}={value}" for name, value in parts.items()))

    def override(self, row: Occurrence) -> Event:
        """One date that was moved or cancelled, or that took place at another hour or elsewhere."""
        component = self.at(row)
        component.add("recurrence-id", self.moment(self.event.span(row.key)[0]))
        return component

    def single(self, row: Occurrence) -> Event:
        """A date that no longer belongs to the series: an event of its own."""
        component = self.at(row)
        component["uid"] = f"{row.key}-{component['uid']}"
        return component

    def at(self, row: Occurrence) -> Event:
        """One date as it is."""
        component = self.described()
        start, end = timezone.localtime(row.starts_at), timezone.localtime(row.ends_at)
        whole_days = self.event.all_day and start.time() == end.time() == time.min
        component.add("dtstart", start.date() if whole_days else start.replace(tzinfo=ZONE))
        component.add("dtend", end.date() if whole_days else end.replace(tzinfo=ZONE))
        component["status"] = STATUS[Occurrence.Status(row.status)]
        component["location"] = vText(row.where)
        if row.reason:
            component.add("comment", row.reason)
        return component

    def described(self) -> Event:
        """What every VEVENT of the event says."""
        event, component = self.event, Event()
        component.add("uid", f"{event.uid}@wenshu")
        component.add("dtstamp", self.changed)
        component.add("last-modified", self.changed)
        component.add("sequence", event.sequence)
        component.add("status", "CONFIRMED")
        component.add("summary", event.title)
        component.add("description", event.introduction)
        component.add("location", self.where)
        component.add("url", self.url)
        component.add("categories", [event.kind.name])
        return component

    def moment(self, local: datetime) -> Any:
        """A wall-clock time as iCalendar has it: a date for an event of whole days."""
        return local.date() if self.event.all_day else local.replace(tzinfo=ZONE)


def feed_name(words: list[str], site: str) -> str:
    """What a calendar is called in somebody's telephone: the site's events, or what the filters let through."""
    return " · ".join([*words, _("Events"), site])
