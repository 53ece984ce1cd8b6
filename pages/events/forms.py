"""The editor's form of an event: choices instead of rules."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from pages.core.forms import BasePageForm
from pages.events.schedule import WEEKDAYS

WEEKDAY_NAMES = [_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday")]


class WeekdaysField(forms.MultipleChoiceField):
    """Days of the week as checkboxes; the value is RFC 5545's BYDAY, "TU,SA"."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=list(zip(WEEKDAYS, WEEKDAY_NAMES, strict=True)), widget=forms.CheckboxSelectMultiple, **kwargs
        )

    def prepare_value(self, value: Any) -> Any:
        return value.split(",") if isinstance(value, str) and value else value

    def clean(self, value: Any) -> str:
        return ",".join(day for day in WEEKDAYS if day in super(WeekdaysField, self).clean(value))


class EventPageForm(BasePageForm):
    """Checks what depends on several fields and says it beside the field."""

    repeat_on = WeekdaysField(label=_("on these days"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("all_day"):
            for name in ("starts", "ends"):
                if not data.get(name) and name not in self.errors and not self.defers_required:
                    self.add_error(name, _("Give the time, or tick “all day”."))
        if data.get("last_day") and data.get("first_day") and data["last_day"] < data["first_day"]:
            self.add_error("last_day", _("The last day cannot be before the first."))
        if data.get("repeat") and data.get("repeat") != "custom" and not data.get("repeat_until"):
            self.add_error("repeat_until", _("Say when the repetition ends."))
        return data

    def is_valid(self) -> bool:
        """Also look at the changes of single dates: each must be of a date that there is, an extra one of none."""
        valid = super().is_valid()
        if not valid or "changes" not in self.formsets or self.defers_required:
            return valid
        dates = set(self.instance.schedule(changed=False).days(date.max))
        for form in self.formsets["changes"].forms:
            data = getattr(form, "cleaned_data", {})
            if not data.get("day") or data.get("DELETE"):
                continue
            if data["change"] == "extra" and data["day"] in dates:
                form.add_error("day", _("It takes place on this day anyway."))
            elif data["change"] != "extra" and data["day"] not in dates:
                form.add_error("day", _("It does not take place on this day."))
            valid = valid and form.is_valid()
        return valid

    @property
    def defers_required(self) -> bool:
        """Whether a draft is being saved: then required fields may still be empty."""
        return getattr(self, "_defer_required_fields", False)
