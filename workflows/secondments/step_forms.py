"""The forms of the flow's steps."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from network.models import Venue
from network.permissions import officials_of_lines
from workflows.core.forms import TaskForm, date_input, long_text

from . import rules, services
from .forms import staff_of_branch, staff_of_heads
from .models import Secondment


class AnswerForm(TaskForm):
    """The head's answer to a need: whom it nominates, within the period that was stated or another."""

    person: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Person"), queryset=None, required=False)
    full_time = forms.BooleanField(label=_("Full-time"), required=False)
    first_day = forms.DateField(label=_("First day"), required=False, widget=date_input())
    last_day = forms.DateField(label=_("Last day"), required=False, widget=date_input())
    cover_plan = forms.CharField(
        label=_("Who covers the home post meanwhile"),
        max_length=2000,
        required=False,
        widget=long_text(),
        help_text=_("Mandatory where the home post is full-time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        down = self.case.direction == rules.DOWN
        people = staff_of_heads([self.case.line]) if down else staff_of_branch(self.case.branch)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]
        self.fields["reason"].help_text = self.reason_help(_("Who stated the need reads it."))
        for name in ("full_time", "first_day", "last_day", "cover_plan"):
            self.fields[name].initial = getattr(self.case, name)

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if self.errors or given.get("decision") != "nominate":
            return given
        if not given.get("person"):
            self.add_error("person", _("Choose whom you nominate."))
            return given
        names = ("person", "full_time", "first_day", "last_day", "cover_plan")
        facts = rules.facts_of(self.case, **{name: given[name] for name in names})
        for field, text in rules.problems(facts, case=self.case).items():
            self.add_error(field if field in self.fields else None, text)
        return given


class ConsentForm(TaskForm):
    """The person's consent, and to what the public may see."""

    publish = forms.BooleanField(
        label=_("My name, post and term may stand on the venue's page"),
        required=False,
        help_text=_("You may consent to the posting without this."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].label = _("Your answer")
        self.fields["reason"].help_text = self.reason_help(_("The offices concerned read it."))


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

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("decision") == "appoint" and not self.errors:
            found = rules.appointment_problems(self.case, given["first_day"], given["last_day"])
            for field, text in found.items():
                self.add_error(field if field in self.fields else None, text)
        return given


class HandoverForm(TaskForm):
    """What was handed over."""

    asks_reason = False

    handover_on = forms.DateField(label=_("Handed over on"), widget=date_input())
    handover_note = forms.CharField(label=_("What was handed over to whom"), max_length=2000, widget=long_text())


class ViewForm(TaskForm):
    """The receiving township's view of the person's work."""

    asks_reason = False
    view_grade = forms.ChoiceField(label=_("Grade"), choices=Secondment.Grade.choices, widget=forms.RadioSelect)
    view = forms.CharField(label=_("What you found"), max_length=2000, widget=long_text(5))


class FinalViewForm(ViewForm):
    """The same of the whole term, once its end is near."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["view"].help_text = rules.report_problem(self.case)

    def clean_view(self) -> str:
        return near_the_end(self, "view")


def near_the_end(form: TaskForm, field: str) -> str:
    """What was written about the whole term; refused while its end is far."""
    if problem := rules.report_problem(form.case):
        raise forms.ValidationError(problem)
    return form.cleaned_data[field]


def beside(form: TaskForm, field: str, grade: str, text: str) -> None:
    """Show the township's view where the head writes its own."""
    if grade:
        said = _("The township's view: %(grade)s. %(text)s") % {"grade": grade, "text": text}
        form.fields[field].help_text = said


class MidtermForm(TaskForm):
    """The mid-term review."""

    asks_reason = False

    midterm_grade = forms.ChoiceField(label=_("Grade"), choices=Secondment.Grade.choices, widget=forms.RadioSelect)
    midterm_text = forms.CharField(label=_("What was found"), max_length=4000, widget=long_text(5))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        beside(self, "midterm_grade", self.case.get_midterm_view_grade_display(), self.case.midterm_view)


class EndingForm(TaskForm):
    """Return, rotation or renewal; going on, after an interruption."""

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
        without = set() if services.may_stay(self.case) else {"stay"}
        if self.case.direction != rules.DOWN:
            del self.fields["next_venue"]
            without.add("rotate")
        choices = self.fields["decision"].choices  # type: ignore[attr-defined]
        self.fields["decision"].choices = [row for row in choices if row[0] not in without]  # type: ignore[attr-defined]


class ReportForm(TaskForm):
    """The trainee's report."""

    asks_reason = False

    report = forms.CharField(label=_("What you learnt and what you propose"), max_length=6000, widget=long_text(10))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].widget = forms.HiddenInput()
        self.fields["report"].help_text = rules.report_problem(self.case)

    def clean_report(self) -> str:
        return near_the_end(self, "report")


class AppraisalForm(TaskForm):
    """The appraisal; it goes into the post file."""

    asks_reason = False

    appraisal_grade = forms.ChoiceField(label=_("Grade"), choices=Secondment.Grade.choices, widget=forms.RadioSelect)
    appraisal_text = forms.CharField(label=_("Appraisal in words"), max_length=4000, widget=long_text(6))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        beside(self, "appraisal_grade", self.case.get_final_view_grade_display(), self.case.final_view)
