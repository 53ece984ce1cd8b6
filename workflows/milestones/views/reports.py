"""The monthly reports in the back office: list, making one by hand, PDF and CSV."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from common.privatefiles import serve_private
from workflows.core.views.acting import show_errors
from workflows.core.views.screens import paged

from .. import permissions
from ..models import MonthlyReport, Programme
from ..services.reports import report_make
from .frame import boards, programmes_for, screen

TYPES = {"pdf": "application/pdf", "csv": "text/csv"}


class MonthForm(forms.Form):
    """A month, as the browser's own field writes it."""

    month = forms.DateField(
        label=gettext_lazy("Month"),
        input_formats=["%Y-%m"],
        widget=forms.DateInput(format="%Y-%m", attrs={"type": "month"}),
        help_text=gettext_lazy("Like 2019-06. A report that there is already is made again."),
    )


@boards
def reports(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The reports of the programme; the bureau makes one for any month."""
    may_make = permissions.manages_programmes(request.user)
    form = MonthForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not may_make:
            raise PermissionDenied
        if form.is_valid():
            try:
                report_make(programme=programme, month=form.cleaned_data["month"], by=request.user)
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The report is made."))
                return redirect(f"{reverse('milestones_reports')}?programme={programme.slug}")
    return screen(
        request,
        "milestones/reports.html",
        _("Monthly reports"),
        programme=programme,
        tab="reports",
        status=422 if form.errors else 200,
        page=paged(request, programme.monthly_reports.select_related("made_by"), 24),
        form=form if may_make else None,
    )


def report_file(request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
    """One file of a report, for whoever sees the boards."""
    if not permissions.sees_boards(request.user):
        raise PermissionDenied
    rows: Any = MonthlyReport.objects.filter(programme__in=programmes_for(request.user)).select_related("programme")
    row = get_object_or_404(rows, pk=pk)
    file = getattr(row, kind)
    if not file:
        raise Http404
    return serve_private(file, name=f"report-{row.programme.slug}-{row.month:%Y-%m}.{kind}", content_type=TYPES[kind])
