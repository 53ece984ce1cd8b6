"""Organisations and their members. A manager always remains; the organisation's row is the lock that sees to it."""

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from common.changes import differences, log_change, snapshot
from common.outbox import mail_queue

from ..models import MemberInvitation, Membership, Organisation, User

FIELDS = ["name", "credit_code", "kind", "address", "phone", "is_active"]
MANAGER = Membership.Role.MANAGER
MOST_INVITATIONS = 20  # open at a time: nobody floods strangers with mail through us


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
def member_invite(*, organisation: Organisation, email: str, role: str, by: User) -> MemberInvitation:
    """Ask the owner of `email` into the organisation, by a mail that is the same whether or not the address has an
    account. Raises ValidationError by field: a member already, asked already, too many open invitations."""
    _locked(organisation)
    email = email.strip().lower()
    if not organisation.is_active:
        raise ValidationError(_("Inactive accounts and organisations take no new members."))
    members = EmailAddress.objects.filter(email__iexact=email, verified=True)
    if organisation.memberships.filter(user__in=members.values("user")).exists():
        raise ValidationError({"email": _("This person is a member already.")})
    if organisation.invitations.filter(email__iexact=email).exists():
        raise ValidationError({"email": _("This address is invited already: withdraw that invitation first.")})
    if organisation.invitations.count() >= MOST_INVITATIONS:
        raise ValidationError(_("Too many invitations are open: withdraw some first."))
    invitation = MemberInvitation(organisation=organisation, email=email, role=Membership.Role(role), invited_by=by)
    invitation.full_clean()
    invitation.save()
    log_change(organisation, action="accounts.member_invited", by=by, changes={"members": ("", email)})
    mail_queue(
        to=email,
        subject=gettext_lazy("You are invited to join an organisation"),
        template="member_invited",
        context={"organisation": organisation, "by": by},
        language=get_language(),
    )
    return invitation


def invitations_for(person: User) -> QuerySet[MemberInvitation]:
    """The open invitations to addresses that `person` has proven."""
    proven = EmailAddress.objects.filter(user=person, verified=True).annotate(low=Lower("email")).values("low")
    open_ones = MemberInvitation.objects.filter(organisation__is_active=True).annotate(low=Lower("email"))
    return open_ones.filter(low__in=proven).select_related("organisation", "invited_by")


@transaction.atomic
def invitation_accept(*, invitation: MemberInvitation, by: User) -> None:
    """Become a member. Raises ValidationError when the invitation is not (or no longer) for this person."""
    _locked(invitation.organisation)
    current = invitations_for(by).filter(pk=invitation.pk).first()
    if current is None:
        raise ValidationError(_("This invitation is no longer open."))
    current.delete()
    membership_add(organisation=current.organisation, user=by, role=current.role, by=by)


@transaction.atomic
def invitation_drop(*, invitation: MemberInvitation, by: User) -> None:
    """Withdraw an invitation, or decline it; a second time changes nothing."""
    _locked(invitation.organisation)
    gone, _rows = MemberInvitation.objects.filter(pk=invitation.pk).delete()
    if gone:
        log_change(
            invitation.organisation,
            action="accounts.invitation_dropped",
            by=by,
            changes={"members": (invitation.email, "")},
        )


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
