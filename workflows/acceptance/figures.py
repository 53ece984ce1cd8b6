"""The three acceptance criteria of R40 and the figures that each is made of: what each is called and how it is said.

A figure is measured (criteria.py), compared with the county's threshold, and kept in snapshots as numbers only: its
words are made when it is read, in the reader's language.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Criterion(models.TextChoices):
    """What the notice asks of the network in stage 3 (R40)."""

    COVERAGE = "coverage", _("Full coverage")  # 全域覆盖
    RUNNING = "running", _("Orderly running")  # 运转规范
    SERVICE = "service", _("Effective service")  # 服务高效


class Unit(models.TextChoices):
    """What a figure counts."""

    PERCENT = "percent", _("per cent")
    NUMBER = "number", _("number")
    HOURS = "hours", _("hours")


class FigureName(models.TextChoices):
    """The figures. The name is kept in thresholds and snapshots."""

    TOWNSHIPS = "townships", _("Townships with a branch in service")
    SETTLEMENTS = "settlements", _("Villages and communities with a service point")
    POPULATION = "population", _("Population in townships with a branch")
    UNIFIED = "unified", _("Six unified items")
    STAFFED = "staffed", _("Posts filled, of those the norm asks for")
    MILESTONES = "milestones", _("Milestones done with evidence")
    HOURS = "hours", _("Opening hours entered and long enough")
    PLAQUES = "plaques", _("Plaques worded by the rule")
    LIVELY = "lively", _("Venues that held an event within a year")
    EVENTS = "events", _("Event dates per venue within a year")
    ATTENDANCE = "attendance", _("Registered people who came")
    VISITS = "visits", _("Visits to events per 1,000 people within a year")
    WEEK = "week", _("Opening hours a week, on average")


@dataclass(frozen=True)
class Kind:
    """How a figure is shown: its criterion, its unit, the clause it is measured by, how it is made up (with the numbers
    to fill in), and what stands in the list behind it."""

    criterion: Criterion
    unit: Unit
    clause: str
    words: Promise
    behind: Promise


NO_LIST = _("There is no list behind this figure.")
KINDS: dict[str, Kind] = {
    FigureName.TOWNSHIPS: Kind(
        Criterion.COVERAGE,
        Unit.PERCENT,
        "R27",
        _("%(part)s of %(whole)s townships have a branch that is in service."),
        _("Townships without a branch in service"),
    ),
    FigureName.SETTLEMENTS: Kind(
        Criterion.COVERAGE,
        Unit.PERCENT,
        "R28",
        _("%(part)s of %(whole)s villages and communities have a service point that is in service."),
        _("Villages and communities without a service point in service"),
    ),
    FigureName.POPULATION: Kind(
        Criterion.COVERAGE,
        Unit.PERCENT,
        "R44",
        _(
            "%(part)s of %(whole)s people live in townships with a branch in service. The population is known for "
            "%(known)s of %(townships)s townships; the others are not counted."
        ),
        _("Townships without a branch in service, or of unknown population"),
    ),
    FigureName.UNIFIED: Kind(
        Criterion.RUNNING,
        Unit.PERCENT,
        "R31",
        _(
            "%(part)s of %(whole)s points: six items at each of %(venues)s venues in service, 1 for yes, ½ for partly, "
            "nothing without evidence."
        ),
        _("Venues that lack one of the six items"),
    ),
    FigureName.STAFFED: Kind(
        Criterion.RUNNING,
        Unit.PERCENT,
        "R93–R94",
        _(
            "%(part)s of the %(whole)s posts that the staffing norm asks for are held, venue by venue: more people "
            "than the norm at one do not make up for another."
        ),
        _("Venues with fewer people than the norm"),
    ),
    FigureName.MILESTONES: Kind(
        Criterion.RUNNING,
        Unit.PERCENT,
        "R33–R41",
        _(
            "%(part)s of %(whole)s milestones of the programme are confirmed with evidence, %(late)s of them recorded "
            "afterwards."
        ),
        _("Milestones that are not done"),
    ),
    FigureName.HOURS: Kind(
        Criterion.RUNNING,
        Unit.PERCENT,
        "R126",
        _(
            "%(part)s of %(whole)s venues in service have entered their hours and reach the weekly hours that the "
            "county asks for (%(head)s for head institutions, %(branch)s for township centres, any for others)."
        ),
        _("Venues without hours, or with too few"),
    ),
    FigureName.PLAQUES: Kind(
        Criterion.RUNNING,
        Unit.PERCENT,
        "R90–R92",
        _(
            "%(part)s of %(whole)s plaques read as the rule has it (R90–R92); %(local)s of them are local decisions, "
            "because the notice has no rule for such venues."
        ),
        _("Plaques that read differently"),
    ),
    FigureName.LIVELY: Kind(
        Criterion.SERVICE,
        Unit.PERCENT,
        "R74, R76",
        _("%(part)s of %(whole)s venues in service held at least one event in the last twelve months."),
        _("Venues in service without an event in the last twelve months"),
    ),
    FigureName.EVENTS: Kind(
        Criterion.SERVICE,
        Unit.NUMBER,
        "R74, R76",
        _("Dates held in the last twelve months: %(part)s, at %(whole)s venues in service."),
        NO_LIST,
    ),
    FigureName.ATTENDANCE: Kind(
        Criterion.SERVICE,
        Unit.PERCENT,
        "R123",
        _("%(part)s of %(whole)s places that were registered and checked were used in the last twelve months."),
        NO_LIST,
    ),
    FigureName.VISITS: Kind(
        Criterion.SERVICE,
        Unit.NUMBER,
        "R123",
        _(
            "%(part)s visits to events in the last twelve months (%(came)s registered people, %(walk_ins)s without "
            "registering), for %(whole)s people."
        ),
        NO_LIST,
    ),
    FigureName.WEEK: Kind(
        Criterion.SERVICE,
        Unit.HOURS,
        "R126",
        _("%(part)s hours a week altogether at %(whole)s venues in service whose hours are entered."),
        _("Venues in service without hours"),
    ),
}
