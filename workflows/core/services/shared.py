"""What every service of a case rests on: its two answers, its lock, its log."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from ..chunks import line_write
from ..models import Case, Decision, WorkItem
from ..nodes import Act, CaseFlow, HumanTask, flow_of


@dataclass(frozen=True)
class Done:
    """The step was taken; `made`: what its handler made of it, where it says so."""

    case: Any
    item: WorkItem | None
    made: Any = None


@dataclass(frozen=True)
class LostRace:
    """Somebody was faster, or the case stopped meanwhile. `message` says so politely; nothing was changed."""

    message: str


def why_lost(item: WorkItem, case: Case) -> str:
    if item.closed_by_id:
        return _("%(name)s has just done this. Nothing of yours was saved.") % {"name": item.closed_by}
    return _("The case is now “%(state)s”. Nothing was saved.") % {"state": case.get_state_display()}


def flow_named(label: str) -> type[CaseFlow]:
    flow = flow_of(label)
    if flow is None:
        raise PermissionDenied(_("This kind of case is no longer handled here."))
    return flow


def human_step(item: WorkItem) -> HumanTask:
    node = item.task.flow_task
    if not isinstance(node, HumanTask):
        raise PermissionDenied(_("This step no longer exists. An administrator has to move the case."))
    return node


class locked(AbstractContextManager):  # noqa: N801  reads as a verb at its place of use
    """The case again, under its lock, and why it can no longer be changed (or an empty string)."""

    def __init__(self, case: Case) -> None:
        self.flow, self.pk = case.flow_class, case.pk
        self.lock = self.flow.lock(case.pk)

    def __enter__(self) -> tuple[Any, str]:
        self.lock.__enter__()
        case = self.flow.process_class.objects.get(pk=self.pk)
        over = _("The case is closed: “%(state)s”.") % {"state": case.get_state_display()}
        return case, "" if case.is_running else over

    def __exit__(self, *error: Any) -> bool | None:
        return self.lock.__exit__(*error)


def reason_given(reason: str) -> str:
    if not (reason := reason.strip()):
        raise ValidationError({"reason": _("Say why.")}, code="reason")
    return reason


def log_decision(
    case: Case, *, action: str, actor: Any, item: WorkItem | None = None, act: Act | None = None, **extra: Any
) -> None:
    changes = act.changes if act else extra.pop("changes", {})
    line = Decision(
        case_id=case.pk,
        work_item=item,
        node=item.node if item else "",
        action=action,
        actor=actor,
        on_behalf_of=act.on_behalf_of if act else None,
        reason=act.reason if act else extra.pop("reason", ""),
        changes={name: [_plain(old), _plain(new)] for name, (old, new) in changes.items()},
        waited=item.waited() if item else None,
        **extra,
    )
    line_write(line)


def _plain(value: Any) -> Any:
    """A value as JSON keeps it; a mapping with its values' names."""
    if isinstance(value, Mapping):
        return {str(name): _plain(said) for name, said in value.items()}
    return value if value is None or isinstance(value, str | int | float | bool | date) else str(value)
