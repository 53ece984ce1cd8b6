"""The inbox: my tasks, my office's, what is coming, what I did."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from common.typed import keys_of
from network.models import Division

from .. import selectors, services
from ..forms import InboxFilter
from ..models import WorkItem
from ..notices import notices_for, notices_mark_read
from ..services import LostRace
from .screens import PAGE, describe, mandate, officials, paged, screen

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


@officials
@require_POST
def claim_many(request: HttpRequest) -> HttpResponse:
    """Take the ticked tasks."""
    wanted = keys_of(request.POST.getlist("item"))[:PAGE]
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
