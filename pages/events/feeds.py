"""The calendars that telephones subscribe to. Addresses end in .ics, so they are views of their own."""

from datetime import datetime
from hashlib import sha256

from django.db.models import Count, Max, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from network.models import Venue
from pages.core.models import SiteSettings
from pages.venues.models import VenueIndexPage, VenuePage

from .calendar import CalendarForm, midnight, month_step, occurrences
from .ical import calendar_of, feed_name
from .models import EventPage, Occurrence

MONTHS_BACK = 3  # a feed forgets what ended earlier; the pages keep it
MINUTES = 15 * 60
EDITION = 3  # to be raised when ical.py writes the same dates otherwise: every subscriber then fetches anew


@require_safe
@cache_control(public=True, max_age=MINUTES)
def feed(request: HttpRequest, township: str = "", venue: str = "") -> HttpResponse:
    """All events of the county, or those that the calendar's filters in the address let through.

    `township` is its part of the address, `venue` the address of its page below /venues/; more filters may follow as
    parameters. One that is no choice is 404 here: nobody who subscribed to one venue wants the whole county one day.
    """
    fixed = {"township": township} if township else {"venue": str(venue_at(venue))} if venue else {}
    form = CalendarForm(request.GET.dict() | fixed)
    if not form.is_valid():
        raise Http404
    chosen = form.chosen()
    return respond(request, occurrences(chosen).running_after(since()), list(form.wordings(chosen).values()))


@require_safe
@cache_control(public=True, max_age=MINUTES)
def event_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One event with all its dates. 404 where it is not public."""
    event = get_object_or_404(EventPage.objects.live().public(), id=pk)  # `pk` is a link to Page: see `duplicate`
    return respond(request, occurrences({}).filter(event=event), [event.title])


def venue_at(address: str) -> int:
    """The venue (its primary key) whose public page lies at `address` below the directory. Raises Http404."""
    index = get_object_or_404(VenueIndexPage.objects.live())
    pages = VenuePage.objects.live().public().filter(url_path=f"{index.url_path}{address}/")
    return get_object_or_404(pages.values_list("venue_id", flat=True))


def since() -> datetime:
    """From when on feeds tell what ended: the first of a month, so that they do not change every night."""
    today = timezone.localdate()
    year, month = month_step(today.year, today.month, -MONTHS_BACK) or (today.year, 1)
    return midnight(today.replace(year=year, month=month, day=1))


def respond(request: HttpRequest, rows: "QuerySet[Occurrence]", words: list[str]) -> HttpResponse:
    """The calendar of `rows`, or 304, before any of them is read, where the subscriber has it already."""
    rows = rows.select_related(None).defer(None).order_by("starts_at", "pk")
    name = feed_name(words, SiteSettings.for_request(request).site_title)
    etag = f'"{fingerprint(rows, [name, request.build_absolute_uri("/"), get_language()])}"'
    response = get_conditional_response(request, etag=etag)
    if response is None:
        calendar = calendar_of(complete(rows), name=name, request=request)
        response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    return response


def complete(rows: "QuerySet[Occurrence]") -> list[Occurrence]:
    """`rows` with their event, kind and venue, each fetched once, not beside every one of its dates.

    (Django's own prefetch asks for pages by a chain of ORs, which SQLite refuses from a thousand on.)
    """
    plain = rows.order_by()
    events = EventPage.objects.defer("body").select_related("kind").filter(pk__in=plain.values("event")).in_bulk()
    venues = Venue.objects.filter(pk__in=plain.values("venue")).in_bulk()
    found = [row for row in rows if row.event_id in events and row.venue_id in venues]
    for row in found:
        row.event, row.venue = events[row.event_id], venues[row.venue_id]
    return found


def fingerprint(rows: "QuerySet[Occurrence]", words: list[str | None]) -> str:
    """What changes whenever the calendar of `rows` would: one query, one line of sums for each event.

    Number and sum of the keys tell a date that went or came, the newest stamps one that changed, the texts beside them
    what is no part of the event itself. There is no Last-Modified: a deletion has no date.
    """
    texts = ("event", "venue", "event__url_path", "event__kind__name", "venue__plaque")
    stamps = (Count("pk"), Sum("pk"), Max("changed_at"), Max("event__live_revision"))
    sums = rows.order_by("event_id", "venue_id").values_list(*texts).annotate(*stamps)
    return sha256(repr([EDITION, *words, *sums]).encode()).hexdigest()[:32]
