"""What the event calendar costs at 500 and at 50,000 occurrences, and what a feed costs beside the icalendar library.

`python -m benchmarks.events` makes a test database on DATABASE_URL (an SQLite file by default), measures and drops it.

500 events have one date each in December 2026: that month is the same at both sizes. At 50,000 each event repeats every
five weeks, for eight years before and to the horizon of eighteen months after: as a county's calendar looks that has
been kept for long. What is compared was measured in one run.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from .scratch import in_scratch_database

ROOT = Path(__file__).resolve().parents[1]
EVENTS, BEFORE, AFTER, ROUNDS = 500, 84, 15, 12
APART = timedelta(weeks=5)  # so that none comes to stand on the sheet of December
FEED = 1000
WRITTEN = (
    "uid", "dtstamp", "last-modified", "sequence", "status", "summary", "description", "location", "url", "categories",
    "dtstart", "dtend",
)  # fmt: skip
MONTH = "/events/2026/12/"
ADDRESSES = {
    "month": MONTH,
    "month, free places": f"{MONTH}?free=on",
    "week": "/events/week/2026-12-07/",
    "agenda": "/events/agenda/",
    "county feed": "/events/feed.ics",
    "feed of one kind (10 events)": "/events/feed.ics?kind=few",
}


def measure() -> None:
    """Print the figures."""
    from django.db import connection

    parent, kinds = make_county()
    make_events(parent, kinds, range(EVENTS))
    small = figures()
    add_dates()
    large = figures()
    print(f"\nEvents on {connection.vendor}, best of {ROUNDS}\n")
    print("| what | queries, 500 | ms | queries, 50,000 | ms | times |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name, (queries, ms) in small.items():
        more, longer = large[name]
        print(f"| {name} | {queries} | {ms:.0f} | {more} | {longer:.0f} | {longer / ms:.2f} |")
    drop_dates()
    make_events(parent, kinds, range(EVENTS, FEED))
    library()


def make_county() -> tuple[Any, list[Any]]:
    """The county; the page of one venue and the kinds of event: everything, and one of ten events alone."""
    from django.core.management import call_command
    from wagtail.models import Site

    from pages.events.models import EventKind
    from pages.venues.models import VenuePage

    call_command("load_county", str(ROOT / "data/nanhua"), verbosity=0)
    Site.clear_site_root_paths_cache()
    kinds = [EventKind.objects.first(), EventKind.objects.create(slug="few", name="少数")]
    return VenuePage.objects.filter(venue__tier="branch").first(), kinds


def make_events(parent: Any, kinds: list[Any], numbers: range) -> None:
    """Published events of one venue with one date each in December 2026."""
    from django.db import transaction
    from wagtail.signal_handlers import disable_reference_index_auto_update

    with transaction.atomic(), disable_reference_index_auto_update():
        for number in numbers:
            make_event(parent, number, kinds[number < 10])
    analyse()


def make_event(parent: Any, number: int, kind: Any) -> None:
    """One event below the venue's page `parent` with its date."""
    from pages.events.models import EventPage, Occurrence

    event = EventPage(
        title=f"活动{number}",
        slug=f"event-{number}",
        kind=kind,
        introduction="一句话介绍",
        first_day=date(2026, 12, 1) + timedelta(days=number % 28),
        starts=time(19),
        ends=time(20, 30),
        takes_registrations=True,
        capacity=1000,
        live=True,
    )
    parent.add_child(instance=event)
    for key, starts_at, ends_at in event.schedule().occurrences(date.max):
        Occurrence.objects.create(
            event=event, venue=parent.venue, key=key, starts_at=starts_at, ends_at=ends_at, capacity=1000
        )


def add_dates() -> None:
    """99 more dates for each event, five weeks apart."""
    from pages.events.models import EventPage, Occurrence

    rows = []
    for row in Occurrence.objects.all():
        for step in [*range(-BEFORE, 0), *range(1, AFTER + 1)]:
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
        first, last = event.first_day - BEFORE * APART, event.first_day + AFTER * APART
        EventPage.objects.filter(pk=event.pk).update(
            first_day=first, repeat="weekly", repeat_every=5, repeat_until=last
        )
    analyse()


def analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def figures() -> dict[str, tuple[int, float]]:
    """Queries and milliseconds of each address, and of registering somebody."""
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


def timed(call: Callable[[], Any], status: int = 200) -> tuple[int, float]:
    """Queries, and the fewest milliseconds of some rounds: other work on the machine only ever adds to them.

    On SQLite, whose work is this process's, they are those of the processor.
    """
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    call()
    with CaptureQueriesContext(connection) as queries:
        answer = call()
    count = len(queries)
    assert getattr(answer, "status_code", status) == status, answer
    clock = process_time if connection.vendor == "sqlite" else perf_counter
    times = []
    for _ in range(ROUNDS):
        since = clock()
        call()
        times.append((clock() - since) * 1000)
    return count, min(times)


def drop_dates() -> None:
    """Each event has its date in December 2026 again, and no other."""
    from pages.events.models import EventPage, Occurrence, Registration

    Registration.objects.all().delete()
    for event in EventPage.objects.all():
        day = event.first_day + BEFORE * APART
        Occurrence.objects.filter(event=event).exclude(key=day).delete()
        EventPage.objects.filter(pk=event.pk).update(first_day=day, repeat="", repeat_every=1, repeat_until=None)


def library() -> None:
    """The county's feed of 1,000 events with one date each beside the icalendar library writing the same entries."""
    from django.test import Client
    from icalendar import Calendar

    client = Client()
    _queries, whole = timed(partial(client.get, ADDRESSES["county feed"]))
    answer = client.get(ADDRESSES["county feed"])
    calendar = Calendar.from_ical(answer.content)
    rows = [{name: entry.decoded(name) for name in WRITTEN} for entry in calendar.walk("VEVENT")]
    assert len(rows) == FEED, len(rows)
    _queries, bare = timed(partial(written, rows))
    again = partial(client.get, ADDRESSES["county feed"], headers={"If-None-Match": answer["ETag"]})
    queries, known = timed(again, status=304)
    print(f"\nFeed of {len(rows):,} dates: {whole:.0f} ms")
    print(f"The icalendar library alone writing the same: {bare:.0f} ms (the feed: {whole / bare:.2f} times)")
    print(f"Answered with 304: {known:.0f} ms, {queries} queries ({whole / known:.0f} times faster)")


def written(rows: list[dict[str, Any]]) -> bytes:
    """The entries `rows` (values by name) as the icalendar library writes them."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    for row in rows:
        entry = Event()
        for name, value in row.items():
            entry.add(name, value)
        calendar.add_component(entry)
    return calendar.to_ical()


if __name__ == "__main__":
    in_scratch_database(measure)
