"""PostgreSQL: a GIN index over the set of pairs, and the text itself to confirm longer phrases.

tsvector is not used: its positions end at 16,383, its repeats at 256 and its size at 1 MB. An array of keys has no such
end, and a substring of the kept text settles what pairs alone cannot tell.
"""

from typing import Any

from django.db import connection
from modelsearch.backends.database.postgres import postgres as stock

from ..terms import Node, Term, wanted
from ..text import FIELD_END, PREFIX_LENGTH, bigrams, canonical, is_ideographic, keys
from .base import Document, EntryIndex, Finder, FindingCompiler, FindingResults, Sql

TITLE = "title"
TITLE_WEIGHT = 8.0
_FIELD_START, _NAME_END = "\x02", "\x03"  # no text folds to these


def term_keys(term: Term) -> list[str]:
    """The keys that a text with this term has."""
    found: list[str] = []
    for run in term.runs:
        found += (bigrams(run) or [run]) if is_ideographic(run) else [run[:PREFIX_LENGTH]]
    return list(dict.fromkeys(found))


def settled_by_keys(term: Term) -> bool:
    """Whether having the keys is having the term: a character, a pair, the beginning of a word."""
    run = term.runs[0]
    return len(term.runs) == 1 and (
        len(run) <= 2 if is_ideographic(run) else term.open_ended and len(run) <= PREFIX_LENGTH
    )


def _joined(values: list[str]) -> str:
    return FIELD_END.join(map(canonical, values))


class PostgreSQLFinder(Finder):
    def hits(self, node: Node, fields: list[str] | None, *, names: bool = False) -> Sql:
        condition, params = self.condition(node, fields, names=names)
        return f"FROM search_entry e WHERE {condition}", params

    def term(self, term: Term, fields: list[str] | None, *, names: bool) -> Sql:
        column, text = ("name_keys", "names") if names else ("keys", "text")
        indexed = f"e.{column} @> %s::text[]"
        if fields is None and settled_by_keys(term):
            return indexed, [term_keys(term)]
        if fields is None or names:
            return f"({indexed} AND strpos(e.{text}, %s) > 0)", [term_keys(term), term.needle]
        checks = [self._in_field(term, field) for field in fields]
        return (
            f"({indexed} AND ({' OR '.join(sql for sql, _ in checks)}))",
            [term_keys(term), *(value for _, values in checks for value in values)],
        )

    @staticmethod
    def _in_field(term: Term, field: str) -> Sql:
        if field == TITLE:
            return "strpos(e.title, %s) > 0", [term.needle]
        start = f"{_FIELD_START}{field}{_NAME_END}"
        return (
            "strpos(split_part(split_part(e.text, %s, 2), %s, 1), %s) > 0",
            [start, _FIELD_START, term.needle],
        )

    def score(self, node: Node, fields: list[str] | None, *, names: bool = False) -> Sql:
        """A hit in the title weighs most, more in a short title; then how often the terms stand in the text."""
        parts: list[str] = []
        params: list[Any] = []
        text = "e.names" if names else "e.text"
        for term in wanted(node):
            length = len(term.needle)
            parts.append(
                f"CASE WHEN strpos(e.title, %s) > 0 THEN {TITLE_WEIGHT} * (1 + {length}.0 / length(e.title)) ELSE 0 END"
                f" + ln(1 + (length({text}) - length(replace({text}, %s, ''))) / {length})"
            )
            params += [term.needle, term.needle]
        return (" + ".join(parts) if parts else "0.0"), params


class PostgreSQLIndex(EntryIndex, stock.PostgresIndex):
    def write(self, content_type: int, documents: list[Document]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO search_entry (content_type_id, object_id, date, rank, title, text, keys, names, name_keys)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (content_type_id, object_id) DO UPDATE SET"
                " date = excluded.date, rank = excluded.rank, title = excluded.title, text = excluded.text,"
                " keys = excluded.keys, names = excluded.names, name_keys = excluded.name_keys",
                [self._row(content_type, document) for document in documents],
            )

    @staticmethod
    def _row(content_type: int, document: Document) -> tuple[Any, ...]:
        title = _joined(document.searchable.get(TITLE, []))
        text = "".join(
            f"{_FIELD_START}{field}{_NAME_END}{_joined(values)}" for field, values in document.searchable.items()
        )
        all_keys = set().union(*(keys(value) for values in document.searchable.values() for value in values))
        name_keys = set().union(*map(keys, document.names))
        head = (content_type, document.object_id, document.date, document.rank)
        return (*head, title, text, list(all_keys), _joined(document.names), list(name_keys))

    def settle(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE search_entry")


class PostgreSQLCompiler(FindingCompiler, stock.PostgresSearchQueryCompiler):
    finder = PostgreSQLFinder()


class PostgreSQLNameCompiler(FindingCompiler, stock.PostgresAutocompleteQueryCompiler):
    finder = PostgreSQLFinder()
    searches_names = True


class PostgreSQLResults(FindingResults, stock.PostgresSearchResults):
    pass


class PostgreSQLBackend(stock.PostgresSearchBackend):
    query_compiler_class = PostgreSQLCompiler
    autocomplete_query_compiler_class = PostgreSQLNameCompiler
    index_class = PostgreSQLIndex
    results_class = PostgreSQLResults
