"""Figures of the search, on SQLite and on PostgreSQL.

    python -m benchmarks.search [--pages 100000] [--only sqlite|postgresql]

Each database is measured in a process of its own, in a scratch database that is thrown away (PostgreSQL: made beside
the one that BENCH_POSTGRES names; skipped with a word when that cannot be reached).
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = os.environ.get("BENCH_POSTGRES", "postgres://postgres@127.0.0.1:5432/postgres")
SCRATCH = "wenshu_bench_search"
REPEATS = 20
SAVES = 200
SMALL = 2_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.here:
        measure(arguments.pages)
        return
    for database in [arguments.only] if arguments.only else ["sqlite", "postgresql"]:
        with tempfile.TemporaryDirectory(prefix="wenshu-bench-") as folder:
            url = f"sqlite:///{folder}/bench.sqlite3" if database == "sqlite" else _make_postgres()
            if url is None:
                continue
            command = [sys.executable, "-m", "benchmarks.search", "--here", "--pages", str(arguments.pages)]
            subprocess.run(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, check=True)
            if database == "postgresql":
                _administer(f"DROP DATABASE {SCRATCH}")


def _administer(*statements: str) -> None:
    import psycopg

    with psycopg.connect(POSTGRES.replace("postgres://", "postgresql://"), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement)


def _make_postgres() -> str | None:
    import psycopg

    try:
        _administer(f"DROP DATABASE IF EXISTS {SCRATCH}", f"CREATE DATABASE {SCRATCH}")
    except psycopg.OperationalError as error:
        print(f"PostgreSQL is not measured: {error}")
        return None
    return POSTGRES.rsplit("/", 1)[0] + "/" + SCRATCH


def timed(action: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def measure(count: int) -> None:
    """All figures on the database that DATABASE_URL names."""
    _set_up()
    from django.db import connection

    from . import bare, corpus
    from .models import BenchPage

    print(f"\n== {connection.vendor}, {count:,} pages ==", flush=True)
    seconds, _ = timed(lambda: _fill(count))
    lengths = [len(body) for body in BenchPage.objects.values_list("body", flat=True)[:5_000]]
    median, mean = statistics.median(lengths), statistics.mean(lengths)
    print(f"made in {seconds:.0f} s; characters of a body: median {median:.0f}, mean {mean:.0f}")
    before = _size()
    seconds, _ = timed(_index)
    after = _size()
    print(f"index built in {seconds:.0f} s ({seconds / count * 1e3:.2f} ms a page), {(after - before) / 1e6:,.0f} MB")
    seconds, _ = timed(bare.build)
    print(f"bare engine built in {seconds:.0f} s, {(_size() - after) / 1e6:,.0f} MB", flush=True)
    print(f"{'query':<28}{'hits':>8}{'ours p50':>10}{'p95':>8}{'bare p50':>10}{'p95':>8}{'ratio':>7}")
    for name in ("FREQUENT", "PHRASE", "RARE", "ABSENT", "PAIR"):
        _compare(name.lower(), getattr(corpus, name))
    _measure_saves()


def _set_up() -> None:
    sys.path.insert(0, str(ROOT / "site"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.test"
    import django
    from django.conf import settings

    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "benchmarks.search"]
    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from .models import BenchPage

    call_command("migrate", verbosity=0)
    with connection.schema_editor() as editor:
        editor.create_model(BenchPage)


def _fill(count: int) -> None:
    from .corpus import pages
    from .models import BenchPage

    BenchPage.objects.bulk_create(
        (BenchPage(title=title, body=body, live=number % 50 > 0) for number, (title, body) in enumerate(pages(count))),
        batch_size=1_000,
    )


def _index() -> None:
    from django.db import transaction
    from wagtail.search.backends import get_search_backend

    from .models import BenchPage

    index = get_search_backend().get_index_for_model(BenchPage)
    chunk: list[BenchPage] = []
    with transaction.atomic():
        for page in BenchPage.objects.order_by("pk").iterator(chunk_size=1_000):
            chunk.append(page)
            if len(chunk) == 1_000:
                index.add_items(BenchPage, chunk)
                chunk = []
        if chunk:
            index.add_items(BenchPage, chunk)
    index.settle()


def _size() -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def _compare(name: str, query: str) -> None:
    from wagtail.search.backends import get_search_backend

    from . import bare
    from .models import BenchPage

    backend = get_search_backend()

    def ours() -> tuple[int, list[BenchPage]]:
        results = backend.search(query, BenchPage.objects.all())
        return results.count(), list(results[:20])

    hits, _ = ours()
    expected = bare.scan(query)
    if hits != expected:
        sys.exit(f"{query}: {hits} hits, but a scan finds {expected}")
    bare.ask(query)
    mine = sorted(timed(ours)[0] * 1e3 for _ in range(REPEATS))
    theirs = sorted(timed(lambda: bare.ask(query))[0] * 1e3 for _ in range(REPEATS))
    p50, bare_p50, worst = statistics.median(mine), statistics.median(theirs), int(REPEATS * 0.95) - 1
    print(
        f"{name + ' ' + query:<24}{hits:>8}{p50:>10.1f}{mine[worst]:>8.1f}{bare_p50:>10.1f}{theirs[worst]:>8.1f}"
        f"{p50 / bare_p50:>7.2f}",
        flush=True,
    )


def _measure_saves() -> None:
    """Indexing one save, ours and the stock backend's. The stock one slows down with the size of the index (it averages
    all titles at every save), so both are measured in a small one too."""
    from wagtail.search.backends import get_search_backend

    from .models import BenchPage

    pages = list(BenchPage.objects.order_by("pk")[:SMALL])
    ours, stock = get_search_backend(), get_search_backend("wagtail.search.backends.database")
    at_full_size = _per_save(ours, pages)
    ours.reset_indexes()
    figures = {}
    for name, backend in (("ours", ours), ("stock", stock)):
        backend.add_bulk(BenchPage, pages)
        figures[name] = _per_save(backend, pages)
    ratio = figures["ours"] / figures["stock"]
    print(
        f"one save: ours {at_full_size:.2f} ms in the full index; among {SMALL:,} pages ours {figures['ours']:.2f} ms,"
        f" stock {figures['stock']:.2f} ms, ratio {ratio:.2f}"
    )


def _per_save(backend: Any, pages: list[Any]) -> float:
    times = []
    for page in pages[:SAVES]:
        page.body += "新增"
        times.append(timed(lambda page=page: backend.add(page))[0] * 1e3)  # type: ignore[misc]
    return statistics.median(times)


if __name__ == "__main__":
    main()
