"""Forms of the batches: the grid, the spreadsheet, the decision about many."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.daytexts import day_read
from common.privatefiles import CheckedFile, check_upload
from common.typed import plain_text

from .forms import FilesField, date_input
from .models import Batch, BatchRow, Milestone, PlanItem
from .services.batch_rows import Entry
from .services.batches import SAMPLE_PERCENT

Kind = Batch.Kind
CHOICES: dict[str, list[tuple[str, Any]]] = {
    Kind.CHECK: [("accept", _("The evidence is sound")), ("return", _("Return with reasons"))],
    Kind.CONFIRM: [("confirm", _("Confirm")), ("return", _("Return with reasons"))],
}


class WorkForm(forms.Form):
    """A form whose fields are drawn one by one, as the officials' screens do."""

    use_required_attribute = False


class GridForm(WorkForm):
    """What stands above the grid: one day for many venues, and files that count for all rows."""

    same_day = forms.DateField(label=_("Same day for many"), required=False, widget=date_input())
    same_for = forms.ChoiceField(
        label=_("This day holds for"),
        choices=[("ticked", _("the ticked venues")), ("all", _("all venues of this page without a day of their own"))],
        initial="ticked",
        widget=forms.RadioSelect,
        required=False,
    )
    common = FilesField(
        label=_("Files for all rows"),
        required=False,
        help_text=_("Such as one attendance list. PDF, JPEG, PNG or Word, up to 20 MB each, at most ten."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["same_day"].widget.attrs["max"] = timezone.localdate().isoformat()

    def clean_same_day(self) -> dt.date | None:
        day = self.cleaned_data["same_day"]
        if day and day > timezone.localdate():
            raise forms.ValidationError(_("This day is still to come."))
        return day


class GridRow:
    """One venue of the grid, with what was typed in its cells and what is wrong with them."""

    def __init__(self, milestone: Milestone, data: Mapping[str, Any], files: Mapping[str, Any]) -> None:
        self.milestone = milestone
        self.day = plain_text(data.get(f"day-{milestone.pk}", ""))[:40]
        self.note = plain_text(data.get(f"note-{milestone.pk}", ""))[:2500]
        self.ticked = f"tick-{milestone.pk}" in data
        self._photo = files.get(f"photo-{milestone.pk}")
        self.done_on: dt.date | None = None
        self.photo: CheckedFile | None = None
        self.errors: list[str] = []

    @classmethod
    def again(cls, milestone: Milestone, row: BatchRow | None) -> "GridRow":
        """The venue as it was entered in an earlier batch."""
        made = cls(milestone, {}, {})
        if row:
            made.day, made.note = row.values.get("done_on", ""), row.values.get("note", "")
        return made

    def clean(self, same_day: dt.date | None, same_for: str) -> None:
        """Read day and photo; a day above the grid counts where the row has none."""
        try:
            self.done_on = day_read(self.day)
        except ValidationError as error:
            self.errors += error.messages
        if not self.day.strip() and (self.ticked or same_for == "all"):
            self.done_on = same_day
        if self.ticked and not self.done_on and not self.errors:
            self.errors.append(str(_("Give the day on which it was done.")))
        if self._photo:
            try:
                self.photo = check_upload(self._photo)
            except ValidationError as error:
                self.errors += error.messages

    @property
    def is_filled(self) -> bool:
        """Whether anything is entered: a row that is not stays as it is."""
        return bool(self.done_on or self.day.strip() or self.note.strip() or self._photo or self.ticked)

    def entry(self, number: int) -> Entry:
        """The row as an entry of a batch."""
        files = [(self.photo, self.photo.name)] if self.photo else []
        return Entry(
            number=number, milestone=self.milestone, done_on=self.done_on, typed=self.day, note=self.note, files=files
        )


def grid_read(form: GridForm, milestones: Iterable[Milestone], data: Any, files: Any) -> list[GridRow]:
    """The grid's rows from what was sent, read and checked; `form` is bound and valid or not."""
    same_day, same_for = form.cleaned_data.get("same_day"), form.cleaned_data.get("same_for", "")
    rows = [GridRow(milestone, data, files) for milestone in milestones]
    for row in rows:
        row.clean(same_day, same_for)
    return rows


class SheetForm(WorkForm):
    """A spreadsheet, and files that count for all of its rows."""

    sheet = forms.FileField(
        label=_("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_(".xlsx or .csv, up to 10 MB and 5,000 filled rows. The one from here, or your own."),
    )
    item: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Plan item"),
        queryset=PlanItem.objects.none(),
        required=False,
        empty_label=_("as the spreadsheet says"),
        help_text=_("Only for a spreadsheet of your own in which no column says it."),
    )
    common = FilesField(
        label=_("Files for all rows"),
        required=False,
        help_text=_("Such as one attendance list. PDF, JPEG, PNG or Word, up to 20 MB each, at most ten."),
    )

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items  # type: ignore[attr-defined]


class TakeForm(WorkForm):
    """How a batch whose rows are partly in order is taken."""

    how = forms.ChoiceField(
        choices=[("right", _("Take what is in order")), ("all", _("All or nothing"))], initial="right"
    )


class DecideFilter(forms.Form):
    """What the list of steps shows. Nonsense in the address is ignored."""

    item: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Plan item"), queryset=PlanItem.objects.none(), required=False, empty_label=_("all")
    )
    township: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Township"), queryset=None, required=False, empty_label=_("all")
    )

    def __init__(self, *args: Any, items: Any, townships: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items  # type: ignore[attr-defined]
        self.fields["township"].queryset = townships  # type: ignore[attr-defined]


class DecideForm(WorkForm):
    """One decision about many milestones."""

    scope = forms.ChoiceField(
        label=_("Which"),
        choices=[("ticked", _("the ticked ones")), ("all", _("all that fit the filters"))],
        initial="ticked",
        widget=forms.RadioSelect,
    )
    decision = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    percent = forms.IntegerField(
        label=_("Samples, of a hundred"),
        min_value=5,
        max_value=100,
        initial=SAMPLE_PERCENT,
        help_text=_("Drawn by chance, three at least. You open each of them before the lot is decided."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only when they are returned. Everybody concerned reads it."),
    )

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["decision"].choices = CHOICES[kind]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "return" and not cleaned.get("reason", "").strip():
            self.add_error("reason", _("Say why they are returned."))
        return cleaned


def entries_of(steps: Sequence[Any]) -> list[Entry]:
    """Steps of milestones' cases as entries of a batch, in the order of the list."""
    return [
        Entry(number=number, milestone=step.case.milestonecase.milestone, work_item=step.pk)
        for number, step in enumerate(steps, start=1)
    ]
