"""What a well-formed venue looks like: the same answer for forms, services and `check_network`."""

from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _

from .models import Division, NetworkSettings, Venue
from .naming import plaque_for

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Tier, Kind, Level = Venue.Tier, Venue.Kind, Division.Level
Problems = dict[str, list["StrOrPromise"]]

HEAD_KINDS = (Kind.COUNTY_LIBRARY, Kind.COUNTY_CENTRE)
SETTLEMENTS = (Level.VILLAGE, Level.COMMUNITY)
# Where the public centres stand; other kinds may stand in a township, a village or a community.
LEVELS = {
    Kind.COUNTY_LIBRARY: (Level.COUNTY,),
    Kind.COUNTY_CENTRE: (Level.COUNTY,),
    Kind.TOWNSHIP_CENTRE: (Level.TOWNSHIP,),
    Kind.VILLAGE_CENTRE: SETTLEMENTS,
}
ELSEWHERE = (Level.TOWNSHIP, *SETTLEMENTS)


def township_id(division: Division) -> int | None:
    """The township in which a division lies (itself, when it is one); None above townships."""
    if division.level == Level.TOWNSHIP:
        return division.pk
    return division.parent_id if division.level in SETTLEMENTS else None


def venue_problems(venue: Venue, rules: NetworkSettings) -> Problems:
    """What is wrong with a venue's place in the network, by field. Reads `division`, its parent and `parent`.

    Clauses: R25 tiers, R47 the tier is an attribute, R83 internet venues, R90–R92 plaques, R108 one branch a point.
    """
    problems: Problems = defaultdict(list)
    if (venue.tier == Tier.HEAD) != (venue.kind in HEAD_KINDS):
        problems["kind"].append(_("A head institution is the county library or the county cultural centre."))
    if venue.kind == Kind.INTERNET_VENUE and venue.tier != Tier.POINT:
        problems["tier"].append(_("An internet venue can only be a service point (R83)."))
    if not (venue.library or venue.culture):
        problems["library"].append(_("A venue belongs to the library line, the culture line or both."))
    if venue.division.level not in LEVELS.get(venue.kind, ELSEWHERE):  # type: ignore[call-overload]
        problems["division"].append(_("A venue of this kind does not stand in a division of this level."))
    if problem := _parent_problem(venue):
        problems["parent"].append(problem)
    if problem := _points_problem(venue):
        problems["division"].append(problem)
    if not problems and (problem := _plaque_problem(venue, rules)):
        problems["plaque"].append(problem)
    return problems


def _parent_problem(venue: Venue) -> str:
    if venue.tier != Tier.POINT:
        return _("Only a service point has a parent branch.") if venue.parent_id else ""
    if venue.parent is None:
        return _("A service point belongs to exactly one branch.")
    if venue.parent.tier != Tier.BRANCH:
        return _("The parent must be a branch.")
    if township_id(venue.parent.division) != township_id(venue.division):
        return _("The branch lies in another township.")
    return ""


def _points_problem(venue: Venue) -> str:
    if venue.tier != Tier.BRANCH or venue.pk is None:
        return ""
    here = township_id(venue.division)
    if any(township_id(point.division) != here for point in venue.points.all()):
        return _("Service points of this branch lie in another township.")
    return ""


def _plaque_problem(venue: Venue, rules: NetworkSettings) -> str:
    wanted, local = plaque_for(venue, rules)
    if venue.plaque_is_local != local:
        return (
            _("The notice gives this kind of venue its plaque.")
            if not local
            else _("The notice has no plaque for this kind of venue: it is a local decision.")
        )
    if wanted and not local and venue.plaque != wanted:
        return _("The plaque must read: %(plaque)s") % {"plaque": wanted}
    return ""


def address_problem(venue: Venue) -> str:
    """Whether another venue of the same township (or, for heads and township centres, of the county's first level) or
    of the same division has the same address part."""
    township = township_id(venue.division)
    if venue.tier == Tier.HEAD or (venue.kind == Kind.TOWNSHIP_CENTRE and venue.tier == Tier.BRANCH):
        others = Venue.objects.filter(Q(tier=Tier.HEAD) | Q(kind=Kind.TOWNSHIP_CENTRE, tier=Tier.BRANCH))
    else:
        others = Venue.objects.of_township(township or 0).exclude(kind=Kind.TOWNSHIP_CENTRE, tier=Tier.BRANCH)
    others |= Venue.objects.filter(division=venue.division)
    if others.filter(slug=venue.slug).exclude(pk=venue.pk).exists():
        return _("Another venue here has this address part already.")
    return ""


def status_problem(venue: Venue, status: str, *, with_points: bool = False) -> str:
    """Why a venue may not take this status now (R23 先镇后村), or empty text.

    `with_points` says that a branch takes its active points along when it stops serving.
    """
    if venue.tier == Tier.POINT and status in Venue.ACTIVE:
        if venue.parent is None or not venue.parent.is_active:
            return _("The branch %(branch)s is not in service yet: branches come before their points (R23).") % {
                "branch": venue.parent
            }
    elif venue.tier == Tier.BRANCH and status not in Venue.ACTIVE and not with_points and venue.pk:
        active = venue.points.active().count()
        if active:
            return _(
                "%(count)s service points of this branch are in service: "
                "let them stop with it, or move them first (R23)."
            ) % {"count": active}
    return ""
