"""What the public board shows besides the tallies."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404
from wagtail.models import Page

from network.models import Venue

from ..models import Milestone, MilestoneCase, PlanItem, Programme, Stage
from .boards import Board, Place, place_key

SHOWN, SHOWN_ELDER = 12, 5  # groups of a month; a busier month says how many more


def public_programmes() -> QuerySet[Programme]:
    """The programmes that everybody may see, the newest first."""
    return Programme.objects.filter(public=True).exclude(state=Programme.State.DRAFT).order_by("-pk")


def public_programme(slug: str) -> Programme | None:
    """The newest public programme, or the one with this address part. Raises Http404 for one that is not public."""
    if not slug:
        return public_programmes().first()
    programme = public_programmes().filter(slug=slug).first()
    if programme is None:
        raise Http404
    return programme


@dataclass(frozen=True)
class Finished:
    """What was confirmed of one item at one place: how many, when the latest, when that was really done, and how many
    were recorded after their time."""

    item: PlanItem
    place: Place
    count: int
    on: dt.date
    done: dt.date
    back_dated: int


def finished_since(board: Board, day: dt.date | None, most: int) -> tuple[list[Finished], int]:
    """What was confirmed since a day, by item and place, the newest first; since ever when the day is None.

    Returns the first groups, `most` at most, and how many more there are.
    """
    done = Milestone.objects.filter(programme=board.programme, state=Milestone.State.DONE)
    if day:
        done = done.filter(confirmed_on__gte=day)
    counts = {
        "count": Count("pk"),
        "on": Max("confirmed_on"),
        "done": Max("done_on"),
        "late": Count("pk", filter=Q(back_dated=True)),
    }
    groups: Any = done.order_by().values("item", "township").annotate(**counts)
    groups = groups.order_by("-on", "item", "township")
    items = {item.pk: item for item in board.items}
    places = {place.key: place for place in board.places}
    found = []
    for row in groups:
        item = items[row["item"]]
        place = places[place_key(item, row["township"])]
        found.append(Finished(item, place, row["count"], row["on"], row["done"], row["late"]))
    return found[:most], max(len(found) - most, 0)


def has_sample(programme: Programme) -> bool:
    """Whether some of what the board counts is invented for demonstration."""
    cases = MilestoneCase.objects.filter(milestone__programme=programme, is_sample=True)
    return programme.is_sample or cases.exists()


def clauses_address() -> str:
    """Where the notice's clauses stand one by one, if the site has that page; the room above keeps it."""
    pages = Page.objects.live().public().filter(content_type__app_label="home", content_type__model="policypage")
    page = pages.first()
    return (page.get_url() or "") if page else ""


@dataclass(frozen=True)
class VenueStage:
    """How many of a venue's milestones of one stage are confirmed."""

    stage: Stage
    done: int
    total: int

    @property
    def share(self) -> int:
        """In whole per cent, rounded down."""
        return 100 * self.done // self.total


def stages_of_venue(venue: Venue) -> list[VenueStage]:
    """A venue's milestones of the newest public programme by stage: one question, also where there are none."""
    public = Q(programme__public=True) & ~Q(programme__state=Programme.State.DRAFT)
    standing = [state for state in Milestone.State.values if state != Milestone.State.VOID]
    mine = Stage.objects.filter(public, items__milestones__venue=venue, items__milestones__state__in=standing)
    done = Count("items__milestones", filter=Q(items__milestones__state=Milestone.State.DONE))
    counted = mine.annotate(done=done, total=Count("items__milestones")).order_by("-programme", "number")
    rows = list(counted)
    return [VenueStage(row, row.done, row.total) for row in rows if row.programme_id == rows[0].programme_id]
