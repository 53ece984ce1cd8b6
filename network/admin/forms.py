"""Forms of the registers. The rules stand in shape.py and the services; forms show them beside the fields."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.widgets import AdminDateInput, AdminTimeInput

from .. import services
from ..models import (
    AccessibilityFeature,
    Appointment,
    Division,
    NetworkSettings,
    Post,
    Service,
    UnifiedItem,
    Venue,
    WeeklyHours,
)
from ..permissions import appoints, shapes_network
from ..services.hours import closure_problem, spans_problem
from ..services.staff import appointment_problems
from ..services.venues import FACTS, NEEDS_REASON, SHAPE, venue_complete
from ..shape import address_problem, status_problem, township_id, venue_problems
from .base import ServiceForm
from .choosers import is_number

if TYPE_CHECKING:
    from accounts.models import User


class Ticks(forms.ModelMultipleChoiceField):
    """Boxes to tick. Numbers that no row can have are an error, where the database would break over them."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        for number in value or ():
            if not is_number(str(number)):
                raise forms.ValidationError(self.error_messages["invalid_pk_value"], params={"pk": str(number)[:40]})
        return super().clean(value)


class VenueForm(ServiceForm):
    """A venue's facts; for the bureau its place in the network too. A new venue starts as planned."""

    services = Ticks(Service.objects.all(), required=False, label=_("services"))
    accessibility = Ticks(AccessibilityFeature.objects.all(), required=False, label=_("accessibility"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.rules = NetworkSettings.load()
        if self.instance.pk:  # the tier stays; the parent changes by moving
            for name in ("tier", "parent"):
                self.fields.pop(name, None)
        if not shapes_network(self.for_user):
            for name in SHAPE:
                self.fields.pop(name, None)
        for name in ("plaque", "slug"):
            if name in self.fields:
                self.fields[name].required = False
        if "division" in self.fields:
            self.fields["division"].queryset = _places()
        if "parent" in self.fields:
            self.fields["parent"].queryset = Venue.objects.filter(tier=Venue.Tier.BRANCH)

    def _post_clean(self) -> None:
        super()._post_clean()
        ready = all(name not in self.errors for name in ("name", "tier", "kind", "division", "parent"))
        if ready and self.instance.division_id:
            venue_complete(self.instance, self.rules)
            self.add_problems(venue_problems(self.instance, self.rules))
            if problem := address_problem(self.instance):
                self.add_problems({"slug": problem})

    def perform(self, by: "User") -> Venue:
        fields = {name: self.cleaned_data[name] for name in self.fields if name in (*FACTS, *SHAPE)}
        for name in ("plaque", "slug"):
            if name in fields:
                fields[name] = getattr(self.instance, name)
        if self.instance.pk:
            return services.venue_update(venue=self.instance, changes=fields, by=by)
        structure = {name: self.cleaned_data[name] for name in ("tier", "parent")}
        return services.venue_create(by=by, **structure, **fields)


def _places() -> Any:
    Level = Division.Level  # noqa: N806
    levels = (Level.COUNTY, Level.TOWNSHIP, Level.COMMUNITY, Level.VILLAGE)
    return Division.objects.filter(level__in=levels).select_related("parent")


class AppointmentForm(ServiceForm):
    """Appoints a person to a post."""

    reason = forms.CharField(label=_("reason"), required=False, max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["since"] = self.initial.get("since") or timezone.localdate()
        self.fields["person"].queryset = self.fields["person"].queryset.filter(is_active=True)

    def clean_post(self) -> Post:
        post = self.cleaned_data["post"]
        if not appoints(self.for_user, post):
            raise forms.ValidationError(_("You may not appoint to this post."))
        return post

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors:
            self.add_problems(appointment_problems(self.instance))

    def perform(self, by: "User") -> Appointment:
        names = ("post", "person", "since", "until", "full_time", "basis", "reason")
        return services.appointment_create(**{name: self.cleaned_data[name] for name in names}, by=by)


class AppointmentActionForm(ServiceForm):
    """Suspends, resumes or ends an appointment. What it says itself does not change: end it and appoint anew."""

    SUSPEND, RESUME, END = "suspend", "resume", "end"
    action = forms.ChoiceField(
        label=_("What happens"),
        widget=forms.RadioSelect,
        choices=[(END, _("End")), (SUSPEND, _("Suspend")), (RESUME, _("Resume"))],
    )
    last_day = forms.DateField(
        label=_("last day"), required=False, widget=AdminDateInput, help_text=_("For an end; empty means today.")
    )
    reason = forms.CharField(label=_("reason"), max_length=200)

    def perform(self, by: "User") -> Appointment:
        data, held = self.cleaned_data, {"appointment": self.instance, "by": by, "reason": self.cleaned_data["reason"]}
        if data["action"] == self.SUSPEND:
            return services.appointment_suspend(**held)
        if data["action"] == self.RESUME:
            return services.appointment_resume(**held)
        return services.appointment_end(last_day=data["last_day"], **held)


# Sections of a venue ------------------------------------------------------------------------------
class RowForm(forms.Form):
    """A row that counts when it was there before or was filled in now."""

    def counts(self) -> bool:
        return bool(self.cleaned_data) and (self.has_changed() or bool(self.initial))


class WeeklyRowForm(RowForm):
    """One span of the week."""

    day = forms.TypedChoiceField(label=_("Day"), coerce=int, choices=[("", "–"), *WeeklyHours.Day.choices])
    opens = forms.TimeField(label=_("Opens"), widget=AdminTimeInput)
    closes = forms.TimeField(label=_("Closes"), widget=AdminTimeInput)


class DatedRowForm(RowForm):
    """Hours on one date; both times empty for a closed day."""

    date = forms.DateField(label=_("Date"), widget=AdminDateInput)
    opens = forms.TimeField(label=_("Opens"), widget=AdminTimeInput, required=False)
    closes = forms.TimeField(label=_("Closes"), widget=AdminTimeInput, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=100, required=False)


class RowFormSet(forms.BaseFormSet):
    """Rows of hours: those that are filled in and not ticked for deletion."""

    def rows(self) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.forms if form.counts() and not form.cleaned_data.get("DELETE")]


class BaseWeekly(RowFormSet):
    """The week: spans of one day do not overlap."""

    def clean(self) -> None:
        if any(self.errors):
            return
        rows = [(row["day"], row["opens"], row["closes"]) for row in self.rows()]
        if problem := spans_problem(rows, lambda day: str(WeeklyHours.Day(day).label)):
            raise forms.ValidationError(problem)


class BaseDated(RowFormSet):
    """Dates: spans of one date do not overlap, and a closed date has none."""

    def clean(self) -> None:
        if any(self.errors):
            return
        rows = [(row["date"], row["opens"], row["closes"]) for row in self.rows()]
        if problem := spans_problem(rows, str):
            raise forms.ValidationError(problem)


WeeklyFormSet = forms.formset_factory(WeeklyRowForm, BaseWeekly, extra=4, can_delete=True, max_num=60)
DatedFormSet = forms.formset_factory(DatedRowForm, BaseDated, extra=3, can_delete=True, max_num=200)


class ClosureForm(forms.Form):
    """Announces a closure of whole days."""

    first_day = forms.DateField(label=_("First day"), widget=AdminDateInput)
    last_day = forms.DateField(label=_("Last day"), widget=AdminDateInput)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("Shown to the public."))

    def __init__(self, *args: Any, venue: Venue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.venue = venue

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        first, last = data.get("first_day"), data.get("last_day")
        if isinstance(first, dt.date) and isinstance(last, dt.date):
            field, problem = closure_problem(self.venue, first, last)
            if problem:
                self.add_error(field, problem)
        return data


class ItemForm(forms.Form):
    """Judges one of the six unified items."""

    state = forms.ChoiceField(label=_("State"), choices=UnifiedItem.State.choices)
    evidence = forms.CharField(
        label=_("Evidence"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, item: UnifiedItem, **kwargs: Any) -> None:
        kwargs |= {"initial": {"state": item.state, "evidence": item.evidence}, "prefix": f"item-{item.pk}"}
        super().__init__(*args, **kwargs)
        self.item = item


class StatusForm(forms.Form):
    """Changes a venue's status under the guard 先镇后村 (R23)."""

    status = forms.ChoiceField(label=_("Status"), choices=Venue.Status.choices)
    reason = forms.CharField(
        label=_("Reason"), max_length=200, required=False, help_text=_("Required for suspending and closing.")
    )
    with_points = forms.BooleanField(
        label=_("With its service points"),
        required=False,
        help_text=_("Those in service stop together with the branch."),
    )

    def __init__(self, *args: Any, venue: Venue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": {"status": venue.status}})
        self.venue = venue
        if venue.tier != Venue.Tier.BRANCH:
            del self.fields["with_points"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if status := data.get("status"):
            if problem := status_problem(self.venue, status, with_points=data.get("with_points", False)):
                self.add_error("status", problem)
            if status in NEEDS_REASON and not data.get("reason"):
                self.add_error("reason", _("Give a reason."))
        return data


class MoveForm(forms.Form):
    """Moves a service point to another branch of its township."""

    parent = forms.ModelChoiceField(Venue.objects.none(), label=_("Parent branch"))
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)

    def __init__(self, *args: Any, venue: Venue, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": {"parent": venue.parent_id}})
        branches = Venue.objects.of_township(township_id(venue.division) or 0).filter(tier=Venue.Tier.BRANCH)
        self.fields["parent"].queryset = branches  # type: ignore[attr-defined]
