"""The person's desk: my posting, the monthly log, the letter. The officials': nomination, a rotation plan."""

import datetime as dt
from collections import defaultdict
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
from common.pdf import PdfUnavailableError
from network.models import Post
from network.permissions import heads_line
from workflows.core.models import CaseFile
from workflows.core.services import case_start
from workflows.core.views.acting import show_errors
from workflows.core.views.keep import keep_typed, take_typed
from workflows.core.views.screens import screen

from . import permissions, presentation, services
from .board import state_of
from .flows import SecondmentFlow
from .forms import LogForm, NominationForm, PlanForm, PlanFormSet
from .letters import is_certificate, letter_pdf
from .models import LogEntry, Secondment
from .overview import for_board, screen_of, state_words
from .planning import RowRefusedError, plan_rows, rotation_nominate
from .selectors import visible

PREFILLED = ("direction", "line", "person", "venue", "first_day")


# The person's desk ------------------------------------------------------------------------------
def own_posting(request: HttpRequest, number: str) -> Secondment:
    """One's own posting, or 404."""
    rows = Secondment.objects.filter(person=request.user).select_related("person", "venue", "home__venue", "mentor")
    return get_object_or_404(rows, number=number)


def months_of(case: Secondment) -> list[dict[str, Any]]:
    """The months of the term that have begun, the latest first, each with its entry and its pictures."""
    entries = {entry.month: entry for entry in case.log.all()}
    photos: dict[str, list[CaseFile]] = defaultdict(list)
    for file in case.files.filter(paper__startswith="log-", replaced=False).order_by("pk"):
        photos[file.paper[4:11]].append(file)
    today = timezone.localdate()
    begun = [month for month in reversed(case.months()) if month <= today]
    return [{"month": month, "entry": entries.get(month), "photos": photos[f"{month:%Y-%m}"]} for month in begun]


@login_required
def posting(request: HttpRequest, number: str) -> HttpResponse:
    """My posting: term, log, reviews, appraisal."""
    case = own_posting(request, number)
    today = timezone.localdate()
    context = {
        "case": case,
        "post": Post.Title(case.post_title).label,
        "state": state_words()[state_of(case, today)] if case.standing else case.get_state_display(),
        "late": case.standing and state_of(case, today) == "expired",
        "certificate": is_certificate(case),
        "facts": presentation.facts(case, internal=False),
        "months": months_of(case) if case.standing else [],
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
    except PdfUnavailableError as error:
        return HttpResponse(str(error), status=503, content_type="text/plain; charset=utf-8")
    response = HttpResponse(pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{case.number}.pdf"'
    response["Cache-Control"] = "private, no-store"
    return response


# The officials ----------------------------------------------------------------------------------
def official_letter(request: HttpRequest, number: str) -> HttpResponse:
    """A posting's letter, within one's scope."""
    for_board(request)
    rows = visible(request.user).select_related("person", "venue", "home__venue")
    return letter(get_object_or_404(rows, number=number))


def nominate(request: HttpRequest) -> HttpResponse:
    """Nominate somebody; the case then goes to the person for consent."""
    if not permissions.may_start(request.user):
        raise PermissionDenied
    given = {name: request.GET[name][:20] for name in PREFILLED if name in request.GET}
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
    if not (lines := heads_line(request.user)):
        raise PermissionDenied
    data = request.POST if request.method == "POST" else None
    line = request.GET.get("line", "")
    form = PlanForm(data, initial={"line": line}, lines=lines)
    rows = PlanFormSet(data, prefix="row", initial=plan_rows(request.user, line), by=request.user)  # type: ignore[call-arg]
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
