"""Finds what scripts and imports broke in the network, where services and constraints were gone round."""

from collections import Counter
from collections.abc import Iterable, Iterator

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _

from .hours import Span
from .models import Appointment, NetworkSettings, UnifiedItem, Venue, WeeklyHours
from .shape import township_id, venue_problems


def network_problems() -> Iterator[str]:
    """Every problem as one line of text. The number of queries does not depend on the number of venues."""
    yield from shape_problems()
    yield from address_problems()
    yield from guard_problems()
    yield from item_problems()
    yield from hours_problems()
    yield from appointment_problems()


def _venues() -> list[Venue]:
    related = ("division__parent", "parent__division__parent")
    return list(Venue.objects.select_related(*related).prefetch_related("points__division"))


def shape_problems() -> Iterator[str]:
    """Kind, tier, lines, division, parent and plaque (R25, R47, R83, R90–R92, R108)."""
    rules = NetworkSettings.load()
    for venue in _venues():
        for field, texts in venue_problems(venue, rules).items():
            label = Venue._meta.get_field(field).verbose_name  # type: ignore[union-attr]
            yield from (f"{venue}: {label}: {text}" for text in texts)


def address_problems() -> Iterator[str]:
    """Two venues whose pages would have one address."""
    places: Counter[tuple[int | None, str]] = Counter()
    for venue in Venue.objects.select_related("division"):
        top = venue.tier == Venue.Tier.HEAD or (venue.kind, venue.tier) == ("township_centre", "branch")
        places[None if top else township_id(venue.division), venue.slug] += 1
    for (_place, slug), count in places.items():
        if count > 1:
            yield _("%(count)s venues share the address part %(slug)s.") % {"count": count, "slug": slug}


def guard_problems() -> Iterator[str]:
    """Points in service under a branch that is not (R23)."""
    broken = Venue.objects.active().filter(tier=Venue.Tier.POINT).exclude(parent__status__in=Venue.ACTIVE)
    for venue in broken.select_related("parent"):
        yield _("%(venue)s: in service although its branch is not (R23).") % {"venue": venue}


def item_problems() -> Iterator[str]:
    """Venues without all six unified items (R31)."""
    six = len(UnifiedItem.Item.values)
    for venue in Venue.objects.annotate(items=Count("unified_items")).exclude(items=six):
        yield _("%(venue)s: has %(count)s of the six unified items (R31).") % {"venue": venue, "count": venue.items}


def hours_problems() -> Iterator[str]:
    """Weekly hours that overlap."""
    last: WeeklyHours | None = None
    for row in WeeklyHours.objects.select_related("venue").order_by("venue", "day", "opens"):
        if last and (last.venue_id, last.day) == (row.venue_id, row.day) and row.opens < last.closes:
            yield _("%(venue)s: the hours %(row)s overlap others.") % {
                "venue": row.venue,
                "row": f"{row.get_day_display()} {Span(row.opens, row.closes)}",
            }
        last = row


def appointment_problems() -> Iterator[str]:
    """Two active full-time appointments of one person, two active holders of one post, at the same time (R99)."""
    active = Appointment.objects.filter(status=Appointment.Status.ACTIVE)
    by_person = active.filter(full_time=True).select_related("person").order_by("person", "since")
    for appointment in _overlapping(by_person, "person_id"):
        yield _("%(person)s: two active full-time appointments at the same time (R99).") % {
            "person": appointment.person
        }
    by_post = active.select_related("post__venue", "post__office").order_by("post", "since")
    for appointment in _overlapping(by_post, "post_id"):
        yield _("%(post)s: two active holders at the same time.") % {"post": appointment.post}
    backwards = Appointment.objects.filter(Q(until__lt=F("since")))
    for appointment in backwards.select_related("person", "post__venue", "post__office"):
        yield _("%(appointment)s: ends before it begins.") % {"appointment": appointment}


def _overlapping(appointments: Iterable[Appointment], owner: str) -> Iterator[Appointment]:
    """Those that begin before an earlier one of the same owner has ended."""
    latest: Appointment | None = None
    for appointment in appointments:
        if latest and getattr(latest, owner) == getattr(appointment, owner):
            if latest.until is None or appointment.since <= latest.until:
                yield appointment
            if latest.until is None or (appointment.until and appointment.until <= latest.until):
                continue
        latest = appointment
