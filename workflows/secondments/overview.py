"""The officials' overview: the rotation board by person and by branch, the year's report on screen and as CSV."""

import csv
import datetime as dt
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from network.admin.base import FORMULA_STARTS
from workflows.core.permissions import Mandate
from workflows.core.views.screens import mandate, paged

from . import board, permissions, report
from .forms import BoardFilter, year_of
from .models import Secondment
from .selectors import visible

BOARD_PAGE, BRANCH_PAGE = 50, 30


def for_board(request: HttpRequest) -> Mandate:
    """What the person may do; refuses whoever has nothing to do with secondments."""
    held = mandate(request)
    if not permissions.sees_board(request.user, held):
        raise PermissionDenied
    return held


def state_words() -> dict[str, str]:
    """The states of a posting and what must be seen to, in words."""
    return {
        "planned": _("planned"),
        "running": _("running"),
        "soon": _("ends soon"),
        "over": _("over"),
        "expired": _("expired, nobody decided"),
    }


def warning_words() -> dict[str, str]:
    return {
        "expired": _("The term is over and nobody decided"),
        "late": _("The first day is past and nobody is appointed"),
        "gone": _("The person's account is deactivated"),
        "closed": _("The receiving venue is not in service"),
    }


def screen_of(
    request: HttpRequest, template: str, title: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the back office with a template of this room."""
    trail = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}]
    if request.path != reverse("secondments_board"):
        trail.append({"url": reverse("secondments_board"), "label": _("Secondments")})
    trail.append({"url": "", "label": title})
    furniture = {"header_title": title, "page_title": title, "header_icon": "group", "breadcrumbs_items": trail}
    return render(request, template, furniture | context, status=status)


def people(request: HttpRequest) -> HttpResponse:
    """Who is where in a year: people by months, what ends soon, what is red."""
    held, day = for_board(request), timezone.localdate()
    shown = BoardFilter(request.GET)
    rows = visible(request.user, held)
    year = year_of(request.GET.get("year", ""))
    page = paged(request, shown.narrow(board.of_year(rows, year, day), day), BOARD_PAGE)
    words, warnings = state_words(), warning_words()
    context = frame(request, held, year, day) | {
        "page": page,
        "filter": shown,
        "figures": board.counts(rows, day) | {"gaps": len(board.gaps(held, day))},
        "rows": [
            {"bar": row, "state": words[row.state], "warnings": [warnings[name] for name in row.warnings]}
            for row in (board.bar(case, year, day) for case in page["rows"])
        ],
    }
    return screen_of(request, "secondments/board.html", _("Rotation board %(year)s") % {"year": year}, context)


def branches(request: HttpRequest) -> HttpResponse:
    """Where nobody is: the branches by months, with their deputies in each line."""
    held, day = for_board(request), timezone.localdate()
    year = year_of(request.GET.get("year", ""))
    page = paged(request, board.branches_of(held), BRANCH_PAGE)
    names, words = dict(Secondment.Line.choices), state_words()
    rows = board.branch_rows(page["rows"], board.lines_of(held), year, day)
    context = frame(request, held, year, day) | {
        "page": page,
        "rows": [
            {
                "row": row,
                "line": names[row.line],
                "bars": [{"bar": one, "state": words[one.state]} for one in row.bars],
                "vacant": row.free_from == day,
                "soon": row.free_from <= day + board.SOON,
            }
            for row in rows
        ],
    }
    return screen_of(request, "secondments/branches.html", _("Rotation board %(year)s") % {"year": year}, context)


def frame(request: HttpRequest, held: Mandate, year: int, day: dt.date) -> dict[str, Any]:
    """What both sides of the board show: the year, its months, today, what the reader may do."""
    query = request.GET.copy()
    for name in ("year", "p"):
        query.pop(name, None)
    return {
        "year": year,
        "months": range(1, 13),
        "today": board.today_on(year, day),
        "query": query.urlencode(),
        "may_start": bool(held.lines) or permissions.may_start(request.user),
        "plan_lines": [(line, label) for line, label in Secondment.Line.choices if line in held.lines],
    }


def year_report(request: HttpRequest) -> HttpResponse:
    """The year in figures: by line and direction, by township, by branch."""
    held = for_board(request)
    year = year_of(request.GET.get("year", ""))
    lines = report.year_report(visible(request.user, held), year)
    context = {
        "year": year,
        "lines": lines,
        "by_line": report.totals(lines, "line", "direction"),
        "by_township": report.totals(lines, "township"),
        "total": report.totals(lines)[0],
    }
    return screen_of(request, "secondments/report.html", _("Secondments in %(year)s") % {"year": year}, context)


def report_csv(request: HttpRequest) -> HttpResponse:
    """The year by branch, line and direction as CSV, with the mark that makes spreadsheets read it as UTF-8."""
    held = for_board(request)
    year = year_of(request.GET.get("year", ""))
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="secondments-{year}.csv"'
    out = csv.writer(response)
    heads = [_("Township"), _("Branch"), _("Line"), _("Direction")]
    out.writerow([*heads, _("Secondments"), _("Months served"), _("Logs kept")])
    for row in report.year_report(visible(request.user, held), year):
        texts = [row.township, row.branch, row.line, row.direction]
        safe = [f"'{text}" if text.startswith(FORMULA_STARTS) else text for text in texts]
        out.writerow([*safe, row.postings, row.months, row.logs])
    return response
