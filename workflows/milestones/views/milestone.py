"""One milestone's page: what is asked, what was handed in, and what to do next; also before its case exists."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from network.models import Venue
from workflows.core.models import Case
from workflows.core.permissions import may_take
from workflows.core.services import LostRace
from workflows.core.timeline import official_timeline
from workflows.core.views.acting import show_errors
from workflows.core.views.screens import describe, officials

from .. import permissions, rules
from ..forms import BlockForm, EvidenceForm, MoveForm, WithdrawForm
from ..locks import running_case
from ..models import Evidence, Milestone, MilestoneCase, SurveyQuestion
from ..presentation import asked
from ..selectors.survey import answer_pairs
from ..selectors.withdrawal import follows_of
from ..services.delays import block_report, date_move_ask
from ..services.evidence import HAND_IN, closed_because, evidence_hand_in
from ..services.withdrawal import evidence_withdraw, kept_because, withdrawn_already
from .frame import screen

Forms = dict[str, forms.Form]
EVIDENCE = ("milestone__item", "milestone__venue", "case", "by")


def visible_milestone(request: HttpRequest, pk: int) -> Milestone:
    """The milestone, or 404 for whoever may not see it."""
    rows = permissions.visible_milestones(request.user).with_place()  # type: ignore[attr-defined]
    return get_object_or_404(rows.select_related("programme", "venue__parent", "case"), pk=pk)


@officials
def milestone(request: HttpRequest, pk: int) -> HttpResponse:
    """The page itself."""
    return page(request, visible_milestone(request, pk))


def page(request: HttpRequest, row: Milestone, bound: Forms | None = None) -> HttpResponse:
    """Everything about one milestone. `bound`: a form that was sent and has errors, by its name."""
    today = timezone.localdate()
    case = running_case(row)
    turns = (
        [_turn(request, item, case) for item in case.work_items.open().select_related("task", "assignee")]
        if case
        else []
    )
    why_not = closed_because(row) or _why_not_mine(request, row, turns)
    return screen(
        request,
        "milestones/milestone.html",
        f"{row.place} · {row.item}",
        programme=row.programme,
        status=422 if bound else 200,
        milestone=row,
        asked=asked(row.item),
        is_head=bool(row.venue and row.venue.tier == Venue.Tier.HEAD),
        late=row.is_overdue(today),
        slack_days=abs(row.slack(today)),
        waits_for=[] if row.state == row.State.VOID else rules.waits_for(row),
        standing=_standing(row),
        case=case,
        turns=turns,
        evidence=_evidence(request, row),
        moves=row.date_moves.select_related("asked_by", "decided_by"),
        issues=row.issues.select_related("raised_by", "resolved_by", "minutes", "case"),
        timeline=_timeline(row),
        why_not=why_not,
        forms={} if why_not else _forms(row) | (bound or {}),
        opened=next(iter(bound or {}), ""),
    )


def _standing(row: Milestone) -> list[Milestone]:
    """What was confirmed because this one was, while it is open again."""
    if row.state in (row.State.DONE, row.State.VOID) or not row.cases.filter(state=Case.State.DONE).exists():
        return []
    return rules.stands_on_many([row])[row.pk]


def _turn(request: HttpRequest, item: Any, case: Any) -> Any:
    """An open step, and whether it is the reader's to take."""
    describe(item)
    item.leave = may_take(request.user, item, case, item.task.flow_task)
    item.hands_in = item.node in HAND_IN
    return item


def _why_not_mine(request: HttpRequest, row: Milestone, turns: list[Any]) -> str:
    """Why the reader cannot hand in now, or an empty string."""
    if not permissions.may_hand_in(request.user, row):
        return _("Evidence comes from whose milestone it is.")
    if not turns:
        return _("The case rests: nothing is handed in meanwhile.") if row.case and row.case.is_running else ""
    mine = next((item for item in turns if item.hands_in), None)
    if mine is None:
        return _("It is being looked at: nothing is handed in meanwhile.")
    return "" if mine.leave else mine.leave.refusal


def _forms(row: Milestone) -> Forms:
    return {
        "hand_in": EvidenceForm(milestone=row),
        "move": MoveForm(milestone=row),
        "block": BlockForm(),
    }


def _evidence(request: HttpRequest, row: Milestone) -> list[Evidence]:
    """What was handed in, the newest first, with what may be done to it."""
    found = list(row.evidence.select_related("by", "withdrawn_by", "case").prefetch_related("files").order_by("-pk"))
    questions = list(SurveyQuestion.objects.filter(form=row.item.survey)) if row.item.survey else []
    newest = next((evidence for evidence in found if not evidence.withdrawn_at), None)
    for evidence in found:
        evidence.milestone = row
        counts = not evidence.withdrawn_at and (
            evidence.case.state == Case.State.ACTIVE or (row.state == row.State.DONE and evidence == newest)
        )
        mine = permissions.may_withdraw(request.user, evidence)
        evidence.may_withdraw = counts and mine and not kept_because(row)  # type: ignore[attr-defined]
        evidence.shown_answers = answer_pairs(evidence, questions)  # type: ignore[attr-defined]
    return found


def _timeline(row: Milestone) -> list[Any]:
    """Every case of the milestone, one after the other."""
    cases = MilestoneCase.objects.filter(milestone=row).order_by("pk")
    return [step for case in cases for step in official_timeline(case)]


# What is sent from the page ---------------------------------------------------------------------
def _sent(
    request: HttpRequest, row: Milestone, name: str, form: forms.Form, act: Callable[[dict[str, Any]], Any], done: str
) -> HttpResponse:
    """Take what a form says; what is wrong stands beside its field, with everything that was typed."""
    if request.method != "POST":  # back from signing in again
        return redirect("milestones_milestone", row.pk)
    if not permissions.may_hand_in(request.user, row):
        raise PermissionDenied
    if form.is_valid():
        try:
            result = act(form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            if isinstance(result, LostRace):
                messages.warning(request, result.message)
            else:
                messages.success(request, done)
            return redirect("milestones_milestone", row.pk)
    return page(request, row, {name: form})


@officials
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand in evidence."""
    row = visible_milestone(request, pk)
    form = EvidenceForm(request.POST or None, request.FILES or None, milestone=row)
    return _sent(
        request,
        row,
        "hand_in",
        form,
        lambda data: evidence_hand_in(milestone=row, by=request.user, **data),
        _("The evidence was handed in."),
    )


@officials
def move(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for another last day."""
    row = visible_milestone(request, pk)
    form = MoveForm(request.POST or None, milestone=row)
    return _sent(
        request,
        row,
        "move",
        form,
        lambda data: date_move_ask(milestone=row, by=request.user, **data),
        _("The bureau was asked for another last day."),
    )


@officials
def block(request: HttpRequest, pk: int) -> HttpResponse:
    """Report what blocks it."""
    row = visible_milestone(request, pk)
    form = BlockForm(request.POST or None)
    return _sent(
        request,
        row,
        "block",
        form,
        lambda data: block_report(milestone=row, by=request.user, **data),
        _("It was reported, for the leading group."),
    )


@officials
def withdraw(request: HttpRequest, pk: int, evidence: int) -> HttpResponse:
    """Take evidence back, with a reason."""
    row = visible_milestone(request, pk)
    found = get_object_or_404(Evidence.objects.select_related(*EVIDENCE), pk=evidence, milestone=row)
    if found.withdrawn_at:
        messages.warning(request, withdrawn_already())
        return redirect("milestones_milestone", row.pk)
    if not permissions.may_withdraw(request.user, found):
        raise PermissionDenied
    follows = follows_of(found)
    form = WithdrawForm(request.POST or None, seen=follows.mark if follows else "")
    if request.method == "POST" and form.is_valid():
        try:
            result = evidence_withdraw(evidence=found, by=request.user, **form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            if isinstance(result, LostRace):
                messages.warning(request, result.message)
            else:
                messages.success(request, _("The evidence was withdrawn."))
            return redirect("milestones_milestone", row.pk)
    title = f"{row.place} · {row.item}"
    return screen(
        request,
        "milestones/withdraw.html",
        _("Withdraw evidence"),
        programme=row.programme,
        crumbs=[(reverse("milestones_milestone", args=[row.pk]), title)],
        status=422 if form.errors else 200,
        milestone=row,
        evidence=found,
        follows=follows,
        form=form,
    )
