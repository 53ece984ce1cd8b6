"""What the network adds to the back office."""

from django.urls import URLPattern
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry
from wagtail_modeladmin.options import modeladmin_register

from common.changes import register_changes

from .admin import sections
from .admin.choosers import AppointmentChooserViewSet, person_chooser, post_chooser
from .admin.registers import NetworkGroup

modeladmin_register(NetworkGroup)


@hooks.register("register_admin_urls")
def section_urls() -> list[URLPattern]:
    return sections.urlpatterns()


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
