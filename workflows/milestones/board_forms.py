"""The filter of the officials' list."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from .models import Milestone, PlanItem
from .selectors.boards import Board

OPEN = "open"
Level = PlanItem.Level


class ListFilter(forms.Form):
    """Narrows a list of milestones. What is not understood narrows nothing."""

    stage = forms.ChoiceField(label=_("Stage"), required=False)
    item = forms.ChoiceField(label=_("Plan item"), required=False)
    place = forms.ChoiceField(label=_("Township"), required=False)
    state = forms.ChoiceField(label=_("State"), required=False)
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)

    def __init__(self, data: Any, board: Board) -> None:
        super().__init__(data)
        every = ("", _("all"))
        choices: dict[str, list[Any]] = {
            "stage": [(str(stage.number), f"{stage.number} {stage}") for stage in board.stages],
            "item": [(item.code, str(item)) for item in board.items],
            "place": [(place.slug, place.name) for place in board.places],
            "state": [(OPEN, _("not finished yet")), *Milestone.State.choices],
        }
        for name, known in choices.items():
            self.fields[name].choices = [every, *known]  # type: ignore[attr-defined]
        self.places = {place.slug: place for place in board.places}
        self.is_valid()

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for."""
        return any(self.cleaned_data.values())

    def apply(self, rows: QuerySet[Milestone], day: dt.date) -> QuerySet[Milestone]:
        """The rows that fit, on this day."""
        wanted = self.cleaned_data
        if number := wanted.get("stage"):
            rows = rows.filter(item__stage__number=number)
        if code := wanted.get("item"):
            rows = rows.filter(item__code=code)
        if place := self.places.get(wanted.get("place", "")):
            rows = rows.filter(_in_place(place.key))
        if wanted.get("state") == OPEN:
            rows = rows.unfinished()  # type: ignore[attr-defined]
        elif state := wanted.get("state"):
            rows = rows.filter(state=state)
        return rows.overdue(day) if wanted.get("overdue") else rows  # type: ignore[attr-defined]


def _in_place(key: int | str) -> Q:
    if isinstance(key, int):
        return Q(township=key)
    return Q(township=None) & (Q(venue=None) if key == "county" else Q(venue__isnull=False))
