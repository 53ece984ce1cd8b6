"""What the event calendar costs at 500 and at 50,000 occurrences, and what a feed costs beside the icalendar library.

`python -m benchmarks.events` makes a test database on DATABASE_URL (an SQLite file by default), measures and drops it.

500 events have one date each in December 2026: that month is the same at both sizes. At 50,000 each event repeats every
five weeks, 49 times before and 50 times after.
"""

import os
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import django

ROOT = Path(__file__).resolve().parents[1]
EVENTS, DATES, ROUNDS = 500, 100, 5
APART = timedelta(weeks=5)  # so that none comes to stand on the sheet of December
MONTH = "/events/2026/12/"
ADDRESSES = {
    "month": MONTH,
    "month, free places": f"{MONTH}?free=on",
    "week": "/events/week/2026-12-07/",
    "agenda": "/events/agenda/",
    "county feed": "/events/feed.ics",
    "feed of one kind (10 events)": "/events/feed.ics?kind=few",
}


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.bench"
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    django.setup()
    from django.test.utils import setup_databases, teardown_databases

    made = setup_databases(verbosity=0, interactive=False)
    try:
        measure()
    finally:
        teardown_databases(made, verbosity=0)


def measure() -> None:
    """Print the figures."""
    from django.db import connection

    make_events()
    small = figures()
    add_dates()
    large = figures()
    print(f"\nEvents on {connection.vendor}, median of {ROUNDS}\n")
    print("| what | queries, 500 | ms | queries, 50,000 | ms | times |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, (queries, ms) in small.items():
        more, longer = large[name]
        print(f"| {name} | {queries} | {ms:.0f} | {more} | {longer:.0f} | {longer / ms:.2f} |")
    library()


def make_events() -> None:
    """500 published events of one venue with one date each in December 2026."""
    from django.core.management import call_command
    from wagtail.models import Site

    from pages.events.models import EventKind, EventPage, Occurrence
    from pages.events.schedule import local
    from pages.venues.models import VenuePage

    call_command("load_county", str(ROOT / "data/nanhua"), verbosity=0)
    Site.clear_site_root_paths_cache()
    page = VenuePage.objects.filter(venue__tier="branch").first()
    kinds = [EventKind.objects.first(), EventKind.objects.create(slug="few", name="少数")]
    for number in range(EVENTS):
        day = date(2026, 12, 1) + timedelta(days=number % 28)
        event = EventPage(
            title=f"活动{number}",
            slug=f"event-{number}",
            kind=kinds[number < 10],
            introduction="一句话介绍",
            first_day=day,
            starts="19:00",
            ends="20:30",
            takes_registrations=True,
            capacity=1000,
            live=True,
        )
        page.add_child(instance=event)
        start = local(datetime.combine(day, datetime.min.time())) + timedelta(hours=19)
        Occurrence.objects.create(
            event=event, venue=page.venue, key=day, starts_at=start, ends_at=start + timedelta(hours=1.5), capacity=1000
        )


def add_dates() -> None:
    """99 more dates for each event, five weeks apart, 49 before and 50 after."""
    from pages.events.models import EventPage, Occurrence

    rows = []
    for row in Occurrence.objects.all():
        for step in [*range(-49, 0), *range(1, DATES - 49)]:
            far = APART * step
            rows.append(
                Occurrence(
                    event_id=row.event_id,
                    venue_id=row.venue_id,
                    key=row.key + far,
                    starts_at=row.starts_at + far,
                    ends_at=row.ends_at + far,
                    capacity=1000,
                )
            )
    Occurrence.objects.bulk_create(rows, batch_size=1000)
    for event in EventPage.objects.all():
        first, last = event.first_day - 49 * APART, event.first_day + 50 * APART
        EventPage.objects.filter(pk=event.pk).update(
            first_day=first, repeat="weekly", repeat_every=5, repeat_until=last
        )
    analyse()


def analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def figures() -> dict[str, tuple[int, float]]:
    """Queries and median milliseconds of each address, and of registering somebody."""
    from django.test import Client

    client = Client()
    found = {name: timed(partial(client.get, address)) for name, address in ADDRESSES.items()}
    return found | {"registering": timed(registration())}


def registration() -> Callable[[], Any]:
    """A function that registers one more person for one date."""
    from pages.events.models import Occurrence, Registration
    from pages.events.registering import registration_create

    row = Occurrence.objects.filter(event__slug="event-77").latest("starts_at")
    row.event.__class__.objects.filter(pk=row.event_id).update(opens_days_before=366)
    Occurrence.objects.filter(pk=row.pk).update(starts_at=ahead(), ends_at=ahead() + timedelta(hours=1))
    numbers = iter(range(Registration.objects.count(), 10**6))
    return lambda: registration_create(
        occurrence=row.pk, name="某人", mobile=f"139{next(numbers):08}", email="a@example.org"
    )


def ahead() -> datetime:
    from django.utils import timezone

    return timezone.now() + timedelta(days=30)


def timed(call: Callable[[], Any]) -> tuple[int, float]:
    """Queries, and the median of some rounds in milliseconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    call()
    with CaptureQueriesContext(connection) as queries:
        answer = call()
    assert getattr(answer, "status_code", 200) == 200, answer
    times = []
    for _ in range(ROUNDS):
        since = time.perf_counter()
        call()
        times.append((time.perf_counter() - since) * 1000)
    return len(queries), statistics.median(times)


def library() -> None:
    """The feed of ten events with their 1,000 dates beside the icalendar library writing the same dates."""
    from django.test import Client
    from icalendar import Calendar, Event

    from pages.events.models import Occurrence
    from pages.events.schedule import ZONE

    rows = list(Occurrence.objects.filter(event__kind__slug="few").select_related("event"))

    def alone() -> bytes:
        calendar = Calendar()
        for row in rows:
            entry = Event()
            entry.add("uid", f"{row.event.uid}-{row.key}")
            entry.add("dtstamp", row.changed_at)
            entry.add("summary", row.event.title)
            entry.add("dtstart", row.starts_at.astimezone(ZONE))
            entry.add("dtend", row.ends_at.astimezone(ZONE))
            entry.add("description", row.event.introduction)
            calendar.add_component(entry)
        return calendar.to_ical()

    client = Client()
    _queries, whole = timed(lambda: client.get(ADDRESSES["feed of one kind (10 events)"]))
    _queries, bare = timed(alone)
    print(f"\nFeed of {len(rows):,} dates of 10 series: {whole:.0f} ms")
    print(
        f"The icalendar library alone, a VEVENT for each date, rows in hand: {bare:.0f} ms ({whole / bare:.2f} times)"
    )


if __name__ == "__main__":
    main()
