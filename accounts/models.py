"""People and organisations that sign in."""

import uuid
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AbstractUser, Group
from django.contrib.auth.models import UserManager as DjangoUserManager
from django.db import models
from django.db.models import ProtectedError
from django.db.models.functions import Lower
from django.db.models.signals import m2m_changed, pre_delete
from django.dispatch import receiver
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from .credit_code import normalise, validate_credit_code
from .mobile import validate_mobile


def make_username() -> str:
    """An opaque sign-in name for people who sign in by e-mail or mobile number."""
    return uuid.uuid4().hex[:16]


class UserManager(DjangoUserManager["User"]):
    """Makes people; a sign-in name is invented where none is given."""

    use_in_migrations = False

    def create_user(
        self, username: str | None = None, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        return super().create_user(username or make_username(), email, password, **fields)

    def create_superuser(
        self, username: str | None = None, email: str | None = None, password: str | None = None, **fields: Any
    ) -> "User":
        return super().create_superuser(username or make_username(), email, password, **fields)

    @classmethod
    def normalize_email(cls, email: str | None) -> Any:
        """Lower case throughout, and None for no address: two people without one must not collide."""
        return super().normalize_email(email).strip().lower() or None


class AddressField(models.EmailField):
    """An e-mail address that is NULL in the database when empty: two people without one must not collide."""

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value(value) or None


class User(AbstractUser):
    """A person 人员: a member of the public, an applicant, an editor, an official, or somebody who only holds a post.

    A Chinese name is one field. Users are deactivated, never deleted: the decision log names them.
    """

    last_name = None  # type: ignore[assignment]
    username = models.CharField(_("sign-in name"), max_length=150, unique=True, default=make_username)
    name = models.CharField(pgettext_lazy("person", "name"), max_length=80)
    email = AddressField(_("e-mail"), null=True, blank=True)  # type: ignore[assignment]
    mobile = models.CharField(
        _("mobile number"), max_length=11, null=True, blank=True, unique=True, validators=[validate_mobile]
    )
    mobile_verified = models.BooleanField(_("mobile number verified"), default=False)
    language = models.CharField(
        _("language of messages"), max_length=10, choices=settings.LANGUAGES, default=settings.LANGUAGE_CODE
    )
    session_generation = models.PositiveIntegerField(default=0, editable=False)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    REQUIRED_FIELDS = ["name", "email"]
    objects = UserManager()  # type: ignore[misc]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="accounts_user_email_once",
                violation_error_message=_("An account with this address exists already."),
            )
        ]

    def __str__(self) -> str:
        return self.name or self.get_username()

    def get_full_name(self) -> str:
        return str(self)

    @property
    def first_name(self) -> str:  # type: ignore[override]
        """No field: Wagtail's menu calls people by it."""
        return str(self)

    def get_short_name(self) -> str:
        return str(self)

    @cached_property
    def group_names(self) -> frozenset[str]:
        """The groups, read once for each person loaded: every entry of the back office's menu asks."""
        return frozenset(group.name for group in self.groups.all())  # of many people: prefetched

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Django compares this on every request: raising `session_generation` ends all sessions of a person."""
        return salted_hmac(
            "accounts.User.session", f"{self.password}:{self.session_generation}", secret=secret, algorithm="sha256"
        ).hexdigest()


@receiver(m2m_changed, sender=User.groups.through)
def groups_changed(instance: User | Group, **_kwargs: Any) -> None:
    """Forget what was read."""
    instance.__dict__.pop("group_names", None)


@receiver(pre_delete, sender=User)
def people_stay(instance: User, **_kwargs: Any) -> None:
    """Refuse to delete a person, whichever way it is tried (sample people may go with the sample data)."""
    if not instance.is_sample:
        raise ProtectedError("People are deactivated, never deleted: the decision log names them.", {instance})


class CreditCodeField(models.CharField):
    """A unified social credit code; what is typed is brought into the standard's form before it is checked."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return normalise(value) if value else value


class Organisation(models.Model):
    """An organisation 单位 that can apply: a school, an enterprise, a social organisation, a public unit."""

    class Kind(models.TextChoices):
        SCHOOL = "school", _("School")
        PUBLIC_UNIT = "public_unit", _("Public unit")
        ENTERPRISE = "enterprise", _("Enterprise")
        SOCIAL = "social", _("Social organisation")
        OTHER = "other", _("Other")

    name = models.CharField(_("name"), max_length=120)
    credit_code = CreditCodeField(
        _("unified social credit code"), max_length=18, unique=True, validators=[validate_credit_code]
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    address = models.CharField(_("address"), max_length=200, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    members = models.ManyToManyField(
        User, through="Membership", related_name="organisations", verbose_name=_("members")
    )
    is_active = models.BooleanField(_("active"), default=True)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's place in an organisation. A manager may add and remove members."""

    class Role(models.TextChoices):
        MANAGER = "manager", _("Manager")
        MEMBER = "member", _("Member")

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(User, models.PROTECT, related_name="memberships", verbose_name=_("person"))
    role = models.CharField(_("role"), max_length=10, choices=Role.choices, default=Role.MEMBER)
    joined_on = models.DateField(_("joined on"), auto_now_add=True)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="accounts_membership_once")]

    def __str__(self) -> str:
        return f"{self.user} – {self.organisation}"


class MemberInvitation(models.Model):
    """An e-mail address that is asked into an organisation. Whoever proves the address accepts or declines.

    Nobody is made a member unasked, and the one who invites does not learn whether the address has an account.
    """

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="invitations")
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=10, choices=Membership.Role.choices, default=Membership.Role.MEMBER)
    invited_by = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("invited by"))
    invited_at = models.DateTimeField(_("invited"), auto_now_add=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ["-invited_at", "-pk"]
        constraints = [
            models.UniqueConstraint(Lower("email"), "organisation", name="accounts_member_invitation_once"),
        ]

    def __str__(self) -> str:
        return f"{self.email} – {self.organisation}"
