"""What this room adds to the account page."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from wagtail import hooks

from .models import Registration


@hooks.register("account_panels")
def my_events(request: HttpRequest) -> str:
    """The signed-in person's registrations for what is not over; nothing where there are none."""
    rows = Registration.objects.filter(
        person=request.user, status__in=Registration.CURRENT, occurrence__ends_at__gt=timezone.now()
    )
    rows = rows.select_related("occurrence__event").order_by("occurrence__starts_at")[:50]
    return render_to_string("events/account_panel.html", {"registrations": rows}, request) if rows else ""
