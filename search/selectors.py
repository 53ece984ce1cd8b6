"""Questions to the index over all kinds at once: how many of each, which ones, which names begin like this.

Wagtail's API asks one model at a time; here one look into the index counts all kinds and another ranks them, whatever
number of models there is.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Model
from modelsearch.utils import get_descendants_content_types_pks
from wagtail.search.backends import get_search_backend

from .attachments import texts_of
from .backends.base import Finder, Sql, among, plain_key, rows
from .kinds import Kind, kinds
from .query import Query
from .snippets import Part, mark, snippet
from .terms import MAX_TERMS, Node, Some, Term
from .text import bigrams, fold, is_ideographic, runs

NAMES = 8  # suggestions
CLOSE_ENOUGH = 0.34  # share of common pairs (Dice) from which a title is worth suggesting
CANDIDATES = 60
MISTYPED = 3  # characters; in a longer phrase a slip is likely


@dataclass(frozen=True)
class Period:
    """First and last day of the results; either may be open."""

    since: datetime.date | None = None
    until: datetime.date | None = None

    @property
    def condition(self) -> Sql:
        """On entries `e`. Entries without a date lie in no period but the open one."""
        parts = [("e.date >= %s", self.since), ("e.date <= %s", self.until)]
        given = [(sql, day) for sql, day in parts if day]
        return " AND ".join(sql for sql, _ in given) or "1 = 1", [day for _, day in given]


OPEN = Period()


@dataclass
class Search:
    """One search by a visitor. What is visible is read once and holds for all questions."""

    node: Node
    names: bool = False
    _inside: dict[str, Sql] = field(default_factory=dict)

    @property
    def _finder(self) -> Finder:
        return get_search_backend().query_compiler_class.finder

    def _visible(self, kind: Kind) -> Sql:
        if kind.key not in self._inside:
            self._inside[kind.key] = among(kind.visible())
        return self._inside[kind.key]

    def _source(self, wanted: Iterable[Kind], period: Period) -> Sql:
        """FROM and WHERE: what matches, is visible, of these kinds and in this period."""
        source, params = self._finder.hits(self.node, None, names=self.names)
        visible = [self._visible(kind) for kind in wanted]
        places = " OR ".join(sql for sql, _ in visible) or "1 = 0"
        days, day_params = period.condition
        visible_params = [value for _, values in visible for value in values]
        return f"{source} AND ({places}) AND {days}", [*params, *visible_params, *day_params]

    def counts(self, period: Period = OPEN) -> dict[str, int]:
        """The number of hits by kind; kinds without any are left out."""
        if self.node == Some(()):
            return {}
        source, params = self._source(kinds(), period)
        by_type = rows(f"SELECT e.content_type_id, COUNT(*) {source} GROUP BY e.content_type_id", params)
        counts: dict[str, int] = {}
        for content_type, count in by_type:
            key = _kind_of()[content_type].key
            counts[key] = counts.get(key, 0) + count
        return counts

    def hits(
        self, wanted: Iterable[Kind], start: int, stop: int, *, newest: bool = False, period: Period = OPEN
    ) -> list[tuple[Kind, Model]]:
        """The hits from `start` to `stop`, best first or newest first."""
        if self.node == Some(()):
            return []
        source, params = self._source(wanted, period)
        score, score_params = self._finder.score(self.node, None, names=self.names)
        order = "e.date DESC NULLS LAST, score DESC" if newest else "score DESC, e.date DESC NULLS LAST"
        if self.names:
            order = "e.rank DESC, score DESC"
        found = rows(
            f"SELECT e.content_type_id, e.object_id, {score} AS score {source}"
            f" ORDER BY {order}, e.id DESC LIMIT {int(stop - start)} OFFSET {int(start)}",
            [*score_params, *params],
        )
        return _objects([(content_type, object_id) for content_type, object_id, _ in found])


def _kind_of() -> dict[int, Kind]:
    """Kinds by content type; a model below another belongs to the nearer kind."""
    by_depth = sorted(kinds(), key=lambda kind: len(kind.model.__mro__))
    return {key: kind for kind in by_depth for key in get_descendants_content_types_pks(kind.model)}


def _objects(found: list[tuple[int, str]]) -> list[tuple[Kind, Model]]:
    """Entries as objects, in their order; one query a kind."""
    kind_of = _kind_of()
    keyed = [
        (kind_of[content_type], plain_key(kind_of[content_type].model).to_python(key)) for content_type, key in found
    ]
    loaded = {
        kind.key: kind.visible().in_bulk([key for other, key in keyed if other == kind])
        for kind in dict.fromkeys(kind for kind, _ in keyed)
    }
    return [(kind, loaded[kind.key][key]) for kind, key in keyed if key in loaded[kind.key]]


@dataclass(frozen=True)
class Hit:
    """One result as it is shown."""

    kind: Kind
    title: list[Part]
    url: str
    note: str
    date: datetime.date | None
    passage: list[Part]


def shown(found: list[tuple[Kind, Any]], terms: tuple[Term, ...], request: Any) -> list[Hit]:
    """Objects as hits, with the passages in which `terms` stand."""
    hits = []
    for kind, obj in found:
        card = obj.search_card(request)
        texts = [*card.texts, *texts_of(obj)]
        hits.append(Hit(kind, mark(card.title, terms), card.url, card.note, card.date, snippet(texts, terms)))
    return hits


def nearest_titles(query: Query, request: Any) -> list[Hit]:
    """Visible things whose names share most pairs of characters with what was typed: a long phrase with a slip."""
    pairs = {pair for run in runs(query.text) for pair in (bigrams(run) if is_ideographic(run) else [])}
    if not pairs:
        return []
    node = Some(tuple(Term((pair,)) for pair in sorted(pairs)[:MAX_TERMS]))
    found = Search(node, names=True).hits(kinds(), 0, CANDIDATES)
    scored = [(_likeness(pairs, obj.search_card(request).title), kind, obj) for kind, obj in found]  # type: ignore[attr-defined]
    best = sorted((row for row in scored if row[0] >= CLOSE_ENOUGH), key=lambda row: -row[0])[:5]
    return shown([(kind, obj) for _, kind, obj in best], (), request)


def closest_wording(query: Query, request: Any) -> str:
    """The longest piece of a mistyped phrase that stands in some text; empty if it is less than half of it."""
    phrases = [run for term in query.terms for run in term.runs if is_ideographic(run) and len(run) > MISTYPED]
    if not phrases:
        return ""
    typed = max(phrases, key=len)
    pairs = dict.fromkeys(bigrams(typed))
    found = Search(Some(tuple(Term((pair,)) for pair in list(pairs)[:MAX_TERMS]))).hits(kinds(), 0, NAMES)
    best = ""
    for _, obj in found:
        card = obj.search_card(request)  # type: ignore[attr-defined]
        for text in [card.title, *card.texts]:
            best = max(best, _common_piece(typed, fold(text)), key=len)
    return best if 2 * len(best) >= len(typed) else ""


def _common_piece(phrase: str, text: str) -> str:
    """The longest piece of `phrase` in `text`."""
    for length in range(len(phrase) - 1, 1, -1):
        for start in range(len(phrase) - length + 1):
            if (piece := phrase[start : start + length]) in text:
                return piece
    return ""


def _likeness(pairs: set[str], title: str) -> float:
    others = {pair for run in runs(title) for pair in (bigrams(run) if is_ideographic(run) else [run])}
    return 2 * len(pairs & others) / (len(pairs) + len(others)) if others else 0.0
