"""A month to hang up at a venue's door: what is on, and a code that leads telephones to the venue's page."""

from datetime import date
from typing import Any

import segno
from django.http import HttpRequest
from django.utils.safestring import SafeString, mark_safe

from network.models import Venue
from pages.venues.models import VenuePage

from .browsing import Addresses, Link
from .calendar import filters_of, midnight, month_name, month_step, occurrences
from .models.calendar import EventIndexPage

MOST_LINES = 24  # what fits on one sheet in two columns
FEW_LINES = 9  # then the type is larger
SIZES = ("a4", "a3")


def poster_context(page: EventIndexPage, request: HttpRequest, first: date) -> dict[str, Any]:
    """The context of the poster of the month that begins on `first`, for the filters in the address."""
    form = filters_of(request)
    chosen = form.chosen()
    venue: Venue | None = chosen.get("venue")
    end = midnight(date(*(month_step(first.year, first.month, 1) or (first.year + 1, 1)), 1))
    rows = list(occurrences(chosen).between(midnight(first), end)[: MOST_LINES + 1])
    to = Addresses(page.get_url(request) or "/", form.query())
    target = _target(page, venue, request)
    size = request.GET.get("paper") if request.GET.get("paper") in SIZES else SIZES[0]
    return {
        "heading": month_name(first.year, first.month),
        "venue": venue,
        "lines": [(max(row.first_day, first), row) for row in rows[:MOST_LINES]],
        "more": len(rows) > MOST_LINES,
        "few": len(rows) <= FEW_LINES,
        "is_sample": any(row.event.is_sample for row in rows),
        "paper": size,
        "papers": [Link(_paper(to, first, each), each.upper(), each == size) for each in SIZES],
        "calendar_url": to.month(first.year, first.month),
        "target": target.split("://")[-1],
        "code": qr_code(target),
    }


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
