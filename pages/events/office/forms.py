"""Forms of the back office's events."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from network.models import Venue

from ..models import EventKind, EventPage, Occurrence
from ..registration_forms import RegistrationForm


class CallForm(RegistrationForm):
    """Somebody calls and is registered by the venue's people."""

    def __init__(self, *args: Any, row: Occurrence, **kwargs: Any) -> None:
        super().__init__(*args, row=row, **kwargs)
        self.fields["consent"].label = _("The caller agrees that the venue uses these details for this event")
        self.fields["guardian"].label = _("The caller is the child’s guardian and agrees")


class VisitorsForm(forms.ModelForm):
    """How many came without registering."""

    class Meta:
        model = Occurrence
        fields = ["walk_ins"]


class ImportForm(forms.Form):
    """A calendar file and what its events shall be."""

    venue = forms.ModelChoiceField(Venue.objects.none(), label=_("Venue"))
    kind = forms.ModelChoiceField(
        EventKind.objects.all(), label=_("Kind"), help_text=_("You can change it for each event.")
    )
    line = forms.ChoiceField(label=_("Line"), choices=EventPage.Line.choices)
    file = forms.FileField(label=_("Calendar file (.ics)"), help_text=_("From Outlook, Google or WPS; 1 MB at most."))

    def __init__(self, *args: Any, venues: "QuerySet[Venue]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chooser = cast(forms.ModelChoiceField, self.fields["venue"])
        chooser.queryset = venues.filter(page__isnull=False)
