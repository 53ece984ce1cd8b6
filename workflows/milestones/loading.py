"""Loads a county's programme: stages from county.toml, items from the file it names; the survey's questions; the plan.

Loading again adds what is missing and leaves alone what the bureau changed.
"""

import datetime as dt
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from wagtail.models import Site

from common.county import COUNTY_FILE, County, CountyError, Row
from common.report import Report
from network.models import UnifiedItem, Venue

from .models import PlanItem, Programme, ProgrammePage, SurveyQuestion
from .models.survey import LEVELS
from .services.plan import StageDraft, plan_make, programme_create
from .services.survey import question_save

PAGE_TITLE = "实施进度"  # content: the same whichever catalogue is compiled


def load(county: County, report: Report) -> None:
    """Load the programme that county.toml describes, if any. Raises CountyError with file and line."""
    if county.get("programme") is None:
        return
    questions = _questions(county)
    programme = Programme.objects.filter(slug=county.require("programme.slug")).first() or _create(county)
    added = plan_make(programme=programme)
    report.step(f"programme “{programme.name}”: {programme.milestones.count()} milestones, {added} new")
    report.step(f"the survey: {questions} questions")
    if not ProgrammePage.objects.exists():
        _add_page(county)
        report.step("page: programme")


def _add_page(county: County) -> None:
    """The public board, once; what editors change later stays."""
    root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
    introduction = county.get("programme.introduction", "")
    page = ProgrammePage(title=PAGE_TITLE, slug="programme", introduction=introduction, show_in_menus=True)
    page.search_description = introduction
    root.add_child(instance=page)


def _questions(county: County) -> int:
    """Add the survey's questions that are missing, by their keys. Returns how many the file has."""
    file = county.get("programme.survey")
    rows = list(county.rows(file)) if file else []
    known = set(SurveyQuestion.objects.values_list("key", flat=True))
    for order, row in enumerate(rows):
        if row["key"] not in known:
            try:
                question_save(question=SurveyQuestion(order=order, **_question(row)), by=None)
            except ValidationError as error:
                raise row.error("; ".join(error.messages)) from error
    return len(rows)


def _question(row: Row) -> dict[str, Any]:
    texts = ("key", "label", "label_en", "help", "help_en", "unit", "unit_en", "norm_source")
    figures = ("minimum", "maximum", "norm_head", "norm_branch", "norm_point")
    levels = row["levels"].split()
    for level in levels:
        if level not in Venue.Tier.values:
            raise row.error(f"“{level}” is none of: {', '.join(Venue.Tier.values)}")
    return {
        **{name: row[name] for name in texts},
        "form": row.one_of("form", PlanItem.Survey.values),
        "kind": row.one_of("kind", SurveyQuestion.Kind.values),
        "options": "\n".join(row["options"].split(";")) if row["options"] else "",
        "total": row.one_of("total", SurveyQuestion.Total.values),
        "required": row.flag("required"),
        "register_field": row.one_of("register_field", ["", *SurveyQuestion.Feeds.values]),
        **{name: _figure(row, name) for name in figures},
        **{field: tier in levels for tier, field in LEVELS.items()},
    }


def _figure(row: Row, column: str) -> Decimal | None:
    try:
        return Decimal(row[column]) if row[column] else None
    except InvalidOperation as error:
        raise row.error(f"“{column}” is not a number: {row[column]}") from error


def _create(county: County) -> Programme:
    items: dict[int, list[dict[str, Any]]] = {}
    for row in county.rows(county.require("programme.items")):
        items.setdefault(row.number("stage") or 0, []).append(_item(row))
    drafts = [_stage(table, items) for table in county.tables("programme.stages", "name", "name_en", "clause")]
    try:
        return programme_create(
            by=None,
            stages=drafts,
            slug=county.require("programme.slug"),
            name=county.require("programme.name"),
            name_en=county.get("programme.name_en", ""),
            basis=county.get("programme.basis", ""),
            basis_url=county.get("programme.basis_url", ""),
            state=Programme.State.RUNNING,
            public=True,
        )
    except ValidationError as error:
        raise CountyError(COUNTY_FILE, None, "; ".join(error.messages)) from error


def _stage(table: dict[str, Any], items: dict[int, list[dict[str, Any]]]) -> StageDraft:
    last_day = table.get("last_day")
    if not isinstance(table.get("number"), int) or not isinstance(last_day, dt.date):
        raise CountyError(COUNTY_FILE, None, f"the stage “{table['name']}” needs a number and a last_day")
    own = items.get(table["number"], [])
    for item in own:
        item["first_day"] = item["first_day"] or table.get("first_day")
        item["last_day"] = item["last_day"] or last_day
    return StageDraft(table, own)


def _item(row: Row) -> dict[str, Any]:
    texts = ("code", "clause", "name", "name_en", "asks", "asks_en")
    return {
        **{name: row[name] for name in texts},
        "level": row.one_of("level", PlanItem.Level.values),
        "checked_by": row.one_of("checked_by", PlanItem.CheckedBy.values),
        "survey": row.one_of("survey", ["", *PlanItem.Survey.values]),
        "unified_item": row.one_of("unified_item", ["", *UnifiedItem.Item.values]),
        "first_day": _day(row, "first_day"),
        "last_day": _day(row, "last_day"),
        "weight": row.number("weight") or 1,
        "after": row["after"].split(),
        **{name: row.flag(name) for name in ("needs_file", "needs_photo", "township_first", "pilot_first")},
    }


def _day(row: Row, column: str) -> dt.date | None:
    if not row[column]:
        return None
    try:
        return dt.date.fromisoformat(row[column])
    except ValueError as error:
        raise row.error(f"“{row[column]}” is no date like 2019-04-30") from error
