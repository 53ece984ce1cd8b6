"""Rows that are written together are equal to those that are taken step by step, to the last field."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from viewflow.workflow.models import Task

from network.models import Venue
from tests.workflows.world import act
from workflows.core.agreement import disagreements
from workflows.core.models import Decision, WorkItem
from workflows.milestones.models import Evidence, Milestone, MilestoneCase
from workflows.milestones.services import batch_run
from workflows.milestones.services.batch_rows import Entry
from workflows.milestones.services.batches import batch_queue, entry_milestones

from .batches import DAY, entries, prepared, run, states, taken
from .plan import milestone

pytestmark = pytest.mark.django_db
TIMES = {"created", "assigned", "started", "finished", "opened_at", "closed_at", "at", "waited", "uploaded_at"}
NAMES = {"number", "check_word"}


def fields(row, *leave):
    """A row's values without keys and moments; whether a moment is there counts."""
    found = {}
    for field in row._meta.concrete_fields:
        if field.primary_key or (field.is_relation and field.name in ("task", "case", "work_item", "process", "venue")):
            continue
        value = getattr(row, field.attname)
        found[field.name] = value is not None if field.name in TIMES else str(value)
    return {name: value for name, value in found.items() if name not in leave}


def whole(case):
    """Everything that a case consists of, in its order."""
    tasks = list(Task.objects.filter(process=case).order_by("pk"))
    place = {task.pk: number for number, task in enumerate(tasks)}
    names = {str(task.pk): f"task{place[task.pk]}" for task in tasks}

    def token(task):
        return "/".join("_".join([names.get(part.split("_")[0], part.split("_")[0]), *part.split("_")[1:]])
                        for part in task.token.token.split("/"))  # fmt: skip

    items = list(WorkItem.objects.filter(case=case).order_by("pk"))
    return {
        "case": fields(case, "title", "milestone", "process_ptr", "case_ptr", *NAMES),
        "tasks": [fields(task, "token") | {"token": token(task)} for task in tasks],
        "links": [sorted(place[pk] for pk in task.previous.values_list("pk", flat=True)) for task in tasks],
        "items": [fields(item) | {"task": place[item.task_id]} for item in items],
        "log": [fields(line) | {"item": line.work_item and line.work_item.node} for line in case.decisions.all()],
        "evidence": [fields(row, "milestone") for row in Evidence.objects.filter(case=case)],
        "files": [fields(file, "paper") for file in case.files.all()],
        "kept": [[file.label for file in row.files.all()] for row in Evidence.objects.filter(case=case)],
        "milestone": fields(case.milestone, "township") | {"case": case.milestone.case_id == case.pk},
    }


@pytest.mark.parametrize("code", ["signage", "training"])
def test_a_row_that_follows_another_is_equal_to_it_in_everything(world, programme, code, monkeypatch):
    real, by_the_engine = batch_run.evidence_hand_in, []
    monkeypatch.setattr(
        batch_run, "evidence_hand_in", lambda **given: by_the_engine.append(given["milestone"]) or real(**given)
    )
    batch = taken(world, programme, rows=entries(world, programme, code))
    assert states(batch) == ["done"] * 3
    assert [row.venue for row in by_the_engine] == [world.branch]
    branch, first, second = MilestoneCase.objects.order_by("number")
    assert branch.milestone.venue == world.branch
    assert whole(branch) == whole(first) == whole(second)
    assert disagreements() == []


def test_what_followed_goes_on_through_the_engine(world, programme):
    """Both heads' checks join: the engine's tokens must be each case's own."""
    taken(world, programme, rows=entries(world, programme, "training"))
    case = MilestoneCase.objects.get(milestone=milestone(programme, "training", world.points[1]))
    act(case, world.lib1, "accept", "check_library")
    act(case, world.cul1, "accept", "check_culture")
    assert [item.node for item in case.work_items.open()] == ["confirm"]
    assert disagreements() == []


def test_numbers_follow_one_another_without_a_gap(world, programme):
    taken(world, programme)
    numbers = sorted(int(number[-4:]) for number in MilestoneCase.objects.values_list("number", flat=True))
    assert numbers == list(range(numbers[0], numbers[0] + 3))
    assert len(set(MilestoneCase.objects.values_list("check_word", flat=True))) == 3


def test_another_day_or_line_goes_its_own_way(world, programme):
    later = milestone(programme, "signage", world.points[1])
    Milestone.objects.filter(pk=later.pk).update(last_day=later.last_day.replace(year=later.last_day.year + 1))
    Venue.objects.filter(pk=world.points[1].pk).update(library=False)
    taken(world, programme)
    cases = MilestoneCase.objects.filter(milestone__venue__in=world.points)
    assert {(case.library, case.milestone_id == later.pk) for case in cases} == {(False, False), (False, True)}
    dues = {case.milestone_id: case.work_items.order_by("pk").first().due_on for case in cases}
    assert all(due == Milestone.objects.get(pk=pk).last_day for pk, due in dues.items())


def test_a_fault_among_rows_that_go_together_costs_only_its_own_row(world, programme, monkeypatch, caplog):
    monkeypatch.setattr(batch_run, "evidence_follow", lambda *_given, **_more: 1 / 0)
    batch = taken(world, programme)
    assert (states(batch), Evidence.objects.count()) == (["done"] * 3, 3)
    assert "ZeroDivisionError" in caplog.text
    assert Decision.objects.count() == 6


def test_a_row_that_follows_costs_few_queries(world, programme):
    def cost(count):
        wanted = [milestone(programme, code, venue).pk for venue in (world.branch, *world.points)][:count]
        found = entry_milestones(wanted)
        rows = [Entry(number=number, milestone=found[pk], done_on=DAY) for number, pk in enumerate(wanted)]
        batch = batch_queue(batch=prepared(world, programme, rows), by=world.town)
        with CaptureQueriesContext(connection) as queries:
            assert run(batch).finished == count
        return len(queries)

    code = "signage"
    two = cost(2)
    code = "training"
    assert cost(4) <= two + 2 * 8 + 6  # six for the second head's step
