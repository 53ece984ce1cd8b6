"""The forms of a report of diversion."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.privatefiles import PrivateFileField
from network.models import Venue
from workflows.core.forms import TaskForm

from . import services


class ReportForm(forms.Form):
    """Report that somebody is diverted from their post."""

    venue = forms.ModelChoiceField(label=_("Venue"), queryset=Venue.objects.exclude(status=Venue.Status.CLOSED))
    who = forms.CharField(label=_("Who is diverted"), max_length=80)
    since = forms.DateField(label=_("Since when"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    account = forms.CharField(
        label=_("What is happening"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("What other work, for whom, how much of the time."),
    )
    evidence = PrivateFileField(
        label=_("Evidence"), required=False, help_text=_("PDF, JPEG, PNG or Word, up to 20 MB.")
    )

    def clean_since(self) -> Any:
        since = self.cleaned_data["since"]
        if problem := services.since_problem(since):
            raise forms.ValidationError(problem)
        return since


class ExaminationForm(TaskForm):
    """What the bureau found."""

    findings = forms.CharField(label=_("What was found"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]
