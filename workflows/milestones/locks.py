"""The one order in which rows are locked: venues, then milestones, then cases, then what network's services lock.

Whoever closes a venue holds its row and then comes for its milestones; whoever confirms a milestone holds that and then
comes for the venue's unified item. Venue first for both, and neither waits for the other.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from viewflow.workflow.lock import SelectForUpdateLock

from network.models import Venue

from .models import Milestone, MilestoneCase


def milestones_lock(milestones: Iterable[int]) -> dict[int, Milestone]:
    """Lock milestones and their venues, fresh, in one order, until the transaction ends. A batch locks all of its own
    before it begins with the first.

    Args:
        milestones: primary keys.

    Returns:
        Primary key → milestone, with plan item, stage and venue.
    """
    wanted = sorted(set(milestones))
    venues = Milestone.objects.filter(pk__in=wanted, venue__isnull=False).values("venue")
    list(Venue.objects.select_for_update().filter(pk__in=venues).order_by("pk").values_list("pk"))
    rows = Milestone.objects.select_for_update(of=("self",)).filter(pk__in=wanted).order_by("pk")
    return {row.pk: row for row in rows.select_related("item__stage", "programme", "venue")}


class MilestoneLock(SelectForUpdateLock):
    """Locks venue and milestone before the case."""

    def __init__(self) -> None:
        super().__init__(nowait=False, attempts=1)

    @contextmanager
    def __call__(self, flow_class: Any, process_pk: int) -> Iterator[None]:
        from django.db import transaction

        with transaction.atomic():
            milestones_lock(MilestoneCase.objects.filter(pk=process_pk).values_list("milestone", flat=True))
            with super().__call__(flow_class, process_pk):
                yield
