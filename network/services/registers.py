"""The plain registers: divisions, offices, posts, services, accessibility features; and the six unified items."""

import datetime as dt
from typing import TYPE_CHECKING, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from common.changes import differences, log_change, snapshot

from ..models import UnifiedItem, Venue
from ..signals import venue_changed

if TYPE_CHECKING:
    from accounts.models import User

Record = TypeVar("Record", bound=Model)


@transaction.atomic
def record_save(*, record: Record, by: "User | None", reason: str = "") -> Record:
    """Add or change a row of a plain register, also of a room above. Raises ValidationError by field; logs it."""
    fields = [field.name for field in record._meta.concrete_fields if not field.primary_key]
    old = type(record)._default_manager.select_for_update().filter(pk=record.pk).first() if record.pk else None
    record.full_clean()
    record.save()
    if old is None:
        log_change(record, action="network.create", by=by, reason=reason)
    else:
        changes = differences(snapshot(old, fields), snapshot(record, fields))
        if changes:
            log_change(record, action="network.edit", by=by, changes=changes, reason=reason)
    return record


@transaction.atomic
def record_delete(*, record: Record, by: "User | None") -> None:
    """Delete a row that nothing refers to; ValidationError when history hangs on it."""
    shared = [relation for relation in record._meta.related_objects if relation.many_to_many]
    if any(getattr(record, relation.get_accessor_name() or "").exists() for relation in shared):
        raise ValidationError(_("It is in use: take it off where it stands first."))
    log_change(record, action="network.delete", by=by, deleted=True)
    try:
        record.delete()
    except ProtectedError as error:
        raise ValidationError(_("History hangs on it: it cannot be deleted.")) from error


@transaction.atomic
def unified_item_set(
    *, item: UnifiedItem, state: str, evidence: str, by: "User | None", checked_on: dt.date | None = None
) -> UnifiedItem:
    """Judge one of the six unified items (R31): `state` yes, partly or no, with what shows it. Without evidence it
    scores nothing. `checked_on`: today when None. Raises ValidationError by field."""
    venue = Venue.objects.select_for_update().get(pk=item.venue_id)
    item = UnifiedItem.objects.get(pk=item.pk)
    old = item.details()
    unchanged = (item.state, item.evidence) == (state, evidence.strip())
    if unchanged:
        return item
    item.state, item.evidence = state, evidence.strip()
    item.checked_on, item.checked_by = checked_on or timezone.localdate(), by
    item.full_clean()
    item.save()
    changes = {"unified_items": (old, item.details())}
    log_change(venue, action="network.unified_item", by=by, changes=changes)
    venue_changed.send(Venue, venue=venue, changes=changes, by=by)
    return item
