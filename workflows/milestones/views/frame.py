"""What every screen of the programme in the back office has: who may enter, the chosen programme, the tabs.

A screen of another part appends its tab to TABS; an app of its own does so in its `ready()`.

    @boards
    def report(request: HttpRequest, programme: Programme) -> HttpResponse:
        return screen(request, "milestones/report.html", _("Monthly report"), programme=programme, tab="report")
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Case, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from .. import permissions
from ..models import Programme

State = Programme.State


@dataclass(frozen=True)
class Tab:
    """One entry of the programme's sub-navigation: `name` for `screen(tab=…)`, the `url_name` it leads to, its place
    among the others, and who sees it."""

    name: str
    label: str | Promise
    url_name: str
    order: int
    shown: Callable[[Any], bool] = lambda _user: True


TABS = [
    Tab("gantt", gettext_lazy("Timetable"), "milestones_gantt", 10),
    Tab("matrix", gettext_lazy("Matrix"), "milestones_matrix", 20),
    Tab("list", pgettext_lazy("tab", "My list"), "milestones_list", 30),
    Tab("blocked", pgettext_lazy("tab", "Blocked"), "milestones_blocked", 40),
    Tab("survey", gettext_lazy("Survey"), "milestones_survey", 60),
    Tab("batches", gettext_lazy("Many at once"), "milestones_batches", 50),
    Tab("reports", pgettext_lazy("tab", "Reports"), "milestones_reports", 70),
    Tab("programmes", gettext_lazy("Programmes"), "milestones_programmes", 90, permissions.manages_programmes),
]


def programmes_for(user: Any) -> QuerySet[Programme]:
    """The programmes whose boards somebody may open: a draft is the bureau's own. Running ones first, the newest of
    them first of all."""
    rows = Programme.objects.all()
    if not permissions.manages_programmes(user):
        rows = rows.exclude(state=State.DRAFT)
    order = Case(When(state=State.RUNNING, then=Value(0)), When(state=State.ACCEPTED, then=Value(1)), default=Value(2))
    return rows.order_by(order, "-pk")


def boards(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Only for those who have to do with the programme. The view gets the programme asked for in the address
    (`?programme=<slug>`), otherwise the newest running one; where there is none at all, a page that says so."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not permissions.sees_boards(request.user):
            raise PermissionDenied
        rows = list(programmes_for(request.user))
        wanted = request.GET.get("programme", "")
        chosen = next((row for row in rows if row.slug == wanted), rows[0] if rows else None)
        request.programmes = rows  # type: ignore[attr-defined]
        if chosen is None:
            return screen(request, "milestones/none.html", _("Implementation programme"))
        return view(request, *args, programme=chosen, **kwargs)

    return guarded


def tabs_for(user: Any, programme: Programme | None, current: str) -> list[dict[str, Any]]:
    """The sub-navigation as the template draws it; every address keeps the chosen programme."""
    query = f"?programme={programme.slug}" if programme else ""
    return [
        {"label": tab.label, "url": reverse(tab.url_name) + query, "current": tab.name == current}
        for tab in sorted(TABS, key=lambda tab: tab.order)
        if tab.shown(user)
    ]


def screen(
    request: HttpRequest,
    template: str,
    title: str,
    *,
    programme: Programme | None = None,
    tab: str = "",
    crumbs: Any = (),
    status: int = 200,
    **context: Any,
) -> HttpResponse:
    """A page of the programme in the back office.

    Args:
        template: its whole name; it extends `wagtailadmin/generic/base.html` and includes `milestones/_tabs.html`.
        programme: the chosen one, when the page is about one.
        tab: the name of the tab that is open.
        crumbs: pairs of address and label between the programme's first page and this one.
    """
    trail = [
        {"url": reverse("wagtailadmin_home"), "label": _("Home")},
        {"url": reverse("milestones_gantt"), "label": _("Implementation programme")},
        *({"url": url, "label": label} for url, label in crumbs),
        {"url": "", "label": title},
    ]
    furniture = {
        "header_title": title,
        "page_title": title,
        "header_icon": "calendar-check",
        "breadcrumbs_items": trail,
        "programme": programme,
        "programmes": getattr(request, "programmes", []),
        "programme_tabs": tabs_for(request.user, programme, tab),
        "programme_tab": tab,
    }
    return render(request, template, furniture | context, status=status)
