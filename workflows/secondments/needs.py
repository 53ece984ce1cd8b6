"""What branches asked for: their needs 用人需求, and their own people whom they nominated; the list and the form."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.core.forms import ReasonForm
from workflows.core.models import Case, Decision, WorkItem
from workflows.core.selectors import inbox_of
from workflows.core.services import case_start
from workflows.core.views.acting import show_errors
from workflows.core.views.screens import paged, screen

from . import permissions, services
from .flows import SecondmentFlow
from .forms import NeedForm
from .models import Secondment
from .overview import for_board, screen_of
from .selectors import visible

PAGE = 30


def needs_of(rows: QuerySet[Secondment]) -> QuerySet[Secondment]:
    """Those of the rows that a branch asked for: open needs first, then the newest."""
    waits = WorkItem.objects.open().filter(case=OuterRef("pk"), node="nominate")
    asked = Q(direction=Secondment.Direction.UP) | Q(nominated_by=None) | ~Q(nominated_by=F("opened_by"))
    found = rows.filter(asked).annotate(open_need=Exists(waits))
    return found.select_related("branch", "opened_by", "person").order_by("-open_need", "-pk")


def open_need(user: Any, number: str) -> Secondment:
    """A need that waits for its nomination, among those somebody may see; 404 otherwise."""
    rows = needs_of(visible(user)).filter(open_need=True)
    return get_object_or_404(rows, number=number)


@dataclass(frozen=True)
class NeedRow:
    """One need.

    Attributes:
        item: primary key of the step that answers it, for whoever may take it; None otherwise.
        refusal: why it was not met, or withdrawn; empty when that was not said.
        may_withdraw: whether the reader may take it back.
    """

    case: Secondment
    item: int | None
    refusal: str
    may_withdraw: bool


def need_rows(cases: list[Secondment], user: Any) -> list[NeedRow]:
    """The rows of the list, in a constant number of queries."""
    keys = [case.pk for case in cases]
    waiting = inbox_of(user).waiting.filter(case__in=keys, node="nominate").values_list("case", "pk")
    ended = (Case.State.REFUSED, Case.State.WITHDRAWN)
    refused = Decision.objects.filter(case__in=keys, case__state__in=ended).exclude(node="consent")
    said = refused.exclude(reason="").order_by("pk").values_list("case", "reason")
    items, reasons = dict(waiting), dict(said)
    mine = permissions.needs_withdrawn_by(user, [case for case in cases if case.open_need])
    return [NeedRow(case, items.get(case.pk), reasons.get(case.pk, ""), case.pk in mine) for case in cases]


def needs(request: HttpRequest) -> HttpResponse:
    """What branches and townships asked for, and what became of it."""
    held = for_board(request)
    page = paged(request, needs_of(visible(request.user, held)), PAGE)
    context = {
        "page": page,
        "rows": need_rows(page["rows"], request.user),
        "may_state": permissions.states_needs(request.user),
        "official": held.is_official,
        "year": timezone.localdate().year,
    }
    return screen_of(request, "secondments/needs.html", _("Needs"), context)


def need(request: HttpRequest) -> HttpResponse:
    """State a need; the line's head finds it in its inbox."""
    if not permissions.states_needs(request.user):
        raise PermissionDenied
    form = NeedForm(request.POST if request.method == "POST" else None, by=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            case = case_start(SecondmentFlow, by=request.user, entry="need", facts=form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            told = _("%(number)s is stated: the head institution answers it.") % {"number": case.number}
            messages.success(request, told)
            return redirect("secondments_needs")
    crumbs = [(reverse("secondments_board"), _("Secondments")), (reverse("secondments_needs"), _("Needs"))]
    status = 422 if form.errors else 200
    return screen(request, "confirm", _("State a need"), crumbs=crumbs, form=form, button=_("Send"), status=status)


def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take a need back, with a reason, before anybody is nominated for it."""
    case = open_need(request.user, number)
    if case.pk not in permissions.needs_withdrawn_by(request.user, [case]):
        raise PermissionDenied
    form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.need_withdraw(case=case, by=request.user, reason=form.cleaned_data["reason"])
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("%(number)s is withdrawn: the head institution is told.") % {"number": number})
            return redirect("secondments_needs")
    crumbs = [(reverse("secondments_board"), _("Secondments")), (reverse("secondments_needs"), _("Needs"))]
    shown: dict[str, Any] = {"case": case, "form": form, "button": _("Withdraw the need")}
    status = 422 if form.errors else 200
    return screen(request, "confirm", _("Withdraw the need"), crumbs=crumbs, status=status, **shown)
