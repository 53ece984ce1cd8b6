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
    """The model says what is wrong, by field; this form says it of drafts more mildly, and checks the changed dates."""

    repeat_on = WeekdaysField(label=_("on these days"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("repeat"):
            imported = self.instance.rule if self.instance.repeat == "custom" else ""
            if imported:
                field.help_text = _("The imported rule stays as it is: %(rule)s") % {"rule": imported}
            else:
                field.choices = [choice for choice in field.choices if choice[0] != "custom"]

    def _post_clean(self) -> None:
        self.instance.checks_missing = not self.is_deferred_validation
        super()._post_clean()

    def is_valid(self) -> bool:
        """Also whether the changed dates are dates of this event (that each stands there once, the formset checks)."""
        return super().is_valid() and self.changes_fit()

    def changes_fit(self) -> bool:
        """Put a message beside each changed date that means nothing."""
        formset = self.formsets.get("changes")
        forms = [form for form in formset.forms if form.cleaned_data.get("day")] if formset else []
        forms = [form for form in forms if not form.cleaned_data.get("DELETE")]
        event = self.instance
        if not (event.all_day or (event.starts and event.ends)) or (event.repeat and not event.repeat_until):
            return True  # a draft without its dates
        planned, fit = set(event.schedule(changed=False).days(date.max)), True
        for form in forms:
            day, extra = form.cleaned_data["day"], form.cleaned_data.get("change") == "extra"
            text = None
            if extra and day in planned:
                text = _("It takes place on this day anyway.")
            elif not extra and day not in planned:
                text = _("It does not take place on this day.")
            if text:
                form.add_error("day", text)
                fit = False
            if event.all_day and bool(form.cleaned_data.get("new_starts")) != bool(form.cleaned_data.get("new_ends")):
                form.add_error("new_ends", _("Give start and end: otherwise it lasts all day."))
                fit = False
        return fit
