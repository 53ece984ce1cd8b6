"""Many milestones at once: the list of one's batches, grid and spreadsheet, the look before, progress and report."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.privatefiles import ACCEPT
from common.spreadsheets import MAX_BYTES, XLSX
from common.typed import key_of, keys_of
from workflows.core.views.acting import show_errors
from workflows.core.views.screens import paged

from .. import permissions
from ..batch_forms import GridForm, GridRow, SheetForm, TakeForm, grid_read
from ..models import Batch, BatchRow, Evidence, PlanItem, Programme, SurveyQuestion
from ..presentation import asked
from ..selectors import batches as selectors
from ..services import batches as services
from ..sheet_rows import entries_read
from ..sheets import Line, csv_write, lines_of_rows, workbook_write
from .frame import boards, screen

GRID_PAGE = 40
ROWS_PAGE = 100


def of_batch(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponseBase]:
    """For the pages of one batch: the view gets the person's own; anybody else's is not there."""

    @wraps(view)
    def found(request: HttpRequest, *args: Any, pk: int, **kwargs: Any) -> HttpResponse:
        kwargs.pop("programme")  # the batch's own counts
        batches = Batch.objects.of(request.user).select_related("programme", "item", "made_by")
        return view(request, get_object_or_404(batches, pk=pk), *args, **kwargs)

    return boards(found)


def crumbs() -> list[tuple[str, str]]:
    """The way to what stands below the list."""
    return [(reverse("milestones_batches"), _("Many at once"))]


def in_programme(name: str, programme: Programme, *args: Any) -> str:
    """An address that keeps the chosen programme."""
    return f"{reverse(name, args=args)}?programme={programme.slug}"


# The list ---------------------------------------------------------------------------------------
@boards
def index(request: HttpRequest, programme: Programme) -> HttpResponse:
    """My batches, and where to begin a new one."""
    page = paged(request, Batch.objects.of(request.user).filter(programme=programme).select_related("item"))
    return screen(
        request,
        "milestones/batches/index.html",
        _("Many at once"),
        programme=programme,
        tab="batches",
        page=page,
        kinds=[(kind, Batch.Kind(kind).label) for kind in permissions.kinds_decided(request.user)],
    )


# Entering ---------------------------------------------------------------------------------------
@boards
def new(request: HttpRequest, programme: Programme) -> HttpResponse:
    """Choose an item for the grid, fetch a spreadsheet, or bring one back."""
    items = selectors.items_to_fill(request.user, programme)
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = SheetForm(data, files, items=items)
    if request.method == "POST" and form.is_valid() and (batch := _from_sheet(request, programme, form)):
        return redirect("milestones_batch", batch.pk)
    return screen(
        request,
        "milestones/batches/new.html",
        _("Hand in for many venues"),
        programme=programme,
        tab="batches",
        crumbs=crumbs(),
        status=422 if form.errors else 200,
        items=items,
        form=form,
    )


def _from_sheet(request: HttpRequest, programme: Programme, form: SheetForm) -> Batch | None:
    """The batch made from an uploaded spreadsheet. None: the form has errors now."""
    upload, item = form.cleaned_data["sheet"], form.cleaned_data["item"]
    try:
        if upload.size > MAX_BYTES:
            raise ValidationError({"sheet": _("The spreadsheet is larger than 10 MB.")})
        data = upload.read()
        milestones = list(selectors.own_milestones(request.user, programme))
        reading = entries_read(data, milestones=milestones, questions=SurveyQuestion.objects.all(), item=item)
        return services.batch_prepare(
            programme=programme,
            by=request.user,
            entries=reading.entries,
            source=Evidence.Source.SHEET,
            item=item,
            common=_titled(form.cleaned_data["common"]),
            upload=(upload.name, data),
            left_empty=reading.left_empty,
            remarks=reading.remarks,
        )
    except ValidationError as error:
        show_errors(form, error if hasattr(error, "error_dict") else ValidationError({"sheet": error.error_list}))
        return None


def _titled(files: Any) -> list[tuple[Any, str]]:
    return [(checked, checked.name) for checked in files]


@boards
def sheet(request: HttpRequest, programme: Programme, ending: str) -> HttpResponse:
    """The spreadsheet to fill in: one plan item, or all that waits."""
    rows = selectors.open_milestones(request.user, programme)
    if (wanted := key_of(request.GET.get("item", ""))) is not None:
        rows = rows.filter(item=wanted)
    lines = [Line(row) for row in rows]
    return spreadsheet(lines, ending, f"{programme.slug}-{timezone.localdate():%Y%m%d}")


def spreadsheet(lines: list[Line], ending: str, name: str, *, with_result: bool = False) -> HttpResponse:
    """Lines as a file to save."""
    write, kind = (workbook_write, XLSX) if ending == "xlsx" else (csv_write, "text/csv; charset=utf-8")
    response = HttpResponse(write(lines, with_result=with_result), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    return response


@boards
def grid(request: HttpRequest, programme: Programme, item: int) -> HttpResponse:
    """One plan item at my venues: day, note, photo."""
    chosen = get_object_or_404(PlanItem.objects.select_related("stage"), pk=item, stage__programme=programme)
    page = paged(request, selectors.open_milestones(request.user, programme).filter(item=chosen), GRID_PAGE)
    if request.method == "POST":
        form = GridForm(request.POST, request.FILES)
        form.is_valid()
        rows = grid_read(form, _sent_rows(request, programme, chosen), request.POST, request.FILES)
        if batch := _from_grid(request, programme, chosen, form, rows):
            return redirect("milestones_batch", batch.pk)
    else:
        form, rows = GridForm(), _rows_again(request, page["rows"])
    return screen(
        request,
        "milestones/batches/grid.html",
        str(chosen),
        programme=programme,
        tab="batches",
        crumbs=[*crumbs(), (in_programme("milestones_batch_new", programme), _("Hand in for many venues"))],
        status=422 if request.method == "POST" else 200,
        item=chosen,
        asks=asked(chosen),
        form=form,
        rows=rows,
        page=page,
        status_bad=request.method == "POST",
        today=timezone.localdate().isoformat(),
        accept=ACCEPT,
    )


def _sent_rows(request: HttpRequest, programme: Programme, item: PlanItem) -> Any:
    """The milestones whose cells were sent: those of the page as it was shown, whatever was handed in meanwhile."""
    sent = keys_of([name.removeprefix("day-") for name in request.POST if name.startswith("day-")])
    return selectors.own_milestones(request.user, programme).filter(item=item, pk__in=sent[:GRID_PAGE])


def _rows_again(request: HttpRequest, milestones: Any) -> list[GridRow]:
    """Empty rows; or, with `?again=<batch>`, what was entered there."""
    own = Batch.objects.of(request.user).filter(pk=key_of(request.GET.get("again", "")) or 0)
    by_milestone = {row.milestone_id: row for row in BatchRow.objects.filter(batch__in=own)}
    return [GridRow.again(milestone, by_milestone.get(milestone.pk)) for milestone in milestones]


def _from_grid(
    request: HttpRequest, programme: Programme, item: PlanItem, form: GridForm, rows: list[GridRow]
) -> Batch | None:
    """The batch made from the grid. None: something typed is wrong, and says so."""
    if form.errors or any(row.errors for row in rows):
        return None
    try:
        return services.batch_prepare(
            programme=programme,
            by=request.user,
            entries=[row.entry(number) for number, row in enumerate(rows, start=1) if row.is_filled],
            source=Evidence.Source.GRID,
            item=item,
            common=_titled(form.cleaned_data["common"]),
            left_empty=sum(not row.is_filled for row in rows),
        )
    except ValidationError as error:
        show_errors(form, error)
        return None


# One batch --------------------------------------------------------------------------------------
@of_batch
def batch_page(request: HttpRequest, batch: Batch) -> HttpResponse:
    """One batch: what the rows say, the samples, progress, the end."""
    return _page(request, batch)


def _page(request: HttpRequest, batch: Batch, status: int = 200, problems: Any = ()) -> HttpResponse:
    rows = selectors.batch_rows(batch)
    state = request.GET.get("state", "")
    if state in BatchRow.State.values:
        rows = rows.filter(state=state)
    counts = selectors.batch_counts(batch)
    samples = list(batch.rows.filter(sample=True).select_related("milestone__item", "milestone__venue"))
    return screen(
        request,
        "milestones/batches/batch.html",
        str(batch),
        programme=batch.programme,
        tab="batches",
        crumbs=crumbs(),
        status=status,
        problems=problems,
        batch=batch,
        page=paged(request, rows, ROWS_PAGE),
        states=[(name, BatchRow.State(name).label, count) for name, count in counts.items() if count],
        state=state,
        counts=counts,
        samples=samples,
        keep_days=settings.BATCH_KEEP_DAYS,
        to_look_at=sum(row.looked_at is None for row in samples),
        common=list(batch.files.filter(row=None)),
    )


@of_batch
def progress(request: HttpRequest, batch: Batch) -> HttpResponse:
    """The part of the page that htmx asks for again; once the batch is over, the whole page is asked for."""
    response = render(request, "milestones/batches/_progress.html", {"batch": batch})
    if not batch.is_waiting:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@of_batch
def take(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Give a batch to the worker."""
    form = TakeForm(request.POST)
    how = form.cleaned_data["how"] if form.is_valid() else ""
    try:
        if not how:
            raise ValidationError(_("Choose how the batch is taken."))
        services.batch_queue(batch=batch, by=request.user, all_or_nothing=how == "all")
    except ValidationError as error:
        return _page(request, batch, status=422, problems=error.messages)
    return redirect("milestones_batch", batch.pk)


@require_POST
@of_batch
def cancel(request: HttpRequest, batch: Batch) -> HttpResponse:
    """Cancel a batch."""
    try:
        services.batch_cancel(batch=batch, by=request.user)
    except ValidationError as error:
        messages.warning(request, " ".join(error.messages))
        return redirect("milestones_batch", batch.pk)
    messages.success(request, _("The batch is cancelled. What was taken before stays."))
    return redirect(in_programme("milestones_batches", batch.programme))


@of_batch
def report(_request: HttpRequest, batch: Batch, ending: str) -> HttpResponse:
    """The rows as the same spreadsheet, with a column that says what became of each."""
    lines = lines_of_rows(selectors.batch_rows(batch))
    return spreadsheet(lines, ending, f"batch-{batch.pk}", with_result=True)
