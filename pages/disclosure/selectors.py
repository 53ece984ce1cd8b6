"""Reads of the disclosure room: the public documents and the catalogue with its facets."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page as ResultPage
from django.core.paginator import Paginator
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import ExtractYear
from django.utils.translation import gettext_lazy as _
from wagtail.query import PageQuerySet

from network.models import Office

from .models import Catalogue, DocumentPage, OrganPage

PAGE_SIZE = 20
NEWEST = ["-published_on", "-index_number__day", "-index_number__serial"]
SORTS: dict[str, tuple[Any, list[str]]] = {
    "newest": (_("Newest first"), NEWEST),
    "oldest": (_("Oldest first"), [name.removeprefix("-") for name in NEWEST]),
    "number": (_("Index number"), ["index_number__office_id", "index_number__day", "index_number__serial"]),
}


@dataclass(frozen=True)
class Choice:
    """One line of a facet: `depth` indents it, `count` is what a click would show."""

    value: str
    label: Any
    count: int
    chosen: bool
    depth: int = 0


@dataclass(frozen=True)
class Facet:
    """One way to narrow the catalogue: the parameter's name, its label and its choices."""

    name: str
    label: Any
    choices: list[Choice]

    @property
    def chosen(self) -> Choice | None:
        """The choice in force."""
        return next((choice for choice in self.choices if choice.chosen), None)


@dataclass(frozen=True)
class Listing:
    """What the catalogue page shows."""

    documents: ResultPage
    facets: list[Facet]
    sorts: list[Choice]

    @property
    def chosen(self) -> list[tuple[Facet, Choice]]:
        """The facets in force with their choice."""
        return [(facet, facet.chosen) for facet in self.facets if facet.chosen]


def public_documents() -> PageQuerySet:
    """The documents that everybody may read, with what a list shows of them."""
    documents = DocumentPage.objects.live().public()
    return documents.select_related("index_number__office", "catalogue", "issuer")


def catalogue_listing(params: Mapping[str, str], *, organ_page: OrganPage | None = None) -> Listing:
    """The documents that `params` (catalogue, organ, year, sort, page) ask for, of one organ's page if given.

    What a parameter says is ignored where it says nothing known. Each facet counts what the other facets leave (R05).
    """
    documents = public_documents()
    if organ_page:
        documents = documents.filter(path__startswith=organ_page.path, depth=organ_page.depth + 1)
    tree = _tree(Catalogue.objects.all())
    below = {entry.slug: ids for entry, _depth, ids in tree}
    filters: dict[str, dict[str, Any]] = {"catalogue": {}, "organ": {}, "year": {}}
    if ids := below.get(params.get("catalogue", "")):
        filters["catalogue"] = {"catalogue__in": ids}
    if (organ := params.get("organ", "")) and not organ_page:
        filters["organ"] = {"issuer__slug": organ}
    if (year := params.get("year", "")).isdecimal() and len(year) == 4 and int(year):
        filters["year"] = {"published_on__year": int(year)}
    facets = [
        _catalogue_facet(tree, _count(documents, filters, "catalogue", F("catalogue_id")), params.get("catalogue", "")),
        _organ_facet(_count(documents, filters, "organ", F("issuer_id")), organ),
        _year_facet(_count(documents, filters, "year", ExtractYear("published_on")), year if filters["year"] else ""),
    ]
    sort = params.get("sort", "") if params.get("sort") in SORTS else "newest"
    for narrowing in filters.values():
        documents = documents.filter(**narrowing)
    page = Paginator(documents.order_by(*SORTS[sort][1]), PAGE_SIZE).get_page(params.get("page"))
    sorts = [Choice(value, label, 0, value == sort) for value, (label, _order) in SORTS.items()]
    return Listing(page, [facet for facet in facets if not (organ_page and facet.name == "organ")], sorts)


def _count(documents: QuerySet, filters: dict[str, dict[str, Any]], name: str, key: Any) -> Counter:
    """How many documents each value of `key` has, under the filters of the other facets."""
    for other, narrowing in filters.items():
        if other != name:
            documents = documents.filter(**narrowing)
    rows = documents.order_by().values(facet=key)
    return Counter({row["facet"]: row["n"] for row in rows.annotate(n=Count("pk")) if row["facet"] is not None})


def _tree(entries: Iterable[Catalogue]) -> list[tuple[Catalogue, int, set[int]]]:
    """The catalogue in reading order: entry, depth, and the keys of the entry and all below it."""
    children: dict[int | None, list[Catalogue]] = {}
    for entry in entries:
        children.setdefault(entry.parent_id, []).append(entry)

    def walk(parent: int | None, depth: int) -> list[tuple[Catalogue, int, set[int]]]:
        lines = []
        for entry in children.get(parent, []):
            under = walk(entry.pk, depth + 1)
            lines += [(entry, depth, {entry.pk}.union(*(ids for _entry, _depth, ids in under))), *under]
        return lines

    return walk(None, 0)


def _catalogue_facet(tree: list[tuple[Catalogue, int, set[int]]], counts: Counter, value: str) -> Facet:
    choices = [
        Choice(entry.slug, entry.name, sum(counts[pk] for pk in ids), entry.slug == value, depth)
        for entry, depth, ids in tree
    ]
    return Facet("catalogue", _("Catalogue"), choices)


def _organ_facet(counts: Counter, value: str) -> Facet:
    offices = Office.objects.filter(Q(pk__in=counts) | Q(slug=value))
    choices = [Choice(office.slug, office.short_name, counts[office.pk], office.slug == value) for office in offices]
    return Facet("organ", _("Issuing organ"), choices)


def _year_facet(counts: Counter, value: str) -> Facet:
    years = sorted(counts.keys() | ({int(value)} if value else set()), reverse=True)
    return Facet("year", _("Year"), [Choice(str(year), str(year), counts[year], str(year) == value) for year in years])
