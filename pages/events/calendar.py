"""What the public calendar shows: which occurrences, laid out as a month, a week or an agenda."""

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.db.models import Q, QuerySet, Value
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from network.models import Division, Venue
from pages.venues.directory import townships

from .models import Audience, EventKind, EventPage, Occurrence
from .models.kinds import Named
from .models.occurrences import OccurrenceQuerySet
from .schedule import ZONE

FIRST_YEAR, LAST_YEAR = 2015, 2100
IN_A_CELL = 3  # what a day of the month sheet shows before "3 more"


class CalendarForm(forms.Form):
    """The filters of the calendar and of its feeds. A value that is no choice filters nothing.

    What there is to choose from is read in two queries, and what was chosen needs no further one.
    """

    LINES = [("library", _("Library")), ("culture", _("Cultural centre"))]

    township = forms.TypedChoiceField(label=_("Township"), required=False, empty_value=None)
    venue = forms.ModelChoiceField(Venue.objects.all(), label=_("Venue"), required=False, widget=forms.HiddenInput)
    kind = forms.TypedChoiceField(label=_("Kind"), required=False, empty_value=None)
    audience = forms.TypedChoiceField(label=_("For whom"), required=False, empty_value=None)
    line = forms.ChoiceField(label=_("Line"), choices=[("", _("All")), *LINES], required=False)
    free = forms.BooleanField(label=_("Places left"), required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, use_required_attribute=False, label_suffix="", auto_id="filter-%s")
        self.places = {each.slug: each for each in places()}
        self._offer("township", self.places)
        for name, things in terms().items():
            self._offer(name, things)

    def _offer(self, name: str, things: dict[str, Any]) -> None:
        field = cast(forms.TypedChoiceField, self.fields[name])
        names = ((slug, place_name(thing) if name == "township" else str(thing)) for slug, thing in things.items())
        field.choices = [("", _("All")), *names]
        field.coerce = things.__getitem__

    def chosen(self) -> dict[str, Any]:
        """The filters that are set, by name."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}

    def wordings(self, chosen: dict[str, Any]) -> dict[str, str]:
        """What the visitor calls each of the filters in `chosen`."""
        words = {name: str(value) for name, value in chosen.items()}
        if "township" in chosen:
            words["township"] = place_name(chosen["township"])
        if "venue" in chosen:
            words["venue"] = chosen["venue"].plaque
        if "line" in chosen:
            words["line"] = str(dict(self.LINES)[chosen["line"]])
        if "free" in chosen:
            words["free"] = str(self.fields["free"].label)
        return words

    def query(self) -> dict[str, str]:
        """The filters that are set as they stand in an address."""
        return {name: self.data[name] for name in self.chosen()}


def places() -> QuerySet[Division]:
    """The townships with a venue, and before them the county for its head institutions, which lie in one of them but
    serve all.
    """
    return (Division.objects.filter(pk__in=townships().order_by().values("pk")) | head_divisions()).order_by("code")


def head_divisions() -> QuerySet[Division]:
    """The division (the county) whose own venues the head institutions are."""
    return Division.objects.filter(pk__in=Venue.objects.filter(tier=Venue.Tier.HEAD).values("division"))


def place_name(division: Division) -> str:
    """A township by its name; the county stands for its head institutions."""
    return gettext("Head institutions") if division.level == Division.Level.COUNTY else division.short_name


def terms() -> dict[str, dict[str, Named]]:
    """The kinds of event and the audiences by their part of the address, read together."""
    models: dict[str, type[EventKind] | type[Audience]] = {"kind": EventKind, "audience": Audience}
    columns = ("of", "pk", "slug", "name", "name_en")
    kinds, audiences = (
        model._default_manager.order_by().annotate(of=Value(name)).values_list(*columns)
        for name, model in models.items()
    )
    found: dict[str, dict[str, Named]] = {name: {} for name in models}
    for of, pk, slug, name, name_en in sorted(kinds.union(audiences)):
        found[of][slug] = models[of](pk=pk, slug=slug, name=name, name_en=name_en)
    return found


def occurrences(filters: dict[str, Any]) -> OccurrenceQuerySet:
    """Public occurrences that `filters` (CalendarForm.chosen) let through, with what a row shows fetched."""
    rows = Occurrence.objects.public()
    if township := filters.get("township"):
        within = Q(venue__division=township)
        if township.level != Division.Level.COUNTY:  # whose townships are not its head institutions
            within |= Q(venue__division__parent=township)
        rows = rows.filter(within)
    if venue := filters.get("venue"):
        rows = rows.filter(venue=venue)
    if kind := filters.get("kind"):
        rows = rows.filter(event__kind=kind)
    if audience := filters.get("audience"):
        rows = rows.filter(event__audiences=audience)
    if line := filters.get("line"):
        rows = rows.filter(event__line__in=[line, EventPage.Line.BOTH])
    if filters.get("free"):
        rows = rows.with_free_places()
    return rows.select_related("event__kind", "venue__division").defer("event__body").order_by("starts_at", "pk")


@dataclass
class Day:
    """A day of a sheet with what runs on it."""

    date: date
    today: bool
    outside: bool = False
    rows: list[Occurrence] = field(default_factory=list)

    @property
    def shown(self) -> list[Occurrence]:
        """The first few; the rest is behind a link to the day."""
        return self.rows[:IN_A_CELL]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return len(self.rows) - len(self.shown)

    def goes_on(self, row: Occurrence) -> bool:
        """Whether a list that reads down the month has named it already; what is on today is named again."""
        return not self.today and self.date.day > 1 and row.starts_at < midnight(self.date)

    @property
    def entries(self) -> list[tuple[Occurrence, bool]]:
        """What is shown, each with whether it only goes on."""
        return [(row, self.goes_on(row)) for row in self.shown]

    @property
    def only_goes_on(self) -> bool:
        """Whether nothing begins on this day."""
        return bool(self.rows) and all(self.goes_on(row) for row in self.rows)


def midnight(day: date) -> datetime:
    """The start of `day` in the county."""
    return datetime.combine(day, time.min, ZONE)


def lay_out(rows: Iterable[Occurrence], days: list[date], month: int | None = None) -> list[Day]:
    """`days` with those of `rows` that run on each: an exhibition stands on every one of its days."""
    on_day: dict[date, list[Occurrence]] = defaultdict(list)
    for row in rows:
        day = max(timezone.localdate(row.starts_at), days[0])
        last = min(timezone.localdate(row.ends_at - timedelta(microseconds=1)), days[-1])
        while day <= last:
            on_day[day].append(row)
            day += timedelta(days=1)
    today = timezone.localdate()
    return [Day(day, day == today, month is not None and day.month != month, on_day[day]) for day in days]


def month_sheet(year: int, month: int, filters: dict[str, Any]) -> list[list[Day]]:
    """Weeks of a month, Monday first, with the days of its neighbours that fill the first and last week."""
    days = list(calendar.Calendar().itermonthdates(year, month))
    rows = occurrences(filters).between(midnight(days[0]), midnight(days[-1] + timedelta(days=1)))
    laid_out = lay_out(rows, days, month)
    return [laid_out[start : start + 7] for start in range(0, len(laid_out), 7)]


def week_sheet(day: date, filters: dict[str, Any]) -> list[Day]:
    """Monday to Sunday around `day`."""
    monday = day - timedelta(days=day.weekday())
    days = [monday + timedelta(days=ahead) for ahead in range(7)]
    return lay_out(occurrences(filters).between(midnight(days[0]), midnight(days[-1] + timedelta(days=1))), days)


def weekend(today: date) -> tuple[date, date]:
    """Saturday and Sunday of this week; on a Sunday the one that is on."""
    saturday = today + timedelta(days=5 - today.weekday())
    return saturday, saturday + timedelta(days=1)


def is_known(day: date) -> bool:
    """Whether the calendar has a page for `day`."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def month_step(year: int, month: int, step: int) -> tuple[int, int] | None:
    """The month `step` months on; None beyond the years that the calendar knows."""
    index = year * 12 + month - 1 + step
    found = (index // 12, index % 12 + 1)
    return found if FIRST_YEAR <= found[0] <= LAST_YEAR else None


def month_name(year: int, month: int) -> str:
    """The month as the language says it."""
    return date_format(date(year, month, 1), "YEAR_MONTH_FORMAT")


def filters_of(request: HttpRequest) -> CalendarForm:
    """The filters that an address asks for."""
    return CalendarForm(request.GET)
