"""How an acceptance is shown: the same groups on the case page and in the dossier."""

from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from . import criteria
from .models import Acceptance, Rectification

Group = tuple[str, list[tuple[str, Any]]]


def verdict(met: bool | None) -> str:
    """Met, not yet, or without a threshold, in words."""
    words = {True: _("met"), False: pgettext("criterion", "not yet"), None: _("no threshold")}
    return words[met]


def facts(case: Acceptance) -> list[Group]:
    """Groups of (label, value); what is empty is left out."""
    statements = case.statements.select_related("by")
    groups = [
        (
            _("Final acceptance"),
            [
                (_("Programme"), case.programme),
                (_("Started by"), case.opened_by),
                (_("Unfinished milestones of earlier stages at the start"), case.unfinished),
                (_("Why it starts although they are unfinished"), case.why_now),
                (_("Criteria as they stand now"), _link(reverse("acceptance_criteria"), _("Acceptance criteria"))),
                (_("Criteria at each decision"), _link(reverse("acceptance_snapshots", args=[case.number]), _("Open"))),
                (_("Rectification list"), _link(reverse("acceptance_items", args=[case.number]), _("Open"))),
            ],
        ),
        (_("Reports and self-checks"), [(str(row), f"{row.text}\n— {row.by}") for row in statements]),
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


def _item_state(item: Any) -> str:
    case = getattr(item, "case", None)
    state = f"{case.number} {case.get_state_display()}" if case else _("not sent out yet")
    due = date_format(item.due_on, "DATE_FORMAT")
    return f"{item.text}\n" + _("due %(day)s") % {"day": due} + f" · {state}"


def _inspection(row: Any) -> str:
    result = _("accepted") if row.passed else _("not accepted")
    lines = [f"{date_format(row.on, 'DATE_FORMAT')} · {result}", row.reasons]
    return "\n".join(filter(None, lines))


def _latest_figures(case: Acceptance) -> list[tuple[str, Any]]:
    row = case.snapshots.last()
    if row is None:
        return []
    return [(figure.label, f"{figure.shown} ({verdict(figure.met)})") for figure in criteria.from_json(row.figures)]


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
