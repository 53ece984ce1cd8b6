"""The officials' boards: timetable, matrix, my office's list, what is blocked. Each shows what is in one's scope."""

import csv
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from network.admin.base import FORMULA_STARTS
from workflows.core.views.screens import paged

from ..board_forms import ListFilter
from ..charts.boards import gantt_data
from ..models import Milestone, Programme
from ..permissions import visible_milestones
from ..selectors import lists
from ..selectors.boards import Board, Place, Tally, board_of
from ..selectors.withdrawal import reopened
from ..tallies import cell_of, slack_text, state_of, tone_of
from .frame import boards, screen
from .pictures import Look, look_asked_for, picture

PAGE = 50
VENUES = 30  # of a township's matrix on a page
ISSUES = 100  # open at once; more would be a list of its own


def own_board(request: HttpRequest, programme: Programme) -> Board:
    """The programme as far as the person may see it, today."""
    return board_of(programme, timezone.localdate(), visible_milestones(request.user))


# The timetable ----------------------------------------------------------------------------------
@boards
def gantt(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The programme along time by stage and place, with slack and what is overdue; the same as a table."""
    board = own_board(request, programme)
    stages = [
        {
            "stage": stage,
            "tally": board.of(stage=stage),
            "rows": [
                {"place": place, "tally": tally, "slack": slack_text(tally, board.day), "tone": tone_of(tally)}
                for place in board.places
                if (tally := board.of(place, stage)).total
            ],
        }
        for stage in board.stages
    ]
    data = {name: gantt_data(board, look) for name, look in LOOKS.items()}
    sizes = {name: drawn.size(LOOKS[name]) for name, drawn in data.items()}
    return screen(
        request,
        "milestones/gantt.html",
        _("Timetable"),
        programme=programme,
        tab="gantt",
        board=board,
        stages=stages,
        sizes=sizes,
        bent=data["wide"].axis.bend is not None,
    )


LOOKS = {"wide": Look(), "narrow": Look(narrow=True)}


@boards
def gantt_picture(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The timetable's picture."""
    look = look_asked_for(request)
    return picture(request, gantt_data(own_board(request, programme), look), look, private=True)


# The matrix -------------------------------------------------------------------------------------
@boards
def matrix(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Townships by plan items: how many are done, and what is wrong."""
    board = own_board(request, programme)
    rows = [
        {
            "place": place,
            "tally": board.of(place),
            "cells": [(item, _cell(board.cells.get((place.key, item.pk)))) for item in board.items],
        }
        for place in board.places
    ]
    totals = [(item, _cell(board.of(item=item))) for item in board.items]
    context: dict[str, Any] = {"board": board, "rows": rows, "totals": totals}
    return screen(request, "milestones/matrix.html", _("Matrix"), programme=programme, tab="matrix", **context)


def _cell(tally: Tally | None) -> dict[str, Any] | None:
    told = cell_of(tally)
    return {"tally": tally, "told": told, "percent": 100 * tally.done // tally.total} if tally and told else None


@boards
def matrix_of_place(request: HttpRequest, programme: Programme, slug: str) -> HttpResponse:
    """One township's venues by plan items. 404 outside one's scope."""
    board = own_board(request, programme)
    place = next((place for place in board.places if place.slug == slug and place.key != "county"), None)
    if place is None:
        raise Http404
    items = [item for item in board.items if (place.key, item.pk) in board.cells]
    own = _of_place(visible_milestones(request.user).filter(programme=programme), place)
    page = paged(request, lists.venues_of(own), VENUES)
    rows = [
        {"venue": row.venue, "cells": [(cell, state_of(cell, board.day)) for cell in row.cells]}
        for row in lists.venue_rows(own, page["rows"], items)
    ]
    stages = [(stage, sum(item.stage_id == stage.pk for item in items)) for stage in board.stages]
    crumbs = [(f"{reverse('milestones_matrix')}?programme={programme.slug}", _("Matrix"))]
    context: dict[str, Any] = {"place": place, "items": items, "stages": stages, "rows": rows, "page": page}
    context |= {"tally": board.of(place), "crumbs": crumbs}
    return screen(request, "milestones/matrix_place.html", place.name, programme=programme, tab="matrix", **context)


def _of_place(rows: Any, place: Place) -> Any:
    if isinstance(place.key, int):
        return rows.filter(township=place.key)
    return rows.filter(township=None, venue__isnull=False)


# The list ---------------------------------------------------------------------------------------
@boards
def milestone_list(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Every milestone in one's scope, to narrow down; what is unfinished first."""
    board = own_board(request, programme)
    wanted = ListFilter(request.GET, board)
    page = paged(request, lists.by_urgency(_asked_for(request, programme, wanted, board)), PAGE)
    rows = [(row, state_of(row, board.day)) for row in page["rows"]]
    context: dict[str, Any] = {"board": board, "search": wanted, "page": page, "rows": rows}
    return screen(request, "milestones/list.html", _("My office's list"), programme=programme, tab="list", **context)


def _asked_for(request: HttpRequest, programme: Programme, wanted: ListFilter, board: Board) -> Any:
    rows = visible_milestones(request.user).filter(programme=programme)
    return wanted.apply(rows if wanted.cleaned_data.get("state") else rows.standing(), board.day)  # type: ignore[attr-defined]


@boards
def list_csv(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The same list, all of it, as CSV with the mark that makes spreadsheets read it as UTF-8."""
    board = own_board(request, programme)
    rows = lists.by_urgency(_asked_for(request, programme, ListFilter(request.GET, board), board))
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="programme-{programme.slug}-{board.day}.csv"'
    response["Cache-Control"] = "private, no-store"
    out = csv.writer(response)
    heads = [
        _("Stage"),
        _("Plan item"),
        _("Clause"),
        _("Township"),
        _("Venue"),
        _("State"),
        pgettext("milestones", "Last day"),
    ]
    out.writerow([*heads, _("Done on"), _("Recorded afterwards"), _("Days late"), _("Case")])
    for row in rows:
        out.writerow([_safe(cell) for cell in _csv_row(row, board)])
    return response


def _csv_row(row: Milestone, board: Board) -> list[Any]:
    late = -row.slack(board.day) if row.is_overdue(board.day) else ""
    return [
        row.item.stage.number,
        row.item,
        row.item.clause,
        row.township or "",
        row.place,
        row.get_state_display(),
        row.last_day,
        row.done_on or "",
        _("yes") if row.back_dated else "",
        late,
        row.case.number if row.case else "",
    ]


def _safe(cell: Any) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


# What is blocked --------------------------------------------------------------------------------
@boards
def blocked(request: HttpRequest, programme: Programme) -> HttpResponse:
    """What waits for the leading group or another last day, what was confirmed too early, what the group resolved."""
    own = visible_milestones(request.user)
    issues, more = lists.counted(lists.issues_of(programme, own, resolved=False), ISSUES)
    moves, more_moves = lists.counted(lists.date_requests(programme, own), ISSUES)
    page = paged(request, lists.issues_of(programme, own, resolved=True))
    today = timezone.localdate()
    context: dict[str, Any] = {
        "issues": [(issue, (today - timezone.localdate(issue.raised_at)).days) for issue in issues],
        "moves": [(move, (move.new - move.old).days) for move in moves],
        "more": more or more_moves,
        "reopened": reopened(programme, own),
        "page": page,
    }
    return screen(
        request, "milestones/blocked.html", _("What is blocked"), programme=programme, tab="blocked", **context
    )
