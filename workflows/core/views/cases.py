"""The officials' lists of cases, and one case."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.privatefiles import serve_private

from .. import permissions, selectors, services
from ..chart import case_chart
from ..forms import ReasonForm, TextForm
from ..models import Case, CaseFile, WorkItem
from ..nodes import HumanTask, node_title
from ..timeline import official_timeline
from .screens import describe, mandate, officials, paged, screen, told


@officials
def cases(request: HttpRequest) -> HttpResponse:
    """Every case within one's scope."""
    rows = selectors.cases_for(request.user)
    text, state = request.GET.get("q", "")[:100].replace("\0", ""), request.GET.get("state", "")
    if text:
        rows = rows.filter(Q(number__icontains=text) | Q(title__icontains=text) | Q(organisation__name__icontains=text))
    if state in Case.State.values:
        rows = rows.filter(state=state)
    page = paged(request, rows)
    for case in page["rows"]:
        case.places = [node_title(item.flow, item.node) for item in case.open_items]
    return screen(request, "cases", _("Cases"), page=page, q=text, state=state, states=Case.State.choices)


def visible_case(request: HttpRequest, number: str) -> Any:
    """The flow's own case, or 404 for whoever may not see it."""
    case = get_object_or_404(Case.objects.visible_to(request.user), number=number)
    if case.flow_class is None:
        raise Http404
    return case.flow_class.process_class.objects.select_related("township", "organisation").get(pk=case.pk)


@officials
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """Everything about one case."""
    case = visible_case(request, number)
    return screen(request, "case", f"{case.number} {case.title}", crumbs=case_crumbs(), **case_context(request, case))


def case_crumbs(case: Case | None = None) -> list[tuple[str, str]]:
    """The way to a case."""
    trail = [(reverse("workflows_cases"), _("Cases"))]
    return [*trail, (reverse("workflows_case", args=[case.number]), case.number)] if case else trail


def case_context(request: HttpRequest, case: Any) -> dict[str, Any]:
    """What the case page shows."""
    items = list(selectors.open_items_of(case))
    for item in items:
        describe(item)
        node = item.task.flow_task
        mine = item.assignee_id == request.user.pk
        others = item.role != WorkItem.Role.APPLICANT and (mine or mandate(request).bureau)
        item.leave = isinstance(node, HumanTask) and permissions.may_take(request.user, item, case, node)  # type: ignore[attr-defined]
        item.is_mine, item.may_reassign = mine, others  # type: ignore[attr-defined]
    return {
        "case": case,
        "partner": case.flow_class.partner,
        "items": items,
        "facts": case.flow_class.instance.facts(case),
        "files": case.files.select_related("uploaded_by"),
        "timeline": official_timeline(case),
        "chart": case_chart(case),
        "comments": case.comments.select_related("author"),
        "talk": case.messages.select_related("author"),
        "form": TextForm(),
        "may_manage": case.is_running and permissions.may_manage_case(request.user, case),
        "may_cancel": case.is_running and permissions.may_cancel_case(request.user),
    }


@officials
@require_POST
def say(request: HttpRequest, number: str, to: str) -> HttpResponse:
    """Add a comment (among officials) or a message (to the applicant)."""
    case = visible_case(request, number)
    form = TextForm(request.POST)
    if not form.is_valid():
        context = case_context(request, case) | {"form": form, "said_to": to}
        return screen(request, "case", f"{case.number} {case.title}", crumbs=case_crumbs(), **context)
    text = form.cleaned_data["text"]
    if to == "comment":
        services.case_comment(case=case, author=request.user, text=text)
    else:
        services.case_message(case=case, author=request.user, text=text)
    anchor = "comments" if to == "comment" else "messages"
    return redirect(reverse("workflows_case", args=[number]) + f"#{anchor}")


STOPS: dict[str, tuple[Any, Any]] = {
    "suspend": (services.case_suspend, permissions.may_manage_case),
    "resume": (services.case_resume, permissions.may_manage_case),
    "cancel": (services.case_cancel, lambda user, _case: permissions.may_cancel_case(user)),
}


@officials
def case_stop(request: HttpRequest, number: str, what: str) -> HttpResponse:
    """Suspend, resume or cancel a case, with a reason."""
    case = visible_case(request, number)
    service, allowed = STOPS[what]
    if not allowed(request.user, case):
        raise PermissionDenied
    titles = {"suspend": _("Suspend the case"), "resume": _("Resume the case"), "cancel": _("Cancel the case")}
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told(request, service(case=case, actor=request.user, reason=form.cleaned_data["reason"]))
        return redirect("workflows_case", number)
    return screen(request, "confirm", titles[what], crumbs=case_crumbs(case), case=case, form=form, button=titles[what])


@officials
def case_file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """A paper of a case that one may see."""
    case = visible_case(request, number)
    paper = get_object_or_404(CaseFile, pk=pk, case_id=case.pk)
    return serve_private(paper.file, name=paper.name, content_type=paper.content_type)
