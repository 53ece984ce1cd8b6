"""Forms of the account pages."""

from typing import Any

from allauth.account.models import EmailAddress
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common.forms import SiteFormRenderer

from .credit_code import normalise
from .models import Membership, Organisation, User


class SignupFields(forms.Form):
    """What we ask at sign-up beside allauth's own fields (its form derives from this: ACCOUNT_SIGNUP_FORM_CLASS)."""

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=_("Your full name."),
    )
    consent = forms.BooleanField(
        label=_("I agree that my details are kept to run this account. If I am under 14, a guardian agrees."),
    )
    field_order = ["name", "email", "phone", "password1", "password2", "consent"]

    def signup(self, request: HttpRequest, user: User) -> None:
        """allauth requires this; the adapter has saved everything already."""


class PasswordForm(forms.Form):
    """A new password, twice, for `person`."""

    default_renderer = SiteFormRenderer
    password1 = forms.CharField(
        label=_("New password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("New password again"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person
        self.fields["password1"].help_text = " ".join(password_validators_help_texts())

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        validate_password(password, self.person)
        return password

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "password1" in cleaned and cleaned["password1"] != cleaned.get("password2"):
            self.add_error("password2", _("The two passwords differ."))
        return cleaned


class DetailsForm(forms.ModelForm):
    """What people change about themselves; address, number and password have pages of their own."""

    default_renderer = SiteFormRenderer

    class Meta:
        model = User
        fields = ["name", "language"]


class OrganisationForm(forms.ModelForm):
    """The details of an organisation, for its managers."""

    default_renderer = SiteFormRenderer
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=60,
        help_text=_("18 characters, as on the certificate."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "size": 22}),
    )

    class Meta:
        model = Organisation
        fields = ["name", "credit_code", "kind", "address", "phone"]

    def clean_credit_code(self) -> str:
        return normalise(self.cleaned_data["credit_code"])


class InviteMemberForm(forms.Form):
    """Asks the owner of an e-mail address in. It does not say whether the address has an account."""

    default_renderer = SiteFormRenderer
    email = forms.EmailField(
        label=_("E-mail address of the person"), help_text=_("We send an invitation there; the person accepts it.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER)


class MemberForm(forms.Form):
    """A new member, by the e-mail address the person has proven: for administrators, who see all accounts anyway."""

    email = forms.EmailField(
        label=_("E-mail address of the person"), help_text=_("The address with which the person signs in.")
    )
    role = forms.ChoiceField(label=_("Role"), choices=Membership.Role.choices, initial=Membership.Role.MEMBER)

    def clean_email(self) -> User:
        """The person behind the address."""
        addresses = EmailAddress.objects.filter(email__iexact=self.cleaned_data["email"], verified=True)
        address = addresses.filter(user__is_active=True).select_related("user").first()
        if address is None:
            raise ValidationError(_("Nobody signs in with this address. Ask the person to sign up first."))
        return address.user


class ReasonForm(forms.Form):
    """Why an administrator takes a step; the log keeps it."""

    reason = forms.CharField(label=_("Reason"), max_length=200)
