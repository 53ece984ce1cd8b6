"""The person's desk: my posting, the monthly log, the letter. The officials': nomination, board, report."""

import csv
import datetime as dt
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from common.forms import SiteFormRenderer
from network.admin.base import FORMULA_STARTS
from network.permissions import heads_line
from workflows.core.dossier import DossierUnavailableError
from workflows.core.services import case_start
from workflows.core.views.acting import show_errors
from workflows.core.views.keep import keep_typed, take_typed
from workflows.core.views.officials import paged, screen

from . import permissions, presentation, selectors, services
from .flows import SecondmentFlow
from .forms import LogForm, NominationForm, PlanForm, PlanFormSet, year_of
from .letters import letter_pdf
from .models import LogEntry, Secondment
from .planning import RowRefusedError, rotation_nominate, rotations_decided

BOARD_PAGE = 50


# The person's desk ------------------------------------------------------------------------------
def own_posting(request: HttpRequest, number: str) -> Secondment:
    """One's own posting, or 404."""
    rows = Secondment.objects.filter(person=request.user).select_related("person", "venue", "home__venue", "mentor")
    return get_object_or_404(rows, number=number)


def months_of(case: Secondment) -> list[dict[str, Any]]:
    """The months of the term that have begun, each with its entry."""
    entries = {entry.month: entry for entry in case.log.all()}
    today = timezone.localdate()
    return [{"month": month, "entry": entries.get(month)} for month in case.months() if month <= today]


@login_required
def posting(request: HttpRequest, number: str) -> HttpResponse:
    """My posting: term, log, reviews, appraisal."""
    case = own_posting(request, number)
    context = {
        "case": case,
        "facts": presentation.facts(case, internal=False),
        "months": months_of(case) if case.standing else [],
        "photos": case.files.filter(paper__startswith="log-", replaced=False),
        "may_write": permissions.keeps_log(request.user, case),
        "asked": case.work_items.open().filter(role="applicant"),
    }
    return render(request, "secondments/posting.html", context)


@keep_typed
@login_required
def log(request: HttpRequest, number: str, month: str) -> HttpResponse:
    """Write one month of the log."""
    case = own_posting(request, number)
    first = month_of(month)
    if first not in case.months() or not permissions.keeps_log(request.user, case):
        raise Http404
    entry = LogEntry.objects.filter(secondment=case, month=first).first()
    kept = {"days": entry.days, "work": entry.work, "problems": entry.problems} if entry else {}
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = LogForm(data, files, renderer=SiteFormRenderer(), initial=take_typed(request) or kept)
    if request.method == "POST" and form.is_valid():
        try:
            services.log_entry_save(case=case, by=request.user, month=first, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Your log is saved."))
            return redirect("posting", number)
    context = {"case": case, "month": first, "form": form}
    return render(request, "secondments/log.html", context, status=422 if form.errors else 200)


def month_of(text: str) -> dt.date:
    """The month in an address like 2026-03, or 404."""
    try:
        return dt.datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007  a month has no zone
    except ValueError as error:
        raise Http404 from error


@login_required
def own_letter(request: HttpRequest, number: str) -> HttpResponse:
    """My appointment letter."""
    return letter(own_posting(request, number))


def letter(case: Secondment) -> HttpResponse:
    """The letter of a posting that was made; before that there is none."""
    if not case.standing:
        raise Http404
    try:
        pdf = letter_pdf(case)
    except DossierUnavailableError as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{case.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


# The officials ----------------------------------------------------------------------------------
def for_board(request: HttpRequest) -> None:
    """Refuse whoever has nothing to do with secondments."""
    if not permissions.sees_board(request.user):
        raise PermissionDenied


def official_letter(request: HttpRequest, number: str) -> HttpResponse:
    """A posting's letter, within one's scope."""
    for_board(request)
    rows = selectors.visible(request.user).select_related("person", "venue", "home__venue")
    return letter(get_object_or_404(rows, number=number))


def nominate(request: HttpRequest) -> HttpResponse:
    """Nominate somebody; the case then goes to the person for consent."""
    if not permissions.may_start(request.user):
        raise PermissionDenied
    given = {name: request.GET[name][:20] for name in ("direction", "line", "person", "venue") if name in request.GET}
    form = NominationForm(request.POST if request.method == "POST" else None, by=request.user, initial=given)
    if request.method == "POST" and form.is_valid():
        try:
            case = case_start(SecondmentFlow, by=request.user, facts=form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(
                request,
                _("%(number)s is on its way: %(person)s is asked first.")
                % {"number": case.number, "person": case.person},
            )
            return redirect("secondments_board")
    crumbs = [(reverse("secondments_board"), _("Secondments"))]
    status = 422 if form.errors else 200
    return screen(request, "confirm", _("Nominate"), crumbs=crumbs, form=form, button=_("Nominate"), status=status)


def plan(request: HttpRequest) -> HttpResponse:
    """Nominate several people for one term: all of them, or nobody and the reasons beside the rows."""
    if not heads_line(request.user):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    form = PlanForm(data)
    rows = PlanFormSet(data, prefix="row", initial=rotations_decided(request.user))
    if data is not None and form.is_valid() & rows.is_valid() and _planned(request, form, rows):
        return redirect("secondments_board")
    status = 422 if form.errors or rows.total_error_count() else 200
    context = {"form": form, "rows": rows}
    return screen_of(request, "secondments/plan.html", _("Rotation plan"), context, status=status)


def _planned(request: HttpRequest, form: PlanForm, rows: Any) -> bool:
    filled = rows.rows()
    pairs = [{name: row.cleaned_data[name] for name in ("person", "venue")} for row in filled]
    try:
        cases = rotation_nominate(shared=form.cleaned_data, rows=pairs, by=request.user)
    except RowRefusedError as refusal:
        target = filled[refusal.row]
        for name, texts in refusal.problems.items():
            (target if name in target.fields else form).add_error(
                name if name in (*target.fields, *form.fields) else None, texts
            )
        return False
    count = len(cases)
    messages.success(request, ngettext("%(n)s person is asked.", "%(n)s people are asked.", count) % {"n": count})
    return True


def board(request: HttpRequest) -> HttpResponse:
    """Who is where in a year: people by months, what ends soon, what is missing."""
    for_board(request)
    year = year_of(request.GET.get("year", ""))
    page = paged(request, selectors.of_year(selectors.visible(request.user), year), BOARD_PAGE)
    rows = selectors.board(page["rows"], year)
    words = {
        "planned": _("planned"),
        "running": _("running"),
        "soon": _("ends soon"),
        "over": _("over"),
        "expired": _("expired, nobody decided"),
    }
    warnings = {
        "expired": _("The term is over and nobody decided"),
        "gone": _("The person's account is deactivated"),
        "closed": _("The receiving venue is not in service"),
    }
    lines = dict(Secondment.Line.choices)
    context = {
        "year": year,
        "page": page,
        "rows": [
            {
                "row": row,
                "state": words[row.state],
                "warnings": [warnings[name] for name in row.warnings],
                "y": 22 * place,
            }
            for place, row in enumerate(rows)
        ],
        "height": 22 * len(rows) + 24,
        "marks": [{"x": 61 * month, "label": month + 1} for month in range(12)],
        "months": range(1, 13),
        "gaps": [(venue, [lines[line] for line in missing]) for venue, missing in selectors.gaps(request.user)],
        "may_start": permissions.may_start(request.user),
        "may_plan": bool(heads_line(request.user)),
    }
    return screen_of(request, "secondments/board.html", _("Rotation board %(year)s") % {"year": year}, context)


def screen_of(
    request: HttpRequest, template: str, title: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """A page of the back office with a template of this room."""
    trail = [{"url": reverse("wagtailadmin_home"), "label": _("Home")}, {"url": "", "label": title}]
    furniture = {"header_title": title, "page_title": title, "header_icon": "group", "breadcrumbs_items": trail}
    return render(request, template, furniture | context, status=status)


def report(request: HttpRequest) -> HttpResponse:
    """The year by branch, line and direction as CSV, with the mark that makes spreadsheets read it as UTF-8."""
    for_board(request)
    year = year_of(request.GET.get("year", ""))
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="secondments-{year}.csv"'
    out = csv.writer(response)
    heads = [
        _("Township"),
        _("Branch"),
        _("Line"),
        _("Direction"),
        _("Secondments"),
        _("Months served"),
        _("Logs kept"),
    ]
    out.writerow(heads)
    for row in selectors.year_report(request.user, year):
        texts = [row.township, row.branch, row.line, row.direction]
        safe = [f"'{text}" if text.startswith(FORMULA_STARTS) else text for text in texts]
        out.writerow([*safe, row.postings, row.months, row.logs])
    return response
