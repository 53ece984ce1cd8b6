"""Who may do what with events: who keeps a venue's facts keeps its events and sees who registered for them.

That is the venue's own people, those of the branch above a point, the head institution of one of its lines, and the
bureau (network.permissions.venues_edited). Pages are written with Wagtail's page permissions, which follow the same
appointments.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet

from network.models import Venue
from network.permissions import venues_edited

from .models import EventPage, Occurrence

if TYPE_CHECKING:
    from wagtail.models import Page

    from network.permissions import Visitor


def venues_kept(user: "Visitor") -> QuerySet[Venue]:
    """The venues whose events the user keeps; none for visitors, members and officials of townships."""
    return venues_edited(user)


def occurrences_kept(user: "Visitor") -> "QuerySet[Occurrence]":
    """The dates whose registrations the user may see; anything else is 404."""
    return Occurrence.objects.filter(venue__in=venues_kept(user))


def events_kept(user: "Visitor") -> "QuerySet[EventPage]":
    """The events, drafts included, that the user may copy and count."""
    return EventPage.objects.filter(venue__in=venues_kept(user))


def events_with_registrations(pages: "Iterable[Page]") -> "list[EventPage]":
    """Those of `pages`, and of the pages below them, for which somebody registered: nobody may delete them."""
    below = Q()
    for page in pages:
        below |= Q(path__startswith=page.path)
    return list(EventPage.objects.filter(below, occurrences__registrations__isnull=False).distinct()) if below else []


def sees_events_office(user: "Visitor") -> bool:
    """Whether the back office shows the user a menu item for events."""
    return venues_kept(user).exists()
