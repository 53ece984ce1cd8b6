"""The calendars that telephones subscribe to. Addresses end in .ics, so they are views of their own."""

from datetime import timedelta
from hashlib import sha256

from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from pages.core.models import SiteSettings

from .calendar import filters_of, occurrences
from .ical import calendar_of, feed_name
from .models import EventPage, Occurrence

LOOK_BACK = timedelta(days=92)  # a feed forgets events that ended longer ago; the pages keep them
MINUTES = 15 * 60
# Each event and venue once, not beside every one of its dates.
EVENTS = Prefetch("event", EventPage.objects.defer("body").select_related("kind"))


@require_safe
@cache_control(public=True, max_age=MINUTES)
def feed(request: HttpRequest) -> HttpResponse:
    """All events of the county, or those that the calendar's filters in the address let through.

    A filter that is no choice is 404 here: nobody who subscribed to one venue wants the whole county one day.
    """
    form = filters_of(request)
    if not form.is_valid():
        raise Http404
    chosen = form.chosen()
    rows = occurrences(chosen)
    recent = rows.filter(ends_at__gt=timezone.now() - LOOK_BACK).order_by().values_list("event", flat=True).distinct()
    dates = rows.filter(event__in=list(recent)).select_related(None).defer(None).prefetch_related(EVENTS, "venue")
    return respond(request, dates, list(form.wordings(chosen).values()))


@require_safe
@cache_control(public=True, max_age=MINUTES)
def event_file(request: HttpRequest, pk: int) -> HttpResponse:
    """One event with all its dates. 404 where it is not public."""
    event = get_object_or_404(EventPage.objects.live().public(), pk=pk)
    return respond(request, occurrences({}).filter(event=event), [event.title])


def respond(request: HttpRequest, rows: "QuerySet[Occurrence]", words: list[str]) -> HttpResponse:
    """The calendar of `rows`, or 304 where the subscriber has it already."""
    site = SiteSettings.for_request(request).site_title
    body = calendar_of(rows, name=feed_name(words, site), request=request).to_ical()
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8", headers={"ETag": etag})
    return get_conditional_response(request, etag=etag, response=response) or response
