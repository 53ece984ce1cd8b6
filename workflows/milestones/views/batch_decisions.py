"""One decision about many milestones: the head institution's check and the bureau's confirmation, with samples."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from common.typed import keys_of
from network.models import Division
from workflows.core.views.acting import show_errors
from workflows.core.views.screens import paged

from .. import permissions
from ..batch_forms import DecideFilter, DecideForm, entries_of
from ..models import Batch, BatchRow, PlanItem, Programme
from ..presentation import asked
from ..selectors.batches import steps_to_decide
from ..services.batch_rows import Questions
from ..services.batches import batch_prepare_decision, evidence_of, sample_look
from ..survey_values import answer_text
from .batches import crumbs, in_programme, of_batch
from .frame import boards, screen

PAGE = 50
MOST = 2_000  # milestones in one batch


@boards
def decide(request: HttpRequest, programme: Programme, kind: str) -> HttpResponse:
    """Choose what was handed in, and decide about all of it at once."""
    if kind not in Batch.Kind.values or kind == Batch.Kind.HAND_IN:
        raise Http404
    if kind not in permissions.kinds_decided(request.user):
        raise PermissionDenied
    narrowed = _filter(request, programme)
    steps = steps_to_decide(request.user, programme, kind)
    for name, path in (("item", "item"), ("township", "township")):
        if chosen := narrowed.cleaned_data.get(name):
            steps = steps.filter(**{f"case__milestonecase__milestone__{path}": chosen})
    form = DecideForm(request.POST if request.method == "POST" else None, kind=kind)
    if request.method == "POST" and form.is_valid() and (batch := _prepare(request, programme, kind, form, steps)):
        return redirect("milestones_batch", batch.pk)
    titles = {Batch.Kind.CHECK: _("Check many"), Batch.Kind.CONFIRM: _("Confirm many")}
    return screen(
        request,
        "milestones/batches/decide.html",
        titles[Batch.Kind(kind)],
        programme=programme,
        tab="batches",
        crumbs=crumbs(),
        status=422 if form.errors else 200,
        kind=kind,
        narrowed=narrowed,
        form=form,
        page=paged(request, steps, PAGE),
        ticked=set(request.POST.getlist("step")),
        here=f"{in_programme('milestones_batch_decide', programme, kind)}&{_query(request)}",
    )


def _filter(request: HttpRequest, programme: Programme) -> DecideFilter:
    items = PlanItem.objects.filter(stage__programme=programme)
    townships = Division.objects.filter(level=Division.Level.TOWNSHIP)
    narrowed = DecideFilter(request.GET, items=items, townships=townships)
    narrowed.is_valid()
    return narrowed


def _query(request: HttpRequest) -> str:
    query = request.GET.copy()
    query.pop("programme", None)
    return query.urlencode()


def _prepare(request: HttpRequest, programme: Programme, kind: str, form: DecideForm, steps: Any) -> Batch | None:
    """The draft of the decision. None: the form has errors now."""
    if form.cleaned_data["scope"] == "ticked":
        steps = steps.filter(pk__in=keys_of(request.POST.getlist("step"))[:PAGE])
    chosen = list(steps[: MOST + 1])
    try:
        if len(chosen) > MOST:
            raise ValidationError(_("At most %(most)s at once: narrow the list.") % {"most": MOST})
        return batch_prepare_decision(
            programme=programme,
            by=request.user,
            entries=entries_of(chosen),
            kind=kind,
            decision=form.cleaned_data["decision"],
            reason=form.cleaned_data["reason"],
            sample_percent=form.cleaned_data["percent"],
        )
    except ValidationError as error:
        show_errors(form, error)
        return None


# Samples ----------------------------------------------------------------------------------------
@of_batch
def sample(request: HttpRequest, batch: Batch, row: int) -> HttpResponse:
    """Open one sample: what was handed in, and whether it is in order."""
    pk = batch.pk
    rows = BatchRow.objects.filter(batch=batch, sample=True)
    drawn = get_object_or_404(rows.select_related("milestone__item", "milestone__venue", "milestone__case"), pk=row)
    if request.method == "POST" and (found := request.POST.get("fine")) in ("yes", "no"):
        try:
            sample_look(row=drawn, by=request.user, fine=found == "yes")
        except ValidationError as error:
            messages.warning(request, " ".join(error.messages))
        following = rows.filter(looked_at=None).first()
        return redirect("milestones_batch_sample", pk, following.pk) if following else redirect("milestones_batch", pk)
    milestone = drawn.milestone
    evidence = evidence_of(drawn)
    answers = evidence.answers if evidence else {}
    return screen(
        request,
        "milestones/batches/sample.html",
        str(milestone),
        programme=batch.programme,
        tab="batches",
        crumbs=[*crumbs(), (reverse("milestones_batch", args=[pk]), str(batch))],
        batch=batch,
        row=drawn,
        milestone=milestone,
        asks=asked(milestone.item) if milestone else "",
        evidence=evidence,
        files=list(evidence.files.all()) if evidence else [],
        answers=[
            (question.label_with_unit, answer_text(question, answers.get(question.key)))
            for question in (Questions().of(milestone) if milestone else [])
        ],
    )
