"""Many new cases that go the same way: the engine takes the first one there, the others are written after its pattern.

Nothing here knows a flow: tasks, their links, work items and the log's lines are copied as the engine and the services
made them, so they cannot drift apart. What differs from case to case is the caller's to write, and it is the caller's
to see that the way depends on nothing in which the cases differ.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Any, TypeVar

from django.db.models import Model
from viewflow.workflow.models import Task
from viewflow.workflow.token import Token

from .chunks import Chunk
from .models import Case, WorkItem

Row = TypeVar("Row", bound=Model)
Map = dict[int, int]  # primary key in the pattern → in its copy


def cases_follow(pattern: Case, cases: Sequence[Case], *, chunk: Chunk) -> None:
    """Save new cases as having come where the pattern stands.

    Args:
        pattern: a case that was opened and brought there in this chunk.
        cases: filled, numbered and not saved yet; same flow, same way.
        chunk: the one that is open: it holds the pattern's lines of the log.
    """
    for case in cases:
        case.save()
    tasks = _tasks(pattern, cases)
    items = _items(pattern, cases, tasks)
    for line in [line for line in chunk.log if line.case_id == pattern.pk]:
        for case, made in zip(cases, items, strict=True):
            item = made[line.work_item_id] if line.work_item_id else None
            chunk.log.append(_copy(line, case_id=case.pk, work_item_id=item))


def _tasks(pattern: Case, cases: Sequence[Case]) -> list[Map]:
    """Tasks and what came before each, for every case."""
    maps: list[Map] = [{} for _case in cases]
    for task in pattern.task_set.order_by("pk"):
        copies = [_copy(task, process_id=c.pk, token=_token(task, m)) for c, m in zip(cases, maps, strict=True)]
        for copy, made in zip(Task.objects.bulk_create(copies), maps, strict=True):
            made[task.pk] = copy.pk
    through = Task.previous.through
    links = through.objects.filter(from_task__process=pattern).values_list("from_task", "to_task")
    through.objects.bulk_create(
        through(from_task_id=made[later], to_task_id=made[earlier]) for later, earlier in list(links) for made in maps
    )
    return maps


def _token(task: Task, made: Map) -> Token:
    """The engine's token names the tasks at which the way was split."""
    return Token(re.sub(r"/(\d+)_", lambda found: f"/{made[int(found[1])]}_", task.token.token))


def _items(pattern: Case, cases: Sequence[Case], tasks: Iterable[Map]) -> list[Map]:
    """The work items of the tasks, for every case."""
    own = list(pattern.work_items.order_by("pk"))
    copies = [
        _copy(item, case_id=c.pk, task_id=made[item.task_id], township_id=c.township_id, office_id=c.office_id)
        for c, made in zip(cases, tasks, strict=True)
        for item in own
    ]
    pks = iter([copy.pk for copy in WorkItem.objects.bulk_create(copies)])
    return [{item.pk: next(pks) for item in own} for _case in cases]


def _copy(row: Row, **other: Any) -> Row:
    """An unsaved row with the same values, except for these."""
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    return type(row)(**(values | other))
