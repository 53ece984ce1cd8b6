"""Facts announced below, followed here: each receiver calls one service, in the same transaction."""

from typing import Any

from django.dispatch import receiver

from network.models import Venue
from network.signals import venue_status_changed, venue_status_changing

from .services import venue_cases_lock, venue_followed


@receiver(venue_status_changing, dispatch_uid="secondments.venue_lock")
def lock_before(venue: Venue, new: str, **_kwargs: Any) -> None:
    if new not in Venue.ACTIVE:
        venue_cases_lock(venue=venue)


@receiver(venue_status_changed, dispatch_uid="secondments.venue")
def follow_venue(venue: Venue, by: Any, reason: str, **_kwargs: Any) -> None:
    if not venue.is_active:
        venue_followed(venue=venue, by=by, reason=reason)
