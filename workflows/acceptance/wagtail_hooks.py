"""What this room adds to the back office, to the public programme page and to the log."""

from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from common.changes import register_changes
from network.models import Venue
from workflows.milestones.models import Programme

from . import criteria, views

BASE = "programme/acceptance/"


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return [
        path(BASE, views.home, name="acceptance_home"),
        path(BASE + "start/", views.start, name="acceptance_start"),
        path(BASE + "criteria/", views.criteria_page, name="acceptance_criteria"),
        path(BASE + "criteria/<slug:name>/", views.gaps, name="acceptance_gaps"),
        path(BASE + "dossiers/", views.dossier_list, name="acceptance_dossiers"),
        path(BASE + "dossiers/<int:pk>.zip", views.dossier_file, name="acceptance_dossier_file"),
        path(BASE + "thresholds/", views.thresholds, name="acceptance_thresholds"),
        path(BASE + "<str:number>/items/", views.items, name="acceptance_items"),
        path(BASE + "<str:number>/items/<int:pk>/remove/", views.item_remove, name="acceptance_item_remove"),
        path(BASE + "<str:number>/criteria/", views.snapshots, name="acceptance_snapshots"),
    ]


@hooks.register("insert_global_admin_css")
def css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', staticfiles_storage.url("wenshu/css/acceptance.css"))


@hooks.register("programme_page_panels")
def criteria_panel(programme: Programme, request: HttpRequest) -> SafeString | str:
    """The three criteria in short, on the public page of a programme; not in elder mode."""
    if getattr(request, "elder_mode", False):
        return ""
    context = {
        "groups": criteria.grouped(criteria.measure(programme, timezone.localdate()).figures),
        "samples": Venue.objects.active().filter(has_sample_facts=True).exists(),
    }
    return render_to_string("acceptance/public.html", context, request)


@hooks.register("register_log_actions")
def log_actions(registry: LogActionRegistry) -> None:
    register_changes(registry, {"acceptance.threshold": _("Threshold of a criterion changed")})
