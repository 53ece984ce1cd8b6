"""Dates and times of calendar files as the county reads them."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from icalendar.prop import vDuration
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from .ics_reading import Entry, Property
from .models import EventChange
from .schedule import MAX_LENGTH, ZONE

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?\Z", re.ASCII)
HERE = re.compile(r"\+0?8(?::?00)?\b|北京|中国|beijing|china|prc", re.IGNORECASE)


@dataclass(frozen=True)
class Span:
    """The first date as the editor's form has it, and how far the file's own zone lies from the county's (in days)."""

    first_day: date
    last_day: date | None
    all_day: bool
    starts: time | None
    ends: time | None
    shift: int = 0
    foreign: bool = False


def span_of(entry: Entry, notes: list[str]) -> Span:
    """When an entry takes place first. Raises ValidationError where that cannot be read."""
    given = entry.first("DTSTART")
    if given is None:
        raise ValidationError(_("It has no date."))
    start = moment(given, notes)
    end = end_of(entry, start, notes)
    if end - start > MAX_LENGTH:
        raise ValidationError(_("It lasts longer than a year."))
    if not (isinstance(start, datetime) and isinstance(end, datetime)):
        last = end - timedelta(days=1)
        return Span(start, last if last > start else None, True, None, None)
    last_day = end.date() if end > datetime.combine(start.date() + timedelta(days=1), start.time()) else None
    return Span(
        start.date(),
        last_day,
        False,
        start.time(),
        end.time(),
        shift=(start.date() - written_day(given)).days,
        foreign=is_foreign(given),
    )


def end_of(entry: Entry, start: date, notes: list[str]) -> date:
    """The end (exclusive for whole days) of an entry that starts at `start`; of the same kind as `start`."""
    timed = isinstance(start, datetime)
    end = start + (timedelta(hours=1) if timed else timedelta(days=1))
    if given := entry.first("DTEND"):
        end = moment(given, notes)
        if isinstance(end, datetime) != timed:
            raise ValidationError(_("Its start and end do not fit together."))
    elif length := entry.first("DURATION"):
        try:
            end = start + vDuration.from_ical(length.value[:40])
        except (ValueError, OverflowError) as error:
            raise ValidationError(_("Its length cannot be read.")) from error
    elif timed:
        notes.append(_("It has no end: one hour was assumed."))
    if end < start:
        raise ValidationError(_("The end must be after the start."))
    if end == start:
        end = start + (timedelta(hours=1) if timed else timedelta(days=1))
        notes.append(_("It has no length: one hour, or one day, was assumed."))
    return end


def moment(given: Property, notes: list[str]) -> date:
    """A date, or a wall-clock time in the county. Raises ValidationError where it is neither."""
    found = MOMENT.match(given.value.strip())
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise ValidationError(_("This date is not understood: %(date)s") % {"date": given.value[:40]})
    try:
        day = date(int(found[1]), int(found[2]), int(found[3]))
        if found[4] is None:
            return day
        clock = datetime.combine(day, time(int(found[4]), int(found[5])))
    except ValueError as error:
        raise ValidationError(_("This date is not understood: %(date)s") % {"date": given.value[:40]}) from error
    zone = UTC if found[6] else zone_of(given.parameters.get("TZID", ""), notes)
    return clock if zone is None else clock.replace(tzinfo=zone).astimezone(ZONE).replace(tzinfo=None)


def zone_of(name: str, notes: list[str]) -> ZoneInfo | None:
    """The zone that a TZID means; None for the county's own. Outlook writes Windows' names, others add a path."""
    name = name.strip().strip('"')
    if not name:
        return None
    known = WINDOWS_TO_OLSON.get(name, "/".join(name.split("/")[-2:])[:60])
    try:
        return ZoneInfo(known)
    except (ValueError, KeyError, OSError):
        if not HERE.search(name[:100]):
            notes.append(
                _("The time zone “%(zone)s” is not known: the times were read as Beijing time.") % {"zone": name[:60]}
            )
        return None


def is_foreign(given: Property) -> bool:
    """Whether the time is that of a zone whose clock differs from the county's."""
    zone = zone_of(given.parameters.get("TZID", ""), [])
    if zone is None:
        return False
    return any(datetime(2026, month, 1, tzinfo=zone).utcoffset() != timedelta(hours=8) for month in (1, 7))


def written_day(given: Property) -> date:
    """The day as it stands in the file, before it became the county's."""
    return date(int(given.value.strip()[:4]), int(given.value.strip()[4:6]), int(given.value.strip()[6:8]))


def changed_days(entry: Entry, name: str, span: Span, notes: list[str]) -> list[date]:
    """The days of EXDATE or RDATE. An extra date at another time of day is reported and left out."""
    found = []
    for given in entry.all(name):
        for value in given.value.split(",")[: MAX_LENGTH.days * 2]:
            one = moment(Property(value.partition("/")[0], given.parameters), notes)
            if name == "RDATE" and isinstance(one, datetime) and one.time() != span.starts:
                notes.append(_("An extra date at another time of day is left out: %(day)s.") % {"day": one.date()})
                continue
            found.append(one.date() if isinstance(one, datetime) else one)
    return found


def moved(entry: Entry, span: Span, new_place: str, notes: list[str]) -> EventChange | None:
    """What a changed date (RECURRENCE-ID) means: cancelled or moved, `new_place` its place where that is not the
    series'; None, with a note, where only words changed.
    """
    given = entry.first("RECURRENCE-ID")
    if given is None or "RANGE" in given.parameters:
        notes.append(_("A change of all later dates is left out."))
        return None
    key = moment(given, notes)
    day = key.date() if isinstance(key, datetime) else key
    if entry.text("STATUS").upper() == "CANCELLED":
        return EventChange(day=day, change=EventChange.Change.CANCELLED, reason=_("Cancelled"))
    new = span_of(entry, notes)
    if new.all_day != span.all_day or bool(new.last_day) != bool(span.last_day):
        notes.append(_("A changed date is left out, for it lasts otherwise than the others: %(day)s.") % {"day": day})
        return None
    if (new.first_day, new.starts, new.ends, new_place) == (day, span.starts, span.ends, ""):
        notes.append(_("Other words for one date are left out: %(day)s.") % {"day": day})
        return None
    return EventChange(
        day=day,
        change=EventChange.Change.MOVED,
        new_day=new.first_day,
        new_starts=new.starts,
        new_ends=new.ends,
        new_place=new_place,
        reason=pgettext("event", "Moved"),
    )
