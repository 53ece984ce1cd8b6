"""What this room adds: the officials' addresses and menu, a panel at the desk, a part of the post file, a clock."""

from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from workflows.core.models import WorkItem

from . import needs, overview, permissions, services, views
from .board import state_of
from .models import Secondment


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return [
        path("secondments/", overview.people, name="secondments_board"),
        path("secondments/branches/", overview.branches, name="secondments_branches"),
        path("secondments/nominate/", views.nominate, name="secondments_nominate"),
        path("secondments/needs/", needs.needs, name="secondments_needs"),
        path("secondments/needs/new/", needs.need, name="secondments_need"),
        path("secondments/needs/<str:number>/withdraw/", needs.withdraw, name="secondments_need_withdraw"),
        path("secondments/plan/", views.plan, name="secondments_plan"),
        path("secondments/report/", overview.year_report, name="secondments_report"),
        path("secondments/report.csv", overview.report_csv, name="secondments_report_csv"),
        path("secondments/<str:number>/letter.pdf", views.official_letter, name="secondments_letter"),
    ]


@hooks.register("insert_global_admin_css")
def css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', staticfiles_storage.url("wenshu/css/secondments.css"))


class BoardItem(MenuItem):
    """Shown to those who have to do with secondments."""

    def is_shown(self, request: HttpRequest) -> bool:
        return permissions.sees_board(request.user)


@hooks.register("register_admin_menu_item")
def board_item() -> MenuItem:
    label = gettext_lazy("Secondments")
    return BoardItem(label, reverse("secondments_board"), name="secondments", icon_name="group", order=13)


@hooks.register("desk_panels")
def my_postings(request: HttpRequest) -> str:
    asked = WorkItem.objects.open().filter(case=OuterRef("pk"), role=WorkItem.Role.APPLICANT)
    rows = Secondment.objects.filter(person=request.user).select_related("venue").annotate(asked=Exists(asked))
    today, words = timezone.localdate(), overview.state_words()
    postings = [
        (case, words[state_of(case, today)] if case.standing else case.get_state_display())
        for case in rows.order_by("-first_day")[:10]
    ]
    return render_to_string("secondments/panel.html", {"postings": postings}, request=request) if postings else ""


@hooks.register("staff_file_panels")
def appraisals(person: Any, request: HttpRequest) -> str:
    """The person's postings and appraisals in the post file, for whoever may see them."""
    from .selectors import visible

    rows = visible(request.user).filter(person=person, standing=True).select_related("venue").order_by("-first_day")
    return render_to_string("secondments/file.html", {"postings": rows}, request=request) if rows else ""


@hooks.register("workflow_clock")
def clock() -> int:
    return services.people_gone_follow() + services.secondments_remind()
