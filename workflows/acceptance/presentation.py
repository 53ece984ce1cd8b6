"""How an acceptance is shown: the same groups on the case page and in the dossier."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from workflows.core.nodes import node_title

from . import criteria
from .figures import FigureName
from .models import Acceptance, Rectification

Group = tuple[str, list[tuple[str, Any]]]


def verdict(met: bool | None) -> str:
    """Met, not yet, or without a threshold, in words."""
    words = {True: _("met"), False: pgettext("criterion", "not yet"), None: _("no threshold")}
    return words[met]


def facts(case: Acceptance) -> list[Group]:
    """Groups of (label, value); what is empty is left out."""
    statements, look = case.statements.select_related("by"), pgettext("link", "Look")
    groups = [
        (
            _("Final acceptance"),
            [
                (_("Programme"), case.programme),
                (_("Started by"), case.opened_by),
                (_("Unfinished milestones of earlier stages at the start"), case.unfinished),
                (_("Why it starts although they are unfinished"), case.why_now),
                (_("Criteria as they stand now"), _link(reverse("acceptance_criteria"), _("Acceptance criteria"))),
                (_("Criteria at each decision"), _link(reverse("acceptance_snapshots", args=[case.number]), look)),
                (_("Rectification list"), _link(reverse("acceptance_items", args=[case.number]), look)),
            ],
        ),
        (_("Reports and self-checks"), [(str(row), f"{row.text}\n— {row.by}") for row in statements]),
        (_("County's pre-acceptance"), [(title, f"{text}\n— {who}") for title, text, who in pre_acceptances(case)]),
        (_("Rectification list"), [(_item_label(row), _item_state(row)) for row in _items(case)]),
        (_("Superior's acceptance"), [(str(row), _inspection(row)) for row in case.inspections.all()]),
        (_("Criteria at the latest decision"), _latest_figures(case)),
    ]
    shown = [(title, [(label, value) for label, value in rows if value not in (None, "")]) for title, rows in groups]
    return [(title, rows) for title, rows in shown if rows]


def _link(url: str, label: str) -> SafeString:
    return format_html('<a href="{}">{}</a>', url, label)


def _items(case: Acceptance) -> Any:
    return case.items.select_related("township", "case")


def _item_label(item: Any) -> str:
    return f"{item.clause} · {item.responsible}"


def _item_state(item: Any) -> SafeString:
    case, state = getattr(item, "case", None), _("not sent out yet")
    if case:
        state = format_html(
            "{} {}", _link(reverse("workflows_case", args=[case.number]), case.number), case.get_state_display()
        )
    due = _("due %(day)s") % {"day": date_format(item.due_on, "DATE_FORMAT")}
    return format_html("{}\n{} · {}", item.text, due, state)


def pre_acceptances(case: Acceptance) -> list[tuple[str, str, str]]:
    """What the county's pre-acceptance decided: the decision's words, the opinion, who and when."""
    found = []
    for row in case.decisions.filter(node="pre_acceptance").select_related("actor").order_by("pk"):
        words = {"pass": _("Passed: ask the superior to inspect"), "rectify": _("Send out the rectification list")}
        opinion = row.changes.get("opinion", [None, ""])[1] or ""
        day = date_format(timezone.localdate(row.at), "DATE_FORMAT")
        found.append((words.get(row.action, row.action), opinion, f"{row.actor} · {day}"))
    return found


def _inspection(row: Any) -> str:
    result = _("accepted") if row.passed else _("not accepted")
    lines = [f"{date_format(row.on, 'DATE_FORMAT')} · {result}", row.reasons]
    return "\n".join(filter(None, lines))


def _latest_figures(case: Acceptance) -> list[tuple[str, Any]]:
    row = case.snapshots.last()
    if row is None:
        return []
    return [(f"{figure.label} {figure.kind.clause}", _judged(figure)) for figure in criteria.from_json(row.figures)]


def _judged(figure: criteria.Figure) -> str:
    said = f"{figure.shown} · {verdict(figure.met)}"
    if figure.at_least is None:
        return said
    asked = {"asked": figure.asked, "basis": figure.basis or _("local decision")}
    return f"{said}\n" + _("at least %(asked)s (%(basis)s)") % asked


def snapshots(case: Acceptance) -> dict[str, Any]:
    """The criteria as they stood at each decision: the decisions, and a line for every figure with a cell for each."""
    shots = list(case.snapshots.select_related("by"))
    for row in shots:
        row.title = _("Start") if row.node == "start" else node_title("acceptance", row.node)
    found = [{figure.name: figure for figure in criteria.from_json(row.figures)} for row in shots]
    table = [(label, [row.get(name) for row in found]) for name, label in FigureName.choices]
    return {"shots": shots, "table": table}


def item_facts(case: Rectification) -> list[Group]:
    """The item and its answer."""
    item = case.item
    rows = [
        (_("Final acceptance"), item.acceptance.number),
        (_("What is to be put right"), item.text),
        (_("Clause"), item.clause),
        (_("Responsible"), item.responsible),
        (_("Due"), date_format(item.due_on, "DATE_FORMAT")),
        (_("Answer"), case.answer),
        (_("Put right on"), date_format(case.done_on, "DATE_FORMAT") if case.done_on else ""),
    ]
    return [(_("Rectification item"), [(label, value) for label, value in rows if value])]
