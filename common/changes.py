"""The log of changes: who, when, what, from → to, and why, in Wagtail's log.

A room registers the names of its actions once, in its `wagtail_hooks.py`:

    @hooks.register("register_log_actions")
    def log_actions(registry):
        register_changes(registry, {"network.venue_status": _("Status changed")})
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.utils.encoding import force_str
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from wagtail.log_actions import LogActionRegistry, LogFormatter, log

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractUser

Change = tuple[Any, Any]  # from, to
Changes = dict[str, Change]  # by field


def fields_set(instance: Model, **values: Any) -> Changes:
    """Set fields and save those that differ; returns them: field → (from, to)."""
    changes = {name: (getattr(instance, name), new) for name, new in values.items() if getattr(instance, name) != new}
    for name, (_old, new) in changes.items():
        setattr(instance, name, new)
    if changes:
        instance.save(update_fields=list(changes))
    return changes


def snapshot(instance: Model, fields: Iterable[str]) -> dict[str, Any]:
    """The values of these fields now; many-to-many fields as sorted lists of names."""
    values: dict[str, Any] = {}
    for name in fields:
        field = instance._meta.get_field(name)
        if field.many_to_many:
            values[name] = sorted(str(item) for item in getattr(instance, name).all()) if instance.pk else []
        else:
            values[name] = getattr(instance, name)
    return values


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """What differs between two snapshots of the same fields, from → to."""
    return {name: (before[name], after[name]) for name in before if before[name] != after[name]}


def _plain(value: Any) -> Any:
    """A value as JSON keeps it: people and things by their name."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(item) for item in value]
    return force_str(value)


def log_change(
    instance: Model,
    *,
    action: str,
    by: "AbstractUser | None",
    changes: Mapping[str, Change] | None = None,
    reason: str = "",
    deleted: bool = False,
) -> None:
    """Write one entry of Wagtail's log.

    `action` is a registered name ("network.venue_status"); `by` who did it (None: the system); `changes` maps a field
    to (from, to). When changes are given and none of them changed anything, nothing is written.
    """
    changed = {name: [_plain(old), _plain(new)] for name, (old, new) in (changes or {}).items()}
    changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
    if changes and not changed:
        return
    data: dict[str, Any] = {"changes": changed} if changed else {}
    if reason:
        data["reason"] = reason
    log(instance, action, user=by, data=data, content_changed=bool(changed), deleted=deleted)


class ChangeFormatter(LogFormatter):
    """Shows an entry as “Status changed: status Planned → In service (reason)”."""

    def format_message(self, log_entry: Any) -> str:
        model = log_entry.content_type.model_class() if log_entry.content_type else None
        changes = [
            _("%(field)s: %(old)s → %(new)s")
            % {"field": _label(model, name), "old": _shown(model, name, old), "new": _shown(model, name, new)}
            for name, (old, new) in log_entry.data.get("changes", {}).items()
        ]
        text = force_str(self.label)
        if changes:
            text = _("%(action)s – %(details)s") % {"action": text, "details": _("; ").join(changes)}
        if reason := log_entry.data.get("reason"):
            text = _("%(text)s (reason: %(reason)s)") % {"text": text, "reason": reason}
        return text

    def format_comment(self, log_entry: Any) -> str:
        return log_entry.data.get("reason", "")


def register_changes(registry: LogActionRegistry, labels: Mapping[str, Any]) -> None:
    """Register actions of a room: name → translated label."""
    for action, label in labels.items():
        formatter = type("Formatter", (ChangeFormatter,), {"label": label})
        registry.register_action(action)(formatter)


def _field(model: type[Model] | None, name: str) -> Any:
    try:
        return model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        return None


def _label(model: type[Model] | None, name: str) -> str:
    field = _field(model, name)
    if field is None:
        return name
    if field.auto_created and not field.concrete:  # rows that point here: weekly hours
        return force_str(field.related_model._meta.verbose_name_plural)
    return force_str(field.verbose_name)


def _shown(model: type[Model] | None, name: str, value: Any) -> str:
    if value is None or value in ("", []):
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _(", ").join(force_str(item) for item in value)
    choices = dict(getattr(_field(model, name), "flatchoices", None) or [])
    if value in choices:
        return force_str(choices[value])
    if isinstance(value, str) and len(value) == 10 and value[4] == value[7] == "-":
        try:
            return date_format(dt.date.fromisoformat(value), "DATE_FORMAT")
        except ValueError:
            return value
    return force_str(value)
