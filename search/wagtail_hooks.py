"""What the search adds to the back office."""

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from .permissions import reads_reports
from .reports import MissedSearchReport, UnreadFileReport


class ReportItem(MenuItem):
    """Shown to those who may open it."""

    def is_shown(self, request: HttpRequest) -> bool:
        return reads_reports(request.user)


@hooks.register("register_admin_urls")
def report_urls() -> list[URLPattern]:
    return [
        path("reports/missed-searches/", MissedSearchReport.as_view(), name="missed_searches"),
        path(
            "reports/missed-searches/results/",
            MissedSearchReport.as_view(results_only=True),
            name="missed_searches_results",
        ),
        path("reports/unread-files/", UnreadFileReport.as_view(), name="unread_files"),
        path("reports/unread-files/results/", UnreadFileReport.as_view(results_only=True), name="unread_files_results"),
    ]


@hooks.register("register_reports_menu_item")
def missed_searches_item() -> MenuItem:
    return ReportItem(_("Searches without result"), reverse("missed_searches"), icon_name="search", order=300)


@hooks.register("register_reports_menu_item")
def unread_files_item() -> MenuItem:
    return ReportItem(_("Files without text"), reverse("unread_files"), icon_name="doc-full-inverse", order=310)
