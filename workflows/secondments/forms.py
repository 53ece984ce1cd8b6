"""The forms beside the flow: need, nomination, rotation plan, log, the board's filter. The steps' are in step_forms."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from network.models import Appointment, Division, Venue
from network.permissions import heads_line
from workflows.core.forms import PhotosField, date_input, long_text

from . import board, permissions, rules
from .models import Secondment


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


class NeedForm(forms.Form):
    """State what a branch needs; the line's head institution then nominates somebody, or says why it cannot.

    Args:
        by: who states it.
    """

    branch: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Branch"), queryset=None)
    direction = forms.ChoiceField(
        label=_("What is needed"),
        choices=[
            ("down", _("somebody from the head institution, to work at the branch")),
            ("up", _("a place at the head institution, for somebody of the branch to learn")),
        ],
        widget=forms.RadioSelect,
    )
    line = forms.ChoiceField(label=_("Line"), choices=Secondment.Line.choices)
    need = forms.CharField(
        label=_("Kind of work"),
        max_length=2000,
        widget=long_text(),
        help_text=_("What is to be done or learnt, and why it cannot be done now."),
    )
    full_time = forms.BooleanField(label=_("Full-time"), required=False, initial=True)
    first_day = forms.DateField(label=_("From"), widget=date_input())
    last_day = forms.DateField(
        label=_("Until"), widget=date_input(), error_messages={"required": _("A secondment always has a last day.")}
    )
    cover_plan = forms.CharField(
        label=_("Who covers the home post meanwhile"),
        max_length=2000,
        required=False,
        widget=long_text(2),
        help_text=_("When somebody of the branch goes: as far as it is known."),
    )

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        branches = permissions.branches_of(by)
        self.fields["branch"].queryset = branches  # type: ignore[attr-defined]
        if len(branches) == 1:
            self.fields["branch"].initial = branches[0]

    def clean(self) -> dict[str, Any]:
        facts = super().clean() or {}
        if not self.errors:
            found = rules.need_problems({**facts, "venue": rules.venue_of_need(facts)})
            for field, text in found.items():
                self.add_error(field, text)
        return facts


class PlanForm(forms.Form):
    """What the people of a rotation plan share.

    Args:
        lines: those for which the person nominates; no other is offered.
    """

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

    def __init__(self, *args: Any, lines: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [row for row in Secondment.Line.choices if row[0] in lines]
        self.fields["line"].choices = offered  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        shared = super().clean() or {}
        if not self.errors:
            for field, text in rules.term_problems(shared["first_day"], shared["last_day"]).items():
                self.add_error(field, text)
        return shared


class PlanRowForm(forms.Form):
    """One person of a rotation plan and the branch they go to. A branch for which nobody is named is left out."""

    person: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Person"), queryset=None, required=False)
    venue: forms.ModelChoiceField = forms.ModelChoiceField(label=_("Receiving branch"), queryset=None, required=False)

    def __init__(self, *args: Any, people: Any, venues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = staff_of_heads(Secondment.Line.values)  # type: ignore[attr-defined]
        self.fields["venue"].queryset = Venue.objects.active().filter(tier=Venue.Tier.BRANCH)  # type: ignore[attr-defined]
        self.fields["person"].choices, self.fields["venue"].choices = people, venues  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        row = super().clean() or {}
        if row.get("person") and not row.get("venue") and "venue" not in self.errors:
            self.add_error("venue", _("Choose where this person goes."))
        return row


class BasePlan(forms.BaseFormSet):
    """The rows: at least one, nobody twice, one person a branch. The lists of choices are read once for all rows.

    Args:
        by: who nominates: people of their own lines are offered, not they themselves.
    """

    def __init__(self, *args: Any, by: Any, **kwargs: Any) -> None:
        people = staff_of_heads(heads_line(by)).exclude(pk=by.pk)
        branches = Venue.objects.active().filter(tier=Venue.Tier.BRANCH)
        self.choices = {
            "people": [("", "---------"), *((row.pk, str(row)) for row in people)],
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


def staff_of_branch(branch: Venue) -> Any:
    """The people of a branch and its service points, see `_own_staff`."""
    return _own_staff(Q(post__venue=branch) | Q(post__venue__parent=branch))


def staff_of_heads(lines: Iterable[str]) -> Any:
    """The people of the head institutions of some lines, see `_own_staff`."""
    heads = Q(pk__in=[])
    for line in lines:
        heads |= Q(**{f"post__venue__{line}": True})
    return _own_staff(heads & Q(post__venue__tier=Venue.Tier.HEAD))


def _own_staff(where: Q) -> Any:
    """Who holds a post there today or comes back to one: somebody seconded now may be sent again afterwards. Whoever is
    only seconded to the place is not its own."""
    held = Appointment.objects.overlapping(timezone.localdate(), None).filter(where)
    held = held.exclude(basis=Appointment.Basis.SECONDMENT)
    return get_user_model().objects.filter(is_active=True, pk__in=held.values("person"))


class LogForm(forms.Form):
    """One month of the log, for a phone."""

    days = forms.IntegerField(label=_("Days at the post"), min_value=0, max_value=31)
    work = forms.CharField(label=_("What you did this month"), max_length=4000, widget=long_text(6))
    problems = forms.CharField(label=_("Problems and proposals"), max_length=2000, required=False, widget=long_text(3))
    photos = PhotosField(limit=rules.MAX_PHOTOS)


class BoardFilter(forms.Form):
    """What the board shows. Nonsense in the address is ignored."""

    q = forms.CharField(label=_("Person or number"), required=False, max_length=60)
    line = forms.ChoiceField(label=_("Line"), required=False, choices=[("", _("all")), *Secondment.Line.choices])
    township: forms.ModelChoiceField = forms.ModelChoiceField(
        label=_("Township"),
        queryset=Division.objects.filter(level=Division.Level.TOWNSHIP),
        required=False,
        empty_label=_("all"),
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("all")),
            ("red", _("to be seen to")),
            ("expired", _("expired, nobody decided")),
            ("soon", _("ends soon")),
            ("running", _("running")),
            ("planned", _("planned")),
            ("over", _("over")),
        ],
    )

    def narrow(self, rows: QuerySet[Secondment], day: dt.date) -> QuerySet[Secondment]:
        """Those of the rows that were asked for, as they stand on a day."""
        self.is_valid()
        asked = self.cleaned_data
        if text := asked.get("q"):
            rows = rows.filter(Q(person__name__icontains=text) | Q(number__icontains=text))
        for name in ("line", "township"):
            if asked.get(name):
                rows = rows.filter(**{name: asked[name]})
        if state := asked.get("state"):
            rows = rows.filter(board.to_see_to(day) if state == "red" else board.states(day)[state])
        return rows


def year_of(text: str) -> int:
    """A year from an address; this year when it is none."""
    year = int(text) if text.isdecimal() and len(text) == 4 else 0
    return year if dt.MINYEAR + 1 < year < dt.MAXYEAR else timezone.localdate().year
