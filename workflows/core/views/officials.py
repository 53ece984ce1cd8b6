"""The officials' screens: inbox, cases, one case, one step."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import User
from common.privatefiles import serve_private
from network.models import Division

from .. import permissions, selectors, services
from ..chart import case_chart
from ..forms import InboxFilter, ReasonForm, ReassignForm, TextForm
from ..models import Case, CaseFile, WorkItem
from ..nodes import HumanTask, node_title
from ..notices import notices_for, notices_mark_read
from ..services import LostRace
from ..timeline import official_timeline, span_text
from .acting import act, show_errors, step_form

PAGE = 25
View = Callable[..., HttpResponseBase]


def mandate(request: HttpRequest) -> permissions.Mandate:
    """What the signed-in official may do, read once a request. Decisions ask again, under the lock."""
    if not hasattr(request, "_mandate"):
        request._mandate = permissions.mandate_of(request.user)  # type: ignore[attr-defined]
    return request._mandate  # type: ignore[attr-defined]


def officials(view: View) -> View:
    """Only for officials and administrators."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not mandate(request).is_official:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def screen(
    request: HttpRequest, template: str, title: str, *, crumbs: Any = (), status: int = 200, **more: Any
) -> HttpResponse:
    """A page of the back office with Wagtail's own furniture; `template` is one of ours, or with its folder another
    room's."""
    trail = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("workflows_inbox"), "label": _("Inbox")},
        *({"url": url, "label": label} for url, label in crumbs),
    ]
    if request.resolver_match and request.resolver_match.url_name != "workflows_inbox":
        trail.append({"url": "", "label": title})
    context = {"header_title": title, "page_title": title, "header_icon": "tasks", "breadcrumbs_items": trail}
    path = template if "/" in template else f"workflows/officials/{template}"
    return render(request, f"{path}.html", context | more, status=status)


def paged(request: HttpRequest, rows: QuerySet[Any], size: int = PAGE) -> dict[str, Any]:
    """One page of rows without counting them all: what matters is whether there is a next one."""
    try:
        number = min(max(int(request.GET.get("p", "1")), 1), 100_000)
    except ValueError:
        number = 1
    found = list(rows[(number - 1) * size : number * size + 1])
    query = request.GET.copy()
    query.pop("p", None)
    return {
        "rows": found[:size],
        "number": number,
        "previous": number - 1 if number > 1 else None,
        "next": number + 1 if len(found) > size else None,
        "query": query.urlencode(),
    }


def back_to(request: HttpRequest, otherwise: str) -> HttpResponse:
    """Where the person came from, if that is here; otherwise the given address."""
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return redirect(target if safe else otherwise)


# Inbox ------------------------------------------------------------------------------------------
TABS = ("mine", "office", "upcoming", "done")


@officials
def inbox(request: HttpRequest) -> HttpResponse:
    """My tasks, my office's unclaimed tasks, what is coming, what I did."""
    found = selectors.inbox_of(request.user, mandate(request))
    tab = request.GET.get("tab", "mine")
    tab = tab if tab in TABS else "mine"
    townships = Division.objects.filter(level=Division.Level.TOWNSHIP)
    search = InboxFilter(request.GET, townships=townships)
    search.is_valid()
    rows = narrow(getattr(found, tab), search.cleaned_data)
    page = paged(request, rows)
    for item in page["rows"]:
        describe(item)
    labels = {
        "mine": _("My tasks"),
        "office": _("My office's unclaimed tasks"),
        "upcoming": _("Elsewhere in my cases"),
        "done": _("Done by me"),
    }
    counts = {name: capped(getattr(found, name)) for name in ("mine", "office")}
    tabs = [
        {"name": name, "label": label, "count": counts.get(name), "current": name == tab}
        for name, label in labels.items()
    ]
    return screen(
        request,
        "inbox",
        _("Inbox"),
        tabs=tabs,
        tab=tab,
        page=page,
        search=search,
        filtered=any(search.cleaned_data.values()),
        notices=notices_for(request.user),
        covers=selectors.covers_of(request.user),
        may_claim=tab == "office",
    )


@officials
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Put one's notices away."""
    notices_mark_read(request.user)
    return redirect("workflows_inbox")


def capped(rows: QuerySet[Any]) -> str:
    """A count that stops at 99: it tells whether there is work, and costs the same with fifty thousand."""
    count = rows.order_by().values("pk")[: selectors.MENU_COUNT_LIMIT + 1].count()
    return f"{selectors.MENU_COUNT_LIMIT}+" if count > selectors.MENU_COUNT_LIMIT else str(count)


def narrow(rows: QuerySet[WorkItem], wanted: dict[str, Any]) -> QuerySet[WorkItem]:
    """Apply the inbox's filters."""
    if text := wanted.get("q"):
        rows = rows.filter(
            Q(case__number__icontains=text)
            | Q(case__title__icontains=text)
            | Q(case__organisation__name__icontains=text)
        )
    if flow := wanted.get("flow"):
        rows = rows.filter(flow=flow)
    if node := wanted.get("node"):
        flow, _slash, name = node.partition("/")
        rows = rows.filter(flow=flow, node=name)
    if township := wanted.get("township"):
        rows = rows.filter(case__township=township)
    if age := wanted.get("age"):
        if age == "overdue":
            return rows.filter(paused_at=None, due_on__lt=timezone.localdate())
        rows = rows.filter(opened_at__lt=timezone.now() - timedelta(days=int(age)))
    return rows


def describe(item: WorkItem) -> None:
    """What a list shows of an item besides its fields."""
    item.title = node_title(item.flow, item.node)  # type: ignore[attr-defined]
    item.age = span_text(item.waited())  # type: ignore[attr-defined]
    item.is_late = bool(  # type: ignore[attr-defined]
        item.is_open and item.due_on and not item.paused_at and item.due_on < timezone.localdate()
    )


@officials
@require_POST
def claim_many(request: HttpRequest) -> HttpResponse:
    """Take the ticked tasks."""
    wanted = [int(pk) for pk in request.POST.getlist("item") if pk.isdecimal()][:PAGE]
    visible = WorkItem.objects.visible_to(request.user).filter(pk__in=wanted).values_list("pk", flat=True)
    results = services.items_claim(work_items=list(visible), actor=request.user)
    lost = [result for result in results if isinstance(result, LostRace)]
    if taken := len(results) - len(lost):
        text = ngettext("%(n)s task is yours now.", "%(n)s tasks are yours now.", taken) % {"n": taken}
        messages.success(request, text)
    for result in lost:
        messages.warning(request, result.message)
    if not results:
        messages.warning(request, _("Tick the tasks that you want to take."))
    return redirect(reverse("workflows_inbox") + ("?tab=mine" if taken else "?tab=office"))


# Cases ------------------------------------------------------------------------------------------
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


def told(request: HttpRequest, result: Any) -> None:
    """Say whether it worked."""
    if isinstance(result, LostRace):
        messages.warning(request, result.message)
    else:
        messages.success(request, _("Done."))


@officials
def case_file(request: HttpRequest, number: str, pk: int) -> HttpResponseBase:
    """A paper of a case that one may see."""
    case = visible_case(request, number)
    paper = get_object_or_404(CaseFile, pk=pk, case_id=case.pk)
    return serve_private(paper.file, name=paper.name, content_type=paper.content_type)


# One step ---------------------------------------------------------------------------------------
def visible_item(request: HttpRequest, pk: int) -> tuple[WorkItem, Any, HumanTask]:
    """An item, its case and its step, or 404 for whoever may not see the case."""
    rows = WorkItem.objects.visible_to(request.user).select_related("task", "case", "assignee")
    item = get_object_or_404(rows, pk=pk)
    node = item.task.flow_task
    if not isinstance(node, HumanTask):
        raise Http404
    case = node.flow_class.process_class.objects.select_related("township", "organisation").get(pk=item.case_id)
    return item, case, node


@officials
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """Do a task: the case's facts and the step's form."""
    item, case, node = visible_item(request, pk)
    if not item.is_open:
        messages.warning(request, _("This task is closed."))
        return redirect("workflows_case", case.number)
    leave = permissions.may_take(request.user, item, case, node)
    if not leave:
        if request.method == "POST":
            raise PermissionDenied(leave.refusal)
        messages.warning(request, leave.refusal)
        return redirect("workflows_case", case.number)
    if node.page:
        return redirect(node.page(case))
    form = step_form(request, node, case)
    if request.method == "POST" and (result := act(request, item, form)):
        told(request, result)
        return redirect("workflows_case", case.number)
    describe(item)
    return screen(
        request,
        "step",
        f"{node.task_title}: {case.number}",
        crumbs=case_crumbs(case),
        status=422 if form.errors else 200,
        item=item,
        case=case,
        node=node,
        form=form,
        leave=leave,
        facts=case.flow_class.instance.facts(case),
        files=case.files.filter(replaced=False),
        timeline=official_timeline(case)[-4:],
    )


@officials
@require_POST
def claim(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one task."""
    item, case, _node = visible_item(request, pk)
    told(request, services.item_claim(work_item=item.pk, actor=request.user))
    return back_to(request, reverse("workflows_case", args=[case.number]))


@officials
@require_POST
def release(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one task back."""
    item, case, _node = visible_item(request, pk)
    told(request, services.item_release(work_item=item.pk, actor=request.user))
    return back_to(request, reverse("workflows_case", args=[case.number]))


@officials
def reassign(request: HttpRequest, pk: int) -> HttpResponse:
    """Pass a task to a colleague."""
    item, case, node = visible_item(request, pk)
    if item.assignee_id != request.user.pk and not mandate(request).bureau:
        raise PermissionDenied
    fitting = [user.pk for user in selectors.colleagues_for(item, case, node) if user.pk != item.assignee_id]
    form = ReassignForm(request.POST or None, colleagues=User.objects.filter(pk__in=fitting))
    if request.method == "POST" and form.is_valid():
        try:
            told(request, services.item_reassign(work_item=pk, actor=request.user, **form.cleaned_data))
        except ValidationError as error:
            show_errors(form, error)
        else:
            return redirect("workflows_case", case.number)
    title = _("Pass on: %(step)s") % {"step": node.task_title}
    return screen(
        request,
        "confirm",
        title,
        crumbs=case_crumbs(case),
        case=case,
        form=form,
        button=_("Pass on"),
        empty=not fitting,
    )
