"""How long a step may take."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from common.changes import differences, log_change, snapshot

from .. import permissions
from ..models import DeadlineRule


def deadline_set(*, rule: DeadlineRule, by: Any, changes: Mapping[str, Any]) -> None:
    """Change a step's deadline; it holds for tasks that begin from now on. Logged from → to."""
    if not permissions.may_set_deadlines(by):
        raise PermissionDenied
    with transaction.atomic():
        rule = DeadlineRule.objects.select_for_update().get(pk=rule.pk)
        before = snapshot(rule, changes)
        for name, value in changes.items():
            setattr(rule, name, value)
        rule.full_clean()
        rule.save()
        changed = differences(before, snapshot(rule, changes))
        log_change(rule, action="workflows.deadline", by=by, changes=changed)
