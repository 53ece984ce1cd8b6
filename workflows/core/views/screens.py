"""What the officials' screens share: who may see them, Wagtail's furniture, pages of rows."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from .. import permissions
from ..models import WorkItem
from ..nodes import node_title, whose_turn
from ..services import LostRace
from ..timeline import span_text

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


def told(request: HttpRequest, result: Any) -> None:
    """Say whether it worked."""
    if isinstance(result, LostRace):
        messages.warning(request, result.message)
    else:
        messages.success(request, _("Done."))


def describe(item: WorkItem) -> None:
    """What a list shows of an item besides its fields."""
    item.title = node_title(item.flow, item.node)  # type: ignore[attr-defined]
    item.turn = whose_turn(item)  # type: ignore[attr-defined]
    item.age = span_text(item.waited())  # type: ignore[attr-defined]
    item.is_late = bool(  # type: ignore[attr-defined]
        item.is_open and item.due_on and not item.paused_at and item.due_on < timezone.localdate()
    )
