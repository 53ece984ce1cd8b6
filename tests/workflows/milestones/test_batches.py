"""Many at once: checked row by row without changing anything, then taken by the worker in its maker's name."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.utils import timezone, translation

from network.models import Appointment
from workflows.milestones.models import Batch, BatchRow, Evidence, Milestone
from workflows.milestones.services import batch_run
from workflows.milestones.services.batch_run import batch_run_chunk, batches_run
from workflows.milestones.services.batches import ALL_OR_NOTHING_MAX, batch_cancel, batch_prepare, batch_queue

from .batches import DAY, entries, messages, prepared, run, states, taken
from .plan import hand_in, milestone, photo
from .survey import question

pytestmark = pytest.mark.django_db
State = Batch.State


def test_a_draft_changes_no_milestone(world, programme):
    batch = prepared(world, programme)
    assert (batch.state, batch.total, states(batch)) == (State.DRAFT, 3, ["ok"] * 3)
    assert not Evidence.objects.exists()
    assert set(Milestone.objects.values_list("state", flat=True)) == {"not_started"}


def test_what_was_checked_is_handed_in_by_the_worker_in_the_maker_s_name(world, programme):
    batch = taken(world, programme)
    assert (batch.state, batch.finished, batch.failed) == (State.DONE, 3, 0)
    rows = Evidence.objects.all()
    assert {(row.by, row.done_on, row.source) for row in rows} == {(world.town, DAY, "grid")}
    assert {row.milestone.state for row in rows} == {Milestone.State.HANDED_IN}


def test_one_common_file_counts_for_every_row_and_is_stored_once(world, programme):
    batch = taken(world, programme)
    stored = {file.file.name for row in Evidence.objects.all() for file in row.files.all()}
    assert stored == {kept.file.name for kept in batch.files.all()}
    assert {row.files.count() for row in Evidence.objects.all()} == {2}


def test_a_row_s_own_photo_goes_with_that_row_alone(world, programme):
    rows = entries(world, programme)
    rows[1].files = [photo()]
    batch = prepared(world, programme, rows, common=[])
    assert states(batch) == ["refused", "ok", "refused"]
    run(batch_queue(batch=batch, by=world.town))
    assert Evidence.objects.get().milestone.venue == world.points[0]
    assert Evidence.objects.get().files.get().content_type == "image/jpeg"


def test_a_missing_photo_and_a_day_to_come_stand_beside_their_row(world, programme):
    rows = entries(world, programme)
    rows[0].done_on = timezone.localdate() + timedelta(days=1)
    rows[1].done_on = None
    batch = prepared(world, programme, rows, common=[])
    assert states(batch) == ["refused"] * 3
    assert all(messages(batch))


def test_the_same_milestone_twice_is_refused_with_both_row_numbers(world, programme):
    rows = [*entries(world, programme), *entries(world, programme)[:1]]
    rows[3].number = 9
    batch = prepared(world, programme, rows)
    assert states(batch) == ["refused", "ok", "ok", "refused"]
    assert "9" in messages(batch)[0]
    assert "1" in messages(batch)[3]


@pytest.mark.parametrize("who", ["elsewhere", "lib1", "bureau1", "idle", "teacher"])
def test_what_is_not_theirs_to_carry_out_is_refused_row_by_row(world, programme, who):
    assert states(prepared(world, programme, by=getattr(world, who))) == ["refused"] * 3


def test_what_is_handed_in_done_or_void_already_is_refused(world, programme):
    hand_in(milestone(programme, "signage", world.branch), world.town)
    Milestone.objects.filter(pk=milestone(programme, "signage", world.points[0]).pk).update(state="void")
    assert states(prepared(world, programme)) == ["refused", "refused", "ok"]


def test_a_survey_s_answers_are_checked_and_stored_as_its_form_would(world, programme):
    question("seats", "whole", for_points=True, for_branches=True)
    rows = entries(world, programme, "survey")
    rows[0].answers, rows[1].answers, rows[2].answers = {"seats": "１２０"}, {"seats": "many"}, {}
    batch = prepared(world, programme, rows, common=[])
    assert states(batch) == ["ok", "refused", "refused"]
    run(batch_queue(batch=batch, by=world.town))
    assert Evidence.objects.get().answers == {"seats": 120}


def test_what_comes_first_is_a_remark_at_handing_in_unless_it_is_handed_in_together(world, programme):
    assert messages(prepared(world, programme)) == ["", "", ""]
    batch = prepared(world, programme, entries(world, programme)[1:])
    assert states(batch) == ["ok", "ok"]
    assert all("R23" in text for text in messages(batch))


def test_the_queries_of_a_check_do_not_grow_with_the_rows(world, programme):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    for rows in (entries(world, programme)[:1], entries(world, programme)):
        with CaptureQueriesContext(connection) as queries:
            prepared(world, programme, rows, common=[])
        counted.append(len(queries))
    assert counted[1] <= counted[0] + 1


def test_an_empty_batch_is_refused(world, programme):
    with pytest.raises(ValidationError):
        batch_prepare(programme=programme, by=world.town, entries=[], source="grid")


# To the worker ----------------------------------------------------------------------------------
def test_only_who_made_it_gives_it_to_the_worker_or_cancels_it(world, programme):
    batch = prepared(world, programme)
    for service in (batch_queue, batch_cancel):
        with pytest.raises(PermissionDenied):
            service(batch=batch, by=world.town2)


def test_a_batch_is_queued_once(world, programme):
    batch = batch_queue(batch=prepared(world, programme), by=world.town)
    with pytest.raises(ValidationError):
        batch_queue(batch=batch, by=world.town)


def test_a_batch_without_a_row_in_order_is_not_queued(world, programme):
    with pytest.raises(ValidationError):
        batch_queue(batch=prepared(world, programme, common=[]), by=world.town)


def test_all_or_nothing_is_refused_while_a_row_is_not_in_order(world, programme):
    rows = entries(world, programme)
    rows[0].done_on = None
    batch = prepared(world, programme, rows)
    with pytest.raises(ValidationError):
        batch_queue(batch=batch, by=world.town, all_or_nothing=True)
    assert run(batch_queue(batch=batch, by=world.town)).finished == 2


def test_all_or_nothing_has_a_limit(world, programme, monkeypatch):
    monkeypatch.setattr("workflows.milestones.services.batches.ALL_OR_NOTHING_MAX", {"hand_in": 2})
    with pytest.raises(ValidationError, match="2"):
        batch_queue(batch=prepared(world, programme), by=world.town, all_or_nothing=True)


def test_all_or_nothing_takes_a_whole_programme(world, programme):
    assert ALL_OR_NOTHING_MAX["hand_in"] >= 1680


def test_all_that_is_refused_is_told_row_by_row_before_anything_is_taken(world, programme, monkeypatch):
    batch = batch_queue(batch=prepared(world, programme), by=world.town, all_or_nothing=True)
    for point in world.points[:2]:
        hand_in(milestone(programme, "signage", point), world.town2)
    monkeypatch.setattr(batch_run, "_take", lambda *_given: pytest.fail("nothing may be taken"))
    run(batch)
    assert (batch.state, batch.finished, batch.failed) == (State.FAILED, 0, 2)
    assert states(batch) == ["ok", "failed", "failed"]
    assert all(messages(batch)[1:])


def test_what_comes_between_the_check_and_the_taking_stops_all_too(world, programme, monkeypatch):
    batch = batch_queue(batch=prepared(world, programme), by=world.town, all_or_nothing=True)
    monkeypatch.setattr(batch_run, "rows_recheck", lambda _batch: [])
    hand_in(milestone(programme, "signage", world.points[0]), world.town2)
    run(batch)
    assert (batch.state, batch.finished, batch.failed) == (State.FAILED, 0, 1)
    assert states(batch) == ["ok", "failed", "ok"]
    assert Evidence.objects.count() == 1


def test_all_at_once_is_seen_as_begun_while_it_is_taken(world, programme, monkeypatch):
    batch = batch_queue(batch=prepared(world, programme), by=world.town, all_or_nothing=True)
    seen = []
    monkeypatch.setattr(batch_run, "rows_recheck", lambda _batch: seen.append(Batch.objects.get(pk=batch.pk)) or [])
    run(batch)
    assert (seen[0].state, seen[0].begun_at is not None) == (State.RUNNING, True)
    assert (batch.state, batch.finished) == (State.DONE, 3)


def test_a_refused_row_stops_all_where_it_is_all_or_nothing_and_is_named(world, programme):
    batch = batch_queue(batch=prepared(world, programme), by=world.town, all_or_nothing=True)
    hand_in(milestone(programme, "signage", world.points[1]), world.town2)
    run(batch)
    assert (batch.state, batch.finished, batch.failed) == (State.FAILED, 0, 1)
    assert states(batch) == ["ok", "ok", "failed"]
    assert messages(batch)[2]
    assert Evidence.objects.count() == 1


def test_otherwise_the_others_are_taken(world, programme):
    batch = batch_queue(batch=prepared(world, programme), by=world.town)
    hand_in(milestone(programme, "signage", world.points[1]), world.town2)
    run(batch)
    assert (batch.state, batch.finished, batch.failed) == (State.DONE, 2, 1)
    assert states(batch) == ["done", "done", "failed"]


def test_permission_is_asked_again_when_the_worker_takes_it(world, programme):
    batch = batch_queue(batch=prepared(world, programme), by=world.town)
    Appointment.objects.filter(person=world.town).update(until=date(2020, 1, 2))
    run(batch)
    assert (batch.finished, batch.failed) == (0, 3)
    assert not Evidence.objects.exists()


def test_a_deactivated_maker_s_batch_takes_nothing(world, programme):
    batch = batch_queue(batch=prepared(world, programme), by=world.town)
    world.town.is_active = False
    world.town.save()
    assert run(batch).finished == 0


def test_a_cancelled_batch_stops_and_keeps_what_was_taken(world, programme):
    batch = batch_queue(batch=prepared(world, programme), by=world.town)
    batch_run_chunk(batch=batch.pk, size=1)
    batch_cancel(batch=batch, by=world.town)
    run(batch)
    assert (batch.state, Evidence.objects.count()) == (State.CANCELLED, 1)
    with pytest.raises(ValidationError):
        batch_cancel(batch=batch, by=world.town)


def test_branches_come_before_their_points_and_items_after_those_they_follow(world, programme):
    rows = [*reversed(entries(world, programme, "training")), *reversed(entries(world, programme))]
    rows += reversed(entries(world, programme, "survey"))
    for number, row in enumerate(rows, 1):
        row.number = number
    batch = prepared(world, programme, rows)
    order = BatchRow.objects.filter(batch=batch).order_by("turn", "number")
    seen = [(row.milestone.item.code, row.milestone.venue.tier) for row in order]
    assert seen.index(("survey", "branch")) < seen.index(("survey", "point")) < seen.index(("training", "branch"))
    assert seen.index(("signage", "branch")) < seen.index(("signage", "point"))


# When something breaks --------------------------------------------------------------------------
def test_a_worker_that_dies_leaves_its_chunk_as_it_was_and_the_next_goes_on(world, programme, monkeypatch):
    batch = batch_queue(batch=prepared(world, programme), by=world.town)
    assert batch_run_chunk(batch=batch.pk, size=1)

    def dies_after_the_first(*_given, **_more):
        assert Evidence.objects.count() == 2
        raise KeyboardInterrupt

    real = batch_run.evidence_follow
    monkeypatch.setattr(batch_run, "evidence_follow", dies_after_the_first)
    with pytest.raises(KeyboardInterrupt):
        batch_run_chunk(batch=batch.pk, size=2)
    batch.refresh_from_db()
    assert (batch.state, batch.finished, Evidence.objects.count()) == (State.RUNNING, 1, 1)
    assert states(batch) == ["done", "ok", "ok"]
    monkeypatch.setattr(batch_run, "evidence_follow", real)
    run(batch)
    assert (batch.state, batch.finished, Evidence.objects.count()) == (State.DONE, 3, 3)


def test_the_database_s_own_trouble_is_tried_again(world, programme, monkeypatch):
    batch = batch_queue(batch=prepared(world, programme), by=world.town)

    def locked(**given):
        raise OperationalError("deadlock detected")

    with monkeypatch.context() as patch:
        patch.setattr(batch_run, "evidence_hand_in", locked)
        with pytest.raises(OperationalError):
            batch_run_chunk(batch=batch.pk)
    assert run(batch).finished == 3


def test_a_fault_in_one_row_is_written_down_and_the_others_are_taken(world, programme, monkeypatch, caplog):
    real = batch_run.evidence_hand_in

    def faulty(**given):
        if given["milestone"].venue == world.branch:
            raise ZeroDivisionError
        return real(**given)

    monkeypatch.setattr(batch_run, "evidence_hand_in", faulty)
    batch = taken(world, programme)
    assert states(batch) == ["failed", "done", "done"]
    assert "ZeroDivisionError" in caplog.text


def test_messages_are_in_the_maker_s_language(world, programme):
    hand_in_later = milestone(programme, "signage", world.points[1])
    with translation.override("en"):
        batch = batch_queue(batch=prepared(world, programme), by=world.town)
    hand_in(hand_in_later, world.town2)
    run(batch)
    assert "evidence is being looked at already" in messages(batch)[2]


def test_the_command_goes_through_all_that_waits(world, programme):
    from django.core.management import call_command

    batches = [prepared(world, programme, entries(world, programme, code)) for code in ("signage", "training")]
    for batch in batches:
        batch_queue(batch=batch, by=world.town)
    call_command("run_batches")
    assert set(Batch.objects.values_list("state", flat=True)) == {State.DONE}
    assert batches_run() == 0


def test_the_timer_runs_batches(settings):
    assert settings.TIMERS["run_batches"] <= 10
