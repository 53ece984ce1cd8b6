"""The bureau's administration of programmes: list, copy, start, publish, plan, stages and items."""

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.contrib import messages
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Model, Q
from django.forms import Form, ModelForm
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from wagtail.models import ModelLogEntry

from workflows.core.views.acting import show_errors

from ..models import Milestone, PlanItem, Programme, Stage
from ..permissions import manages_programmes
from ..presentation import asked
from ..programme_forms import CopyForm, FixedAfterStart, ItemForm, NewItemForm, ProgrammeForm, StageForm
from ..selectors.boards import board_of
from ..services import programmes as services
from ..services.plan import plan_make, plan_preview, programme_copy
from .frame import screen

LOG = 30
View = Callable[..., HttpResponseBase]


def bureau_only(view: View) -> View:
    """Only for those who lead programmes."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not manages_programmes(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def crumbs_to(programme: Programme | None = None) -> list[tuple[str, Any]]:
    """The way to a page below the list, or below one programme."""
    trail: list[tuple[str, Any]] = [(reverse("milestones_programmes"), _("Programmes"))]
    if programme:
        trail.append((reverse("milestones_programme", args=[programme.slug]), programme))
    return trail


@bureau_only
def programmes(request: HttpRequest) -> HttpResponse:
    """Every programme."""
    standing, done = ~Q(milestones__state=Milestone.State.VOID), Q(milestones__state=Milestone.State.DONE)
    rows = Programme.objects.annotate(
        planned=Count("milestones", filter=standing), finished=Count("milestones", filter=done)
    )
    return screen(request, "milestones/programmes.html", _("Programmes"), tab="programmes", rows=rows)


@bureau_only
def programme_page(request: HttpRequest, slug: str) -> HttpResponse:
    """One programme: what may be done with it, its stages and items, its log."""
    row = get_object_or_404(Programme, slug=slug)
    board, missing = board_of(row, timezone.localdate()), plan_preview(programme=row)
    items = PlanItem.objects.filter(stage__programme=row).prefetch_related("after")
    after = {item.pk: list(item.after.all()) for item in items}
    stages = [
        (
            stage,
            [
                (item, asked(item), board.of(item=item), missing.get(item.pk, 0), after[item.pk])
                for item in stage.items.all()
            ],
        )
        for stage in board.stages
    ]
    context: dict[str, Any] = {"row": row, "stages": stages, "missing": sum(missing.values()), "log": _log(row)}
    context |= {"whole": board.whole, "crumbs": crumbs_to()}
    return screen(request, "milestones/programme.html", str(row), tab="programmes", **context)


def _log(programme: Programme) -> list[ModelLogEntry]:
    """What was changed of the programme, its stages and items, the newest first."""
    stages = Stage.objects.filter(programme=programme).values_list("pk", flat=True)
    items = PlanItem.objects.filter(stage__programme=programme).values_list("pk", flat=True)
    wanted = Q(pk__in=[])
    for model, keys in ((Programme, [programme.pk]), (Stage, stages), (PlanItem, items)):
        kind = ContentType.objects.get_for_model(model)
        wanted |= Q(content_type=kind, object_id__in=[str(key) for key in keys])
    rows = ModelLogEntry.objects.filter(wanted).select_related("user", "content_type")
    return list(rows.order_by("-timestamp", "-pk")[:LOG])


@bureau_only
def copy(request: HttpRequest, slug: str) -> HttpResponse:
    """A new programme from a copy of this one."""
    row = get_object_or_404(Programme, slug=slug)
    form = CopyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = programme_copy(programme=row, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The copy is a draft: change it, make its plan, then start it."))
            return redirect("milestones_programme", made.slug)
    title = _("Copy of %(name)s") % {"name": row}
    return _form(request, form, title, row, _("Copy"))


def _form(request: HttpRequest, form: Any, title: str, programme: Programme, button: str) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "button": button, "crumbs": crumbs_to(programme), "row": programme}
    status = 422 if form.errors else 200
    return screen(request, "milestones/programme_form.html", title, tab="programmes", status=status, **context)


def _edited(
    request: HttpRequest, row: Model, programme: Programme, kind: type[FixedAfterStart], save: Callable[[dict], None]
) -> HttpResponse:
    """Show a form, or save what was typed through a service. What is refused stands beside its field."""
    form: ModelForm = kind(request.POST if request.method == "POST" else None, instance=row, programme=programme)
    if request.method == "POST" and form.is_valid():
        try:
            save(form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Saved."))
            return redirect("milestones_programme", programme.slug)
    return _form(request, form, str(row), programme, _("Save"))


@bureau_only
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """A programme's texts."""
    row = get_object_or_404(Programme, slug=slug)

    def save(data: dict) -> None:
        services.programme_edit(programme=row, by=request.user, changes=data)

    return _edited(request, row, row, ProgrammeForm, save)


@bureau_only
def stage(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A stage: before the start with its dates, afterwards its names."""
    row = get_object_or_404(Stage.objects.select_related("programme"), programme__slug=slug, number=number)

    def save(data: dict) -> None:
        services.stage_edit(stage=row, by=request.user, changes=data)

    return _edited(request, row, row.programme, StageForm, save)


@bureau_only
def item(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A plan item: before the start everything, afterwards texts and weight."""
    rows = PlanItem.objects.select_related("stage__programme")
    row = get_object_or_404(rows, stage__programme__slug=slug, code=code)

    def save(data: dict) -> None:
        services.item_edit(item=row, by=request.user, changes=data)

    return _edited(request, row, row.stage.programme, ItemForm, save)


@bureau_only
def add_item(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """A further plan item of a draft's stage."""
    stages = Stage.objects.filter(programme__state=Programme.State.DRAFT).select_related("programme")
    row = get_object_or_404(stages, programme__slug=slug, number=number)
    days = {"first_day": row.first_day, "last_day": row.last_day}
    form = NewItemForm(
        request.POST if request.method == "POST" else None,
        instance=PlanItem(stage=row),
        programme=row.programme,
        initial=days,
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.item_add(stage=row, by=request.user, fields=form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("The item was added. Make the plan when all of them are there."))
            return redirect("milestones_programme", slug)
    return _form(request, form, _("New plan item: %(stage)s") % {"stage": row}, row.programme, _("Add"))


@bureau_only
def remove_item(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """Take a plan item out of a draft, after one question."""
    rows = PlanItem.objects.filter(stage__programme__state=Programme.State.DRAFT).select_related("stage__programme")
    row = get_object_or_404(rows, stage__programme__slug=slug, code=code)
    title = _("Remove “%(name)s” from the draft?") % {"name": row}
    remove = partial(services.item_remove, item=row, by=request.user)
    return _asked(request, title, row.stage.programme, remove, reverse("milestones_programme", args=[slug]))


@bureau_only
def delete(request: HttpRequest, slug: str) -> HttpResponse:
    """Delete a draft, after one question."""
    row = get_object_or_404(Programme, slug=slug, state=Programme.State.DRAFT)
    title = _("Delete the draft “%(name)s”?") % {"name": row}
    remove = partial(services.draft_delete, programme=row, by=request.user)
    return _asked(request, title, row, remove, reverse("milestones_programmes"))


def _asked(
    request: HttpRequest, title: str, programme: Programme, remove: Callable[[], None], then: str
) -> HttpResponse:
    """One question before something goes."""
    form = Form(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            remove()
        except ValidationError as error:  # started meanwhile
            messages.error(request, " ".join(error.messages))
        else:
            messages.success(request, _("Done."))
        return redirect(then)
    return _form(request, form, title, programme, _("Remove"))


@bureau_only
@require_POST
def act(request: HttpRequest, slug: str, what: str) -> HttpResponse:
    """Start, publish, hide, or make what the plan lacks."""
    row = get_object_or_404(Programme, slug=slug)
    try:
        text = ACTS[what](row, request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, text)
    return redirect("milestones_programme", row.slug)


def _added(count: int) -> str:
    return ngettext("%(n)s milestone was added.", "%(n)s milestones were added.", count) % {"n": count}


def _start(row: Programme, by: Any) -> str:
    return _("The programme runs.") + " " + _added(services.programme_start(programme=row, by=by))


def _show(row: Programme, by: Any) -> str:
    services.programme_publish(programme=row, by=by, public=True)
    return _("Everybody sees the programme now.")


def _hide(row: Programme, by: Any) -> str:
    services.programme_publish(programme=row, by=by, public=False)
    return _("The programme is hidden from the public.")


def _plan(row: Programme, by: Any) -> str:
    if row.state == Programme.State.ACCEPTED:
        raise ValidationError(_("The programme is accepted: it stays as it was accepted."))
    return _added(plan_make(programme=row, by=by))


ACTS: dict[str, Callable[[Programme, Any], str]] = {"start": _start, "publish": _show, "hide": _hide, "plan": _plan}
