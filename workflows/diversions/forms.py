"""The forms of a report of diversion."""

from typing import Any

from django import forms
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from common.privatefiles import PrivateFileField
from network.models import Appointment, Post, Venue
from workflows.core.forms import TaskForm, date_input, long_text

from . import services

VENUES = Venue.objects.exclude(status=Venue.Status.CLOSED)


class PlaceForm(forms.Form):
    """First the venue: the report then offers its posts."""

    venue = forms.ModelChoiceField(
        label=_("Venue"), queryset=VENUES, required=False, empty_label=_("It is not in the list")
    )


class HeldPostField(forms.ModelChoiceField):
    """The posts of a venue that somebody holds, with the holder's name."""

    def label_from_instance(self, post: Any) -> str:
        holders = gettext(", ").join(str(row.person) for row in post.held)
        return f"{post.get_title_display()}: {holders}"


class ReportForm(forms.Form):
    """Report that somebody is diverted from their post.

    Args:
        venue: the venue chosen before; None: it is chosen here, or described.
    """

    venue = forms.ModelChoiceField(label=_("Venue"), queryset=VENUES, required=False)
    place = forms.CharField(
        label=_("Where it is"), max_length=120, required=False, help_text=_("When it is not in the list of venues.")
    )
    post: forms.ModelChoiceField = HeldPostField(
        label=_("Post concerned"),
        queryset=None,
        required=False,
        blank=True,
        empty_label=_("somebody else, or I do not know"),
        widget=forms.RadioSelect,
    )
    who = forms.CharField(
        label=_("Who is diverted"), max_length=80, required=False, help_text=_("Needed when you choose no post.")
    )
    since = forms.DateField(label=_("Since when"), widget=date_input())
    account = forms.CharField(
        label=_("What is happening"),
        max_length=4000,
        widget=long_text(6),
        help_text=_("What other work, for whom, how much of the time."),
    )
    evidence = PrivateFileField(
        label=_("Evidence"), required=False, help_text=_("PDF, JPEG, PNG or Word, up to 20 MB.")
    )

    def __init__(self, *args: Any, venue: Venue | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if venue is None:
            del self.fields["post"]
            return
        self.fields["venue"].initial = venue
        self.fields["venue"].widget = forms.HiddenInput()
        del self.fields["place"]
        self.fields["post"].queryset = held_posts(venue)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        for field, text in services.problems(facts).items():
            if field not in self.errors and not (field == "place" and "venue" in self.errors):
                self.add_error(field if field in self.fields else None, text)
        return facts


def held_posts(venue: Venue) -> Any:
    """The posts of a venue that somebody holds today, with their holders as `held`."""
    held = Appointment.objects.on(timezone.localdate())
    posts = Post.objects.filter(venue=venue, pk__in=held.values("post"))
    return posts.prefetch_related(Prefetch("appointments", held.select_related("person"), to_attr="held"))


class ExaminationForm(TaskForm):
    """What the bureau found."""

    asks_reason = False

    findings = forms.CharField(label=_("What was found"), max_length=4000, widget=long_text(6))
