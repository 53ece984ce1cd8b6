"""How a venue stands at a moment, in the few words of a tag."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils.formats import date_format
from django.utils.translation import gettext

from network.hours import Span, state_at
from network.models import Venue


@dataclass(frozen=True)
class VenueState:
    """The words of a tag and its tone: open, soon or closed."""

    label: str
    tone: str


def venue_state(venue: Venue, moment: datetime) -> VenueState | None:
    """Open until when, opens when, or the status of a venue out of service; None where nobody knows the hours.

    `venue` comes with its hours (`with_hours`), `moment` is local.
    """
    if not venue.is_active:
        return VenueState(venue.get_status_display(), "closed")
    state = state_at(venue, moment)
    if state.is_open and state.closes_at:
        return VenueState(gettext("Open until %(time)s") % {"time": clock(state.closes_at)}, "open")
    if state.opens_at:
        return _opens(state.opens_at, moment)
    return VenueState(gettext("Closed"), "closed") if state.known else None


def _opens(opens_at: datetime, moment: datetime) -> VenueState:
    hour = clock(opens_at)
    if opens_at.date() == moment.date():
        return VenueState(gettext("Opens at %(time)s") % {"time": hour}, "soon")
    words = {"day": day_words(opens_at.date(), moment.date()), "time": hour}
    return VenueState(gettext("Opens %(day)s %(time)s") % words, "closed")


def span_words(span: Span) -> str:
    """9:00–17:30."""
    return f"{clock(span.opens)}–{clock(span.closes)}"


def clock(moment: datetime | time) -> str:
    """A time of day without a leading zero: 9:00."""
    return f"{moment.hour}:{moment.minute:02}"


def day_words(day: date, today: date) -> str:
    """Tomorrow, the name of a day within a week, or the date."""
    if day == today + timedelta(days=1):
        return gettext("tomorrow")
    return date_format(day, "D") if day - today < timedelta(days=7) else date_format(day, "MONTH_DAY_FORMAT")


def telephone(venue: Venue) -> str:
    """The number as a telephone dials it."""
    return "".join(char for char in venue.phone if char.isdigit() or char == "+")
