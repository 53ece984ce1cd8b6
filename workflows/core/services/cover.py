"""Holiday cover."""

from datetime import date
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from network.models import Appointment
from network.permissions import BUREAU_GROUP, with_duties

from .. import permissions
from ..models import Delegation
from .shared import reason_given


def delegation_create(
    *, principal: Any, delegate: Any, first_day: date, last_day: date, reason: str, by: Any
) -> Delegation:
    """Arrange holiday cover. The delegate must be an official of the same line, township or bureau.

    Raises:
        PermissionDenied: somebody arranges it who is neither the absent person nor of the bureau.
        ValidationError: dates, reason, or a delegate whom the rules exclude.
    """
    if by != principal and not permissions.mandate_of(by, with_cover=False).bureau:
        raise PermissionDenied
    row = Delegation(
        principal=principal,
        delegate=delegate,
        first_day=first_day,
        last_day=last_day,
        reason=reason_given(reason),
        created_by=by,
    )
    row.full_clean()
    if last_day < timezone.localdate():
        raise ValidationError({"last_day": _("These days are over.")})
    if not _may_cover(permissions.mandate_of(principal, with_cover=False), delegate):
        raise ValidationError(
            {"delegate": _("Choose a colleague with the same office: the rules exclude this person.")}
        )
    row.save()
    return row


def delegation_revoke(*, delegation: Delegation, by: Any) -> None:
    """End holiday cover early."""
    if by != delegation.principal and not permissions.mandate_of(by, with_cover=False).bureau:
        raise PermissionDenied
    Delegation.objects.filter(pk=delegation.pk, revoked_at=None).update(revoked_at=timezone.now())


def _may_cover(absent: permissions.Mandate, delegate: Any) -> bool:
    """Cover stays within the office: the delegate must have a share in what the absent person does."""
    cover = permissions.mandate_of(delegate, with_cover=False)
    if absent.bureau or cover.bureau:
        return absent.bureau and cover.bureau
    return bool(absent.lines & cover.lines or absent.townships & cover.townships)


def cover_candidates(principal: Any) -> list[Any]:
    """The colleagues who may cover for somebody. Constant queries."""
    held = Appointment.objects.on(timezone.localdate()).values("person")
    people = get_user_model().objects.filter(is_active=True).exclude(pk=principal.pk)
    officials = people.filter(Q(pk__in=held) | Q(groups__name=BUREAU_GROUP)).distinct()
    absent = permissions.mandate_of(principal, with_cover=False)
    return [user for user in with_duties(officials) if _may_cover(absent, user)]
