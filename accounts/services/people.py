"""People: made, invited, changed, deactivated, reset. Each change is one entry of the log."""

from collections.abc import Mapping
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.changes import differences, log_change, snapshot
from common.outbox import mail_queue, sms_is_configured, sms_queue

from ..models import User
from ..tokens import make_token

FIELDS = ["name", "email", "mobile", "language", "is_superuser", "groups"]


@transaction.atomic
def person_create(
    *, name: str, email: str | None, by: User | None, password: str | None = None, verified: bool = False, **fields: Any
) -> User:
    """Make a person and return them.

    Without `password` nobody can sign in until an invitation is answered. `verified` vouches for `email` (sample data,
    an administrator's own server); otherwise the person proves it by the link in a mail. `by` is who did it (None: a
    command). `fields` are further fields of User. Raises ValidationError.
    """
    person = User(name=name, email=email, **fields)
    person.set_password(password)
    person.full_clean()
    person.save()
    _keep_address(person, verified=verified)
    log_change(person, action="accounts.person_created", by=by)
    return person


@transaction.atomic
def person_update(*, person: User, by: User | None, changes: Mapping[str, Any]) -> User:
    """Set the fields named in `changes` (of FIELDS); a new e-mail address is unproven. Raises ValidationError."""
    before = snapshot(User.objects.select_for_update().get(pk=person.pk), FIELDS)
    groups = changes.get("groups")
    for name, value in changes.items():
        if name != "groups":
            setattr(person, name, value)
    person.full_clean(exclude=["password"])
    person.save()
    if groups is not None:
        person.groups.set(groups)
    if person.email != before["email"]:
        _keep_address(person, verified=False)
    if changed := differences(before, snapshot(person, FIELDS)):
        log_change(person, action="accounts.person_changed", by=by, changes=changed)
    return person


@transaction.atomic
def person_invite(*, person: User, by: User) -> None:
    """Send a link with which the person sets a first password. Raises ValidationError."""
    person = _active(person)
    if person.has_usable_password():
        raise ValidationError(_("This person has a password already: send a link to reset it instead."))
    _send_link(person, subject=gettext_lazy("You are invited to %(site)s"), template="invitation", by=by)
    log_change(person, action="accounts.person_invited", by=by)


@transaction.atomic
def person_reset_password(*, person: User, by: User) -> None:
    """Send a link with which the person sets a new password; the old one works until then. Raises ValidationError."""
    person = _active(person)
    _send_link(person, subject=gettext_lazy("Set a new password for %(site)s"), template="password_link", by=by)
    log_change(person, action="accounts.password_link_sent", by=by)


@transaction.atomic
def person_set_password(*, person: User, password: str) -> None:
    """Answer to an invitation or a reset: `password` is set, all sessions end, the address has proven itself."""
    person = User.objects.select_for_update().get(pk=person.pk)
    person.set_password(password)
    person.save(update_fields=["password"])
    if person.email:
        _keep_address(person, verified=True)
    log_change(person, action="accounts.password_set", by=person)


@transaction.atomic
def person_deactivate(*, person: User, by: User, reason: str) -> None:
    """End a person's access at once, sessions included; nothing is deleted. Raises ValidationError."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.pk == by.pk:
        raise ValidationError(_("Nobody can deactivate their own account."))
    if not person.is_active:
        raise ValidationError(_("This account is inactive already."))
    person.is_active = False
    _end_sessions(person)
    log_change(person, action="accounts.person_deactivated", by=by, changes={"is_active": (True, False)}, reason=reason)


@transaction.atomic
def person_reactivate(*, person: User, by: User, reason: str = "") -> None:
    """Give access back: the person signs in anew. Raises ValidationError."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.is_active:
        raise ValidationError(_("This account is active already."))
    person.is_active = True
    _end_sessions(person)
    log_change(person, action="accounts.person_reactivated", by=by, changes={"is_active": (False, True)}, reason=reason)


@transaction.atomic
def person_reset_two_factor(*, person: User, by: User, reason: str) -> None:
    """Forget a person's second factor (a lost telephone), end the sessions and tell them. Raises ValidationError."""
    person = User.objects.select_for_update().get(pk=person.pk)
    removed, _per_model = Authenticator.objects.filter(user=person).delete()
    if not removed:
        raise ValidationError(_("This account has no second factor."))
    _end_sessions(person)
    log_change(person, action="accounts.two_factor_reset", by=by, reason=reason)
    if person.email:
        mail_queue(
            to=person.email,
            subject=gettext_lazy("Your two-factor sign-in was reset"),
            template="two_factor_reset",
            context={"person": person},
            language=person.language,
        )


def _end_sessions(person: User) -> None:
    person.session_generation += 1
    person.save(update_fields=["is_active", "session_generation"])


def _active(person: User) -> User:
    """The person as they are now, locked."""
    person = User.objects.select_for_update().get(pk=person.pk)
    if not person.is_active:
        raise ValidationError(_("This account is inactive: reactivate it first."))
    return person


def _send_link(person: User, *, subject: Any, template: str, by: User) -> None:
    """To the e-mail address, or, where there is none, to the verified mobile number."""
    link = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse("set_password", args=[make_token(person)])
    context = {"person": person, "by": by, "link": link, "days": settings.INVITATION_DAYS}
    with translation.override(person.language):
        line = subject % {"site": settings.WAGTAIL_SITE_NAME}
        text = _("Set your password: %(link)s") % {"link": link}
    if person.email:
        mail_queue(to=person.email, subject=line, template=template, context=context, language=person.language)
    elif person.mobile and sms_is_configured():
        sms_queue(to=person.mobile, text=text)
    else:
        raise ValidationError(_("This person has neither an e-mail address nor a mobile number for a message."))


def _keep_address(person: User, *, verified: bool) -> None:
    """allauth's row follows our one address, and says whether it has been proven."""
    stale = EmailAddress.objects.filter(user=person)
    if person.email is None:
        stale.delete()
        return
    stale.exclude(email=person.email).delete()
    EmailAddress.objects.update_or_create(
        user=person, email=person.email, defaults={"primary": True, "verified": verified}
    )
