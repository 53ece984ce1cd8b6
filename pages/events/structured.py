"""An event in the words of schema.org. What is invented for demonstration is not published as a fact."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString

from common.jsonld import json_ld

from .models import Audience, EventPage, Occurrence
from .schedule import ZONE

SUB_EVENTS = 10  # dates of a series that are told; search engines show no more
STATUS = {
    Occurrence.Status.SCHEDULED: "EventScheduled",
    Occurrence.Status.MOVED: "EventRescheduled",
    Occurrence.Status.CANCELLED: "EventCancelled",
}


def structured(
    event: EventPage, coming: list[Occurrence], audiences: list[Audience], request: HttpRequest
) -> SafeString:
    """The JSON-LD of an event's page: one Event, or an EventSeries of its `coming` dates. Empty for sample data."""
    if event.is_sample or event.venue.is_sample or not coming or not event.pk:
        return SafeString("")
    venue_url = event.get_parent().get_full_url(request)
    shared = described(event, audiences, venue_url, request)
    dates = [{**shared, **dated(event, row, venue_url)} for row in coming[:SUB_EVENTS]]
    if len(dates) == 1:
        return json_ld(dates[0])
    span = {"startDate": dates[0]["startDate"], "endDate": dates[-1]["endDate"]}
    return json_ld({**shared, "@type": "EventSeries", **span, "subEvent": dates})


def dated(event: EventPage, row: Occurrence, venue_url: str) -> dict[str, Any]:
    """What one date of `event` adds, as a schema.org Event."""
    whole_days, was = event.all_day, row.was
    status = Occurrence.Status(row.status)
    if status == Occurrence.Status.MOVED and not was:  # only its place changed, and schema.org has no word for that
        status = Occurrence.Status.SCHEDULED
    elsewhere = {"location": location(event, row.place, venue_url)} if row.is_elsewhere else {}
    return {
        "@type": "Event",
        "startDate": row.first_day if whole_days else timezone.localtime(row.starts_at),
        "endDate": row.last_day if whole_days else timezone.localtime(row.ends_at),
        "previousStartDate": (was.date() if whole_days else was.replace(tzinfo=ZONE)) if was else None,
        "eventStatus": f"https://schema.org/{STATUS[status]}",
        "maximumAttendeeCapacity": row.capacity,
        "remainingAttendeeCapacity": row.free,
        **elsewhere,
    }


def location(event: EventPage, place: str, venue_url: str) -> dict[str, Any]:
    """The venue, or `place` as the editor named it: whether that has the venue's address nobody knows."""
    venue = event.venue
    known_address = venue.address and not venue.has_sample_facts and not place
    return {
        "@type": "Place",
        "name": place or venue.plaque,
        "address": {"@type": "PostalAddress", "addressCountry": "CN", "streetAddress": venue.address}
        if known_address
        else venue.plaque,
        "url": venue_url,
    }


def described(event: EventPage, audiences: list[Audience], venue_url: str, request: HttpRequest) -> dict[str, Any]:
    """What all dates of `event` share."""
    return {
        "name": event.title,
        "description": event.introduction,
        "url": event.get_full_url(request),
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "isAccessibleForFree": True,
        "location": location(event, event.place, venue_url),
        "organizer": {
            "@type": "Organization",
            "name": event.organiser or event.venue.plaque,
            "url": None if event.organiser else venue_url,
        },
        "audience": [{"@type": "Audience", "audienceType": each.name} for each in audiences],
    }
