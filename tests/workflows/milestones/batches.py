"""Batches of the small county."""

from datetime import date

from tests.workflows.milestones.plan import milestone, paper, photo
from workflows.milestones.models import BatchRow
from workflows.milestones.selectors.batches import steps_to_decide
from workflows.milestones.services.batch_rows import Entry
from workflows.milestones.services.batch_run import batch_run_chunk
from workflows.milestones.services.batches import (
    batch_prepare,
    batch_prepare_decision,
    batch_queue,
    entry_milestones,
    sample_look,
)

DAY = date(2026, 3, 1)


def venues(world):
    """The branch and two of its points."""
    return [world.branch, *world.points[:2]]


def entries(world, programme, code="signage", **more):
    """A row for the branch and for each point."""
    wanted = [milestone(programme, code, venue).pk for venue in venues(world)]
    found = entry_milestones(wanted)
    return [Entry(number=number, milestone=found[pk], done_on=DAY, **more) for number, pk in enumerate(wanted, start=1)]


def prepared(world, programme, rows=None, by=None, **more):
    """A draft of evidence, with whatever the items ask for."""
    given = entries(world, programme) if rows is None else rows
    values = {"source": "grid", "common": [photo(), paper()], **more}
    return batch_prepare(programme=programme, by=by or world.town, entries=given, **values)


def run(batch, size=25):
    """Let the worker take it to its end. Returns it fresh."""
    while batch_run_chunk(batch=batch.pk, size=size):
        pass
    batch.refresh_from_db()
    return batch


def taken(world, programme, by=None, **more):
    """Evidence handed in for the branch and its points, by the worker."""
    batch = prepared(world, programme, by=by, **more)
    return run(batch_queue(batch=batch, by=batch.made_by))


def decision(world, programme, by, kind="check", decision="accept", **more):
    """A draft of one decision about all that this person may decide."""
    steps = steps_to_decide(by, programme, kind)
    rows = [Entry(number=n, milestone=s.case.milestonecase.milestone, work_item=s.pk) for n, s in enumerate(steps, 1)]
    return batch_prepare_decision(programme=programme, by=by, entries=rows, kind=kind, decision=decision, **more)


def look_at_all(batch, fine=True):
    """Open every sample."""
    for row in batch.rows.filter(sample=True):
        sample_look(row=row, by=batch.made_by, fine=fine)


def states(batch):
    """The rows' states in their order."""
    return list(BatchRow.objects.filter(batch=batch).values_list("state", flat=True))


def messages(batch):
    """The rows' messages in their order."""
    return list(BatchRow.objects.filter(batch=batch).values_list("message", flat=True))
