"""Queries and milliseconds of every type of public page, at two sizes of county, asked as an anonymous visitor."""

import statistics
import time

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.e2e.pages_table import PAGES

ROUNDS = 7


def measure() -> dict[str, tuple[int, float, float]]:
    """By page name: queries, median milliseconds, kilobytes of HTML before compression. A page that answers otherwise
    than it should is left out."""
    client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
    figures = {}
    for page in PAGES:
        client.get(page.address)  # templates compiled, sites and content types known: as in any running process
        with CaptureQueriesContext(connection) as queries:
            response = client.get(page.address)
        asked = len(queries)  # read now: the next request empties the list
        if response.status_code != page.status:
            continue
        times = []
        for _ in range(ROUNDS):
            since = time.perf_counter()
            client.get(page.address)
            times.append((time.perf_counter() - since) * 1000)
        figures[page.name] = (asked, statistics.median(times), len(response.content) / 1024)
    return figures
