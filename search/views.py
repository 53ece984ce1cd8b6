"""The results page and the suggestions while typing. Open to everybody; only what visitors may see is found."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from .forms import PeriodForm
from .kinds import Kind, kinds
from .query import MAX_LENGTH, Query, parse
from .selectors import NAMES, OPEN, Hit, Period, Search, closest_wording, nearest_titles, shown
from .services import missed_search_record

PER_PAGE = 20
MOST_PAGES = 50


@dataclass(frozen=True)
class Tab:
    """One tab, as templates/components/tabs.html wants it."""

    label: str
    url: str
    current: bool


class Ranking:
    """The hits of one tab for a paginator: counted once, fetched a page at a time."""

    def __init__(self, search: Search, among: list[Kind], count: int, *, newest: bool, period: Period) -> None:
        self._search, self._among, self._count = search, among, count
        self._order: dict[str, Any] = {"newest": newest, "period": period}

    def count(self) -> int:
        """How many can be paged through."""
        return min(self._count, PER_PAGE * MOST_PAGES)

    def __getitem__(self, part: slice) -> list[Any]:
        return self._search.hits(self._among, part.start, part.stop, **self._order)


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """`q` what is looked for, `kind` a tab, `order` newest or relevance, `since` and `until` for kinds with a date,
    `page`. Anything else in them is as if it were not there."""
    query = parse(request.GET.get("q", ""))
    context: dict[str, Any] = {"query": query, "search_query": query.text, "max_length": MAX_LENGTH, "kinds": kinds()}
    if query.terms:
        context |= _found(request, query)
    return render(request, "search/results.html", context)


def _found(request: HttpRequest, query: Query) -> dict[str, Any]:
    search, any_instead = Search(query.every), False
    counts = search.counts()
    if not counts and query.any:
        search, any_instead = Search(query.any), True
        counts = search.counts()
    kind = next((kind for kind in kinds() if kind.key == request.GET.get("kind")), None)
    newest = request.GET.get("order") == "newest"
    form, period = _period(request, kind)
    count = counts.get(kind.key, 0) if kind else sum(counts.values())
    if kind and period != OPEN:
        count = search.counts(period).get(kind.key, 0)
    ranking = Ranking(search, [kind] if kind else list(kinds()), count, newest=newest, period=period)
    page: Any = Paginator(ranking, PER_PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    if not counts and request.method == "GET":
        missed_search_record(query=query)
    return {
        "any_instead": any_instead,
        "total": count,
        "more_than_shown": count > PER_PAGE * MOST_PAGES,
        "page_obj": page,
        "hits": shown(list(page), query.terms, request),
        "tabs": _tabs(request, counts, kind),
        "newest": newest,
        "orders": _orders(request, newest),
        "kind": kind,
        "form": form,
        "nearest": [] if counts else _nearest(query, request),
        "closest": "" if counts else closest_wording(query, request),
    }


def _period(request: HttpRequest, kind: Kind | None) -> tuple[PeriodForm | None, Period]:
    if not kind or not kind.spec.filter_by_date:
        return None, OPEN
    form = PeriodForm(request.GET)
    return form, Period(form.cleaned_data["since"], form.cleaned_data["until"]) if form.is_valid() else OPEN


def _nearest(query: Query, request: HttpRequest) -> list[Hit]:
    """What may have been meant: names that begin so, or in pinyin; else titles that are nearly the same."""
    named = Search(query.every, names=True).hits(kinds(), 0, NAMES)
    return shown(named, (), request) if named else nearest_titles(query, request)


def _address(request: HttpRequest, **changes: str) -> str:
    """This page's address with some parameters changed, from the first page on; an empty value drops one."""
    parameters = request.GET.copy()
    for name, value in {"page": "", **changes}.items():
        parameters.pop(name, None)
        if value:
            parameters[name] = value
    return f"?{parameters.urlencode()}"


def _tabs(request: HttpRequest, counts: dict[str, int], current: Kind | None) -> list[Tab]:
    if not counts:
        return []
    tabs = [Tab(f"{_('All')} {sum(counts.values())}", _address(request, kind="", since="", until=""), not current)]
    for kind in kinds():
        if kind.key in counts or kind == current:
            url = _address(request, kind=kind.key, since="", until="")
            tabs.append(Tab(f"{kind.spec.label} {counts.get(kind.key, 0)}", url, kind == current))
    return tabs


def _orders(request: HttpRequest, newest: bool) -> list[Tab]:
    return [
        Tab(_("Best match"), _address(request, order=""), not newest),
        Tab(_("Newest first"), _address(request, order="newest"), newest),
    ]


@require_safe
@cache_control(public=True, max_age=60)
def suggestions(request: HttpRequest) -> HttpResponse:
    """Names of visible things for what has been typed so far, as a list for the search box (and a page without it)."""
    query = parse(request.GET.get("q", ""))
    found = Search(query.every, names=True).hits(kinds(), 0, NAMES)
    template = "search/suggestion_list.html" if request.headers.get("HX-Request") else "search/suggestions.html"
    return render(request, template, {"hits": shown(found, query.terms, request), "search_query": query.text})
