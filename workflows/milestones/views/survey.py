"""The survey's results in the back office: totals by township, one township's venues, gaps, tables, blank forms."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from network.models import Division, NetworkSettings, Venue

from .. import permissions
from ..downloads import FORMATS, table_response
from ..models import PlanItem, Programme, SurveyQuestion
from ..selectors.survey import Answered, Results, TotalsRow, cells
from .frame import boards, screen

Survey = PlanItem.Survey
PAGE = 50


class SurveyFilter(forms.Form):
    """What is shown. Nonsense in the address is ignored."""

    form = forms.ChoiceField(label=gettext_lazy("Survey form"), choices=Survey.choices, required=False)
    tier = forms.ChoiceField(
        label=gettext_lazy("Level"), choices=[("", gettext_lazy("all")), *Venue.Tier.choices], required=False
    )
    answers = forms.ChoiceField(
        label=gettext_lazy("Answers"),
        choices=[("", gettext_lazy("all handed in")), ("confirmed", gettext_lazy("confirmed only"))],
        required=False,
    )


@dataclass
class Asked:
    """What the address asks for, and what was found for it."""

    programme: Programme
    filter: SurveyFilter
    values: dict[str, str]
    results: Results

    @property
    def form(self) -> str:
        return self.values["form"]

    def query(self, **more: Any) -> str:
        """The address's query that keeps what was chosen."""
        chosen = {"programme": self.programme.slug, **self.values, **more}
        return urlencode({name: value for name, value in chosen.items() if value})


def asked(request: HttpRequest, programme: Programme) -> Asked:
    """Read the filter and then, within what the reader may see, the answers."""
    found = SurveyFilter(request.GET)
    found.is_valid()
    values = {name: found.cleaned_data.get(name, "") for name in ("form", "tier", "answers")}
    values["form"] = values["form"] or Survey.FACILITIES.value
    results = Results(
        permissions.visible_milestones(request.user),
        programme=programme,
        form=values["form"],
        tier=values["tier"],
        confirmed=values["answers"] == "confirmed",
    )
    return Asked(programme, SurveyFilter(initial=values), values, results)


def place_of(found: Asked, where: str) -> tuple[Division | None, list[Answered]]:
    """A township by its primary key, or "heads"; 404 where the reader sees nothing of it."""
    if where == "heads":
        places = found.results.of_township(None)
        township = None
    else:
        rows = {str(place.milestone.township_id): place.milestone.township for place in found.results.places}
        township = rows.get(where)
        if township is None:
            raise Http404
        places = found.results.of_township(township)
    if not places:
        raise Http404
    return township, places


# Screens ----------------------------------------------------------------------------------------
@boards
def totals(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Each question's total by township, how many answered, how many are below the norm."""
    found = asked(request, programme)
    rows = found.results.rows()
    shown = [found.results.all, *rows] if len(rows) > 1 else rows
    columns = [
        {
            "label": row.label,
            "url": row_url(found, row) if row is not found.results.all else "",
            "small": _("%(answered)s of %(of)s") % {"answered": row.answered, "of": row.of},
        }
        for row in shown
    ]
    lines = [
        {
            "question": question,
            "meaning": total_meaning(question),
            "cells": [total_cell(found, row, number) for row in shown],
        }
        for number, question in enumerate(found.results.questions)
    ]
    return survey_screen(request, found, "milestones/survey.html", _("Survey"), columns=columns, lines=lines)


def total_meaning(question: SurveyQuestion) -> str:
    """What a question's total is, where that is not plainly a sum or a list of choices."""
    if question.kind == SurveyQuestion.Kind.YES_NO:
        return _("how many yes")
    if question.kind == SurveyQuestion.Kind.CHOICE:
        return ""
    if question.kind not in SurveyQuestion.NUMBERS or question.total == SurveyQuestion.Total.COUNT:
        return _("how many answered")
    return _("average") if question.total == SurveyQuestion.Total.MEAN else ""


def row_url(found: Asked, row: TotalsRow) -> str:
    """Where a row's venues are listed."""
    where = str(row.township.pk) if row.township else "heads"
    return reverse("milestones_survey_place", args=[where]) + "?" + found.query()


def total_cell(found: Asked, row: TotalsRow, number: int) -> dict[str, Any]:
    """One total with the way to its gaps."""
    total = row.totals[number]
    township = "" if row is found.results.all else str(row.township.pk) if row.township else "heads"
    url = reverse("milestones_survey_gaps") + "?" + found.query(township=township, question=total.question.key)
    return {"total": total, "url": url}


@boards
def place(request: HttpRequest, programme: Programme, where: str) -> HttpResponse:
    """One township's venues, or the head institutions, answer by answer."""
    found = asked(request, programme)
    township, places = place_of(found, where)
    columns = [
        {
            "label": str(row.venue.division) if township else row.venue.name,
            "milestone": row.milestone.pk,
            "small": row.milestone.get_state_display(),
        }
        for row in places
    ]
    table = [cells(row, found.results.questions) for row in places]
    lines = [
        {"question": question, "cells": [column[number] for column in table]}
        for number, question in enumerate(found.results.questions)
    ]
    title = str(township or _("Head institutions"))
    return survey_screen(
        request, found, "milestones/survey.html", title, columns=columns, lines=lines, where=where, crumb=True
    )


@boards
def gaps(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Every answer below its norm, with the way to its milestone."""
    found = asked(request, programme)
    rows, chosen = gap_rows(request, found)
    page = Paginator(rows, PAGE).get_page(request.GET.get("p"))
    return survey_screen(
        request,
        found,
        "milestones/survey_gaps.html",
        _("Gaps of the survey"),
        crumb=True,
        rows=page,
        chosen=chosen,
        page={
            "number": page.number,
            "previous": page.number - 1 if page.has_previous() else None,
            "next": page.number + 1 if page.has_next() else None,
            "query": found.query(**chosen),
        },
    )


def gap_rows(request: HttpRequest, found: Asked) -> tuple[list[Any], dict[str, str]]:
    """The gaps that the address asks for, and what of it was understood: township ("heads" for those) and question."""
    question, where = request.GET.get("question", ""), request.GET.get("township", "")
    question = question if question in {row.key for row in found.results.questions} else ""
    rows = found.results.gaps(question)
    if where == "heads" or where in {str(row.milestone.township_id) for row in found.results.places}:
        key = None if where == "heads" else int(where)
        rows = [(row, gap) for row, gap in rows if row.milestone.township_id == key]
    else:
        where = ""
    return rows, {"question": question, "township": where}


def survey_screen(
    request: HttpRequest, found: Asked, template: str, title: str, *, crumb: bool = False, **context: Any
) -> HttpResponse:
    """A page of the survey with its filter and downloads."""
    query = found.query()
    home = reverse("milestones_survey") + "?" + query
    return screen(
        request,
        template,
        title,
        programme=found.programme,
        tab="survey",
        crumbs=[(home, _("Survey"))] if crumb else [],
        filter=found.filter,
        form_label=Survey(found.form).label,
        home_url=home,
        gaps_url=reverse("milestones_survey_gaps") + "?" + query,
        all=found.results.all,
        query=query,
        tiers=Venue.Tier.choices,
        **context,
    )


# Tables to take away ----------------------------------------------------------------------------
@boards
def download(request: HttpRequest, programme: Programme, what: str, fmt: str) -> HttpResponse:
    """Totals, answers or gaps as CSV or as a spreadsheet."""
    if what not in TABLES or fmt not in FORMATS:
        raise Http404
    found = asked(request, programme)
    header, rows = TABLES[what](request, found)
    return table_response(fmt, f"survey-{found.form}-{what}", header, rows)


def totals_table(_request: HttpRequest, found: Asked) -> tuple[list[Any], list[list[Any]]]:
    """A row for each township, a column for each question, numbers as numbers."""
    header = [_("Township"), _("Venues"), _("Answered"), _("Below the norm")]
    header += [" · ".join(filter(None, [row.label_with_unit, total_meaning(row)])) for row in found.results.questions]
    rows = [*found.results.rows(), found.results.all]
    return header, [
        [row.label, row.of, row.answered, row.short]
        + [total.text if total.number is None else total.number for total in row.totals]
        for row in rows
    ]


def answers_table(_request: HttpRequest, found: Asked) -> tuple[list[Any], list[list[Any]]]:
    """A row for each venue, a column for each question."""
    header = [_("Township"), _("Venue"), _("State")]
    header += [question.label_with_unit for question in found.results.questions]
    rows: list[list[Any]] = []
    for row in found.results.places:
        shown = [
            cell["text"] if cell["number"] is None else cell["number"] for cell in cells(row, found.results.questions)
        ]
        rows.append([row.milestone.township or "", row.venue.plaque, row.milestone.get_state_display(), *shown])
    return header, rows


def gaps_table(request: HttpRequest, found: Asked) -> tuple[list[Any], list[list[Any]]]:
    """A row for each answer below its norm."""
    header = [
        _("Township"),
        _("Venue"),
        _("Item asked"),
        _("Answer given"),
        _("Norm"),
        _("Missing"),
        _("Source of the norm"),
    ]
    rows, _chosen = gap_rows(request, found)
    return header, [
        [
            row.milestone.township or "",
            row.venue.plaque,
            gap.question,
            gap.value_text,
            gap.norm_text,
            gap.short_text,
            gap.question.norm_source,
        ]
        for row, gap in rows
    ]


TABLES = {"totals": totals_table, "answers": answers_table, "gaps": gaps_table}


# On paper ---------------------------------------------------------------------------------------
def blank(request: HttpRequest, tier: str) -> HttpResponse:
    """The three forms of a level to print and fill in by hand."""
    if not permissions.sees_boards(request.user):
        raise PermissionDenied
    if tier not in Venue.Tier.values:
        raise Http404
    questions = list(SurveyQuestion.objects.asked_at(tier))
    forms_shown = [
        {"label": label, "questions": [row for row in questions if row.form == name]} for name, label in Survey.choices
    ]
    county = NetworkSettings.load().county
    context = {"forms": forms_shown, "tier": Venue.Tier(tier).label, "level": tier, "county": county or ""}
    return render(request, "milestones/survey_blank.html", context)
