"""The numbers of a year: how many events, dates, registrations and visits, by township and line (R118)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Sum, When
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import Division

from ..models import EventPage, Occurrence, Registration
from ..schedule import local

HEADER = (
    _("Township"),
    _("Line"),
    _("Events"),
    _("Dates held"),
    _("Places registered"),
    _("Visits"),
    _("Did not come"),
)
Status = Registration.Status


@dataclass
class Figures:
    """What one township did in one line. Visits: registered people who came and those who came without registering."""

    events: int = 0
    dates: int = 0
    registered: int = 0
    visits: int = 0
    absent: int = 0


def yearly_numbers(rows: "QuerySet[Occurrence]", year: int) -> list[tuple[str, str, Figures]]:
    """(township, line, figures) for those of `rows` that began in `year` and were not cancelled, in two queries.

    A head institution belongs to the county's own division. Dates to come do not count yet.
    """
    began, until = local(datetime(year, 1, 1)), min(local(datetime(year + 1, 1, 1)), timezone.now())  # noqa: DTZ001
    held = rows.filter(starts_at__gte=began, starts_at__lt=until).exclude(status=Occurrence.Status.CANCELLED)
    found: defaultdict[tuple[str, str], Figures] = defaultdict(Figures)
    groups = held.order_by().annotate(township=township_name("")).values("township", "event__line")
    for row in groups.annotate(Count("pk"), Count("event", distinct=True), Sum("walk_ins")):
        figures = found[row["township"], row["event__line"]]
        figures.dates, figures.events, figures.visits = row["pk__count"], row["event__count"], row["walk_ins__sum"]
    registrations = Registration.objects.filter(occurrence__in=held).order_by()
    counted = registrations.annotate(township=township_name("occurrence__")).values(
        "township", "occurrence__event__line"
    )
    for sums in counted.annotate(
        registered=places(Registration.HOLDING), came=places([Status.ATTENDED]), absent=places([Status.ABSENT])
    ):
        figures = found[sums["township"], sums["occurrence__event__line"]]
        figures.registered, figures.absent = sums["registered"], sums["absent"]
        figures.visits += sums["came"]
    labels = {str(value): str(label) for value, label in EventPage.Line.choices}
    return [(township, labels[line], found[township, line]) for township, line in sorted(found)]


def township_name(prefix: str) -> Case:
    """The township of the venue that `prefix` leads to: a village's is the division above it."""
    own, above = f"{prefix}venue__division__name", f"{prefix}venue__division__parent__name"
    below = Q(**{f"{prefix}venue__division__level__in": [Division.Level.COMMUNITY, Division.Level.VILLAGE]})
    return Case(When(below, then=F(above)), default=F(own))


def places(states: Iterable[str]) -> Coalesce:
    """How many places the registrations in one of `states` hold."""
    return Coalesce(Sum("places", filter=Q(status__in=list(states))), 0)


def with_sum(found: list[tuple[str, str, Figures]]) -> list[tuple[Any, ...]]:
    """The rows of the table, the last one their sum."""
    rows = [(township, line, *astuple(figures)) for township, line, figures in found]
    sums = [sum(row[column] for row in rows) for column in range(2, len(HEADER))]
    return [*rows, (_("All"), "", *sums)] if rows else []
