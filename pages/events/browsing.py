"""What a page of the calendar holds: a sheet, its neighbours, the filters, the ways to subscribe."""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple

from django.core.paginator import Paginator
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from network.models import Division

from .calendar import (
    FIRST_YEAR,
    CalendarForm,
    Day,
    filters_of,
    is_known,
    lay_out,
    midnight,
    month_name,
    month_sheet,
    month_step,
    occurrences,
    week_sheet,
    weekend,
)
from .models import Occurrence
from .models.calendar import EventIndexPage

PER_PAGE, PER_PAGE_ELDER = 30, 8
ROWS_READ = 40  # a weekly course has many dates; each event is shown once
LOOK_BACK = timedelta(days=30)  # how far "Earlier" steps in the agenda
ONE_DAY, WEEK = timedelta(days=1), timedelta(days=7)
FIRST_DAY = date(FIRST_YEAR, 1, 1)


class Link(NamedTuple):
    """A link of the calendar to itself."""

    url: str
    label: str
    current: bool = False


@dataclass(frozen=True)
class Addresses:
    """The calendar's own addresses: below `base`, with the filters that are set."""

    base: str
    filters: dict[str, str]

    def of(self, path: str = "", **query: str) -> str:
        """`path` below the calendar, with the filters and `query`."""
        parameters = urlencode(query | self.filters)
        return f"{self.base}{path}{'?' if parameters else ''}{parameters}"

    def month(self, year: int, month: int, path: str = "") -> str:
        """A month, or `path` below it."""
        return self.of(f"{year}/{month:02}/{path}")

    def day(self, day: date) -> str:
        """A day."""
        return self.of(f"{day:%Y/%m/%d}/")

    def sheet(self, view: str, day: date) -> str:
        """The sheet of a view around `day`."""
        if view == "month":
            return self.month(day.year, day.month)
        if view == "agenda":
            return self.of("agenda/") if day == timezone.localdate() else self.of("agenda/", **{"from": str(day)})
        return {"day": self.day(day), "week": self.of(f"week/{day}/"), "weekend": self.of("weekend/")}[view]

    def without(self, *names: str) -> "Addresses":
        """The same without some of the filters."""
        return Addresses(self.base, {name: value for name, value in self.filters.items() if name not in names})


def calendar_context(page: EventIndexPage, request: HttpRequest, view: str, day: date) -> dict[str, Any]:
    """The context of the calendar at `day`; `view` is month, week, day, weekend or agenda."""
    form = filters_of(request)
    chosen = form.chosen()
    to = Addresses(page.get_url(request) or "/", form.query())
    everything = to.without(*to.filters).sheet(view, day)
    sheet = SHEETS[view](request, to, day, chosen)
    feed = feed_address(to.filters)
    return {
        "view": view,
        "form": form,
        "tags": [Link(to.without(name).sheet(view, day), words) for name, words in form.wordings(chosen).items()],
        "everything_url": everything,
        "heads": heads_link(form, to, view, day),
        "tabs": _tabs(to, view, day),
        "feed_url": feed,
        "webcal_url": f"webcal://{request.get_host()}{feed}",
        "poster_url": to.month(day.year, day.month, "poster/") if view == "month" else "",
        "is_sample": any(row.event.is_sample for one, _url in sheet["days"] for row in one.rows),
        **sheet,
    }


def heads_link(form: CalendarForm, to: Addresses, view: str, day: date) -> Link | None:
    """From one township to the county's head institutions, whose events are for everybody; None elsewhere."""
    heads = next((slug for slug, place in form.places.items() if place.level == Division.Level.COUNTY), None)
    if heads is None or to.filters.get("township") in (None, heads):
        return None
    filters = {**to.filters, "township": heads}
    return Link(Addresses(to.base, filters).sheet(view, day), _("Also at the head institutions"))


def feed_address(filters: dict[str, str]) -> str:
    """Where to subscribe to what these filters let through; a township has an address of its own."""
    if filters.keys() == {"township"}:
        return reverse("township_feed", args=[filters["township"]])
    return f"{reverse('event_feed')}{'?' if filters else ''}{urlencode(filters)}"


def _tabs(to: Addresses, view: str, day: date) -> list[Link]:
    """The ways to look at it, around the same day; around today, where today is on the sheet."""
    today = timezone.localdate()
    shows_today = view == "weekend" or (view == "month" and (day.year, day.month) == (today.year, today.month))
    around = today if shows_today else day
    names = [("month", _("Month")), ("week", _("Week")), ("agenda", _("List")), ("weekend", _("This weekend"))]
    return [Link(to.sheet(name, around), label, name == view) for name, label in names]


def _month(_request: HttpRequest, to: Addresses, day: date, chosen: dict[str, Any]) -> dict[str, Any]:
    weeks = month_sheet(day.year, day.month, chosen)
    before, after = (month_step(day.year, day.month, step) for step in (-1, 1))
    return {
        "heading": month_name(day.year, day.month),
        "days": _linked([one for week in weeks for one in week], to),
        "weekdays": [date_format(one.date, "D") for one in weeks[0]],
        "empty": not any(one.rows for week in weeks for one in week if not one.outside),
        "previous": before and Link(to.month(*before), month_name(*before)),
        "next": after and Link(to.month(*after), month_name(*after)),
    }


def _week(_request: HttpRequest, to: Addresses, day: date, chosen: dict[str, Any]) -> dict[str, Any]:
    days = week_sheet(day, chosen)
    monday = days[0].date
    return {
        "heading": days_text(monday, days[-1].date),
        "days": _linked(days, to),
        "empty": not any(one.rows for one in days),
        "previous": step(to.sheet("week", max(monday - WEEK, FIRST_DAY)), _("Previous week"), monday - ONE_DAY),
        "next": step(to.sheet("week", monday + WEEK), _("Next week"), monday + WEEK),
    }


def _day(_request: HttpRequest, to: Addresses, day: date, chosen: dict[str, Any]) -> dict[str, Any]:
    yesterday, tomorrow = day - ONE_DAY, day + ONE_DAY
    days = lay_out(occurrences(chosen).between(midnight(day), midnight(tomorrow)), [day])
    return {
        "heading": f"{date_format(day, 'DATE_FORMAT')} {date_format(day, 'l')}",
        "days": _linked(days, to),
        "empty": not days[0].rows,
        "previous": step(to.day(yesterday), date_format(yesterday, "MONTH_DAY_FORMAT"), yesterday),
        "next": step(to.day(tomorrow), date_format(tomorrow, "MONTH_DAY_FORMAT"), tomorrow),
    }


def _weekend(_request: HttpRequest, to: Addresses, day: date, chosen: dict[str, Any]) -> dict[str, Any]:
    saturday, sunday = weekend(day)
    rows = occurrences(chosen).between(midnight(saturday), midnight(sunday + ONE_DAY))
    days = lay_out(rows, [saturday, sunday])
    return {
        "heading": days_text(saturday, sunday),
        "days": _linked(days, to),
        "empty": not any(one.rows for one in days),
    }


def _agenda(request: HttpRequest, to: Addresses, day: date, chosen: dict[str, Any]) -> dict[str, Any]:
    """Everything that is on at `day` or later, under the day on which it begins or goes on."""
    per_page = PER_PAGE_ELDER if getattr(request, "elder_mode", False) else PER_PAGE
    results = Paginator(occurrences(chosen).upcoming(midnight(day)), per_page).get_page(request.GET.get("page"))
    by_day = groupby(results, key=lambda row: max(row.first_day, day))
    today = timezone.localdate()
    days = [Day(date=one, today=one == today, rows=list(rows)) for one, rows in by_day]
    earlier = day - LOOK_BACK
    return {
        "heading": _("From %(day)s on") % {"day": date_format(day, "DATE_FORMAT")},
        "days": _linked(days, to),
        "empty": not days,
        "results": results,
        "previous": step(to.sheet("agenda", earlier), _("Earlier"), earlier),
    }


SHEETS = {"month": _month, "week": _week, "day": _day, "weekend": _weekend, "agenda": _agenda}


def step(url: str, label: str, day: date) -> Link | None:
    """A step to a sheet that shows `day`; None beyond the years that the calendar knows."""
    return Link(url, label) if is_known(day) else None


def _linked(days: list[Day], to: Addresses) -> list[tuple[Day, str]]:
    """Every day with its address; empty beyond the years that the calendar knows."""
    return [(one, to.day(one.date) if is_known(one.date) else "") for one in days]


def days_text(first: date, last: date) -> str:
    """From `first` to `last` as the language says it: the year once."""
    return f"{date_format(first, 'DATE_FORMAT')} – {date_format(last, 'MONTH_DAY_FORMAT')}"


def next_dates(filters: dict[str, Any], number: int, *, cancelled: bool = False) -> list[tuple[date, Occurrence]]:
    """The next dates that `filters` let through, each event once: at most `number` of (day, occurrence).

    What has been running for days stands under today. `cancelled`: whether a cancelled date counts as the next one.
    """
    rows = occurrences(filters).upcoming(timezone.now())
    if not cancelled:
        rows = rows.exclude(status=Occurrence.Status.CANCELLED)
    first = {row.event_id: row for row in reversed(rows[:ROWS_READ])}
    today = timezone.localdate()
    found = sorted((max(row.first_day, today), row.starts_at, row.pk, row) for row in first.values())
    return [(day, row) for day, _start, _pk, row in found[:number]]
