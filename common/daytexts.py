"""Days as people write them, and as spreadsheets keep them."""

import datetime as dt
import math
import re
import unicodedata
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

WINDOWS_EPOCH = dt.date(1899, 12, 30)
MAC_EPOCH = dt.date(1904, 1, 1)
FIRST, LAST = dt.date(1990, 1, 1), dt.date(2100, 12, 31)
DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-") | {"。": "."})
TIME = r"(?:[T ]*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)?"
WRITTEN = re.compile(
    rf"([0-9]{{4}})\s*(?:年\s*([0-9]{{1,2}})\s*月\s*([0-9]{{1,2}})\s*[日号]?|([./-])\s*([0-9]{{1,2}})\s*\4\s*([0-9]{{1,2}}))\s*{TIME}"
)
COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def day_read(value: Any, *, epoch: dt.date = WINDOWS_EPOCH) -> dt.date | None:
    """The day that somebody wrote; None when there is nothing.

    Args:
        value: a date; a text (2019.6.4, 2019-06-04, 2019/6/4, 2019年6月4日, 20190604, in full-width digits too;
            a time of day is left out) or a spreadsheet's serial number, also as text.
        epoch: the day that serial numbers count from: `MAC_EPOCH` in 1904 workbooks.

    Raises:
        ValidationError: it is no day, or none between 1990 and 2100.
    """
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, str):
        value = _tidy(value)
    if value is None or value == "":
        return None
    day = value if isinstance(value, dt.date) else _day(value, epoch)
    if day is None or not FIRST <= day <= LAST:
        raise ValidationError(
            _("“%(text)s” is no day. Write it like 2019-06-04 or 2019年6月4日.") % {"text": str(value)[:40]}, code="day"
        )
    return day


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFKC", text).translate(DASHES).strip()


def _day(value: Any, epoch: dt.date) -> dt.date | None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_number(value, epoch) if isinstance(value, int) or math.isfinite(value) else None
    return _from_text(value, epoch) if isinstance(value, str) else None


def _from_number(number: float, epoch: dt.date) -> dt.date | None:
    """A serial number; or eight digits that somebody typed for a day."""
    if 1e7 <= number < 1e8:
        return _from_text(f"{number:.0f}", epoch)
    # What is not near our days is no serial number: 2019.6 is a month that the spreadsheet took for a number.
    first, last = (FIRST - epoch).days, (LAST - epoch).days
    return epoch + dt.timedelta(days=math.floor(number)) if first <= number < last + 1 else None


def _from_text(text: str, epoch: dt.date) -> dt.date | None:
    if re.fullmatch(r"[0-9]{5}(\.[0-9]+)?", text):
        return _from_number(float(text), epoch)
    if not (found := WRITTEN.fullmatch(text) or COMPACT.fullmatch(text)):
        return None
    year, month, day = (int(part) for part in found.groups() if part and part.isdigit())
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None
