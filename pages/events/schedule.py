"""When an event takes place: one date, several days, or a repeating rule (RFC 5545) with exceptions.

Everything here is wall-clock time without a zone, as people in the county read it; `local()` gives it its zone. All
functions are pure. Work is bounded: a rule that asks for more than MAX_OCCURRENCES is refused, never expanded.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ZONE = ZoneInfo("Asia/Shanghai")
MAX_OCCURRENCES = 1000
MAX_LENGTH = timedelta(days=366)  # of one date: what stands for longer is no event
MAX_SPAN = timedelta(days=3660)  # ten years
MAX_RULE_LENGTH = 200
MAX_INTERVAL = 366
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
FREQUENCIES = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
STEPPED = {"DAILY": {"FREQ", "INTERVAL", "UNTIL"}, "WEEKLY": {"FREQ", "INTERVAL", "UNTIL", "BYDAY", "WKST"}}
PLACES = {"DAILY": 0, "WEEKLY": 0, "MONTHLY": 5, "YEARLY": 53}  # the largest n of "the nth Monday"
NUMBER = re.compile(r"[+-]?\d{1,3}\Z", re.ASCII)
BYDAY = re.compile(rf"([+-]?[1-9]\d?)?(?:{'|'.join(WEEKDAYS)})\Z", re.ASCII)
PARTS = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST"}


FIRST_YEAR, LAST_YEAR = 2000, 2100


def validate_day(day: date) -> None:
    """Raise ValidationError for a day beyond what a calendar shows; beyond the years of Python all sums end."""
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            _("Give a date between %(first)s and %(last)s.") % {"first": FIRST_YEAR, "last": LAST_YEAR}, code="year"
        )


def local(moment: datetime) -> datetime:
    """The wall-clock time `moment` (without a zone) as an aware one."""
    return moment.replace(tzinfo=ZONE)


def rule_parts(text: str) -> dict[str, str]:
    """The parts of an RRULE value as a dict.

    Raises ValidationError where `text` is no rule that an event calendar can mean: repeated more often than daily,
    unknown or doubled parts, an interval or count out of bounds.
    """
    wrong = ValidationError(_("This repetition is not understood: %(rule)s"), code="rule", params={"rule": text[:60]})
    if not text or len(text) > MAX_RULE_LENGTH:
        raise wrong
    parts: dict[str, str] = {}
    for piece in text.upper().removeprefix("RRULE:").split(";"):
        name, equals, value = piece.partition("=")
        if not equals or not value or name not in PARTS or name in parts:
            raise wrong
        parts[name] = value
    if parts.get("FREQ") not in FREQUENCIES:
        raise ValidationError(_("An event repeats daily at most."), code="frequency")
    for name, largest in (("INTERVAL", MAX_INTERVAL), ("COUNT", MAX_OCCURRENCES)):
        if name in parts and not (parts[name].isascii() and parts[name].isdigit() and 1 <= int(parts[name]) <= largest):
            raise wrong
    if ("COUNT" in parts and "UNTIL" in parts) or not by_parts_mean_something(parts):
        raise wrong
    return parts


def by_parts_mean_something(parts: dict[str, str]) -> bool:
    """Whether the BY parts of a rule are such as RFC 5545 (3.3.10) allows for its frequency.

    dateutil would seek the thirteenth Monday of a month, or the second one of a day, until the year 9999.
    """
    for name, largest, least in (("BYMONTH", 12, 1), ("BYMONTHDAY", 31, -31), ("BYSETPOS", 366, -366)):
        values = parts[name].split(",") if name in parts else []
        if not all(NUMBER.match(each) and least <= int(each) <= largest and int(each) for each in values):
            return False
    frequency, days = parts["FREQ"], parts["BYDAY"].split(",") if "BYDAY" in parts else []
    named = [BYDAY.match(each) for each in days]
    if not all(found and abs(int(found[1] or 0)) <= PLACES[frequency] for found in named):
        return False
    if frequency == "WEEKLY":
        places = [abs(int(each)) for each in parts.get("BYSETPOS", "1").split(",")]
        return "BYMONTHDAY" not in parts and max(places) <= max(len(set(days)), 1)
    return frequency != "DAILY" or "BYSETPOS" not in parts


def starts_by_rule(parts: dict[str, str], day: date) -> bool:
    """Whether the month, the day of the month and the weekday of `day` are among those that a rule of days or weeks
    asks for; always where it is one of months or years, which are soon sought through.
    """
    if parts["FREQ"] not in STEPPED:
        return True
    length = monthrange(day.year, day.month)[1]
    of_day = {"BYMONTH": {day.month}, "BYMONTHDAY": {day.day, day.day - length - 1}}
    for name, own in of_day.items():
        if name in parts and not own & {int(each) for each in parts[name].split(",")}:
            return False
    return "BYDAY" not in parts or WEEKDAYS[day.weekday()] in parts["BYDAY"].split(",")


@dataclass(frozen=True)
class Schedule:
    """The dates of one event.

    `first` and `last` are the start and end of the first occurrence (`last` after `first`); `rule` is an RRULE value
    without its UNTIL ("" for an event that takes place once); `until` the last day on which an occurrence may start;
    `excluded` days left out; `extra` days added at the same time of day.
    """

    first: datetime
    last: datetime
    rule: str = ""
    until: date | None = None
    excluded: frozenset[date] = field(default_factory=frozenset)
    extra: frozenset[date] = field(default_factory=frozenset)

    @property
    def duration(self) -> timedelta:
        """How long one occurrence lasts."""
        return self.last - self.first

    def clean(self) -> None:
        """Raise ValidationError unless the schedule means at least one date and no more than MAX_OCCURRENCES."""
        if self.last <= self.first:
            raise ValidationError({"last": ValidationError(_("The end must be after the start."), code="order")})
        if self.duration > MAX_LENGTH:
            raise ValidationError({"last": ValidationError(_("It lasts longer than a year."), code="long")})
        if not self.rule:
            return
        parts = rule_parts(self.rule)
        if self.until is None and "COUNT" not in parts:
            raise ValidationError({"until": ValidationError(_("Say when the repetition ends."), code="endless")})
        if self.until and self.until < self.first.date():
            raise ValidationError({"until": ValidationError(_("It ends before it begins."), code="order")})
        unmatched = ValidationError(_("The first date must be one of the repeated days."), code="unmatched")
        if not starts_by_rule(parts, self.first.date()):
            raise ValidationError({"first": unmatched})
        try:
            days = list(self._ruled(date.max))
        except (ValueError, TypeError, OverflowError) as error:
            raise ValidationError(
                _("This repetition is not understood: %(rule)s"), code="rule", params={"rule": self.rule}
            ) from error
        if len(days) > MAX_OCCURRENCES:
            raise ValidationError(
                _("That is more than %(most)s dates: choose an earlier end."),
                code="many",
                params={"most": MAX_OCCURRENCES},
            )
        if not days or days[0] != self.first.date():
            raise ValidationError({"first": unmatched})

    def _ruled(self, last_day: date, since: date = date.min) -> Iterator[date]:
        """The days that the rule alone means, not beyond `last_day`: from the first on, or from one before `since`.

        The count is taken here and the end is always given to dateutil: a rule that means no date at all (30 February)
        would otherwise be sought until the year 9999.
        """
        parts = rule_parts(self.rule)
        count = int(parts.pop("COUNT", MAX_OCCURRENCES + 1))
        end = min(last_day, self.until or last_day, self.first.date() + MAX_SPAN)
        parts["UNTIL"] = f"{end:%Y%m%d}T235959"
        text = ";".join(f"{name}={value}" for name, value in parts.items())
        start = self.first if "COUNT" in rule_parts(self.rule) else later_start(parts, self.first, since)
        return (moment.date() for moment in islice(rrulestr(text, dtstart=start), count))

    def days(self, horizon: date, since: date = date.min) -> list[date]:
        """The days on which an occurrence starts, sorted, none beyond `horizon`.

        What lies before `since` may be left out, except the last day of the rule before it: a class of many years need
        not be counted from its first evening.
        """
        ruled = self._ruled(horizon, since) if self.rule else [self.first.date()]
        days = {*ruled, *self.extra} - self.excluded
        return sorted(day for day in days if day <= horizon)

    def occurrences(self, horizon: date) -> list[tuple[date, datetime, datetime]]:
        """(key, start, end) of every occurrence up to `horizon`: the key is the day by which it is known for ever."""
        return [
            (day, local(start), local(start + self.duration))
            for day in self.days(horizon)
            for start in [datetime.combine(day, self.first.time())]
        ]


def later_start(parts: dict[str, str], first: datetime, since: date) -> datetime:
    """A start not after `since` from which the rule `parts` means the same days as from `first`; `first` where that is
    not plain to see. Whole steps of days or weeks change nothing where no month or place in it is asked for.
    """
    plain = STEPPED.get(parts["FREQ"])
    if plain is None or not parts.keys() <= plain or since <= first.date():
        return first
    apart = timedelta(days=int(parts.get("INTERVAL", 1)) * (7 if parts["FREQ"] == "WEEKLY" else 1))
    return first + (since - first.date()) // apart * apart
