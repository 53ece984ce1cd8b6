"""What the front page takes from the rooms below into slots that editors place."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from pages.events.browsing import next_dates

EVENTS, ELDER_EVENTS = 6, 3


@hooks.register("front_page_slots")
def events_this_week(request: HttpRequest) -> SafeString | None:
    """The next dates of events, each event once; what runs for days already stands under today."""
    number = ELDER_EVENTS if getattr(request, "elder_mode", False) else EVENTS
    dates = next_dates({}, number)
    return render_to_string("home/slots/events.html", {"dates": dates}, request) if dates else None


events_this_week.label = _("Next events")
