"""Who may do what in the network. Roles come from active appointments on a day, from the group “bureau”, or from being
an administrator; nothing is cached, because decisions re-check them under a lock."""

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from .models import Appointment, Division, Office, Post, Venue

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

    Visitor = User | AnonymousUser

BUREAU_GROUP = "bureau"


def is_administrator(user: "Visitor") -> bool:
    """Whether the user may do everything."""
    return user.is_active and user.is_superuser


def is_bureau(user: "Visitor") -> bool:
    """Whether the user is an official of the bureau, or an administrator."""
    if not user.is_active:
        return False
    return user.is_superuser or BUREAU_GROUP in user.group_names


def duties(user: "Visitor", day: dt.date | None = None) -> QuerySet[Appointment]:
    """The user's active appointments on a day (today when None); none for a visitor or a deactivated person."""
    if not user.is_active or user.pk is None:
        return Appointment.objects.none()
    return Appointment.objects.on(day or timezone.localdate()).filter(person_id=user.pk)


def with_duties(people: QuerySet["User"]) -> QuerySet["User"]:
    """People with all that the questions below ask of them, read at once: for lists of colleagues, whose number of
    queries must not grow with the office. What one person may do is decided without it, from what stands then."""
    held = Appointment.objects.filter(status=Appointment.Status.ACTIVE).select_related(
        "post__venue", "post__office__division"
    )
    return people.prefetch_related("groups", "memberships", Prefetch("appointments", held, to_attr="known_duties"))


def held_by(user: "Visitor", day: dt.date | None = None) -> list[Appointment]:
    """`duties` as rows with their places; of people from `with_duties` without a query."""
    day = day or timezone.localdate()
    known: list[Appointment] | None = getattr(user, "known_duties", None)
    if user.is_active and known is not None:
        return [row for row in known if row.is_active_on(day)]
    return list(duties(user, day).select_related("post__venue", "post__office__division"))


def heads_line(user: "Visitor", day: dt.date | None = None) -> set[str]:
    """The lines, "library" and "culture", at whose head institution the user holds an appointment."""
    venues = [row.post.venue for row in held_by(user, day)]
    heads = [venue for venue in venues if venue and venue.tier == Venue.Tier.HEAD]
    return {line for line in ("library", "culture") if any(getattr(venue, line) for venue in heads)}


def township_of_official(user: "Visitor", day: dt.date | None = None) -> Division | None:
    """The township for whose government the user works."""
    offices = [row.post.office for row in held_by(user, day)]
    townships = [office.division for office in offices if office and office.kind == Office.Kind.TOWNSHIP]
    return min((row for row in townships if row), key=lambda row: row.code, default=None)


def has_duty(user: "Visitor", day: dt.date | None = None) -> bool:
    """Whether the user holds any post of the network or is of the bureau: whoever does may enter the back office."""
    return is_bureau(user) or duties(user, day).exists()


def venues_edited(user: "Visitor", day: dt.date | None = None) -> QuerySet[Venue]:
    """The venues whose facts the user keeps: all for the bureau; a line's for its head institution; their own, and the
    points below it, for the people of a branch (R108); their own for the people of a point."""
    if is_bureau(user):
        return Venue.objects.all()
    held = duties(user, day).values("post__venue")
    own = Q(pk__in=held) | Q(parent__in=held)
    for line in heads_line(user, day):
        own |= Q(**{line: True}) & ~Q(tier=Venue.Tier.HEAD)
    return Venue.objects.filter(own)


def edits_venue(user: "Visitor", venue: Venue, day: dt.date | None = None) -> bool:
    """Whether the user keeps this venue's facts: contact, hours, closures, facilities. See `venues_edited`."""
    return venues_edited(user, day).filter(pk=venue.pk).exists()


def shapes_network(user: "Visitor") -> bool:
    """Whether the user may add venues and change their tier, lines, parent, plaque, status (R43: the bureau leads)."""
    return is_bureau(user)


def keeps_registers(user: "Visitor") -> bool:
    """Whether the user may change divisions, offices, services and posts."""
    return is_bureau(user)


def sees_registers(user: "Visitor") -> bool:
    """Whether the user may look at the registers in the back office."""
    return has_duty(user)


def appoints(user: "Visitor", post: Post) -> bool:
    """Whether the user may appoint to this post: the bureau to all, a head institution to its line's venues."""
    if is_bureau(user):
        return True
    venue = post.venue
    if venue is None or venue.tier == Venue.Tier.HEAD:
        return False
    return any(getattr(venue, line) for line in heads_line(user))


def checks_items(user: "Visitor", venue: Venue) -> bool:
    """Whether the user may judge the six unified items of a venue: the bureau, or the head of one of its lines."""
    if is_bureau(user):
        return True
    return venue.tier != Venue.Tier.HEAD and any(getattr(venue, line) for line in heads_line(user))


def officials_of_lines(lines: set[str], day: dt.date | None = None) -> QuerySet["User"]:
    """Those who hold an appointment at the head institution of one of the lines: the reverse of `heads_line`."""
    of_lines = Q()
    for line in lines:
        of_lines |= Q(**{f"post__venue__{line}": True})
    if not of_lines:
        return get_user_model().objects.none()
    held = Appointment.objects.on(day or timezone.localdate()).filter(of_lines, post__venue__tier=Venue.Tier.HEAD)
    return get_user_model().objects.filter(is_active=True, pk__in=held.values("person"))
