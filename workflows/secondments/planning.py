"""A rotation plan: several people sent down for the same term, nominated together or not at all."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from workflows.core.permissions import mandate_of
from workflows.core.services import case_start

from .board import falling_free
from .flows import SecondmentFlow
from .models import Secondment
from .selectors import visible

PLAN_ROWS = 22  # with eight empty ones below them a plan is full


class RowRefusedError(Exception):
    """One row cannot be nominated, so none is.

    Attributes:
        row: its place in the plan.
        problems: field → messages.
    """

    def __init__(self, row: int, problems: Mapping[str, Any]) -> None:
        super().__init__(row)
        self.row, self.problems = row, problems


def rotation_nominate(*, shared: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], by: Any) -> list[Secondment]:
    """Nominate every row of a plan in one transaction.

    Args:
        shared: line, full_time, first_day, last_day, need, cover_plan.
        rows: each a person and a venue.
        by: who nominates.

    Raises:
        RowRefusedError: names the row and what is wrong with it; nothing was nominated.
    """
    cases = []
    with transaction.atomic():
        for place, row in enumerate(rows):
            facts = {**shared, **row, "direction": Secondment.Direction.DOWN}
            try:
                cases.append(case_start(SecondmentFlow, by=by, facts=facts))
            except ValidationError as error:
                raise RowRefusedError(place, error.message_dict) from error
            except PermissionDenied as error:
                raise RowRefusedError(place, {"person": [str(error)]}) from error
    return cases


def rotations_decided(user: Any) -> list[dict[str, Any]]:
    """Whom the end of a term sent on to another branch, and who has not been nominated there yet: to begin a plan."""
    since = timezone.localdate() - timedelta(days=90)
    rows = visible(user).filter(next_venue__isnull=False, last_day__gte=since, standing=True)
    later = {
        (person, venue): first
        for person, venue, first in visible(user)
        .values_list("person", "venue", "first_day")
        .filter(first_day__gte=since)
    }
    return [
        {"person": row.person_id, "venue": row.next_venue_id}
        for row in rows.order_by("last_day")
        if later.get((row.person_id, row.next_venue_id), row.last_day) <= row.last_day
    ]


def plan_rows(user: Any, line: str) -> list[dict[str, Any]]:
    """How a plan begins: rotations that were decided, then the branches of the line that are or fall free soon."""
    rows = rotations_decided(user)
    if line in Secondment.Line.values:
        known = {row["venue"] for row in rows}
        free = falling_free(mandate_of(user), line, timezone.localdate())
        rows += [{"venue": venue.pk} for venue in free if venue.pk not in known]
    return rows[:PLAN_ROWS]
