"""Repetitions of calendar files: as the editor's form says them where it can, verbatim where it cannot."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from .ics_reading import Entry, Property
from .ics_times import Span, moment
from .models import EventPage
from .schedule import WEEKDAYS, Schedule, rule_parts

Repeat = EventPage.Repeat


@dataclass(frozen=True)
class Repetition:
    """The fields of EventPage that say how it repeats."""

    repeat: str = ""
    every: int = 1
    on: str = ""
    until: date | None = None
    custom: str = ""


def repetition(entry: Entry, span: Span, notes: list[str]) -> Repetition:
    """How an entry repeats. Raises ValidationError where the calendar cannot mean it."""
    rules = entry.all("RRULE")
    if not rules:
        return Repetition()
    if len(rules) > 1 or entry.first("EXRULE"):
        raise ValidationError(_("It repeats by more than one rule."))
    parts = rule_parts(rules[0].value.strip())
    until = last_day(parts.pop("UNTIL", ""), span)
    if span.shift:
        parts = shifted(parts, span.shift)
    if span.foreign:
        notes.append(_("It repeats by the clock of another time zone: check the times in winter and summer."))
    if until is None and "COUNT" in parts:
        until = counted_out(parts, span)
    if until is None:
        until = max(span.first_day, timezone.localdate()) + timedelta(days=365)
        notes.append(_("It repeats without an end: it ends on %(day)s here.") % {"day": until})
    parts.pop("COUNT", None)
    return simple(parts, span.first_day, until) or Repetition(
        Repeat.CUSTOM, until=until, custom=";".join(f"{name}={value}" for name, value in parts.items())
    )


def last_day(text: str, span: Span) -> date | None:
    """The last day that UNTIL lets the event start on; None without one."""
    if not text:
        return None
    end = moment(Property(text), [])
    if not isinstance(end, datetime):
        return end
    return end.date() - timedelta(days=end.time() < (span.starts or time()))


def counted_out(parts: dict[str, str], span: Span) -> date:
    """The last of the counted days. Raises ValidationError as Schedule.clean does."""
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    first = datetime.combine(span.first_day, span.starts or time())
    schedule = Schedule(first=first, last=first + timedelta(hours=1), rule=rule)
    schedule.clean()
    return schedule.days(date.max)[-1]


def shifted(parts: dict[str, str], days: int) -> dict[str, str]:
    """A rule written in a zone whose day is `days` away, for the county's day.

    Raises ValidationError where that is open.
    """
    by = {name for name in parts if name.startswith("BY")}
    if not by:
        return parts
    names = parts.get("BYDAY", "").split(",")
    if by != {"BYDAY"} or parts["FREQ"] != "WEEKLY" or not set(names) <= set(WEEKDAYS):
        raise ValidationError(_("It repeats by the days of another time zone."))
    moved = [WEEKDAYS[(WEEKDAYS.index(name) + days) % 7] for name in names]
    return parts | {"BYDAY": ",".join(moved)}


def simple(parts: dict[str, str], first: date, until: date) -> Repetition | None:
    """The rule as the editor's form says it; None where it has no words for it."""
    by = {name: value for name, value in parts.items() if name.startswith("BY")}
    every = int(parts.get("INTERVAL", "1"))
    if every > 12 or (every > 1 and parts.get("WKST", "MO") != "MO"):
        return None
    weekday, place = WEEKDAYS[first.weekday()], (first.day - 1) // 7 + 1
    if "BYSETPOS" in by and by.get("BYDAY") in WEEKDAYS:  # Outlook's way to say “the second Tuesday”
        by["BYDAY"] = by.pop("BYSETPOS") + by["BYDAY"]
    in_form = {
        ("DAILY", ()): Repeat.DAILY,
        ("WEEKLY", ()): Repeat.WEEKLY,
        ("MONTHLY", ()): Repeat.MONTHLY_DAY,
        ("MONTHLY", (("BYMONTHDAY", str(first.day)),)): Repeat.MONTHLY_DAY,
        ("MONTHLY", (("BYDAY", f"{place if place < 5 else -1}{weekday}"),)): Repeat.MONTHLY_WEEKDAY,
        ("YEARLY", ()): Repeat.YEARLY,
        ("YEARLY", (("BYMONTH", str(first.month)), ("BYMONTHDAY", str(first.day)))): Repeat.YEARLY,
    }
    if parts["FREQ"] == "WEEKLY" and by.keys() == {"BYDAY"}:
        days = by["BYDAY"].split(",")
        on = ",".join(day for day in WEEKDAYS if day in days)
        return Repetition(Repeat.WEEKLY, every, on, until) if set(days) <= set(WEEKDAYS) else None
    repeat = in_form.get((parts["FREQ"], tuple(sorted(by.items()))))
    return Repetition(repeat, every, "", until) if repeat else None
