"""Reports in the back office: what was looked for in vain, and which files could not be read."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, DateColumn
from wagtail.admin.views.reports import ReportView

from .models import ExtractedText, MissedSearch
from .permissions import reads_reports

DAYS = 90


class SearchReport(ReportView):
    """A report for those who write pages; everybody else is refused."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not reads_reports(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class MissedSearchReport(SearchReport):
    """What visitors looked for in vain in the last 90 days, most often first."""

    page_title = _("Searches without result")
    header_icon = "search"
    index_url_name = "missed_searches"
    index_results_url_name = "missed_searches_results"
    columns = [
        Column("text", label=_("Searched for")),
        Column("total", label=_("Times in 90 days")),
        Column("last", label=_("Last on")),
    ]
    list_export = ["text", "total", "last"]

    def get_queryset(self) -> QuerySet:
        since = timezone.localdate() - datetime.timedelta(days=DAYS)
        counted = MissedSearch.objects.filter(day__gte=since).values("text")
        return counted.annotate(total=Sum("times"), last=Max("day")).order_by("-total", "-last", "text")


class UnreadFileReport(SearchReport):
    """Files whose text is not searched, and why."""

    page_title = _("Files without text")
    header_icon = "doc-full-inverse"
    index_url_name = "unread_files"
    index_results_url_name = "unread_files_results"
    columns = [
        Column("document", label=_("File")),
        Column("get_state_display", label=_("State")),
        Column("problem", label=_("Problem")),
        DateColumn("read_at", label=_("Read at")),
    ]
    list_export = ["document", "get_state_display", "problem", "read_at"]

    def get_queryset(self) -> QuerySet:
        unread = [ExtractedText.State.BROKEN, ExtractedText.State.EMPTY, ExtractedText.State.CUT]
        return ExtractedText.objects.filter(state__in=unread).select_related("document").order_by("state", "-read_at")
