"""What the batches' screens read."""

from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery

from network.models import Venue
from workflows.core.models import WorkItem
from workflows.core.permissions import Mandate, mandate_of

from ..models import Batch, BatchRow, Evidence, Milestone, PlanItem, Programme
from ..services.batch_rows import OPEN, decidable

PATH = "case__milestonecase__milestone"


def owned(user: Any) -> Q:
    """The milestones that somebody carries out, as a filter: the rule of `permissions.owns`, for lists."""
    found = Q(pk__in=[])
    for held in mandate_of(user).everybody():
        found |= _owned_by(held)
    return found


def _owned_by(held: Mandate) -> Q:
    found = Q(pk__in=[])
    if held.bureau:
        found |= Q(venue=None)
    for line in held.lines:
        found |= Q(venue__tier=Venue.Tier.HEAD, **{f"venue__{line}": True})
    if held.townships:
        found |= Q(township__in=held.townships, venue__isnull=False) & ~Q(venue__tier=Venue.Tier.HEAD)
    return found


def own_milestones(user: Any, programme: Programme) -> QuerySet[Milestone]:
    """What somebody carries out in a programme, with all that a sheet shows, in the plan's order."""
    rows = Milestone.objects.standing().filter(owned(user), programme=programme)
    rows = rows.select_related("item__stage", "programme", "venue__division", "township")
    return rows.order_by("item__stage__number", "item__order", "item", "venue__tier", "venue__division__code", "pk")


def open_milestones(user: Any, programme: Programme) -> QuerySet[Milestone]:
    """Those of them for which evidence can be handed in now."""
    return own_milestones(user, programme).filter(state__in=OPEN)


def items_to_fill(user: Any, programme: Programme) -> QuerySet[PlanItem]:
    """The plan items at which somebody has something to hand in; `waiting` says at how many places."""
    rows = Milestone.objects.filter(owned(user), programme=programme, state__in=OPEN)
    counted = rows.filter(item=OuterRef("pk")).order_by().values("item").annotate(count=Count("pk")).values("count")
    items = PlanItem.objects.filter(stage__programme=programme).select_related("stage")
    return items.annotate(waiting=Subquery(counted)).filter(waiting__gt=0).order_by("stage__number", "order", "pk")


def steps_to_decide(user: Any, programme: Programme, kind: str) -> QuerySet[WorkItem]:
    """The open steps that somebody may decide in a programme, with what the list shows; `done_on` and `papers` are
    those of the newest evidence."""
    rows = decidable(user, kind).filter(**{f"{PATH}__programme": programme})
    newest = Evidence.objects.filter(case=OuterRef("case"), withdrawn_at=None).order_by("-pk")
    papers = newest.annotate(papers=Count("files")).values("papers")[:1]
    rows = rows.annotate(done_on=Subquery(newest.values("done_on")[:1]), papers=Subquery(papers))
    rows = rows.select_related(f"{PATH}__item__stage", f"{PATH}__venue__division", f"{PATH}__township")
    return rows.order_by(f"{PATH}__item__stage__number", f"{PATH}__item__order", f"{PATH}__township__code", "pk")


def batch_counts(batch: Batch) -> dict[str, int]:
    """How many rows of a batch are in each state."""
    counted = dict(batch.rows.order_by().values_list("state").annotate(Count("pk")))
    return {state: counted.get(state, 0) for state in BatchRow.State.values}


def batch_rows(batch: Batch) -> QuerySet[BatchRow]:
    """The rows with their milestones; what is not in order first."""
    rows = batch.rows.select_related("milestone__item__stage", "milestone__venue__division", "milestone__township")
    return rows.select_related("milestone__programme").order_by("sheet", "number", "pk")
