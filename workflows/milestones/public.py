"""What everybody sees of a programme. Nothing here asks who is looking.

A room above adds a part with the hook `programme_page_panels`: (programme, request) → its HTML, empty for nothing.
"""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone, translation
from wagtail import hooks

from .charts import ChartData, Look
from .charts.boards import timeline_data, townships_data
from .models import Programme
from .selectors import public as selectors
from .selectors.boards import Board, board_of


def public_context(request: HttpRequest, slug: str) -> dict[str, Any]:
    """What the public board's template needs. Raises Http404 for a programme that is not public."""
    programme = selectors.public_programme(slug)
    if programme is None:
        return {"programme": None}
    board = board_of(programme, timezone.localdate())
    context = {
        "programme": programme,
        "board": board,
        "accepted": programme.state == Programme.State.ACCEPTED,
        "sample": selectors.has_sample(programme),
        "others": [row for row in selectors.public_programmes() if row != programme],
        "stages": [(stage, board.of(stage=stage)) for stage in board.stages],
        "places": _places(board),
        "panels": [panel(programme, request) for panel in hooks.get_hooks("programme_page_panels")],
        "over": bool(board.whole.planned_end and board.whole.planned_end < board.day),
        "moved": any(board.of(stage=stage).moved for stage in board.stages),
        "bent": timeline_data(board, Look()).axis.bend is not None,
    }
    return context | _finished(request, board) | _pictures(request, board) | _clauses(request, board)


def _places(board: Board) -> list[tuple[Any, Any]]:
    """The townships in the picture's order, then the heads and the county."""
    rows = [(place, board.of(place)) for place in board.places]
    return sorted(rows, key=lambda row: (not isinstance(row[0].key, int), -row[1].share))


def _finished(request: HttpRequest, board: Board) -> dict[str, Any]:
    most = selectors.SHOWN_ELDER if getattr(request, "elder_mode", False) else selectors.SHOWN
    found, more = selectors.finished_since(board, board.day.replace(day=1), most)
    if found:
        return {"finished": found, "more": more, "this_month": True}
    earlier = selectors.finished_since(board, None, selectors.SHOWN_ELDER)[0] if board.whole.done else []
    return {"finished": earlier, "more": 0, "this_month": False}


def _clauses(request: HttpRequest, board: Board) -> dict[str, Any]:
    """The items with the clauses that they serve: left out in elder mode."""
    if getattr(request, "elder_mode", False) or not board.whole.total:
        return {}
    items = [(stage, [(item, board.of(item=item)) for item in stage.items.all()]) for stage in board.stages]
    return {"items": items, "clauses_url": selectors.clauses_address()}


CHARTS: dict[str, Callable[[Board, Look], ChartData]] = {
    "timeline": timeline_data,
    "townships": lambda board, _look: townships_data(board),
}


def _pictures(request: HttpRequest, board: Board) -> dict[str, Any]:
    """For each chart its address and size on a wide and on a narrow screen."""
    elder = bool(getattr(request, "elder_mode", False))
    query = f"lang={translation.get_language()}" + ("&elder=1" if elder else "")
    found = {}
    for name, data_of in CHARTS.items():
        address = reverse("programme_picture", args=[board.programme.slug, name]) + f"?{query}"
        sizes = {
            kind: data_of(board, look).size(look)
            for kind, look in (("wide", Look(elder=elder)), ("narrow", Look(narrow=True, elder=elder)))
        }
        found[name] = {"wide": address, "narrow": f"{address}&narrow=1", "sizes": sizes}
    return {"pictures": found}
