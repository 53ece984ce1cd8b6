"""A month to hang up at a venue's door: what is on, and a code that leads telephones to the venue's page."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import segno
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from network.models import Venue
from pages.venues.models import VenuePage

from .browsing import Addresses, Link
from .calendar import filters_of, midnight, month_name, month_step, occurrences
from .models import Occurrence
from .models.calendar import EventIndexPage

MOST_LINES = 18  # what fits on one sheet in two columns
FEW_LINES = 9  # then the type is larger
MOST_ROWS = 1000  # a month of the whole county, bounded
SIZES = ("a4", "a3")


def poster_context(page: EventIndexPage, request: HttpRequest, first: date) -> dict[str, Any]:
    """The context of the poster of the month that begins on `first`, for the filters in the address."""
    form = filters_of(request)
    chosen = form.chosen()
    venue: Venue | None = chosen.get("venue")
    end = midnight(date(*(month_step(first.year, first.month, 1) or (first.year + 1, 1)), 1))
    rows = list(occurrences(chosen).between(midnight(first), end)[:MOST_ROWS])
    lines = lines_of(rows, first)
    to = Addresses(page.get_url(request) or "/", form.query())
    target = _target(page, venue, request)
    size = request.GET.get("paper") if request.GET.get("paper") in SIZES else SIZES[0]
    return {
        "heading": month_name(first.year, first.month),
        "venue": venue,
        "lines": lines[:MOST_LINES],
        "more": len(lines) > MOST_LINES,
        "few": len(lines) <= FEW_LINES,
        "is_sample": any(row.event.is_sample for row in rows),
        "paper": size,
        "papers": [Link(_paper(to, first, each), each.upper(), each == size) for each in SIZES],
        "calendar_url": to.month(first.year, first.month),
        "target": target.split("://")[-1],
        "code": qr_code(target),
    }


@dataclass
class Line:
    """One happening of the month: `row` on `day`, and on the days `also` at the same hour."""

    day: date
    row: Occurrence
    also: list[date] = field(default_factory=list)

    @property
    def also_days(self) -> str:
        """The further days of the month, by their numbers."""
        return _(", ").join(str(day.day) for day in self.also)


def lines_of(rows: list[Occurrence], first: date) -> list[Line]:
    """What a reader at the door needs: a class once with all its days; a moved or cancelled date on its own."""
    lines: dict[Any, Line] = {}
    for row in rows:
        day = max(row.first_day, first)
        plain = row.status == Occurrence.Status.SCHEDULED and not row.lasts_days
        key = (
            (row.event_id, row.place, timezone.localtime(row.starts_at).time(), row.ends_at - row.starts_at)
            if plain
            else row.pk
        )
        if key in lines:
            lines[key].also.append(day)
        else:
            lines[key] = Line(day, row)
    return list(lines.values())


def _paper(to: Addresses, first: date, size: str) -> str:
    return to.of(f"{first.year}/{first.month:02}/poster/", paper=size)


def _target(page: EventIndexPage, venue: Venue | None, request: HttpRequest) -> str:
    """The address that the code leads to: the venue's page, or the calendar."""
    own = VenuePage.objects.filter(venue=venue).first() if venue else None
    return request.build_absolute_uri((own or page).get_url(request))


def qr_code(address: str) -> SafeString:
    """`address` as a QR code in SVG, readable though a fold or a raindrop hides a quarter of it."""
    code = segno.make(address, error="q", micro=False)
    return mark_safe(code.svg_inline(border=2, svgclass="qr", lineclass=None, omitsize=True))  # noqa: S308 (own drawing)
