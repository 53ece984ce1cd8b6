"""What the front page takes from the rooms below into slots that editors place."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from pages.events.calendar import occurrences
from pages.events.models import Occurrence

EVENTS, ELDER_EVENTS = 6, 3
ROWS_READ = 40  # a weekly course has many dates; each event is shown once


@hooks.register("front_page_slots")
def events_this_week(request: HttpRequest) -> SafeString | None:
    """The next dates of events, each event once; what runs for days already stands under today."""
    upcoming = (
        occurrences({}).filter(ends_at__gt=timezone.now()).exclude(status=Occurrence.Status.CANCELLED)[:ROWS_READ]
    )
    first_dates = {row.event_id: row for row in reversed(upcoming)}
    today = timezone.localdate()
    shown = sorted((max(row.first_day, today), row.starts_at, row.pk, row) for row in first_dates.values())
    if not shown:
        return None
    number = ELDER_EVENTS if getattr(request, "elder_mode", False) else EVENTS
    return render_to_string(
        "home/slots/events.html", {"dates": [(day, row) for day, _start, _pk, row in shown[:number]]}, request
    )


events_this_week.label = _("Next events")
