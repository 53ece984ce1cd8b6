"""The forms of a milestone: handing in, another date, a block; and the steps that judge."""

import datetime as dt
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from common.privatefiles import ACCEPT, CheckedFile, PrivateFileField, check_upload
from workflows.core.forms import PhotosInput, TaskForm, date_input, long_text

from . import rules
from .models import DateMove, Evidence, GroupIssue, Milestone
from .selectors.survey import diff_mark, register_diff
from .services.evidence import standing_evidence
from .services.register import register_changed
from .services.withdrawal import follows_changed
from .survey_forms import survey_form_for

MAX_FILES = 10


class FilesField(forms.FileField):
    """Papers and photos: the cleaned value is a list of CheckedFile."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=PhotosInput(attrs={"accept": ACCEPT}), **kwargs)

    def clean(self, data: Any, _initial: Any = None) -> list[CheckedFile]:
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if len(uploads) > MAX_FILES:
            raise forms.ValidationError(_("At most %(count)s files at once.") % {"count": MAX_FILES})
        return [check_upload(upload) for upload in uploads]


class EvidenceForm(forms.Form):
    """Hand in evidence; every rule is asked here and shown beside its field.

    Args:
        milestone: which one. Where something is surveyed, `survey` is the survey's own form, filled in together.
    """

    done_on = forms.DateField(label=_("Done on"), widget=date_input())
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=long_text())
    files = FilesField(  # type: ignore[assignment]  # the form's own `files` lies on the instance
        label=_("Papers and photos"),
        required=False,
        help_text=_("PDF, JPEG, PNG or Word, up to 20 MB each, at most ten. Photos are kept without their place."),
    )

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.milestone = milestone
        earlier = Evidence.objects.filter(milestone=milestone).exclude(answers={}).order_by("-pk").first()
        self.survey = survey_form_for(milestone, self.data or None, earlier.answers if earlier else None)
        self.fields["files"].required = milestone.item.needs_file or milestone.item.needs_photo  # what `clean` asks for
        self.fields["done_on"].help_text = _(
            "The day it really was done. It may lie before the stage's first day, not in the future."
        )
        self.fields["done_on"].widget.attrs["max"] = timezone.localdate().isoformat()

    def is_valid(self) -> bool:
        survey_fits = self.survey is None or self.survey.is_valid()
        return super().is_valid() and survey_fits

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["files"] = [(checked, checked.name) for checked in cleaned.get("files", [])]
        answers = self.survey.cleaned_data if self.survey and self.survey.is_valid() else None
        cleaned["answers"] = answers
        found = rules.evidence_problems(
            self.milestone, done_on=cleaned.get("done_on"), answers=answers, files=cleaned["files"]
        )
        for name, text in found.items():
            if name in self.fields and name not in self.errors:
                self.add_error(name, text)
        return cleaned


class MoveForm(forms.Form):
    """Ask for another last day."""

    new = forms.DateField(label=_("Last day asked for"), widget=date_input())
    reason = forms.CharField(label=_("Why it cannot be kept"), max_length=1000, widget=long_text(3))

    def __init__(self, *args: Any, milestone: Milestone, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.milestone = milestone
        first, last = rules.new_day_span(milestone)
        self.fields["new"].widget.attrs |= {"min": first.isoformat(), "max": last.isoformat()}
        self.fields["new"].help_text = _("From %(first)s to %(last)s.") % {
            "first": date_format(first, "DATE_FORMAT"),
            "last": date_format(last, "DATE_FORMAT"),
        }

    def clean_new(self) -> dt.date:
        new = self.cleaned_data["new"]
        if problem := rules.new_day_problem(self.milestone, new):
            raise forms.ValidationError(problem)
        return new


class BlockForm(forms.Form):
    """Report what only the leading group can resolve."""

    problem = forms.CharField(
        label=_("What blocks it, and what is asked of the leading group"), max_length=2000, widget=long_text()
    )


class WithdrawForm(forms.Form):
    """Take evidence back. `seen` marks what the page shows that follows: a sent form is about the very same."""

    reason = forms.CharField(label=_("Why it is withdrawn"), max_length=1000, widget=long_text(3))
    mark = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, seen: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mark"].initial = seen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        seen = self.fields["mark"].initial
        if seen and cleaned.get("mark") != seen:
            answer: Any = self.data.copy()  # type: ignore[attr-defined]
            answer["mark"] = seen  # the next answer is about what is shown now
            self.data = answer
            self.add_error(None, follows_changed())
        return cleaned


# Steps in the inbox -----------------------------------------------------------------------------
class JudgingStep(TaskForm):
    """Check or confirm; the case's facts above show what there is to judge."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Whoever handed it in reads it. Mandatory when you return it.")


class ConfirmStep(JudgingStep):
    """Confirm; of a survey, also which answers the venues' register takes over: all that differ, unless unticked."""

    take_over = forms.MultipleChoiceField(
        label=_("Take over into the venues' register"), required=False, widget=forms.CheckboxSelectMultiple
    )
    mark = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        evidence = standing_evidence(self.case)
        rows = register_diff(evidence) if evidence else []
        self.differing = [row for row in rows if row.changed]
        if not self.differing:
            del self.fields["take_over"]
        else:
            field = self.fields["take_over"]
            field.choices = [(row.name, f"{row.question}: {row.text}") for row in self.differing]  # type: ignore[attr-defined]
            field.initial = self.names
        self.fields["mark"].initial = diff_mark(rows) if rows else ""

    @property
    def names(self) -> list[str]:
        """The fields that differ."""
        return [row.name for row in self.differing]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        fresh = self.fields["mark"].initial
        if cleaned.get("decision") == "confirm" and fresh and cleaned.get("mark") != fresh:
            answer: Any = self.data.copy()  # type: ignore[attr-defined]
            answer["mark"] = fresh  # the next answer is about what is shown now
            answer.setlist("take_over", self.names)
            self.data = answer
            self.add_error("take_over" if self.differing else None, register_changed())
        return cleaned


class MoveStep(TaskForm):
    """Decide about another last day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = DateMove.objects.filter(case=self.case, approved=None).first()
        if self.asked:
            days = {name: date_format(getattr(self.asked, name), "DATE_FORMAT") for name in ("old", "new")}
            self.fields["decision"].help_text = _("Asked for: %(new)s instead of %(old)s. Why: %(why)s") % {
                **days,
                "why": self.asked.reason,
            }
        self.fields["reason"].help_text = _("Whoever asked reads it. Mandatory when you refuse.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("decision") != "approve" or self.asked is None:
            return cleaned
        if problem := rules.new_day_problem(self.case.milestone, self.asked.new):
            self.add_error("decision", problem)
        return cleaned


class ResolveStep(TaskForm):
    """The leading group's resolution, with its minutes."""

    asks_reason = False

    met_on = forms.DateField(label=_("The leading group met on"), widget=date_input())
    resolution = forms.CharField(label=_("Resolution"), max_length=4000, widget=long_text())
    minutes = PrivateFileField(
        label=_("Minutes"), required=False, help_text=_("PDF, JPEG, PNG or Word (.docx), up to 20 MB.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].widget = forms.HiddenInput()
        issue = GroupIssue.objects.filter(case=self.case, resolved_at=None).first()
        if issue:
            self.fields["resolution"].help_text = _("What blocks it: %(problem)s") % {"problem": issue.problem}

    def clean_met_on(self) -> dt.date:
        met_on = self.cleaned_data["met_on"]
        if met_on > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return met_on
