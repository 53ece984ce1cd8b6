"""Organisations and their members. A manager always remains; the organisation's row is the lock that sees to it."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.changes import differences, log_change, snapshot
from common.outbox import mail_queue

from ..models import Membership, Organisation, User

FIELDS = ["name", "credit_code", "kind", "address", "phone", "is_active"]
MANAGER = Membership.Role.MANAGER


@transaction.atomic
def organisation_create(
    *, name: str, credit_code: str, kind: str, by: User | None, manager: User | None = None, **fields: Any
) -> Organisation:
    """Register an organisation; `manager` becomes its first manager. `fields`: address, phone, is_sample.

    Raises ValidationError, also when the credit code (GB 32100) is wrong or belongs to a registered organisation.
    """
    organisation = Organisation(name=name, credit_code=credit_code, kind=kind, **fields)
    _save(organisation)
    log_change(organisation, action="accounts.organisation_created", by=by)
    if manager is not None:
        membership_add(organisation=organisation, user=manager, role=MANAGER, by=by)
    return organisation


@transaction.atomic
def organisation_update(*, organisation: Organisation, by: User | None, changes: Mapping[str, Any]) -> Organisation:
    """Set the fields named in `changes` (of FIELDS). Raises ValidationError."""
    before = snapshot(_locked(organisation), FIELDS)
    for name, value in changes.items():
        setattr(organisation, name, value)
    _save(organisation)
    if changed := differences(before, snapshot(organisation, FIELDS)):
        log_change(organisation, action="accounts.organisation_changed", by=by, changes=changed)
    return organisation


@transaction.atomic
def membership_add(
    *, organisation: Organisation, user: User, by: User | None, role: str = Membership.Role.MEMBER
) -> Membership:
    """Make `user` a member; they are told when somebody else did it. Raises ValidationError."""
    _locked(organisation)
    if not user.is_active or not organisation.is_active:
        raise ValidationError(_("Inactive accounts and organisations take no new members."))
    membership, made = Membership.objects.get_or_create(
        organisation=organisation, user=user, defaults={"role": Membership.Role(role)}
    )
    if not made:
        raise ValidationError(_("%(person)s is a member already.") % {"person": user})
    log_change(organisation, action="accounts.member_added", by=by, changes={"members": ("", _named(membership))})
    if by and by != user and user.email:
        mail_queue(
            to=user.email,
            subject=gettext_lazy("You are now a member of an organisation"),
            template="member_added",
            context={"organisation": organisation, "by": by},
            language=user.language,
        )
    return membership


@transaction.atomic
def membership_remove(*, membership: Membership, by: User | None) -> None:
    """End a membership. Raises ValidationError when no manager would remain; a second removal changes nothing."""
    membership_now = _current(membership)
    if membership_now is None:
        return
    _keep_a_manager(membership_now)
    named = _named(membership_now)
    membership_now.delete()
    log_change(membership.organisation, action="accounts.member_removed", by=by, changes={"members": (named, "")})


@transaction.atomic
def membership_change_role(*, membership: Membership, role: str, by: User | None) -> None:
    """Make a member a manager or a manager a member. Raises ValidationError when no manager would remain."""
    membership_now = _current(membership)
    if membership_now is None:
        raise ValidationError(_("This person is no longer a member."))
    if role != MANAGER:
        _keep_a_manager(membership_now)
    before = _named(membership_now)
    membership_now.role = Membership.Role(role)
    membership_now.save(update_fields=["role"])
    log_change(
        membership.organisation,
        action="accounts.member_role",
        by=by,
        changes={"members": (before, _named(membership_now))},
    )


def _save(organisation: Organisation) -> None:
    organisation.full_clean()
    try:
        with transaction.atomic():
            organisation.save()
    except IntegrityError:  # registered by somebody else between the check and now
        raise ValidationError({"credit_code": _("An organisation with this code is registered already.")}) from None


def _locked(organisation: Organisation) -> Organisation:
    return Organisation.objects.select_for_update().get(pk=organisation.pk)


def _current(membership: Membership) -> Membership | None:
    """The membership as it is under the lock; None when it ended meanwhile."""
    _locked(membership.organisation)
    return Membership.objects.select_related("user").filter(pk=membership.pk).first()


def _keep_a_manager(membership: Membership) -> None:
    others = Membership.objects.filter(organisation_id=membership.organisation_id, role=MANAGER, user__is_active=True)
    if membership.role == MANAGER and not others.exclude(pk=membership.pk).exists():
        raise ValidationError(_("An organisation keeps at least one manager: make somebody else a manager first."))


def _named(membership: Membership) -> str:
    return f"{membership.user} ({membership.get_role_display()})"
