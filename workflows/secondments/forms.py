"""The forms: nomination, the steps, the monthly log."""

import datetime as dt
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.privatefiles import CheckedFile, check_upload
from network.models import Venue
from network.permissions import officials_of_lines
from workflows.core.forms import TaskForm

from . import permissions, rules
from .models import Secondment

MAX_PHOTOS = 6


def date_input() -> forms.DateInput:
    """The browser's own date field, in the format it sends."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


def long_text(rows: int = 4) -> forms.Textarea:
    """Room for a paragraph."""
    return forms.Textarea(attrs={"rows": rows})


class NominationForm(forms.Form):
    """Nominate somebody; every rule is asked here and shown beside its field.

    Args:
        by: who nominates.
    """

    direction = forms.ChoiceField(label=_("Direction"), choices=Secondment.Direction.choices)
    line = forms.ChoiceField(label=_("Line"), choices=Secondment.Line.choices)
    person: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Person"), queryset=None)
    venue: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Receiving branch"),
        queryset=None,
        required=False,
        help_text=_("Down: the branch. Up: leave it empty, the line's head institution receives."),
    )
    full_time = forms.BooleanField(label=_("Full-time"), required=False, initial=True)
    first_day = forms.DateField(label=_("First day"), widget=date_input())
    last_day = forms.DateField(
        label=_("Last day"),
        widget=date_input(),
        error_messages={"required": _("A secondment always has a last day.")},
    )
    need = forms.CharField(label=_("What it is needed for"), max_length=2000, widget=long_text())
    cover_plan = forms.CharField(
        label=_("Who covers the home post meanwhile"),
        max_length=2000,
        required=False,
        widget=long_text(),
        help_text=_("Mandatory where the home post is full-time."),
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        people = get_user_model().objects.filter(is_active=True, appointments__post__venue__isnull=False).distinct()
        self.fields["person"].queryset = people.exclude(pk=by.pk)  # type: ignore[attr-defined]
        self.fields["venue"].queryset = Venue.objects.active().filter(tier=Venue.Tier.BRANCH)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if self.errors:
            return facts
        if facts["direction"] != rules.DOWN:
            facts["venue"] = rules.head_of(facts["line"])
        for field, text in rules.problems(facts).items():
            self.add_error(field if field in self.fields else None, text)
        if not self.errors and not self._may():
            self.add_error("person", _("Nominating this person is not yours to do."))
        return facts

    def _may(self) -> bool:
        facts = self.cleaned_data
        home = rules.home_of(facts["person"], facts["direction"], facts["line"], facts["first_day"])
        place = home.post.venue if home else None
        branch = (place.parent or place) if place else None
        return permissions.nominates(self.by, facts["direction"], facts["line"], branch)


class PlanForm(forms.Form):
    """What the people of a rotation plan share."""

    line = forms.ChoiceField(label=_("Line"), choices=Secondment.Line.choices)
    full_time = forms.BooleanField(label=_("Full-time"), required=False, initial=True)
    first_day = forms.DateField(label=_("First day"), widget=date_input())
    last_day = forms.DateField(
        label=_("Last day"),
        widget=date_input(),
        error_messages={"required": _("A secondment always has a last day.")},
    )
    need = forms.CharField(label=_("What it is needed for"), max_length=2000, widget=long_text(2))
    cover_plan = forms.CharField(
        label=_("Who covers the home posts meanwhile"), max_length=2000, required=False, widget=long_text(2)
    )

    def clean(self) -> dict[str, Any]:
        shared = super().clean() or {}
        if not self.errors:
            for field, text in rules.term_problems(shared["first_day"], shared["last_day"]).items():
                self.add_error(field, text)
        return shared


class PlanRowForm(forms.Form):
    """One person of a rotation plan and the branch they go to."""

    person: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Person"), queryset=None, required=False)
    venue: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Receiving branch"), queryset=None, required=False)

    def __init__(self, *args: Any, people: Any, venues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = staff_of_heads()  # type: ignore[attr-defined]
        self.fields["venue"].queryset = Venue.objects.active().filter(tier=Venue.Tier.BRANCH)  # type: ignore[attr-defined]
        self.fields["person"].choices, self.fields["venue"].choices = people, venues  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        row = super().clean() or {}
        for name, other in (("person", "venue"), ("venue", "person")):
            if not row.get(name) and row.get(other) and name not in self.errors:
                self.add_error(name, _("Choose both: who, and where to."))
        return row


class BasePlan(forms.BaseFormSet):
    """The rows: at least one, nobody twice, one person a branch. The lists of choices are read once for all rows."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        branches = Venue.objects.active().filter(tier=Venue.Tier.BRANCH)
        self.choices = {
            "people": [("", "---------"), *((row.pk, str(row)) for row in staff_of_heads())],
            "venues": [("", "---------"), *((row.pk, str(row)) for row in branches)],
        }
        super().__init__(*args, **kwargs)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        return super().get_form_kwargs(index) | self.choices

    def rows(self) -> list[Any]:
        """The forms that were filled in."""
        return [form for form in self.forms if form.cleaned_data.get("person") and form.cleaned_data.get("venue")]

    def clean(self) -> None:
        if any(self.errors):
            return
        if not self.rows():
            raise forms.ValidationError(_("Name at least one person and a branch."))
        for name in ("person", "venue"):
            seen = set()
            for form in self.rows():
                if (value := form.cleaned_data[name]) in seen:
                    form.add_error(name, _("Stands in the plan twice."))
                seen.add(value)


PlanFormSet = forms.formset_factory(PlanRowForm, BasePlan, extra=8, max_num=30, absolute_max=30)


def staff_of_heads() -> Any:
    """The people who hold a post at a head institution today."""
    return officials_of_lines({"library", "culture"})


class ConsentForm(TaskForm):
    """The person's consent, and to what the public may see."""

    publish = forms.BooleanField(
        label=_("My name, post and term may stand on the venue's page"),
        required=False,
        help_text=_("You may consent to the posting without this."),
    )


class AcceptanceForm(TaskForm):
    """The head takes a trainee."""

    mentor: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Mentor"), queryset=None, required=False)
    study_plan = forms.CharField(label=_("Study plan"), max_length=2000, required=False, widget=long_text(5))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        mentors = officials_of_lines({self.case.line}).exclude(pk=self.case.person_id)
        self.fields["mentor"].queryset = mentors  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("decision") == "accept":
            for name, text in (
                ("mentor", _("Name a mentor among the head institution's people.")),
                ("study_plan", _("Write the study plan.")),
            ):
                if not cleaned.get(name) and name not in self.errors:
                    self.add_error(name, text)
        return cleaned


class AppointmentForm(TaskForm):
    """The appointment, with its term as it was approved; it may have to begin later."""

    first_day = forms.DateField(label=_("First day"), widget=date_input())
    last_day = forms.DateField(
        label=_("Last day"), widget=date_input(), error_messages={"required": _("A secondment always has a last day.")}
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_day", "last_day"):
            self.fields[name].initial = getattr(self.case, name)


class HandoverForm(TaskForm):
    """What was handed over."""

    handover_on = forms.DateField(label=_("Handed over on"), widget=date_input())
    handover_note = forms.CharField(label=_("What was handed over to whom"), max_length=2000, widget=long_text())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]


class MidtermForm(TaskForm):
    """The mid-term review."""

    midterm_grade = forms.ChoiceField(label=_("Grade"), choices=Secondment.Grade.choices, widget=forms.RadioSelect)
    midterm_text = forms.CharField(label=_("What was found"), max_length=4000, widget=long_text(5))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]


class EndingForm(TaskForm):
    """Return, rotation or renewal."""

    until = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=date_input(),
        help_text=_("Return or rotation: empty, as planned; an earlier day ends it early. Renewal: the new last day."),
    )
    next_venue: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Rotates to"), queryset=None, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        line = {self.case.line: True, "tier": Venue.Tier.BRANCH}
        venues = Venue.objects.active().filter(**line).exclude(pk=self.case.venue_id)
        self.fields["next_venue"].queryset = venues  # type: ignore[attr-defined]
        if self.case.direction != rules.DOWN:
            del self.fields["next_venue"]
            choices = self.fields["decision"].choices  # type: ignore[attr-defined]
            self.fields["decision"].choices = [row for row in choices if row[0] != "rotate"]  # type: ignore[attr-defined]


class ReportForm(TaskForm):
    """The trainee's report."""

    report = forms.CharField(label=_("What you learnt and what you propose"), max_length=6000, widget=long_text(10))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]
        self.fields["decision"].widget = forms.HiddenInput()


class AppraisalForm(TaskForm):
    """The appraisal; it goes into the post file."""

    appraisal_grade = forms.ChoiceField(label=_("Grade"), choices=Secondment.Grade.choices, widget=forms.RadioSelect)
    appraisal_text = forms.CharField(label=_("Appraisal in words"), max_length=4000, widget=long_text(6))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]


class PhotosInput(forms.ClearableFileInput):
    """Several pictures at once, from a phone's camera too."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """A few checked pictures."""

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if len(uploads) > MAX_PHOTOS:
            raise forms.ValidationError(_("At most %(count)s pictures.") % {"count": MAX_PHOTOS})
        checked = [check_upload(upload) for upload in uploads]
        if any(not file.content_type.startswith("image/") for file in checked):
            raise forms.ValidationError(_("Only pictures (JPEG, PNG) here."))
        return checked


class LogForm(forms.Form):
    """One month of the log, for a phone."""

    days = forms.IntegerField(label=_("Days at the post"), min_value=0, max_value=31)
    work = forms.CharField(label=_("What you did this month"), max_length=4000, widget=long_text(6))
    problems = forms.CharField(label=_("Problems and proposals"), max_length=2000, required=False, widget=long_text(3))
    photos = PhotosField(
        label=_("Pictures"),
        required=False,
        widget=PhotosInput(attrs={"accept": "image/jpeg,image/png"}),
        help_text=_("Up to 6 pictures (JPEG, PNG). Where they were taken is removed."),
    )


def year_of(text: str) -> int:
    """A year from an address; this year when it is none."""
    year = int(text) if text.isdecimal() and len(text) == 4 else 0
    return year if dt.MINYEAR + 1 < year < dt.MAXYEAR else timezone.localdate().year
