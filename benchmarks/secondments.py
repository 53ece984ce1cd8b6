"""What the rotation board costs at 20 and at 2,000 secondments of one year, and how many of its queries are its own.

`python -m benchmarks.secondments` makes a test database on DATABASE_URL (an SQLite file by default), measures and drops
it. A hundred branches stand there from the beginning. 800 of the 2,000 are deputies, one after the other at each branch
and line; the others are trainees. “Without the frame” leaves out the queries
that an empty page of the back office asks as well: session, menus, counts.
"""

import statistics
import time
from datetime import date
from typing import Any

from .scratch import in_scratch_database

FEW, MANY, BRANCHES, ROUNDS = 20, 2_000, 100, 9
YEAR = 2026
QUARTERS = [((1, 1), (3, 31)), ((4, 1), (6, 30)), ((7, 1), (9, 30)), ((10, 1), (12, 31))]
PAGES = {
    "board, people": "/admin/secondments/",
    "board, people, filtered": "/admin/secondments/?state=soon&line=library&q=员",
    "board, branches and gaps": "/admin/secondments/branches/",
    "year's report": "/admin/secondments/report/",
    "year's report, CSV": "/admin/secondments/report.csv",
}


def measure() -> None:
    """Print the figures."""
    from django.db import connection
    from django.test import Client

    from tests.workflows.world import make_world, venue

    world = make_world()
    flags = {"library": True, "culture": True}
    branches = [venue(f"b{n}", "branch", "township_centre", world.township, **flags) for n in range(BRANCHES)]
    client = Client()
    client.force_login(world.bureau1)
    sizes = {}
    for count in (FEW, MANY):
        fill(world, branches, count)
        frame, _ms = visit(client, "/admin/frame/")
        sizes[count] = {
            name: (*visit(client, f"{url}{'&' if '?' in url else '?'}year={YEAR}"), frame)
            for name, url in PAGES.items()
        }
    print(f"\nSecondments on {connection.vendor}, median of {ROUNDS}\n")
    print(f"| page | queries, {FEW} | without the frame | ms | queries, {MANY:,} | ms | times |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |")
    for name, (queries, ms, frame) in sizes[FEW].items():
        more, longer, _frame = sizes[MANY][name]
        own = queries - frame if "CSV" not in name else "–"
        print(f"| {name} | {queries} | {own} | {ms:.0f} | {more} | {longer:.0f} | {longer / ms:.2f} |")


def fill(world: Any, branches: list[Any], count: int) -> None:
    """Bring the year to so many secondments, two of five of them deputies; a log entry for each."""
    from django.db import connection, transaction

    from workflows.secondments.models import LogEntry, Secondment

    slots = [(place, line, term) for term in QUARTERS for place in branches for line in ("library", "culture")]
    with transaction.atomic():
        for number in range(Secondment.objects.count(), count):
            if number % 5 < 2:
                place, line, (first, last) = slots[number // 5 * 2 + number % 5]
                case = make(world, number, "down", line, place, date(YEAR, *first), date(YEAR, *last))
            else:
                month = 1 + number % 12
                case = make(world, number, "up", "library", world.library, date(YEAR, month, 1), date(YEAR, month, 28))
            LogEntry.objects.create(secondment=case, month=case.first_day.replace(day=1), days=20, work="x")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def make(world: Any, number: int, direction: str, line: str, place: Any, first: date, last: date) -> Any:
    """One appointed secondment, written without its way there."""
    from accounts.models import User
    from network.models import Appointment, Post
    from workflows.secondments.flows import SecondmentFlow
    from workflows.secondments.models import Secondment

    person = User.objects.create(email=f"s{number}@example.org", name=f"员工{number}")
    home = Post.objects.create(venue=world.library if direction == "down" else world.branch, title="head_staff")
    post = Post.objects.create(venue=place, title="deputy_branch_head" if direction == "down" else "trainee")
    held = Appointment.objects.create(post=post, person=person, since=first, until=last, basis="secondment")
    return Secondment.objects.create(
        flow_class=SecondmentFlow,
        number=f"S{number:05}",
        check_word="x",
        title=f"S{number}",
        person=person,
        direction=direction,
        line=line,
        home=home,
        branch=place if direction == "down" else world.branch,
        nominated_by=world.lib1,
        venue=place,
        township=world.township,
        need="x",
        first_day=first,
        last_day=last,
        standing=True,
        appointment=held,
        opened_by=world.lib1,
        **{line: True},
    )


def visit(client: Any, url: str) -> tuple[int, float]:
    """Queries of a page, and the median of some rounds in milliseconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200, answer
    count = len(queries)  # now: the next request empties the list
    times = []
    for _ in range(ROUNDS):
        since = time.perf_counter()
        client.get(url)
        times.append((time.perf_counter() - since) * 1000)
    return count, statistics.median(times)


if __name__ == "__main__":
    in_scratch_database(measure, addresses="benchmarks.frame")
