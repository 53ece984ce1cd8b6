"""What the programme's boards cost with 168 milestones and with 1,680, and how long a plan takes to make.

`python -m benchmarks.boards` makes a test database on DATABASE_URL (an SQLite file by default), measures and drops it.

Ten townships and twelve plan items at both sizes, as in the county: 14 venues, then 140. What is compared was measured
in one run, in turn, so that other load meets both alike; the best of several rounds counts.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from time import perf_counter, process_time
from typing import Any

from .scratch import in_scratch_database

TOWNSHIPS, ITEMS, FEW, MANY, ROUNDS = 10, 12, 14, 140, 25
FIRST = date(2026, 1, 1)
STATES = ("done", "done", "done", "handed_in", "not_started", "in_progress", "checked", "blocked")
ADDRESSES = {
    "timetable": "/admin/programme/?programme={slug}",
    "its picture, from the cache": "/admin/programme/gantt.svg?programme={slug}",
    "matrix": "/admin/programme/matrix/?programme={slug}",
    "list, first page": "/admin/programme/list/?programme={slug}",
    "what is blocked": "/admin/programme/blocked/?programme={slug}",
    "administration": "/admin/programme/plans/{slug}/",
    "public board": "/programme/{slug}/",
    "a public picture, from the cache": "/programme/{slug}/townships.svg",
}


def measure() -> None:
    """Print the figures."""
    from django.db import connection, transaction
    from django.test import Client

    from tests.workflows.world import make_world

    with transaction.atomic():
        world = make_world()
        seconds = {"few": make_plan(world, FEW), "many": make_plan(world, MANY)}
    client = Client()
    client.force_login(world.bureau1)
    found = in_turn(client)
    few, many = FEW * ITEMS, MANY * ITEMS
    print(f"\nThe programme's boards on {connection.vendor}, processor's milliseconds, best of {ROUNDS}\n")
    print(f"| what | queries, {few} | ms | queries, {many:,} | ms | times |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for name in ADDRESSES:
        (queries, ms), (more, longer) = found[name, "few"], found[name, "many"]
        print(f"| {name} | {queries} | {ms:.0f} | {more} | {longer:.0f} | {longer / ms:.2f} |")
    print(f"\nPlan made: {few} milestones in {seconds['few']:.2f} s, {many:,} in {seconds['many']:.2f} s")
    print(f"A picture drawn anew (1,680, ten townships): {drawing(client):.0f} ms")


def make_plan(world: Any, venues: int) -> float:
    """Fill the county up to so many venues, then a programme of its own with its plan. Returns the plan's seconds."""
    from workflows.milestones.models import Milestone, Programme
    from workflows.milestones.services.plan import StageDraft, plan_make, programme_create

    fill(world, venues)
    stages = []
    for number in range(3):
        first = FIRST + timedelta(days=120 * number)
        span = {"first_day": first, "last_day": first + timedelta(days=150)}
        items = [
            {"code": f"i{number}{row}", "name": f"事项{number}{row}", "clause": "R31", "level": "venue", **span}
            for row in range(ITEMS // 3)
        ]
        stages.append(StageDraft({"number": number + 1, "name": f"阶段{number + 1}", **span}, items))
    slug = "few" if venues == FEW else "many"
    programme = programme_create(
        by=None, stages=stages, slug=slug, name=slug, state=Programme.State.RUNNING, public=True
    )
    since = perf_counter()
    assert plan_make(programme=programme) == venues * ITEMS
    seconds = perf_counter() - since
    rows = list(Milestone.objects.filter(programme=programme))
    for number, row in enumerate(rows):
        row.state = STATES[number % len(STATES)]
        if row.state == "done":
            row.done_on = row.confirmed_on = FIRST + timedelta(days=number % 300)
    Milestone.objects.bulk_update(rows, ["state", "done_on", "confirmed_on"], batch_size=500)
    return seconds


def fill(world: Any, wanted: int) -> None:
    """Townships with a branch each, then service points in turn, up to so many venues."""
    from network.models import Division, Venue
    from tests.workflows.world import venue

    townships = list(Division.objects.filter(level="township").order_by("code"))
    for number in range(len(townships), TOWNSHIPS):
        names = {"name": f"镇{number}镇", "slug": f"t{number}", "parent": world.county}
        townships.append(Division.objects.create(code=f"99{number + 1:04}", level="township", **names))
    for township in townships:
        if not Venue.objects.filter(division=township, tier="branch").exists():
            venue(f"b{township.pk}", "branch", "township_centre", township, library=True, culture=True)
    branches = list(Venue.objects.filter(tier="branch").order_by("pk"))
    for number in range(Venue.objects.count(), wanted):
        branch = branches[number % len(branches)]
        names = {"name": f"村{number}村民委员会", "slug": f"v{number}", "parent": branch.division}
        place = Division.objects.create(code=f"{branch.division.code}{number:03}", level="village", **names)
        venue(f"p{number}", "point", "village_centre", place, parent=branch, library=True, culture=True)


def in_turn(client: Any) -> dict[tuple[str, str], tuple[int, float]]:
    """For every page and size the queries and the best milliseconds."""
    from django.test import Client
    from wagtail.models import Site

    from workflows.milestones.models import ProgrammePage

    Site.objects.get().root_page.add_child(instance=ProgrammePage(title="实施进度", slug="programme"))
    anybody = Client()
    times, queries = defaultdict[tuple[str, str], list[float]](list), dict[tuple[str, str], int]()
    for _round in range(ROUNDS):
        for name, address in ADDRESSES.items():
            for slug in ("few", "many"):
                visitor = client if address.startswith("/admin/") else anybody
                queries[name, slug], ms = one(visitor, address.format(slug=slug))
                times[name, slug].append(ms)
    return {key: (queries[key], min(found)) for key, found in times.items()}


def one(client: Any, address: str) -> tuple[int, float]:
    """Queries and the processor's milliseconds of one request: other work on the machine is not in them."""
    from django.db import connection

    count = 0

    def counting(execute: Callable[..., Any], *args: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*args)

    with connection.execute_wrapper(counting):
        since = process_time()
        assert client.get(address).status_code == 200, address
        return count, (process_time() - since) * 1000


def drawing(client: Any) -> float:
    """The best milliseconds of a timetable that is not in the cache."""
    from django.core.cache import cache

    times = []
    for _round in range(5):
        cache.clear()
        times.append(one(client, ADDRESSES["its picture, from the cache"].format(slug="many"))[1])
    return min(times)


if __name__ == "__main__":
    in_scratch_database(measure)
