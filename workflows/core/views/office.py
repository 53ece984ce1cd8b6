"""The officials' other screens: holiday cover, deadlines, statistics, the dossier."""

import csv
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from common.pdf import PdfUnavailableError

from .. import permissions, selectors, services
from ..dossier import dossier_pdf
from ..forms import DeadlineForm, DelegationForm
from ..models import Case, DeadlineRule
from ..nodes import flow_of, node_title
from .acting import show_errors
from .cases import case_crumbs, visible_case
from .screens import officials, screen


# Holiday cover ----------------------------------------------------------------------------------
@officials
def cover(request: HttpRequest) -> HttpResponse:
    """Arrange holiday cover for oneself; see what is arranged."""
    fitting = [user.pk for user in services.cover_candidates(request.user)]
    form = DelegationForm(request.POST or None, principal=request.user, colleagues=User.objects.filter(pk__in=fitting))
    if request.method == "POST" and form.is_valid():
        try:
            services.delegation_create(principal=request.user, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Your holiday cover is arranged."))
            return redirect("workflows_cover")
    rows = selectors.covers_of(request.user)
    return screen(request, "cover", _("Holiday cover"), form=form, rows=rows, empty=not fitting)


@officials
@require_POST
def cover_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End holiday cover early."""
    row = get_object_or_404(selectors.covers_of(request.user), pk=pk)
    services.delegation_revoke(delegation=row, by=request.user)
    messages.success(request, _("Done."))
    return redirect("workflows_cover")


# Deadlines --------------------------------------------------------------------------------------
def known_rules() -> list[Any]:
    """The rules of the steps that exist, in the order of the flows."""
    rows = []
    for rule in DeadlineRule.objects.all():
        flow = flow_of(rule.flow)
        if flow and rule.node in flow._nodes_by_name:
            rule.title, rule.flow_title = node_title(rule.flow, rule.node), flow.process_title  # type: ignore[attr-defined]
            rows.append(rule)
    return rows


@officials
def deadlines(request: HttpRequest) -> HttpResponse:
    """How long each step may take."""
    may_set = permissions.may_set_deadlines(request.user)
    return screen(request, "deadlines", _("Deadlines"), rules=known_rules(), may_set=may_set)


@officials
def deadline(request: HttpRequest, pk: int) -> HttpResponse:
    """Set one step's deadline. It holds for tasks that begin from now on."""
    if not permissions.may_set_deadlines(request.user):
        raise PermissionDenied
    rule = get_object_or_404(DeadlineRule, pk=pk)
    form = DeadlineForm(request.POST or None, instance=rule)
    if request.method == "POST" and form.is_valid():
        services.deadline_set(rule=rule, by=request.user, changes=form.cleaned_data)
        messages.success(request, _("The deadline holds for tasks that begin from now on."))
        return redirect("workflows_deadlines")
    title = _("Deadline: %(step)s") % {"step": node_title(rule.flow, rule.node)}
    return screen(request, "confirm", title, form=form, button=_("Save"))


# Statistics -------------------------------------------------------------------------------------
def period(request: HttpRequest) -> tuple[date, date]:
    """The days asked for; the last year when nothing sensible is said."""
    today = timezone.localdate()
    days = []
    for name, otherwise in (("from", today - timedelta(days=365)), ("to", today)):
        try:
            day = parse_date(request.GET.get(name, "")) or otherwise
        except ValueError:
            day = otherwise
        days.append(day)
    return min(days), max(days)


@officials
def statistics(request: HttpRequest) -> HttpResponse:
    """Cases by state; waiting and overdue by step."""
    since, until = period(request)
    figures = selectors.figures_by_node(request.user, since, until)
    states = selectors.cases_by_state(request.user)
    labels = dict(Case.State.choices)
    most = max(states.values(), default=0) or 1
    longest = max((row.p90 or 0 for row in figures), default=0) or 1
    return screen(
        request,
        "statistics",
        _("Statistics"),
        since=since,
        until=until,
        states=[(labels[name], count, round(300 * count / most)) for name, count in states.items()],
        figures=[
            {
                "row": row,
                "title": node_title(row.flow, row.node),
                "median_bar": round(300 * (row.median or 0) / longest),
                "p90_bar": round(300 * (row.p90 or 0) / longest),
            }
            for row in figures
        ],
    )


@officials
def statistics_csv(request: HttpRequest) -> HttpResponse:
    """The figures by step as CSV, with the mark that makes spreadsheets read it as UTF-8."""
    since, until = period(request)
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="waiting-{since}-{until}.csv"'
    out = csv.writer(response)
    out.writerow([_("Step"), _("Done"), _("Median (days)"), _("Nine of ten within (days)"), _("Open"), _("Overdue")])
    for row in selectors.figures_by_node(request.user, since, until):
        out.writerow([node_title(row.flow, row.node), row.done, row.median, row.p90, row.open, row.overdue])
    return response


# Dossier ----------------------------------------------------------------------------------------
@officials
def dossier(request: HttpRequest, number: str) -> HttpResponse:
    """The whole case as one PDF, with its log."""
    case = visible_case(request, number)
    try:
        pdf = dossier_pdf(case, base_url=request.build_absolute_uri("/"))
    except PdfUnavailableError as error:
        return screen(request, "message", _("Dossier"), crumbs=case_crumbs(case), text=str(error), status=503)
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{case.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response
