"""What this room adds to the back office, to public pages and to the log."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.log_actions import LogActionRegistry
from wagtail_modeladmin.options import modeladmin_register

from common.changes import register_changes
from network.models import Venue
from workflows.core.views.screens import mandate

from . import admin_urls
from .admin_survey import QuestionAdmin
from .reminders import milestones_remind
from .selectors.boards import board_of
from .selectors.public import public_programmes, stages_of_venue
from .services.reports import monthly_reports_make

PUBLIC_ADDRESS = "/programme/"


@hooks.register("register_admin_urls")
def urls() -> list[URLPattern]:
    return admin_urls.urlpatterns


class ProgrammeItem(MenuItem):
    """Shown to those who see the boards: the rule of `sees_boards`, with the duties that the request has read."""

    def is_shown(self, request: HttpRequest) -> bool:
        return mandate(request).is_official


@hooks.register("register_admin_menu_item")
def programme_item() -> MenuItem:
    label = _("Programme")
    return ProgrammeItem(label, reverse("milestones_gantt"), name="programme", icon_name="calendar-check", order=14)


modeladmin_register(QuestionAdmin)


@hooks.register("insert_global_admin_css")
def css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', staticfiles_storage.url("wenshu/css/survey.css"))


@hooks.register("venue_page_panels", order=40)
def programme_of_venue(venue: Venue, request: HttpRequest) -> SafeString | None:
    """A venue's part in the programme, stage by stage; nothing where it has none, and in elder mode."""
    if getattr(request, "elder_mode", False) or not (rows := stages_of_venue(venue)):
        return None
    stages = [{"label": row.stage, "done": row.done, "total": row.total, "share": row.share} for row in rows]
    return render_to_string("milestones/venue_panel.html", {"stages": stages, "address": PUBLIC_ADDRESS}, request)


@hooks.register("front_page_slots")
def programme_progress(request: HttpRequest) -> SafeString | None:
    """How far the newest public programme is, stage by stage; nothing where there is none."""
    programme = public_programmes().first()
    board = board_of(programme, timezone.localdate()) if programme else None
    if board is None or not board.whole.total:
        return None
    stages = [
        {
            "title": stage,
            "when": _("until %(day)s") % {"day": date_format(stage.last_day, "YEAR_MONTH_FORMAT")},
            "share": board.of(stage=stage).share,
        }
        for stage in board.stages
    ]
    context = {"stages": stages, "whole": board.whole, "address": PUBLIC_ADDRESS}
    return render_to_string("milestones/front.html", context, request)


programme_progress.label = _("Progress of the programme")


@hooks.register("register_log_actions")
def log_actions(registry: LogActionRegistry) -> None:
    register_changes(
        registry,
        {
            "milestones.programme": _("Programme made"),
            "milestones.plan": _("Milestones added to the plan"),
            "milestones.started": _("Programme started"),
            "milestones.published": _("Programme shown or hidden"),
            "milestones.programme_edit": _("Programme changed"),
            "milestones.stage_edit": _("Stage changed"),
            "milestones.item_edit": _("Plan item changed"),
            "milestones.item_add": _("Plan item added"),
            "milestones.item_remove": _("Plan item removed"),
            "milestones.draft_delete": _("Draft deleted"),
            "milestones.question_create": _("Survey question added"),
            "milestones.question_edit": _("Survey question changed"),
            "milestones.question_delete": _("Survey question deleted"),
            "milestones.accepted": _("Programme accepted by the superior"),
        },
    )


@hooks.register("workflow_clock")
def clock() -> int:
    return milestones_remind() + monthly_reports_make()
