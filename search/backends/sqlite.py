"""SQLite: FTS5 over pairs of characters.

The virtual table search_fts is cut at spaces only (tokenizer “ascii”, which takes every character beyond ASCII for a
letter), so that search/text.py alone decides what a token is. Phrases of pairs are exact substrings of Chinese.
"""

from typing import Any

from django.db import connection
from modelsearch.backends.database.sqlite import sqlite as stock

from ..terms import Every, Node, Some, Term, Without
from ..text import is_ideographic, tokens
from .base import Document, EntryIndex, Finder, FindingCompiler, FindingResults, Sql

# Tokens that no text folds to (private use): they stand between fields and between the values of one field.
FIELD, VALUE, UNDERSCORE = "\ue000", "\ue001", "\ue002"
TITLE = "title"
TITLE_WEIGHT = 10.0
BATCH = 200  # rows in one statement


def _stream(values: list[str]) -> str:
    return f" {VALUE} ".join(" ".join(tokens(value)) for value in values)


def _marker(field: str) -> str:
    return FIELD + field.replace("_", UNDERSCORE)


def match(node: Node) -> str | None:
    """`node` in FTS5's language; None where that has no words for it (a negation without something to take it from)."""
    if isinstance(node, Term):
        return f'"{" ".join(node.tokens)}"' + ("*" if _is_prefix(node) else "")
    if isinstance(node, Without) or not node.parts:
        return None
    positive = [part for part in node.parts if not isinstance(part, Without)]
    negative = [part.part for part in node.parts if isinstance(part, Without)]
    if not positive or (negative and isinstance(node, Some)):
        return None
    expressions = [match(part) for part in [*positive, *negative]]
    if None in expressions:
        return None
    wanted = (" AND " if isinstance(node, Every) else " OR ").join(map(str, expressions[: len(positive)]))
    unwanted = " OR ".join(map(str, expressions[len(positive) :]))
    return f"(({wanted}) NOT ({unwanted}))" if unwanted else f"({wanted})"


def _is_prefix(term: Term) -> bool:
    """Whether the last token is only the beginning of one: a word, or a Chinese character alone."""
    last = term.runs[-1]
    return len(last) == 1 if is_ideographic(last) else not term.whole


class SQLiteFinder(Finder):
    def hits(self, node: Node, fields: list[str] | None, *, names: bool = False) -> Sql:
        expression = match(node) if self._columns(fields, names) else None
        if expression is None:
            condition, params = self.condition(node, fields, names=names)
            return f"FROM search_entry e WHERE {condition}", params
        return (
            "FROM search_fts CROSS JOIN search_entry e ON e.id = search_fts.rowid WHERE search_fts MATCH %s",
            [f"{{{self._columns(fields, names)}}} : {expression}"],
        )

    def score(self, node: Node, fields: list[str] | None, *, names: bool = False) -> Sql:
        if match(node) is None or not self._columns(fields, names):
            return "0.0", []
        return f"-bm25(search_fts, {TITLE_WEIGHT}, 1.0, 1.0)", []

    def term(self, term: Term, fields: list[str] | None, *, names: bool) -> Sql:
        columns = self._columns(fields, names)
        query = "SELECT rowid FROM search_fts WHERE search_fts MATCH %s"
        params: list[Any] = [f"{{{columns or 'title body'}}} : {match(term)}"]
        if not columns:
            checks = [self._in_field(term, field) for field in fields or []]
            query += f" AND ({' OR '.join(sql for sql, _ in checks)})"
            params += [value for _, values in checks for value in values]
        return f"e.id IN ({query})", params

    @staticmethod
    def _columns(fields: list[str] | None, names: bool) -> str:
        """The columns that hold exactly these fields; empty when the fields share a column with others."""
        if names:
            return "names"
        if fields is None:
            return "title body"
        return TITLE if set(fields) == {TITLE} else ""

    @staticmethod
    def _in_field(term: Term, field: str) -> Sql:
        """Whether a term's tokens stand in one field of the text that FTS5 keeps."""
        needle = f" {' '.join(term.tokens)}" + ("" if _is_prefix(term) else " ")
        if field == TITLE:
            return "instr(' ' || title || ' ', %s)", [needle]
        rest = "substr(body, instr(body, %s) + length(%s))"
        marker = f"{_marker(field)} "
        section = f"substr({rest}, 1, instr({rest} || '{FIELD}', '{FIELD}') - 1)"
        return (
            f"(instr(body, %s) AND instr(' ' || {section} || ' ', %s))",
            [marker, marker, marker, marker, marker, needle],
        )


class SQLiteIndex(EntryIndex, stock.SQLiteIndex):
    def write(self, content_type: int, documents: list[Document]) -> None:
        for start in range(0, len(documents), BATCH):
            self._write_batch(content_type, documents[start : start + BATCH])

    def _write_batch(self, content_type: int, documents: list[Document]) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO search_entry (content_type_id, object_id, date, rank) VALUES "  # noqa: S608
                + ", ".join(["(%s, %s, %s, %s)"] * len(documents))
                + " ON CONFLICT (content_type_id, object_id) DO UPDATE SET date = excluded.date, rank = excluded.rank"
                " RETURNING object_id, id",
                [value for doc in documents for value in (content_type, doc.object_id, doc.date, doc.rank)],
            )
            ids = dict(cursor.fetchall())
            known = [(ids[document.object_id],) for document in documents]
            cursor.executemany("DELETE FROM search_fts WHERE rowid = %s", known)
            cursor.executemany(
                "INSERT INTO search_fts (rowid, title, body, names) VALUES (%s, %s, %s, %s)",
                [(ids[document.object_id], *self._columns(document)) for document in documents],
            )

    @staticmethod
    def _columns(document: Document) -> tuple[str, str, str]:
        body = [
            f"{_marker(field)} {_stream(values)}" for field, values in document.searchable.items() if field != TITLE
        ]
        return _stream(document.searchable.get(TITLE, [])), " ".join(body), _stream(document.names)

    def settle(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO search_fts (search_fts) VALUES ('optimize')")


class SQLiteCompiler(FindingCompiler, stock.SQLiteSearchQueryCompiler):
    finder = SQLiteFinder()


class SQLiteNameCompiler(FindingCompiler, stock.SQLiteAutocompleteQueryCompiler):
    finder = SQLiteFinder()
    searches_names = True


class SQLiteResults(FindingResults, stock.SQLiteSearchResults):
    pass


class SQLiteBackend(stock.SQLiteSearchBackend):
    query_compiler_class = SQLiteCompiler
    autocomplete_query_compiler_class = SQLiteNameCompiler
    index_class = SQLiteIndex
    results_class = SQLiteResults
