"""What the network adds to the back office."""

from django.http import HttpRequest
from django.urls import URLPattern, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry
from wagtail_modeladmin.options import modeladmin_register

from common.changes import register_changes

from .admin import sections, staffing
from .admin.base import reads_registers
from .admin.choosers import AppointmentChooserViewSet, person_chooser, post_chooser
from .admin.registers import NetworkGroup

modeladmin_register(NetworkGroup)


@hooks.register("register_admin_urls")
def section_urls() -> list[URLPattern]:
    return sections.urlpatterns() + staffing.urlpatterns()


class StaffingItem(MenuItem):
    """Vacancies, for whoever reads the registers."""

    def is_shown(self, request: HttpRequest) -> bool:
        return reads_registers(request.user)  # type: ignore[arg-type]  # the back office lets nobody else in


@hooks.register("register_admin_menu_item")
def staffing_item() -> MenuItem:
    return StaffingItem(
        _("Staffing"), reverse("network_staffing"), name="network-staffing", icon_name="group", order=215
    )


@hooks.register("register_admin_viewset")
def choosers() -> list[AppointmentChooserViewSet]:
    return [person_chooser, post_chooser]


@hooks.register("register_log_actions")
def log_actions(registry: LogActionRegistry) -> None:
    register_changes(
        registry,
        {
            "network.county_load": _("County loaded"),
            "network.create": _("Added"),
            "network.edit": _("Changed"),
            "network.delete": _("Deleted"),
            "network.venue_status": _("Status changed"),
            "network.venue_move": _("Moved to another branch"),
            "network.hours": _("Opening hours changed"),
            "network.closure_announce": _("Closure announced"),
            "network.closure_withdraw": _("Closure withdrawn"),
            "network.unified_item": _("Unified item judged"),
            "network.appointment_create": _("Appointed"),
            "network.appointment_suspend": _("Appointment suspended"),
            "network.appointment_resume": _("Appointment resumed"),
            "network.appointment_end": _("Appointment ended"),
        },
    )
