"""The dossier's PDF 验收档案: cover, contents, the programme, the criteria, the acceptance, then a table per clause."""

from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from common.pdf import pdf_of
from network.models import NetworkSettings, Office, Venue
from workflows.milestones.models import Milestone, PlanItem, Programme

from . import criteria
from .models import Acceptance
from .packing import Contents, Line
from .presentation import pre_acceptances, snapshots

DONE, NOT_STARTED = Milestone.State.DONE, Milestone.State.NOT_STARTED


@dataclass
class Place:
    """The milestones of one item in one township: those with a story of their own, and those that nobody began."""

    name: str
    lines: list[Line]

    @property
    def begun(self) -> list[Line]:
        """Those for the table."""
        return [line for line in self.lines if line.entries or line.milestone.state != NOT_STARTED]

    @property
    def untouched(self) -> list[str]:
        """The places where nothing was begun."""
        begun = self.begun
        return [_short(line.milestone) for line in self.lines if line not in begun]


@dataclass
class Section:
    """One plan item with its milestones by township."""

    item: PlanItem
    places: list[Place] = field(default_factory=list)

    @property
    def lines(self) -> list[Line]:
        """All of its milestones."""
        return [line for place in self.places for line in place.lines]

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(line.milestone.state == DONE for line in self.lines)

    @property
    def back_dated(self) -> int:
        """How many of them were recorded afterwards."""
        return sum(line.milestone.back_dated for line in self.lines)

    @property
    def files(self) -> int:
        """Papers and photos in the archive."""
        return sum(line.files for line in self.lines)


def sections_of(lines: list[Line]) -> list[Section]:
    """The index by plan item (in the order of the clauses), then by township."""
    found = []
    for _item, rows in groupby(lines, key=lambda line: line.milestone.item_id):
        own = list(rows)
        section = Section(own[0].milestone.item)
        for name, group in groupby(own, key=lambda line: _where(line.milestone)):
            section.places.append(Place(name, list(group)))
        found.append(section)
    return found


def _where(milestone: Milestone) -> str:
    if milestone.township:
        return milestone.township.name
    return _("Head institutions") if milestone.venue else _("the county")


def _short(milestone: Milestone) -> str:
    venue = milestone.venue
    if venue is None:
        return str(milestone.place)
    return venue.division.short_name if venue.tier == Venue.Tier.POINT else venue.name


def dossier_html(programme: Programme, contents: Contents) -> str:
    """The PDF as HTML. In the active language."""
    acceptance = Acceptance.objects.filter(programme=programme).exclude(state="cancelled").order_by("-pk").first()
    context: dict[str, Any] = {
        "programme": programme,
        "stages": programme.stages.all(),
        "county": NetworkSettings.load().county,
        "organ": Office.objects.filter(kind=Office.Kind.BUREAU).order_by("pk").first(),
        "acceptance": acceptance,
        "groups": criteria.grouped(criteria.measure(programme, timezone.localdate()).figures),
        "samples": programme.is_sample or Venue.objects.active().filter(has_sample_facts=True).exists(),
        "sections": sections_of(contents.lines),
        "papers": contents.papers,
        "now": timezone.localtime(),
    }
    if acceptance:
        context["pre_acceptances"] = pre_acceptances(acceptance)
        context["snapshots"] = snapshots(acceptance)
        context["statements"] = acceptance.statements.select_related("by", "paper")
        context["items"] = acceptance.items.select_related("township", "case")
        context["inspections"] = acceptance.inspections.all()
    return render_to_string("acceptance/dossier.html", context)


def dossier_pdf(programme: Programme, contents: Contents) -> bytes:
    """The dossier as PDF.

    Raises:
        PdfUnavailableError: WeasyPrint or Pango is not installed.
    """
    return pdf_of(dossier_html(programme, contents), style="wenshu/css/acceptance-print.css")
