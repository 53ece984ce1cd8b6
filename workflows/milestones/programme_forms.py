"""The bureau's forms: a programme from a copy, its texts, a stage, a plan item."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from workflows.core.forms import date_input

from .models import PlanItem, Programme, Stage
from .services.programmes import TEXTS

TEXT_LABELS = {"basis": pgettext_lazy("of a programme", "Basis")}
DAYS = {"first_day": _("First day"), "last_day": pgettext_lazy("milestones", "Last day")}


class CopyForm(forms.ModelForm):
    """A new programme with the stages and items of another one; its dates move with the first day."""

    first_day = forms.DateField(
        label=_("First day"),
        required=False,
        widget=date_input(),
        help_text=_("Every date moves by as many days as the earliest one lies before it. Empty: the same dates."),
    )

    class Meta:
        model = Programme
        fields = ("name", "name_en", "slug", "basis", "basis_url")
        labels = TEXT_LABELS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["slug"].help_text = _("Letters, digits and hyphens, like 2027: it stands in the address.")


class FixedAfterStart(forms.ModelForm):
    """Once the programme runs, the form has the fields that may still change, and no others. Abstract."""

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if programme.state != Programme.State.DRAFT:
            for name in set(self.fields) - TEXTS:
                del self.fields[name]

    def save(self, commit: bool = True) -> Any:
        raise NotImplementedError("services/programmes.py writes, locks and logs")

    def _post_clean(self) -> None:
        """The instance stays as the database has it: the service compares with it, sets and validates."""


class ProgrammeForm(FixedAfterStart):
    class Meta:
        model = Programme
        fields = ("name", "name_en", "basis", "basis_url", "move_years")
        labels = TEXT_LABELS


class StageForm(FixedAfterStart):
    class Meta:
        model = Stage
        fields = ("name", "name_en", "clause", "first_day", "last_day")
        labels = DAYS
        widgets = {"first_day": date_input(), "last_day": date_input()}


class ItemForm(FixedAfterStart):
    class Meta:
        model = PlanItem
        fields = (
            *("name", "name_en", "clause", "weight", "asks", "asks_en", "level", "checked_by", "first_day", "last_day"),
            *("needs_file", "needs_photo", "survey", "unified_item", "after", "township_first", "pilot_first"),
        )
        labels = DAYS
        widgets = {"first_day": date_input(), "last_day": date_input(), "after": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, programme: Programme, **kwargs: Any) -> None:
        super().__init__(*args, programme=programme, **kwargs)
        if "after" in self.fields:
            others = PlanItem.objects.filter(stage__programme=programme).exclude(pk=self.instance.pk)
            self.fields["after"].queryset = others.order_by("stage__number", "order")  # type: ignore[attr-defined]


class NewItemForm(ItemForm):
    class Meta(ItemForm.Meta):
        fields: tuple[str, ...] = ("code", *ItemForm.Meta.fields)  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("Letters, digits and hyphens, like signage: it stands in the address.")
