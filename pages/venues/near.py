"""Near me 就近: my township and village, chosen once and remembered.

Nobody knows the coordinates, so nearness is a choice. It is kept in a cookie that only this choice sets; the pages here
are the visitor's own and are never kept by a shared cache.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from common.preferences import YEAR
from network.hours import hours_on
from network.models import Division, Venue

from .directory import entries, listed, townships
from .states import VenueState, span_words, telephone

PLACE_COOKIE = "place"
ALL_VILLAGES = "all"  # the visitor chose the township and no village


@dataclass(frozen=True)
class Place:
    """A township and, where one was chosen, a village or community in it."""

    township: Division
    village: Division | None = None

    @property
    def cookie(self) -> str:
        return f"{self.township.slug}.{self.village.slug if self.village else ALL_VILLAGES}"


@dataclass(frozen=True)
class NearRow:
    """A venue near the place: how it stands, its hours today, its number to dial."""

    venue: Venue
    url: str
    state: VenueState | None
    hours_today: list[str]
    telephone: str


@require_safe
@cache_control(private=True, no_cache=True)
def near(request: HttpRequest) -> HttpResponse:
    """Choose a township, then a village; afterwards, the venues there and their hours today.

    `township` and `village` are address parts; `village=all` keeps to the township; `forget` drops the choice. What is
    not found is asked again.
    """
    if "forget" in request.GET:
        response = HttpResponseRedirect(reverse("near"))
        response.delete_cookie(PLACE_COOKIE)
        return response
    if "village" in request.GET and (place := find_place(request.GET.get("township"), request.GET["village"])):
        return _remember(request, place)
    return _vary(render(request, "venues/near.html", _context(request)))


@require_safe
@cache_control(private=True, no_cache=True)
def near_fragment(request: HttpRequest) -> HttpResponse:
    """The remembered place's venues as a piece of a page; nothing (204) where nobody chose one."""
    place = remembered(request)
    if place is None:
        return _vary(HttpResponse(status=204))
    return _vary(render(request, "venues/near_venues.html", {"place": place, "rows": venues_near(place, request)}))


def find_place(township: str | None, village: str | None) -> Place | None:
    """The place with these address parts; None where there is none, whatever was typed."""
    # Compared here and not by the database: PostgreSQL refuses to be asked for a NUL.
    found = next((each for each in townships() if each.slug == township), None)
    if found is None:
        return None
    if village == ALL_VILLAGES:
        return Place(found)
    below = next((each for each in found.children.all() if each.slug == village), None)
    return Place(found, below) if below else None


def remembered(request: HttpRequest) -> Place | None:
    """The place in the visitor's cookie, if it still exists."""
    township, _dot, village = request.COOKIES.get(PLACE_COOKIE, "").partition(".")
    return find_place(township, village) if village else None


def venues_near(place: Place, request: HttpRequest) -> list[NearRow]:
    """The village's own venues, then the township's branches, then the heads."""
    moment = timezone.localtime()
    divisions = [place.village, place.township] if place.village else [place.township]
    tiers = {Venue.Tier.POINT: 0, Venue.Tier.BRANCH: 1, Venue.Tier.HEAD: 2}
    nearby = Venue.objects.filter(division__in=divisions) | Venue.objects.filter(tier=Venue.Tier.HEAD)
    rows = listed(nearby.exclude(status=Venue.Status.CLOSED), moment).order_by("pk")
    found = entries(sorted(rows, key=lambda venue: tiers[Venue.Tier(venue.tier)]), request, moment)
    return [
        NearRow(row.venue, row.url, row.state, _hours_today(row.venue, moment), telephone(row.venue)) for row in found
    ]


def _hours_today(venue: Venue, moment: datetime) -> list[str]:
    return [span_words(span) for span in hours_on(venue, moment.date())] if venue.is_active else []


def _context(request: HttpRequest) -> dict[str, Any]:
    choices = townships()
    asked = request.GET.get("township")
    if asked is None and "change" not in request.GET and (place := remembered(request)):
        return {"place": place, "rows": venues_near(place, request)}
    township = next((choice for choice in choices if choice.slug == asked), None)
    return {
        "townships": choices,
        "township": township,
        "not_found": bool(asked) and (township is None or "village" in request.GET),
        "villages": township.children.order_by("code") if township else [],
        "all_villages": ALL_VILLAGES,
    }


def _remember(request: HttpRequest, place: Place) -> HttpResponse:
    response = HttpResponseRedirect(reverse("near"))
    response.set_cookie(
        PLACE_COOKIE, place.cookie, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True
    )
    return response


def _vary(response: HttpResponse) -> HttpResponse:
    patch_vary_headers(response, ["Cookie"])
    return response
