"""The forms of the officials' steps, and the applicant's answers to them."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from common.privatefiles import ACCEPT, PrivateFileField
from workflows.core.forms import PhotosField, TaskForm, date_input

from . import rules, services
from .models import Correction
from .presentation import ANSWERS, CHECKS

CORRECTABLE = ("venue_name", "address", "floor_area", "seats", "stock", "hours", "staff")
MAX_PHOTOS = 10


class CorrectingForm(TaskForm):
    """A step that may ask for corrections: a line for each paper and for each statement that can be wrong."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        papers = rules.papers_for(self.case.kind, self.case.operator)
        targets = [(paper.code, str(paper)) for paper in papers]
        targets += [(name, str(self.case._meta.get_field(name).verbose_name)) for name in CORRECTABLE]
        for code, label in targets:
            self.fields[f"correct_{code}"] = forms.CharField(
                label=_("To correct: %(what)s") % {"what": label},
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )

    def correction_fields(self) -> Iterator[forms.BoundField]:
        """The lines, for a template that folds them away until a correction is wanted."""
        return (self[name] for name in self.fields if name.startswith("correct_"))

    def own_fields(self) -> Iterator[forms.BoundField]:
        """Everything else."""
        return (self[name] for name in self.fields if not name.startswith("correct_"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        asked = {
            name.removeprefix("correct_"): text.strip()
            for name, text in cleaned.items()
            if name.startswith("correct_") and text.strip()
        }
        if cleaned.get("decision") == "correct" and not asked:
            self.add_error("decision", _("Say which items need a correction, and what is wrong."))
        if cleaned.get("decision") in ("accept", "approve") and asked:
            self.add_error("decision", _("You wrote corrections: ask for them, or empty the lines."))
        cleaned["corrections"] = asked
        return cleaned

    def step_data(self) -> dict[str, Any]:
        return {"corrections": self.cleaned_data["corrections"]}


class AcceptanceForm(CorrectingForm):
    """Acceptance or correction."""


class ReviewForm(CorrectingForm):
    """A head institution's review."""


class CorrectionForm(TaskForm):
    """The applicant's answers, item by item: in words, with a new paper, or both."""

    asks_reason = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].widget = forms.HiddenInput()
        self.asked = list(Correction.objects.filter(application=self.case, answered_at=None))
        for row in self.asked:
            self.fields[f"answer_{row.pk}"] = forms.CharField(
                label=_("%(what)s: your answer") % {"what": services.label_of(row.target)},
                help_text=row.request,
                required=False,
                max_length=2000,
                widget=forms.Textarea(attrs={"rows": 3}),
            )
            self.fields[f"file_{row.pk}"] = PrivateFileField(
                label=_("%(what)s: new paper") % {"what": services.label_of(row.target)},
                help_text=_("PDF, JPEG, PNG or Word, up to 20 MB. Only when a paper must be replaced."),
                required=False,
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for row in self.asked:
            answered = cleaned.get(f"answer_{row.pk}", "").strip() or cleaned.get(f"file_{row.pk}")
            if not answered and f"file_{row.pk}" not in self.errors:
                self.add_error(f"answer_{row.pk}", _("Please answer this, in words or with a new paper."))
        return cleaned

    def step_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "answers": {row.pk: data.get(f"answer_{row.pk}", "") for row in self.asked},
            "files": {row.pk: file for row in self.asked if (file := data.get(f"file_{row.pk}"))},
        }


class ConsentForm(TaskForm):
    """The applicant agrees to become a service point, or not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _("You may say why.")


class VisitForm(TaskForm):
    """The site visit, for a phone: date, visitors, a checklist, photos."""

    asks_reason = False

    visited_on = forms.DateField(label=_("Visited on"), widget=date_input())
    visitors = forms.CharField(
        label=_("Visitors"), max_length=200, help_text=_("Who was there, also from other offices.")
    )
    visit_note = forms.CharField(
        label=_("Findings"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    photos = PhotosField(limit=MAX_PHOTOS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in CHECKS.items():
            self.fields[f"check_{name}"] = forms.ChoiceField(
                label=label, choices=ANSWERS, widget=forms.RadioSelect, required=True
            )
        checks = [f"check_{name}" for name in CHECKS]
        self.order_fields(["visited_on", "visitors", *checks, "visit_note", "photos", "decision"])

    def step_data(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {
            "visited_on": data["visited_on"],
            "visitors": data["visitors"],
            "visit_note": data["visit_note"],
            "photos": data["photos"],
            "checklist": {name: data[f"check_{name}"] for name in CHECKS},
        }


class PanelForm(TaskForm):
    """The panel's result."""

    panel_on = forms.DateField(label=_("Panel met on"), widget=date_input())
    panel_members = forms.CharField(label=_("Panel members"), max_length=300)


class AgreementForm(TaskForm):
    """The signed agreement."""

    asks_reason = False

    agreement_on = forms.DateField(label=_("Signed on"), widget=date_input())
    agreement = PrivateFileField(label=_("Signed agreement"), help_text=_("PDF, JPEG, PNG or Word, up to 20 MB."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["agreement"].widget.attrs["accept"] = ACCEPT


class PlaqueForm(TaskForm):
    """The plaque's text, proposed by the county's templates."""

    asks_reason = False

    plaque = forms.CharField(label=_("Text on the plaque"), max_length=80)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["plaque"].initial = services.plaque_proposed(self.case)


class TrialForm(TaskForm):
    """The trial run's last day."""

    asks_reason = False

    trial_until = forms.DateField(label=_("Trial run until"), widget=date_input())
