"""The acceptance in the back office: criteria, thresholds, acceptances, the rectification list, dossiers."""

from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail.models import ModelLogEntry

from common.privatefiles import serve_private
from network.models import Venue
from workflows.core.models import WorkItem
from workflows.core.nodes import node_title
from workflows.core.services import case_start
from workflows.core.views.acting import show_errors
from workflows.core.views.screens import paged
from workflows.milestones.models import Milestone, Programme
from workflows.milestones.views.frame import boards, screen

from . import criteria, dossiers, permissions, presentation, services
from .criteria import Gap
from .figures import KINDS
from .flows import AcceptanceFlow
from .forms import ItemForm, StartForm, ThresholdsForm
from .models import Acceptance, Dossier, DossierDownload, RectificationItem, Threshold

GAPS, LOG = 100, 50


def crumbs() -> list[tuple[str, str]]:
    """The way to a page of the acceptance."""
    return [(reverse("acceptance_home"), _("Final acceptance"))]


# Criteria ---------------------------------------------------------------------------------------
@boards
def criteria_page(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The three criteria as they stand now."""
    measured = criteria.measure(programme, timezone.localdate())
    return screen(
        request,
        "acceptance/criteria.html",
        _("Acceptance criteria"),
        programme=programme,
        tab="criteria",
        groups=criteria.grouped(measured.figures),
        samples=Venue.objects.active().filter(has_sample_facts=True).count(),
        may_set=permissions.sets_thresholds(request.user),
    )


@boards
def gaps(request: HttpRequest, programme: Programme, name: str) -> HttpResponse:
    """The list behind one figure: what does not count yet, and why."""
    if name not in KINDS:
        raise Http404
    measured = criteria.measure(programme, timezone.localdate())
    figure = next(row for row in measured.figures if row.name == name)
    page = paged(request, measured.gaps[name], GAPS)  # type: ignore[arg-type]
    page["rows"] = [_line(row) for row in page["rows"]]
    return screen(
        request,
        "acceptance/gaps.html",
        str(figure.kind.behind) if figure.missing else figure.label,
        programme=programme,
        tab="criteria",
        crumbs=[(reverse("acceptance_criteria"), _("Acceptance criteria"))],
        figure=figure,
        page=page,
    )


def _line(row: Gap | Milestone) -> dict[str, Any]:
    if isinstance(row, Milestone):
        return {"place": row.place, "why": f"{row.item} · {row.get_state_display()}", "venue": row.venue_id}
    return {"place": row.place, "why": row.why, "venue": row.venue}


@boards
def thresholds(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Set what each figure must reach; below it, what was changed when, by whom and why."""
    if not permissions.sets_thresholds(request.user):
        raise PermissionDenied
    form = ThresholdsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            wanted, reason = form.wanted(), form.cleaned_data["reason"]
            changed = services.thresholds_set(wanted=wanted, reason=reason, by=request.user)
        except ValidationError as error:
            show_errors(form, error)
        else:
            done = _("The thresholds hold from now on. Snapshots keep the former ones.")
            messages.success(request, done if changed else _("Nothing was changed."))
            return redirect("acceptance_criteria")
    kind = ContentType.objects.get_for_model(Threshold)
    log = ModelLogEntry.objects.filter(content_type=kind).select_related("user", "content_type")
    return screen(
        request,
        "acceptance/thresholds.html",
        _("Thresholds of the criteria"),
        programme=programme,
        tab="criteria",
        crumbs=[(reverse("acceptance_criteria"), _("Acceptance criteria"))],
        status=422 if form.errors else 200,
        form=form,
        log=log.order_by("-timestamp", "-pk")[:LOG],
    )


# Acceptances ------------------------------------------------------------------------------------
@boards
def home(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The acceptances of the programme, and where the running one stands."""
    done = Count("items", filter=Q(items__case__state=Acceptance.State.DONE))
    cases = Acceptance.objects.filter(programme=programme).annotate(listed=Count("items"), put_right=done)
    cases = cases.prefetch_related(Prefetch("work_items", WorkItem.objects.open(), to_attr="waiting"))
    rows = list(cases.order_by("-pk")[:20]) if _sees_cases(request) else []
    for item in (item for row in rows for item in row.waiting):
        item.title = node_title(item.flow, item.node)
    return screen(
        request,
        "acceptance/home.html",
        _("Final acceptance"),
        programme=programme,
        tab="acceptance",
        cases=rows,
        sees_cases=_sees_cases(request),
        problem=services.start_problem(programme),
        may_start=permissions.starts(request.user),
        may_take=permissions.takes_dossier(request.user),
    )


def _sees_cases(request: HttpRequest) -> bool:
    """An acceptance belongs to the county: its case is in the scope of the bureau and the heads."""
    return permissions.takes_dossier(request.user)


@boards
def start(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Start an acceptance; warn of what is unfinished."""
    if not permissions.starts(request.user):
        raise PermissionDenied
    unfinished = services.unfinished_before(programme)
    form = StartForm(request.POST if request.method == "POST" else None, unfinished=unfinished)
    problem = services.start_problem(programme)
    if request.method == "POST" and not problem and form.is_valid():
        try:
            why = form.cleaned_data.get("why_now", "")
            case = case_start(AcceptanceFlow, by=request.user, programme=programme, why_now=why)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The acceptance has started: both head institutions write their reports."))
            return redirect("workflows_case", case.number)
    return screen(
        request,
        "acceptance/start.html",
        _("Start the acceptance"),
        programme=programme,
        tab="acceptance",
        crumbs=crumbs(),
        status=422 if form.errors or (problem and request.method == "POST") else 200,
        form=form,
        problem=problem,
        unfinished=unfinished,
    )


# The rectification list -------------------------------------------------------------------------
def _led(request: HttpRequest, number: str) -> Acceptance:
    """An acceptance for whoever leads it: 404 for whoever may not know of it."""
    if not permissions.takes_dossier(request.user):
        raise Http404
    return get_object_or_404(Acceptance.objects.select_related("programme"), number=number)


def items(request: HttpRequest, number: str) -> HttpResponse:
    """The rectification list: what is to be put right, by whom, until when, and how far it is."""
    case = _led(request, number)
    may_write = permissions.starts(request.user) and services.may_write_list(case)
    form = ItemForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if not permissions.starts(request.user):
            raise PermissionDenied
        if form.is_valid():
            try:
                services.item_add(acceptance=case, by=request.user, **form.cleaned_data)
            except ValidationError as error:
                show_errors(form, error)
            else:
                messages.success(request, _("The item is on the list. It goes out with your decision."))
                return redirect("acceptance_items", number)
    return screen(
        request,
        "acceptance/items.html",
        _("Rectification list"),
        programme=case.programme,
        tab="acceptance",
        crumbs=[*crumbs(), (reverse("workflows_case", args=[case.number]), case.number)],
        status=422 if form.errors else 200,
        case=case,
        rows=case.items.select_related("township", "case"),
        form=form if may_write else None,
        step=case.work_items.open().filter(role="bureau").first(),
        today=timezone.localdate(),
    )


@require_POST
def item_remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Take an item off the list that has not gone out."""
    case = _led(request, number)
    item = get_object_or_404(RectificationItem, pk=pk, acceptance=case)
    try:
        services.item_remove(item=item, by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The item is off the list."))
    return redirect("acceptance_items", number)


# The dossier ------------------------------------------------------------------------------------
@boards
def dossier_list(request: HttpRequest, programme: Programme) -> HttpResponse:
    """The dossiers of the programme: ask for one, see how far it is, take it away; who took one."""
    if not permissions.takes_dossier(request.user):
        raise PermissionDenied
    if request.method == "POST":
        try:
            dossiers.dossier_ask(programme=programme, by=request.user)
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        else:
            messages.success(request, _("The dossier is being made. This page shows how far it is."))
        return redirect(f"{reverse('acceptance_dossiers')}?programme={programme.slug}")
    page = paged(request, programme.dossiers.select_related("asked_by"), 10)
    pending = any(row.is_pending for row in page["rows"])
    response = screen(
        request,
        "acceptance/dossiers.html",
        _("Acceptance dossier"),
        programme=programme,
        tab="acceptance",
        crumbs=crumbs(),
        page=page,
        pending=pending,
        downloads=DossierDownload.objects.filter(dossier__programme=programme).select_related("by", "dossier")[:20],
    )
    if pending:
        response["Refresh"] = "5"  # without JavaScript
    return response


def dossier_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Take a dossier away; who did is written down."""
    if not permissions.takes_dossier(request.user):
        raise Http404
    row = get_object_or_404(Dossier.objects.exclude(file=""), pk=pk, state=Dossier.State.DONE)
    dossiers.dossier_take(dossier=row, by=request.user)
    return serve_private(row.file, name=row.name, content_type="application/zip")


# Snapshots --------------------------------------------------------------------------------------
def snapshots(request: HttpRequest, number: str) -> HttpResponse:
    """The criteria as they stood at each decision of an acceptance."""
    case = _led(request, number)
    return screen(
        request,
        "acceptance/snapshots.html",
        _("Criteria at each decision"),
        programme=case.programme,
        tab="acceptance",
        crumbs=[*crumbs(), (reverse("workflows_case", args=[case.number]), case.number)],
        case=case,
        **presentation.snapshots(case),
    )
