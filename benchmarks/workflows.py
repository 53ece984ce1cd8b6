"""What the workflow core costs: cases through the services beside a bare flow, and the inbox with few and many tasks.

`python -m benchmarks.workflows` makes a test database on DATABASE_URL (PostgreSQL for the figures in docs/), measures
and drops it again. Every step is a transaction of its own, as in the site.
"""

import statistics
import time
from collections import defaultdict
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from .scratch import in_scratch_database

CASES = 25
FEW, MANY = 50, 50_000
WAY = ("accept", "opinion", "library_review", "visit", "panel", "decide", "agreement", "plaque", "trial")


def measure() -> None:
    """Print the figures."""
    from django.db import connection

    from tests.workflows.world import make_world

    world = make_world()
    print(f"\nWorkflows on {connection.vendor}, {CASES} cases each\n")
    ours, bare = run(world)
    print("| step | bare: ms | ours: ms | times | queries, bare | queries, ours |")
    print("| --- | ---: | ---: | ---: | ---: | ---: |")
    for step in ("start", *WAY):
        line(step, bare[step], ours[step])
    line("**all transitions**", *(merged(found, WAY) for found in (bare, ours)))
    whole = [sum(statistics.median(t for t, _q in found[step]) for step in ("start", *WAY)) for found in (bare, ours)]
    print(f"\nComplete cases a second: bare {1 / whole[0]:.1f}, ours {1 / whole[1]:.1f}")
    inbox(world)


def line(title: str, bare: list[tuple[float, int]], ours: list[tuple[float, int]]) -> None:
    left, right = (statistics.median(seconds for seconds, _queries in found) * 1000 for found in (bare, ours))
    queries = [round(statistics.mean(count for _seconds, count in found)) for found in (bare, ours)]
    print(f"| {title} | {left:.1f} | {right:.1f} | {right / left:.2f} | {queries[0]} | {queries[1]} |")


def merged(found: dict[str, list[tuple[float, int]]], steps: tuple[str, ...]) -> list[tuple[float, int]]:
    return [row for step in steps for row in found[step]]


def run(world: Any) -> tuple[dict[str, list[tuple[float, int]]], dict[str, list[tuple[float, int]]]]:
    """Seconds and queries of every step of many cases, ours and bare in turn, so that other load meets both alike.
    The first pair warms up and is not counted."""
    ours: dict[str, list[tuple[float, int]]] = defaultdict(list)
    bare: dict[str, list[tuple[float, int]]] = defaultdict(list)
    for number in range(CASES + 1):
        our_case(world, ours if number else defaultdict(list))
        bare_case(world, bare if number else defaultdict(list))
    return ours, bare


class timed:  # noqa: N801  reads as a verb
    """Note the seconds and the queries of a block."""

    def __init__(self, found: dict[str, list[tuple[float, int]]], step: str) -> None:
        self.found, self.step, self.count = found, step, 0

    def counting(self, execute: Any, *args: Any) -> Any:
        self.count += 1
        return execute(*args)

    def __enter__(self) -> None:
        from django.db import connection

        self.wrapper = connection.execute_wrapper(self.counting)
        self.wrapper.__enter__()
        self.since = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        self.found[self.step].append((time.perf_counter() - self.since, self.count))
        self.wrapper.__exit__(None, None, None)


def our_case(world: Any, found: dict[str, list[tuple[float, int]]]) -> None:
    from tests.workflows.world import CHECKLIST, checked, draft, facts
    from workflows.applications.flows import ApplicationFlow
    from workflows.core.services import case_start, task_act

    held, given = draft(world), facts(world)
    with timed(found, "start"):
        case = case_start(ApplicationFlow, by=world.teacher, draft=held, facts=given)
    day, later = date(2026, 1, 5), date.today() + timedelta(days=60)  # noqa: DTZ011
    steps = [
        ("lib1", "accept", {}),
        ("town", "support", {}),
        ("lib2", "approve", {}),
        ("lib3", "visited", {"visited_on": day, "visitors": "x", "checklist": CHECKLIST, "photos": []}),
        ("bureau1", "approve", {"panel_on": day, "panel_members": "x"}),
        ("bureau2", "approve", {}),
        ("lib1", "signed", {"agreement_on": day, "agreement": checked()}),
        ("lib1", "mounted", {"plaque": f"plaque {case.number}"}),
        ("lib2", "started", {"trial_until": later}),
    ]
    for node, (who, decision, data) in zip(WAY, steps, strict=True):
        pk = case.work_items.open().values_list("pk", flat=True).get()
        with timed(found, node):
            task_act(work_item=pk, actor=getattr(world, who), decision=decision, data=data)


def bare_case(world: Any, found: dict[str, list[tuple[float, int]]]) -> None:
    from viewflow.workflow.models import Task

    from .bare.flows import BareFlow

    with timed(found, "start"):
        process = BareFlow.start.run()
    for node in WAY:
        task = Task.objects.get(process=process, status="NEW")
        with timed(found, node), task.activation() as activation:
            activation.assign(world.lib1)
            activation.start(SimpleNamespace(user=world.lib1))
            activation.process.note = node
            activation.process.save()
            activation.execute()


# The inbox ----------------------------------------------------------------------------------------
def inbox(world: Any) -> None:
    """The page with fifty and with fifty thousand open tasks: queries and median milliseconds."""
    from django.db import connection
    from django.test import Client

    from workflows.core.models import WorkItem

    client = Client()
    client.force_login(world.bureau3)
    print("\n| open tasks | queries | ms |\n| ---: | ---: | ---: |")
    WorkItem.objects.all().update(state="cancelled", closed_at="2026-01-01T00:00Z")
    for count in (FEW, MANY):
        fill(world, count - WorkItem.objects.open().count())
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        found: dict[str, list[tuple[float, int]]] = defaultdict(list)
        for _ in range(15):
            with timed(found, "page"):
                assert client.get("/admin/work/?tab=office").status_code == 200
        seconds = statistics.median(seconds for seconds, _queries in found["page"][3:])
        print(f"| {count:,} | {found['page'][-1][1]} | {seconds * 1000:.0f} |")


def fill(world: Any, count: int) -> None:
    """Many open tasks of the bureau, written without the engine."""
    from django.db import transaction
    from viewflow.workflow.models import Process, Task

    from workflows.applications.flows import ApplicationFlow
    from workflows.core.models import Case, WorkItem

    with transaction.atomic():
        processes = Process.objects.bulk_create(Process(flow_class=ApplicationFlow) for _ in range(count))
        for process in processes:
            case = Case(process_ptr=process, number=f"B{process.pk}", check_word="x", title=f"Case {process.pk}")
            case.library, case.township, case.opened_by = True, world.township, world.teacher
            case.organisation = world.organisation
            case.save_base(raw=True)
        tasks = Task.objects.bulk_create(
            (Task(process=process, flow_task=ApplicationFlow.panel, flow_task_type="HUMAN") for process in processes),
            batch_size=2000,
        )
        day = date(2026, 1, 1)
        WorkItem.objects.bulk_create(
            (
                WorkItem(
                    task=task,
                    case_id=task.process_id,
                    flow="applications",
                    node="panel",
                    role="bureau",
                    judges=True,
                    step=4,
                    township=world.township,
                    due_on=day + timedelta(days=number % 700),
                )
                for number, task in enumerate(tasks)
            ),
            batch_size=2000,
        )


if __name__ == "__main__":
    in_scratch_database(measure)
