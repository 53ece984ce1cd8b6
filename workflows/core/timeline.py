"""A case's history in words, for officials and, with less in it, for the applicant."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from .models import Case, Decision
from .nodes import flow_of, node_title, whose_turn
from .selectors import log_of, open_items_of

ACTIONS = {
    "submitted": gettext_noop("Submitted"),
    "withdrawn": gettext_noop("Withdrawn by the applicant"),
    "suspended": gettext_noop("Suspended"),
    "resumed": gettext_noop("Resumed"),
    "cancelled": gettext_noop("Cancelled"),
    "claimed": gettext_noop("Taken"),
    "released": gettext_noop("Given back"),
    "reassigned": gettext_noop("Passed on"),
    "moved": gettext_noop("Moved to another step"),
}


@dataclass(frozen=True)
class Step:
    """One line: what, when, by whom, why, how long it had waited. `state` is "done" or "now"."""

    title: str
    when: str
    text: str = ""
    state: str = "done"
    who: str = ""
    reason: str = ""
    waited: str = ""
    changes: tuple[tuple[str, str, str], ...] = ()
    paused: bool = False


def action_text(decision: Decision, flow: str) -> str:
    """What was decided, in the reader's language."""
    found = flow_of(flow)
    node = found._nodes_by_name.get(decision.node) if found and decision.node else None
    choice = getattr(node, "decisions", {}).get(decision.action)
    if node and choice:
        return f"{node.task_title}: {choice.label}"
    named = found.action_names.get(decision.action, decision.action) if found else decision.action
    action = _(ACTIONS[decision.action]) if decision.action in ACTIONS else str(named)
    return f"{node.task_title}: {action}" if node else action


def span_text(span: timedelta | None) -> str:
    """A waiting time for people: days, or hours on the first day."""
    if span is None:
        return ""
    days, hours = span.days, span.seconds // 3600
    if days:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if hours:
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": hours}
    return _("less than an hour")


def official_timeline(case: Case) -> list[Step]:
    """Everything, and where the case stands now."""
    flow = case.flow_class.label()
    done = [_done(row, flow, case) for row in log_of(case)]
    return [*done, *(_now(item) for item in open_items_of(case))]


def applicant_timeline(case: Case) -> list[Step]:
    """What the applicant may know: decisions with reasons, without names of officials or internal handing over."""
    flow = case.flow_class.label()
    steps = []
    for row in log_of(case, internal=False):
        text = row.reason
        steps.append(Step(title=action_text(row, flow), when=_moment(row.at), text=text))
    for item in open_items_of(case):
        due = _("until %(day)s") % {"day": date_format(item.due_on, "DATE_FORMAT")} if item.due_on else ""
        yours = item.role == item.Role.APPLICANT
        text = (
            _("Your turn: please answer.")
            if yours
            else _("%(who)s is working on it.") % {"who": item.get_role_display()}
        )
        steps.append(Step(title=node_title(item.flow, item.node), when=due if yours else "", text=text, state="now"))
    return steps


def _done(row: Decision, flow: str, case: Case) -> Step:
    who = str(row.actor or _("the system"))
    if row.on_behalf_of:
        who = _("%(actor)s on behalf of %(principal)s") % {"actor": row.actor, "principal": row.on_behalf_of}
    return Step(
        title=action_text(row, flow),
        when=_moment(row.at),
        who=who,
        reason=row.reason,
        waited=span_text(row.waited) if row.node and not row.internal else "",
        changes=tuple(_change(case, row, name, old, new) for name, (old, new) in row.changes.items()),
    )


def _now(item: Any) -> Step:
    who = whose_turn(item)
    due = _("due %(day)s") % {"day": date_format(item.due_on, "DATE_FORMAT")} if item.due_on else ""
    return Step(
        title=node_title(item.flow, item.node),
        when=due,
        who=who,
        state="now",
        waited=span_text(item.waited()),
        paused=item.paused_at is not None,
    )


def _moment(at: Any) -> str:
    return date_format(localtime(at), "SHORT_DATETIME_FORMAT")


def _field(case: Case, name: str) -> str:
    if name in case.flow_class.field_names:
        return str(case.flow_class.field_names[name])
    fields = {field.name: field for field in case._meta.get_fields() if hasattr(field, "verbose_name")}
    return str(fields[name].verbose_name) if name in fields else name


def _change(case: Case, row: Decision, name: str, old: Any, new: Any) -> tuple[str, str, str]:
    """A line of what changed, in the reader's words: the log keeps codes."""
    field: Any = next((field for field in case._meta.concrete_fields if field.name == name), None)
    words = dict(case.flow_class.value_names.get(name) or getattr(field, "flatchoices", ()))
    node = case.flow_class._nodes_by_name.get(row.node)
    if choice := getattr(node, "decisions", {}).get(row.action):
        words.setdefault(row.action, choice.label)  # a field that keeps what was decided
    return _field(case, name), _shown(old, words), _shown(new, words)


def _shown(value: Any, words: Mapping[Any, Any]) -> str:
    if value in (None, "", [], {}):
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dict):
        return _("; ").join(f"{words.get(name, name)}: {words.get(said, said)}" for name, said in value.items())
    return str(words.get(value, value)) if isinstance(value, str) else str(value)
