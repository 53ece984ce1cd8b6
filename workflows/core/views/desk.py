"""The applicant's desk: own cases, what is asked, messages, papers, withdrawal. Anybody else's case is 404."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from wagtail import hooks

from common.forms import SiteFormRenderer
from common.privatefiles import serve_private

from .. import permissions, services
from ..forms import TextForm
from ..models import Case, CaseFile, WorkItem
from ..notices import notices_for, notices_mark_read
from ..services import LostRace
from ..timeline import applicant_timeline
from .acting import act, step_form
from .keep import keep_typed, take_typed
from .screens import paged


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """The cases of one's organisations, and what other rooms add (drafts, ways to begin)."""
    items = Prefetch("work_items", WorkItem.objects.open(), to_attr="open_items")
    rows = Case.objects.of_applicant(request.user).distinct().select_related("organisation").prefetch_related(items)
    page = paged(request, rows, 20)
    for case in page["rows"]:
        case.my_turn = any(item.role == WorkItem.Role.APPLICANT for item in case.open_items)
    panels = [panel for hook in hooks.get_hooks("desk_panels") if (panel := hook(request))]
    context = {"page_of": page, "panels": panels, "notices": notices_for(request.user)}
    return render(request, "workflows/desk/home.html", context)


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Put one's notices away."""
    notices_mark_read(request.user)
    return redirect("desk")


def own_case(request: HttpRequest, number: str) -> Any:
    """The flow's own case of one's organisation, or 404."""
    case = get_object_or_404(Case.objects.of_applicant(request.user).distinct(), number=number)
    if case.flow_class is None or not permissions.is_applicant(request.user, case):
        raise Http404
    return case.flow_class.process_class.objects.select_related("township", "organisation").get(pk=case.pk)


def case_context(case: Any) -> dict[str, Any]:
    """What the applicant sees of a case."""
    flow = case.flow_class.instance
    return {
        "case": case,
        "asked": case.work_items.open().filter(role=WorkItem.Role.APPLICANT),
        "steps": applicant_timeline(case),
        "facts": flow.facts(case, internal=False),
        "files": case.files.filter(internal=False, replaced=False),
        "talk": case.messages.all(),
        "may_withdraw": case.is_running and flow.may_withdraw(case),
    }


@login_required
def case_page(request: HttpRequest, number: str) -> HttpResponse:
    """One case: where it stands, what is asked, what was said."""
    case = own_case(request, number)
    form = TextForm(renderer=SiteFormRenderer())
    return render(request, "workflows/desk/case.html", case_context(case) | {"form": form})


@login_required
@require_POST
def message(request: HttpRequest, number: str) -> HttpResponse:
    """Write to the officials."""
    case = own_case(request, number)
    form = TextForm(request.POST, renderer=SiteFormRenderer())
    if not form.is_valid():
        return render(request, "workflows/desk/case.html", case_context(case) | {"form": form}, status=422)
    services.case_message(case=case, author=request.user, text=form.cleaned_data["text"])
    messages.success(request, _("Your message was sent."))
    return redirect(reverse("desk_case", args=[number]) + "#messages")


@login_required
def case_file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """One's own paper."""
    case = own_case(request, number)
    paper = get_object_or_404(CaseFile, pk=pk, case_id=case.pk, internal=False)
    return serve_private(paper.file, name=paper.name, content_type=paper.content_type)


@keep_typed
@login_required
def step(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """Answer what is asked."""
    case = own_case(request, number)
    rows = case.work_items.filter(role=WorkItem.Role.APPLICANT).select_related("task")
    item = get_object_or_404(rows, pk=pk)
    if not item.is_open or case.state != Case.State.ACTIVE:
        messages.warning(request, _("This has been answered already."))
        return redirect("desk_case", number)
    node = item.task.flow_task
    if not permissions.may_take(request.user, item, case, node):
        raise PermissionDenied
    form = step_form(request, node, case, renderer=SiteFormRenderer(), initial=take_typed(request))
    if request.method == "POST" and (result := act(request, item, form)):
        if isinstance(result, LostRace):
            messages.warning(request, result.message)
        else:
            messages.success(request, _("Thank you. We go on with your case."))
        return redirect("desk_case", number)
    context = {"case": case, "item": item, "node": node, "form": form, "reason": last_reason(case)}
    if case.person_id:  # others began the case: before answering, the person reads what it is about
        context["facts"] = case.flow_class.instance.facts(case, internal=False)
    return render(request, "workflows/desk/step.html", context, status=422 if form.errors else 200)


def last_reason(case: Any) -> str:
    """What the officials said when they asked."""
    row = case.decisions.filter(internal=False).exclude(reason="").last()
    return row.reason if row else ""


@login_required
def withdraw(request: HttpRequest, number: str) -> HttpResponse:
    """Take the case back, after one question."""
    case = own_case(request, number)
    if request.method == "POST":
        result = services.case_withdraw(case=case, actor=request.user, reason=request.POST.get("reason", "")[:1000])
        if isinstance(result, LostRace):
            messages.warning(request, result.message)
        else:
            messages.success(request, _("Your application is withdrawn."))
        return redirect("desk_case", number)
    return render(request, "workflows/desk/withdraw.html", {"case": case})
