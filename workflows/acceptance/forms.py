"""The forms of an acceptance's steps and of its lists."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from common.privatefiles import CheckedFile, PrivateFileField, check_upload
from network.models import Division
from workflows.core.forms import TaskForm

from .figures import KINDS, FigureName, Unit
from .models import Statement, Threshold
from .reports import report_document, report_milestone

MAX_PAPERS = 10
PAPER_HELP = _("PDF, JPEG, PNG or Word, up to 20 MB.")
UNITS = {Unit.PERCENT: "%", Unit.HOURS: _("hours"), Unit.NUMBER: ""}


def long_text(rows: int = 6) -> forms.Textarea:
    """A text area."""
    return forms.Textarea(attrs={"rows": rows})


def date_input() -> forms.DateInput:
    """The browser's own date field."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class StartForm(forms.Form):
    """Start an acceptance. While milestones of earlier stages are unfinished, a reason is asked for."""

    why_now = forms.CharField(
        label=_("Why it starts although milestones are unfinished"), max_length=1000, widget=long_text(3)
    )

    def __init__(self, *args: Any, unfinished: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not unfinished:
            del self.fields["why_now"]


class WithoutReason(TaskForm):
    """A step that needs no reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["reason"]


class ReportForm(WithoutReason):
    """A head institution's summary report (R39)."""

    text = forms.CharField(label=_("Summary in words"), max_length=8000, widget=long_text(10))
    paper = PrivateFileField(label=_("The report as a document"), help_text=PAPER_HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.milestone = report_milestone(self.case.programme, self.node.line)
        self.standing = report_document(self.milestone)
        if self.milestone and self.standing:
            del self.fields["paper"]
            link = reverse("milestones_milestone", args=[self.milestone.pk])
            self.fields["text"].help_text = format_html(
                str(_("The document is the one that was handed in as evidence: {}. It is not uploaded twice.")),
                format_html('<a href="{}">{} {}</a>', link, self.standing.case.number, self.standing.name),
            )
        elif self.milestone:
            self.fields["paper"].help_text = format_lazy(
                "{} {}", PAPER_HELP, _("It is at once the evidence of the milestone “Summary report” (R39).")
            )

    def clean(self) -> dict[str, Any]:
        if self.standing and self.files.get(self.add_prefix("paper")):
            self.add_error(None, _("A report has been handed in meanwhile: look at it. Yours was not saved."))
        return super().clean()


class SelfCheckForm(WithoutReason):
    """A head institution's self-check, with the criteria as they are measured at this moment (R40)."""

    text = forms.CharField(
        label=_("Findings of the self-check"),
        max_length=8000,
        widget=long_text(8),
        help_text=_("By criterion: full coverage, orderly running, effective service. Say what is still missing."),
    )
    paper = PrivateFileField(label=_("Self-check sheet"), required=False, help_text=PAPER_HELP)


class PreAcceptanceForm(WithoutReason):
    """The county's pre-acceptance."""

    opinion = forms.CharField(
        label=_("Opinion of the pre-acceptance"), max_length=4000, required=False, widget=long_text(6)
    )


class RectificationForm(WithoutReason):
    """After the list went out."""


class InspectionForm(TaskForm):
    """What the superior decided."""

    organ = forms.CharField(label=_("Organ"), max_length=80)
    document_number = forms.CharField(label=_("Document number"), max_length=60)
    on = forms.DateField(label=_("Day of the document"), widget=date_input())
    paper = PrivateFileField(label=_("The superior's document"), help_text=PAPER_HELP)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("Mandatory when it was not accepted.")

    def clean_on(self) -> Any:
        if (day := self.cleaned_data["on"]) > timezone.localdate():
            raise forms.ValidationError(_("Give the day of the document; it cannot lie in the future."))
        return day


class PapersInput(forms.ClearableFileInput):
    """Several files at once, from a phone's camera too."""

    allow_multiple_selected = True


class PapersField(forms.FileField):
    """Checked papers and photos."""

    widget = PapersInput

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        uploads = data if isinstance(data, list | tuple) else [data] if data else []
        if not uploads:
            raise forms.ValidationError(_("Add evidence: a document or photos."))
        if len(uploads) > MAX_PAPERS:
            raise forms.ValidationError(_("At most %(count)s files.") % {"count": MAX_PAPERS})
        return [check_upload(upload) for upload in uploads]


class AnswerForm(WithoutReason):
    """The answer to a rectification item."""

    answer = forms.CharField(label=_("What was put right, and how"), max_length=4000, widget=long_text(5))
    done_on = forms.DateField(label=_("Put right on"), widget=date_input())
    papers = PapersField(label=_("Evidence"), help_text=PAPER_HELP)

    def clean_done_on(self) -> Any:
        if (day := self.cleaned_data["done_on"]) > timezone.localdate():
            raise forms.ValidationError(_("Give the day on which it was put right; it cannot lie in the future."))
        return day


class ItemForm(forms.Form):
    """One item of the rectification list."""

    text = forms.CharField(label=_("What is to be put right"), max_length=1000, widget=long_text(2))
    clause = forms.CharField(
        label=_("Clause"),
        max_length=4,
        validators=[RegexValidator(r"^R\d{2,3}\Z", _("A clause is written like R31."))],
        widget=forms.TextInput(attrs={"placeholder": "R31"}),
    )
    township: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Responsible township"), required=False, queryset=None
    )
    line = forms.ChoiceField(
        label=_("Or responsible head institution"), required=False, choices=[("", "---------"), *Statement.Line.choices]
    )
    due_on = forms.DateField(label=_("Due"), widget=date_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        townships = Division.objects.filter(level=Division.Level.TOWNSHIP)
        self.fields["township"].queryset = townships  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not {"township", "line"} & set(self.errors) and bool(cleaned.get("township")) == bool(cleaned.get("line")):
            self.add_error("township", _("Name one responsible: a township or a head institution."))
        return cleaned


def _tidy(value: Decimal) -> str:
    """A value as people write it: 100, not 100.0."""
    return f"{value:f}".removesuffix(".0")


class ThresholdsForm(forms.Form):
    """The least value of every figure with where it comes from; empty: it is not judged. What this person did not touch
    is not written: a colleague may have changed it since the page was opened."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = {row.figure: row for row in Threshold.objects.all()}
        for name, label in FigureName.choices:
            row, unit = known.get(name), KINDS[name].unit
            self.fields[name] = forms.DecimalField(
                label=f"{label} ({UNITS[unit]})" if UNITS[unit] else label,
                required=False,
                min_value=0,
                max_value=100 if unit == Unit.PERCENT else 100_000,
                max_digits=7,
                decimal_places=1,
                initial=_tidy(row.at_least) if row else None,
                show_hidden_initial=True,
            )
            self.fields[f"{name}_basis"] = forms.CharField(
                label=format_lazy("{}: {}", _("source"), label),
                required=False,
                max_length=200,
                initial=row.basis if row else "",
                show_hidden_initial=True,
            )
        self.fields["reason"] = forms.CharField(
            label=_("Reason for the change"), max_length=1000, required=False, widget=long_text(2)
        )

    def rows(self) -> list[tuple[Any, forms.BoundField, forms.BoundField]]:
        """A line for every figure: its kind, the value's field, the source's field."""
        return [(KINDS[name], self[name], self[f"{name}_basis"]) for name in FigureName.values]

    def wanted(self) -> dict[str, tuple[Any, str]]:
        """The figures that were touched: name → (at least, basis)."""
        touched = {name.removesuffix("_basis") for name in self.changed_data} & set(FigureName.values)
        return {name: (self.cleaned_data[name], self.cleaned_data[f"{name}_basis"]) for name in touched}
