"""Reads for the bureau: who held the post concerned, reports by venue."""

from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from network.models import Appointment, Venue
from workflows.core.models import Case

from .models import Diversion


def holders(case: Diversion) -> list[Any]:
    """Who has held the post concerned since the diversion began; nobody when no post was named."""
    if case.post_id is None:
        return []
    rows = Appointment.objects.filter(Q(until=None) | Q(until__gte=case.since), post=case.post_id)
    rows = rows.filter(since__lte=timezone.localdate()).select_related("person").order_by("since")
    return list(dict.fromkeys(row.person for row in rows))


def reports_by_venue() -> QuerySet[Any]:
    """The venues with reports: how many, how many not decided yet, how many founded, when the last one came."""
    running, founded = Q(diversions__state__in=Case.RUNNING), Q(diversions__finding=Diversion.Finding.FOUNDED)
    found = Venue.objects.filter(diversions__isnull=False).annotate(
        reports=Count("diversions"),
        running=Count("diversions", filter=running),
        founded=Count("diversions", filter=founded),
        latest=Max("diversions__created"),
    )
    return found.order_by("-running", "-reports", "pk")


def reports_elsewhere() -> QuerySet[Diversion]:
    """Reports about places that are not in the register."""
    return Diversion.objects.filter(venue=None).order_by("-pk")
