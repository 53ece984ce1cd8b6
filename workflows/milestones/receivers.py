"""What the network announces, handed to this room's services."""

from typing import Any

from django.dispatch import receiver

from network.models import Venue
from network.signals import venue_changed, venue_created, venue_removing, venue_status_changed

from .models import Evidence
from .services import plan, register, venues
from .signals import milestone_confirmed, milestone_reopened


@receiver(venue_created)
def joined(venue: Venue, **_signal: Any) -> None:
    plan.venue_join(venue=venue)


@receiver(venue_removing)
def removed(venue: Venue, **_signal: Any) -> None:
    plan.venue_leave_unused(venue=venue)


@receiver(venue_status_changed)
def closed_or_open_again(venue: Venue, old: str, new: str, reason: str, by: Any, **_signal: Any) -> None:
    if new == Venue.Status.CLOSED:
        venues.venue_leave(venue=venue, by=by, reason=reason)
    elif old == Venue.Status.CLOSED:
        venues.venue_return(venue=venue)
        plan.venue_join(venue=venue)


@receiver(venue_changed)
def moved(venue: Venue, changes: Any, **_signal: Any) -> None:
    if "division" in changes:
        venues.venue_follow(venue=venue)


@receiver(milestone_confirmed)
def surveyed(evidence: Evidence, by: Any, choices: Any, **_signal: Any) -> register.Changes:
    """Returns what the decision log says of it."""
    fields, mark = choices.get("take_over"), choices.get("mark", "")
    return register.register_take_over(evidence=evidence, by=by, fields=fields, mark=mark)


@receiver(milestone_reopened)
def survey_withdrawn(evidence: Evidence, by: Any, **_signal: Any) -> register.Changes:
    """Returns what the decision log says of it."""
    return register.register_turn_back(evidence=evidence, by=by)
