"""The form by which people register for one date of an event."""

from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.mobile import MobileField
from accounts.models import User
from common.outbox import sms_is_configured

from .models import Occurrence
from .models.registrations import make_token

SALT = "events.registration_form"


class RegistrationForm(forms.Form):
    """Name, number, how many, and the consents. `website` is a trap: people do not see it, robots fill it in.

    `sent_as` names this very form, signed: it becomes the registration's token, so that a form sent twice registers
    once.
    """

    name = forms.CharField(
        label=pgettext_lazy("person", "Name"), max_length=40, widget=forms.TextInput({"autocomplete": "name"})
    )
    mobile = MobileField(label=_("Mobile number"))
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        required=False,
        help_text=_("Confirmation, reminder and changes go there."),
        widget=forms.EmailInput({"autocomplete": "email"}),
    )
    places = forms.IntegerField(label=_("How many people"), min_value=1, initial=1)
    for_child = forms.BooleanField(label=_("This is for a child under 14"), required=False)
    guardian = forms.BooleanField(label=_("I am the child’s guardian and agree to the registration"), required=False)
    consent = forms.BooleanField(
        label=_("I agree that the venue uses these details for this event"),
        error_messages={"required": _("Without your agreement nobody can be registered.")},
    )
    website = forms.CharField(required=False, widget=forms.HiddenInput)
    sent_as = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, row: Occurrence, person: User | None = None, **kwargs: Any) -> None:
        self.salt = f"{SALT}.{row.pk}"  # sent to another date it is another form
        initial: dict[str, Any] = {"sent_as": signing.dumps(make_token(), salt=self.salt)}
        if person:
            initial |= {"name": person.name, "mobile": person.mobile or "", "email": person.email or ""}
        kwargs |= {"initial": initial, "label_suffix": "", "use_required_attribute": False}
        super().__init__(*args, **kwargs)
        self.fields["consent"].help_text = _(
            "They are deleted %(days)s days after the event and given to nobody else."
        ) % {"days": settings.REGISTRATION_KEEP_DAYS}
        if not sms_is_configured():
            self.fields["email"].help_text = _(
                "Confirmation, reminder and changes go there. Without it nobody can write to you."
            )
        if row.event.group_size > 1:
            self.fields["places"].widget.attrs["max"] = row.event.group_size
            self.fields["places"].help_text = _("Up to %(most)s, you included.") % {"most": row.event.group_size}
        else:
            del self.fields["places"]

    @property
    def is_robot(self) -> bool:
        """Whether the trap was filled in."""
        return bool(self.data.get("website"))

    def clean_sent_as(self) -> str:
        """The name of the form; a forged or missing one gives a new one, and costs only the guard of a double click."""
        try:
            return str(signing.loads(self.cleaned_data["sent_as"], salt=self.salt))
        except signing.BadSignature:
            return make_token()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("for_child") and not data.get("guardian"):
            self.add_error("guardian", _("A child under 14 is registered by a guardian who agrees."))
        return data

    def values(self) -> dict[str, Any]:
        """What `registration_create` is given."""
        data = self.cleaned_data
        return {name: data[name] for name in ("name", "mobile", "email", "for_child")} | {
            "places": data.get("places", 1),
            "token": data["sent_as"],
        }
