"""What an event's own page shows: its dates, when it repeats, whether it is over."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .forms import WEEKDAY_NAMES
from .models import EventPage, Occurrence
from .schedule import WEEKDAYS
from .services import planned_rows
from .structured import structured

SHOWN_AT_ONCE, SHOWN_ELDER = 8, 4  # more dates unfold
PAST_SHOWN = 6
ORDINALS = (
    gettext_lazy("first"),
    gettext_lazy("second"),
    gettext_lazy("third"),
    gettext_lazy("fourth"),
    gettext_lazy("last"),
)
Repeat = EventPage.Repeat
REPETITIONS = {
    Repeat.DAILY: (gettext_lazy("Every day"), gettext_lazy("Every %(n)s days")),
    Repeat.WEEKLY: (gettext_lazy("Every week on %(days)s"), gettext_lazy("Every %(n)s weeks on %(days)s")),
    Repeat.MONTHLY_DAY: (
        gettext_lazy("Every month on day %(number)s"),
        gettext_lazy("Every %(n)s months on day %(number)s"),
    ),
    Repeat.MONTHLY_WEEKDAY: (
        gettext_lazy("Every month on the %(ordinal)s %(weekday)s"),
        gettext_lazy("Every %(n)s months on the %(ordinal)s %(weekday)s"),
    ),
    Repeat.YEARLY: (gettext_lazy("Every year on %(date)s"), gettext_lazy("Every %(n)s years on %(date)s")),
    Repeat.CUSTOM: (gettext_lazy("Repeats"), gettext_lazy("Repeats")),
}


def event_context(page: EventPage, request: HttpRequest) -> dict[str, Any]:
    """The context of an event's page. A preview shows the dates of the draft, which has no rows yet."""
    moment = timezone.now()
    if getattr(request, "is_preview", False):
        rows = planned_rows(page)
    else:
        rows = list(page.occurrences.select_related("venue"))
    for row in rows:
        row.event = page  # so that no row asks for its event again
    coming = [row for row in rows if row.ends_at > moment]
    past = [row for row in rows if row.ends_at <= moment]
    next_row = next((row for row in coming if row.status != Occurrence.Status.CANCELLED), None)
    number = SHOWN_ELDER if getattr(request, "elder_mode", False) else SHOWN_AT_ONCE
    audiences = list(page.audiences.all())
    feed = reverse("event_file", args=[page.pk]) if page.pk else ""
    return {
        "next": next_row,
        "big": next_row or next(iter(coming or past[-1:]), None),
        "coming": coming[:number],
        "later": coming[number:],
        "past": past[: -PAST_SHOWN - 1 : -1],
        "audiences": audiences,
        "is_over": bool(rows) and not coming,
        "may_register": any(row.takes_registrations_now for row in coming),
        "repetition": repetition_text(page),
        "venue_page": page.get_parent(),
        "feed_url": feed,
        "webcal_url": f"webcal://{request.get_host()}{feed}" if feed else "",
        "json_ld": structured(page, coming, audiences, request),
    }


def repetition_text(event: EventPage) -> str:
    """When `event` repeats, in words; empty where it takes place once."""
    if not event.repeat or not event.first_day:
        return ""
    # One form a frequency for "every" and one for "every second": Chinese has no plural that would tell them apart.
    once, often = REPETITIONS[EventPage.Repeat(event.repeat)]
    words = str(once if event.repeat_every == 1 else often) % {
        "n": event.repeat_every,
        "days": _(", ").join(weekday_names(event)),
        "weekday": weekday_name(event.first_day),
        "ordinal": ORDINALS[(event.first_day.day - 1) // 7],
        "number": event.first_day.day,
        "date": date_format(event.first_day, "MONTH_DAY_FORMAT"),
    }
    if not event.repeat_until:
        return words
    until = date_format(event.repeat_until, "DATE_FORMAT")
    return _("%(repetition)s, until %(day)s") % {"repetition": words, "day": until}


def weekday_names(event: EventPage) -> list[str]:
    """The days of the week on which a weekly event takes place."""
    codes = event.repeat_on.split(",") if event.repeat_on else [WEEKDAYS[event.first_day.weekday()]]
    return [str(WEEKDAY_NAMES[WEEKDAYS.index(code)]) for code in codes if code in WEEKDAYS]


def weekday_name(day: date) -> str:
    """The day of the week as the language says it."""
    return date_format(day, "l")
