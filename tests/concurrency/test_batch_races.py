"""Races about batches, on PostgreSQL: two workers, a worker and a person, a worker and a click on “cancel”."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from tests.workflows.milestones.batches import entries, prepared
from tests.workflows.milestones.county import make_county
from tests.workflows.milestones.plan import PLAN, make_programme, milestone, paper, photo
from workflows.core.agreement import disagreements
from workflows.core.services import LostRace
from workflows.milestones.models import Batch, BatchRow, Evidence, MilestoneCase
from workflows.milestones.services.batch_run import batch_run_chunk
from workflows.milestones.services.batches import batch_cancel, batch_queue
from workflows.milestones.services.evidence import evidence_hand_in

from .test_acting import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 6
State = Batch.State


@pytest.fixture
def world(transactional_db):
    assert connection.vendor == "postgresql"
    return make_county()


def programmes():
    return [make_programme(PLAN, slug=f"round-{number}") for number in range(ROUNDS)]


def to_its_end(pk, size):
    """A worker that goes on until there is nothing to do for it."""

    def work():
        chunks = 0
        while batch_run_chunk(batch=pk, size=size):
            chunks += 1
        return chunks

    return work


def test_two_workers_never_take_a_row_twice(world):
    for programme in programmes():
        batch = batch_queue(batch=prepared(world, programme), by=world.town)
        results = together(to_its_end(batch.pk, 1), to_its_end(batch.pk, 1))
        assert all(isinstance(result, int) for result in results), results
        while batch_run_chunk(batch=batch.pk):  # both found it held at their last look
            pass
        batch.refresh_from_db()
        assert (batch.state, batch.finished, batch.failed) == (State.DONE, 3, 0)
        assert Evidence.objects.filter(milestone__programme=programme).count() == 3
    assert disagreements() == []


def test_two_workers_with_all_or_nothing_take_it_once(world):
    for programme in programmes():
        batch = batch_queue(batch=prepared(world, programme), by=world.town, all_or_nothing=True)
        together(to_its_end(batch.pk, 1), to_its_end(batch.pk, 1))
        batch.refresh_from_db()
        assert (batch.state, batch.finished) == (State.DONE, 3)
        assert MilestoneCase.objects.filter(milestone__programme=programme).count() == 3


def test_a_person_and_the_worker_hand_in_for_one_milestone_and_one_of_them_is_told(world):
    for programme in programmes():
        batch = batch_queue(batch=prepared(world, programme), by=world.town)
        row = milestone(programme, "signage", world.points[1])

        def by_hand(row=row):
            files = [photo(), paper()]
            return evidence_hand_in(milestone=row, by=world.town2, done_on=row.first_day, files=files)

        _chunks, given = together(to_its_end(batch.pk, 25), by_hand)
        batch.refresh_from_db()
        lost = isinstance(given, LostRace)
        assert lost or isinstance(given, Evidence), given
        assert batch.finished == (3 if lost else 2)
        assert Evidence.objects.filter(milestone=row).count() == 1
    assert disagreements() == []


def test_two_batches_of_the_same_rows_in_another_order_end_without_a_deadlock(world):
    for programme in programmes():
        first = batch_queue(batch=prepared(world, programme), by=world.town)
        backwards = list(reversed(entries(world, programme)))
        for number, entry in enumerate(backwards, 1):
            entry.number = number
        second = batch_queue(batch=prepared(world, programme, backwards, by=world.town2), by=world.town2)
        results = together(to_its_end(first.pk, 25), to_its_end(second.pk, 25))
        assert all(isinstance(result, int) for result in results), results
        rows = BatchRow.objects.filter(batch__in=[first, second])
        assert sorted(rows.values_list("state", flat=True)) == ["done"] * 3 + ["failed"] * 3


def test_what_is_cancelled_meanwhile_is_taken_whole_chunks_or_not(world):
    for programme in programmes():
        batch = batch_queue(batch=prepared(world, programme), by=world.town)
        _chunks, cancelled = together(
            to_its_end(batch.pk, 1), lambda batch=batch: batch_cancel(batch=batch, by=world.town)
        )
        assert isinstance(cancelled, Batch | ValidationError), cancelled
        batch.refresh_from_db()
        assert batch.state in (State.CANCELLED, State.DONE)
        assert Evidence.objects.filter(milestone__programme=programme).count() == batch.finished
