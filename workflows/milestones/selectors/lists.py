"""Milestones one by one: a township's venues by items, what is blocked, requests for another day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Case, QuerySet, Value, When

from network.models import Venue

from ..models import DateMove, GroupIssue, Milestone, PlanItem, Programme

State = Milestone.State


def by_urgency(rows: QuerySet[Milestone]) -> QuerySet[Milestone]:
    """For a list: what is unfinished first, by its last day; with what a list shows."""
    finished = Case(When(state__in=[State.DONE, State.VOID], then=Value(1)), default=Value(0))
    return rows.with_place().select_related("case").order_by(finished, "last_day", "pk")  # type: ignore[attr-defined]


@dataclass(frozen=True)
class VenueRow:
    """A venue with its milestones in the order of the items; None where an item is not meant for it."""

    venue: Venue
    cells: list[Milestone | None]


def venue_rows(rows: QuerySet[Milestone], venues: Sequence[Venue], items: Iterable[PlanItem]) -> list[VenueRow]:
    """The milestones of some venues, a row each."""
    columns = list(items)
    found = {(row.venue_id, row.item_id): row for row in rows.filter(venue__in=venues)}
    return [VenueRow(venue, [found.get((venue.pk, item.pk)) for item in columns]) for venue in venues]


def venues_of(rows: QuerySet[Milestone]) -> QuerySet[Venue]:
    """The venues that milestones stand at: the branch first, then its points."""
    return (
        Venue.objects.filter(pk__in=rows.values("venue"))
        .select_related("division")
        .order_by("tier", "division__code", "pk")
    )


RELATED = ("milestone__item__stage", "milestone__venue__division", "milestone__township", "case", "raised_by")


def issues_of(programme: Programme, rows: QuerySet[Milestone], *, resolved: bool) -> QuerySet[GroupIssue]:
    """The leading group's issues about these milestones: open ones by age, resolved ones by the newest resolution."""
    issues = GroupIssue.objects.filter(milestone__programme=programme, milestone__in=rows)
    issues = issues.filter(resolved_at__isnull=not resolved).select_related(*RELATED, "resolved_by")
    return issues.order_by("-met_on", "-pk") if resolved else issues.order_by("raised_at", "pk")


def date_requests(programme: Programme, rows: QuerySet[Milestone]) -> QuerySet[DateMove]:
    """Requests for another last day that nobody has decided."""
    moves = DateMove.objects.filter(milestone__programme=programme, milestone__in=rows, approved=None)
    related = ("milestone__item__stage", "milestone__venue__division", "milestone__township", "case", "asked_by")
    return moves.select_related(*related).order_by("asked_at", "pk")


def counted(rows: QuerySet[Any], most: int) -> tuple[list[Any], bool]:
    """The first rows, and whether there are more."""
    found = list(rows[: most + 1])
    return found[:most], len(found) > most
