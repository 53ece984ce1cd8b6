"""Working days and public holidays 工作日、法定节假日, as the State Council arranges them each year.

The package chinesecalendar knows the arrangements of past years and of those already published. Later years come from
`data/holidays.csv` (`date,kind,name`; kind `rest` or `work`) as soon as somebody enters the State Council's notice
there; until then Monday to Friday count as working days and the date is provisional.
"""

import csv
import datetime as dt
import logging
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from chinese_calendar.constants import holidays as known_holidays
from chinese_calendar.constants import workdays as known_workdays
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

logger = logging.getLogger(__name__)

FIRST_YEAR = min(known_holidays).year
LAST_YEAR = max(known_holidays).year
NAMES = (  # chinesecalendar's own words: the catalogue translates them
    _("New Year's Day"),
    _("Spring Festival"),
    _("Tomb-sweeping Day"),
    _("Labour Day"),
    _("Dragon Boat Festival"),
    _("Mid-autumn Festival"),
    _("National Day"),
    _("Anti-Fascist 70th Day"),
)
KINDS = {"rest": False, "work": True}


class Entry(NamedTuple):
    """What a line of the holidays file says about a day."""

    works: bool
    name: str


def read_holidays(file: Path) -> dict[dt.date, Entry]:
    """The days a holidays file names. ValueError with the line when it is malformed; no file, no days."""
    if not file.exists():
        return {}
    days = {}
    with file.open(encoding="utf-8-sig", newline="") as lines:
        for number, cells in enumerate(csv.reader(lines), 1):
            if number == 1 or not any(cells):
                continue
            try:
                date, kind, name = (cell.strip() for cell in cells)
                days[dt.date.fromisoformat(date)] = Entry(KINDS[kind], name)
            except (ValueError, KeyError) as error:
                raise ValueError(
                    f"{file.name}:{number}: expected “2027-01-01,rest,元旦” (rest or work), found “{','.join(cells)}”"
                ) from error
    return days


@lru_cache(maxsize=4)
def _entered(file: Path) -> dict[dt.date, Entry]:
    try:
        return read_holidays(file)
    except ValueError:
        logger.exception("The holidays file cannot be read; it is ignored")  # the system check names it too
        return {}


def _entries() -> dict[dt.date, Entry]:
    return _entered(Path(settings.HOLIDAYS_FILE))


@lru_cache(maxsize=32)
def _warn(year: int) -> None:
    logger.warning("No holiday arrangement is known for %s: Monday to Friday count as working days", year)


def is_provisional(day: dt.date) -> bool:
    """Whether the holidays of this day's year are not known yet, so that what is said about it may change."""
    if FIRST_YEAR <= day.year <= LAST_YEAR or any(entered.year == day.year for entered in _entries()):
        return False
    _warn(day.year)
    return True


def is_workday(day: dt.date) -> bool:
    """Whether offices work on this day: make-up working days count, public holidays do not."""
    if entry := _entries().get(day):
        return entry.works
    if is_provisional(day):
        return day.weekday() < 5
    return day in known_workdays or (day.weekday() < 5 and day not in known_holidays)


def is_makeup_workday(day: dt.date) -> bool:
    """Whether the day is a Saturday or Sunday on which offices work 调休上班."""
    return day.weekday() >= 5 and is_workday(day)


def holiday_name(day: dt.date) -> str | None:
    """The public holiday whose days off include this day (weekends inside it too), in the reader's language."""
    if entry := _entries().get(day):
        return None if entry.works else gettext(entry.name)
    name = known_holidays.get(day)
    return gettext(name) if name else None


def _days_from(day: dt.date, step: int) -> Iterator[dt.date]:
    while True:
        day += dt.timedelta(days=step)
        yield day


def add_workdays(start: dt.date, count: int) -> dt.date:
    """The day that is `count` working days after `start` (before it when negative). Day 1 is the first working day
    after `start`; with 0, `start` itself."""
    day, left = start, abs(count)
    days = _days_from(start, 1 if count > 0 else -1)
    while left:
        day = next(days)
        left -= is_workday(day)
    return day


def workdays_between(start: dt.date, end: dt.date) -> int:
    """How many working days lie after `start` up to and with `end`; negative when `end` is earlier.

    From 2019-06-04 to 2019-06-26 it is 15: the holiday of 2019-06-07 does not count.
    """
    if end < start:
        return -workdays_between(end, start)
    return sum(is_workday(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))
