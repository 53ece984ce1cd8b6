"""The way to the report, at the desk of everybody in the network; the bureau's list."""

from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from . import views
from .permissions import reports, sees_reports


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return [path("diversions/", views.by_venue, name="diversions_by_venue")]


class ReportsItem(MenuItem):
    """Shown to the bureau."""

    def is_shown(self, request: HttpRequest) -> bool:
        return sees_reports(request.user)


@hooks.register("register_admin_menu_item")
def reports_item() -> MenuItem:
    label = gettext_lazy("Reports of diversion")
    return ReportsItem(label, reverse("diversions_by_venue"), name="diversions", icon_name="warning", order=14)


@hooks.register("desk_panels", order=900)
def way_to_report(request: HttpRequest) -> str:
    return render_to_string("diversions/panel.html", request=request) if reports(request.user) else ""
