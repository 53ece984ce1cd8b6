"""The bare engine: the same pairs of characters in FTS5 or under a GIN index, put there and asked by hand."""

from django.db import connection, transaction

from search.terms import split_terms
from search.text import bigrams, is_ideographic, runs, tokens

from .models import BenchPage

BATCH = 1_000


def build() -> None:
    """Make and fill the table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bare")
        if connection.vendor == "sqlite":
            cursor.execute("CREATE VIRTUAL TABLE bare USING fts5(title, body, tokenize='ascii')")
            insert = "INSERT INTO bare (rowid, title, body) VALUES (%s, %s, %s)"
        else:
            cursor.execute("CREATE TABLE bare (id bigint PRIMARY KEY, vector tsvector NOT NULL)")
            cursor.execute("CREATE INDEX bare_vector ON bare USING gin (vector)")
            insert = (
                "INSERT INTO bare (id, vector) VALUES"
                " (%s, setweight(to_tsvector('simple', %s), 'A') || to_tsvector('simple', %s))"
            )
        rows = []
        for pk, title, body in BenchPage.objects.values_list("pk", "title", "body").iterator(chunk_size=BATCH):
            rows.append((pk, " ".join(tokens(title)), " ".join(tokens(body))))
            if len(rows) == BATCH:
                cursor.executemany(insert, rows)
                rows = []
        cursor.executemany(insert, rows)
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE bare")


def _expression(query: str) -> str:
    phrases = [pair_phrase(query) for query in query.split()]
    if connection.vendor == "sqlite":
        return " AND ".join(f'"{" ".join(phrase)}"' for phrase in phrases)
    return " & ".join("(" + "<->".join(phrase) + ")" for phrase in phrases)


def pair_phrase(query: str) -> list[str]:
    """The pairs of a typed word of Chinese."""
    return [pair for run in runs(query) if is_ideographic(run) for pair in bigrams(run)]


def ask(query: str) -> tuple[int, list[int]]:
    """The number of hits and the best 20, ranked by the engine's own measure."""
    if connection.vendor == "sqlite":
        where, order = "bare MATCH %s", "rank"
        key, params = "rowid", [_expression(query)]
        rank_params: list[str] = []
    else:
        where, order = "vector @@ %s::tsquery", "ts_rank(vector, %s::tsquery) DESC"
        key, params = "id", [_expression(query)]
        rank_params = params
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM bare WHERE {where}", params)
        count = cursor.fetchone()[0]
        cursor.execute(f"SELECT {key} FROM bare WHERE {where} ORDER BY {order} LIMIT 20", [*params, *rank_params])
        return count, [row[0] for row in cursor.fetchall()]


def scan(query: str) -> int:
    """The number of hits by looking at every text."""
    needles = [term.needle for term in split_terms(query)]
    texts = BenchPage.objects.values_list("title", "body").iterator(chunk_size=BATCH)
    return sum(all(needle in title or needle in body for needle in needles) for title, body in texts)
