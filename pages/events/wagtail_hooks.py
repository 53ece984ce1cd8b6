"""What this room adds to the menu, to the pages of venues, to the account page and to the back office."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry
from wagtail.models import Page
from wagtail_modeladmin.options import modeladmin_register

from common.changes import register_changes
from network.models import Venue
from pages.core.navigation import MenuLink

from .admin_terms import AudienceAdmin, EventKindAdmin
from .browsing import next_dates
from .closings import closed_days
from .models import EventPage, Registration
from .office.urls import urlpatterns
from .permissions import events_with_registrations, sees_events_office

AT_VENUE, AT_VENUE_ELDER = 6, 3
DAYS_NAMED = 6


modeladmin_register(EventKindAdmin)
modeladmin_register(AudienceAdmin)


@hooks.register("public_menu")
def events_link() -> MenuLink:
    return MenuLink(gettext_lazy("Events"), "/events/", order=20)


@hooks.register("venue_page_panels", order=10)
def events_of_venue(venue: Venue, request: HttpRequest) -> SafeString | None:
    """What is on next at a venue; nothing where nothing is announced."""
    number = AT_VENUE_ELDER if getattr(request, "elder_mode", False) else AT_VENUE
    dates = next_dates({"venue": venue}, number, cancelled=True)
    if not dates:
        return None
    webcal = f"webcal://{request.get_host()}{venue.page.get_url(request)}feed.ics"
    context = {"dates": dates, "venue": venue, "webcal_url": webcal}
    return render_to_string("events/venue_panel.html", context, request)


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def warn_of_closed_days(request: HttpRequest, page: Page) -> None:
    """Tell an editor who has just saved an event that the venue is closed on some of its days."""
    if not isinstance(page, EventPage):
        return
    days = closed_days(page)
    if days:
        shown = _(", ").join(date_format(day, "DATE_FORMAT") for day in days[:DAYS_NAMED])
        more = " …" if len(days) > DAYS_NAMED else ""
        messages.warning(request, _("The venue is closed on these days: %(days)s") % {"days": f"{shown}{more}"})


@hooks.register("before_delete_page")
def keep_registered_event(request: HttpRequest, page: Page) -> HttpResponse | None:
    """Send an editor who wants to delete an event with registrations back, and say what to do instead."""
    return refuse_deletion(request, [page])


@hooks.register("before_bulk_action")
def keep_registered_events(
    request: HttpRequest, action_type: str, objects: list[Any], _action: Any
) -> HttpResponse | None:
    """The same for several pages at once."""
    return refuse_deletion(request, objects) if action_type == "delete" else None


def refuse_deletion(request: HttpRequest, pages: list[Any]) -> HttpResponse | None:
    """A way back with a message where people registered for one of `pages`; None where nobody did.

    A withdrawn event tells them and keeps the numbers of the year; their details go in time by themselves.
    """
    held = events_with_registrations([page for page in pages if isinstance(page, Page)])
    if not held:
        return None
    titles = _(", ").join(page.title for page in held)
    messages.error(
        request,
        _("People registered for %(titles)s: unpublish it instead. They are told, and the numbers of the year stay.")
        % {"titles": titles},
    )
    return redirect("wagtailadmin_explore", held[0].get_parent().pk)


@hooks.register("account_panels")
def my_events(request: HttpRequest) -> str:
    """The signed-in person's registrations for what is not over; nothing where there are none."""
    rows = Registration.objects.filter(
        person=request.user.pk, status__in=Registration.CURRENT, occurrence__ends_at__gt=timezone.now()
    )
    rows = rows.select_related("occurrence__event").order_by("occurrence__starts_at")[:50]
    return render_to_string("events/account_panel.html", {"registrations": rows}, request) if rows else ""


@hooks.register("register_admin_urls")
def office_urls() -> list[URLPattern]:
    return urlpatterns


class EventsItem(MenuItem):
    """Shown to those who keep the events of some venue."""

    def is_shown(self, request: HttpRequest) -> bool:
        return sees_events_office(request.user)


@hooks.register("register_admin_menu_item")
def events_item() -> MenuItem:
    return EventsItem(gettext_lazy("Events"), reverse("events_week"), name="events", icon_name="date", order=20)


@hooks.register("register_log_actions")
def log_actions(registry: LogActionRegistry) -> None:
    register_changes(
        registry,
        {
            "events.registration_add": gettext_lazy("Somebody registered by telephone"),
            "events.registration_cancel": gettext_lazy("Registration cancelled by the venue"),
            "events.attendance": gettext_lazy("Attendance recorded"),
            "events.list_download": gettext_lazy("List of registrations downloaded"),
        },
    )
