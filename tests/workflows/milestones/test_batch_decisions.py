"""One decision about many: the samples first, then every row by the same rules as one by one."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from workflows.milestones.models import Batch, BatchRow, Milestone
from workflows.milestones.permissions import kinds_decided
from workflows.milestones.selectors.batches import steps_to_decide
from workflows.milestones.services.batches import batch_cancel, batch_queue, sample_look

from .batches import decision, entries, look_at_all, messages, prepared, run, states, taken
from .plan import hand_in, milestone
from .survey import question

pytestmark = pytest.mark.django_db
State = Milestone.State


@pytest.fixture
def handed_in(world, programme):
    """Evidence for “signage” at the branch and two points: the cultural centre checks it."""
    return taken(world, programme)


def milestone_states():
    return set(Milestone.objects.filter(batch_rows__state="done").values_list("state", flat=True))


def test_the_head_accepts_and_the_bureau_confirms_branches_first(world, handed_in):
    batch = decision(world, handed_in.programme, world.cul1)
    look_at_all(batch)
    batch = run(batch_queue(batch=batch, by=world.cul1))
    assert (batch.finished, milestone_states()) == (3, {State.CHECKED})
    batch = decision(world, handed_in.programme, world.bureau1, "confirm", "confirm")
    assert states(batch) == ["ok"] * 3  # the points wait for the branch, which stands in the same batch
    look_at_all(batch)
    batch = run(batch_queue(batch=batch, by=world.bureau1))
    assert (batch.finished, milestone_states()) == (3, {State.DONE})


def test_without_their_branch_the_points_are_refused(world, handed_in):
    batch = decision(world, handed_in.programme, world.cul1)
    look_at_all(batch)
    run(batch_queue(batch=batch, by=world.cul1))
    branch = milestone(handed_in.programme, "signage", world.branch)
    branch.case.work_items.open().update(assignee=world.bureau2)
    batch = decision(world, handed_in.programme, world.bureau1, "confirm", "confirm")
    assert states(batch) == ["refused"] * 2
    assert all("R23" in text for text in messages(batch))


def test_a_confirmed_survey_says_row_by_row_what_it_writes_into_the_register(world, programme):
    question("seats", "whole", register_field="seats")
    rows = entries(world, programme, "survey")
    for number, row in enumerate(rows):
        row.answers = {"seats": 100 + number}
    taken(world, programme, rows=rows)
    batch = decision(world, programme, world.lib1)
    look_at_all(batch)
    run(batch_queue(batch=batch, by=world.lib1))
    batch = decision(world, programme, world.bureau1, "confirm", "confirm")
    assert ["→ 100" in messages(batch)[0], "→ 101" in messages(batch)[1]] == [True, True]
    look_at_all(batch)
    run(batch_queue(batch=batch, by=world.bureau1))
    world.branch.refresh_from_db()
    assert world.branch.seats == 100


def test_a_lot_is_returned_with_one_reason_and_no_samples(world, handed_in):
    with pytest.raises(ValidationError) as refusal:
        decision(world, handed_in.programme, world.cul1, decision="return")
    assert "reason" in refusal.value.message_dict
    batch = decision(world, handed_in.programme, world.cul1, decision="return", reason="照片看不清")
    assert not batch.rows.filter(sample=True).exists()
    run(batch_queue(batch=batch, by=world.cul1))
    assert milestone_states() == {State.IN_PROGRESS}
    case = milestone(handed_in.programme, "signage", world.branch).case
    assert case.decisions.filter(action="return").get().reason == "照片看不清"


def test_only_known_decisions_about_something_are_kept(world, handed_in):
    with pytest.raises(ValidationError):
        decision(world, handed_in.programme, world.cul1, decision="confirm")
    with pytest.raises(ValidationError):
        decision(world, handed_in.programme, world.lib1)  # nothing waits for the library here


# Who decides ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "kinds"),
    [("cul1", ["check"]), ("lib1", ["check"]), ("bureau1", ["confirm"]), ("town", []), ("idle", []), ("teacher", [])],
)
def test_heads_check_and_the_bureau_confirms(world, who, kinds):
    assert kinds_decided(getattr(world, who)) == kinds


def test_a_check_is_no_confirmation_for_the_same_person(world, handed_in):
    world.cul1.groups.add(world.bureau1.groups.get())
    batch = decision(world, handed_in.programme, world.cul1)
    look_at_all(batch)
    run(batch_queue(batch=batch, by=world.cul1))
    assert not steps_to_decide(world.cul1, handed_in.programme, "confirm").exists()
    assert steps_to_decide(world.bureau1, handed_in.programme, "confirm").count() == 3


def test_one_s_own_evidence_is_not_in_the_list(world, programme):
    from tests.workflows.world import appoint

    appoint(world.town, venue=world.culture)
    hand_in(milestone(programme, "signage", world.branch), world.town)
    assert not steps_to_decide(world.town, programme, "check").exists()
    assert steps_to_decide(world.cul1, programme, "check").exists()


def test_a_task_that_a_colleague_has_taken_is_not_in_the_list(world, handed_in):
    case = milestone(handed_in.programme, "signage", world.branch).case
    case.work_items.open().update(assignee=world.cul2)
    assert steps_to_decide(world.cul1, handed_in.programme, "check").count() == 2
    assert steps_to_decide(world.cul2, handed_in.programme, "check").count() == 3


def test_what_was_decided_meanwhile_is_reported_in_its_row(world, handed_in):
    from tests.workflows.world import act

    batch = decision(world, handed_in.programme, world.cul1)
    look_at_all(batch)
    batch_queue(batch=batch, by=world.cul1)
    act(milestone(handed_in.programme, "signage", world.points[0]).case, world.cul2, "accept")
    run(batch)
    assert states(batch) == ["done", "failed", "done"]
    assert "cul2" in messages(batch)[1]


def test_where_both_check_each_head_decides_its_own_half(world, programme):
    taken(world, programme, rows=entries(world, programme, "training"))
    for who in (world.lib1, world.cul1):
        batch = decision(world, programme, who)
        look_at_all(batch)
        assert run(batch_queue(batch=batch, by=who)).finished == 3
    assert milestone_states() == {State.CHECKED}


# Samples ----------------------------------------------------------------------------------------
def test_samples_are_three_at_least_and_wait_to_be_opened(world, handed_in):
    batch = decision(world, handed_in.programme, world.cul1)
    assert batch.rows.filter(sample=True).count() == 3
    with pytest.raises(ValidationError):
        batch_queue(batch=batch, by=world.cul1)


def test_the_size_of_the_sample_follows_the_field(world, programme, monkeypatch):
    monkeypatch.setattr("workflows.milestones.services.batches.SAMPLE_LEAST", 1)
    taken(world, programme)
    for percent, drawn in ((5, 1), (50, 2), (100, 3)):
        batch = decision(world, programme, world.cul1, sample_percent=percent)
        assert batch.rows.filter(sample=True).count() == drawn
        Batch.objects.filter(pk=batch.pk).delete()


def test_drawing_again_keeps_what_was_drawn(world, programme, monkeypatch):
    monkeypatch.setattr("workflows.milestones.services.batches.SAMPLE_LEAST", 1)
    taken(world, programme)
    first = decision(world, programme, world.cul1)
    drawn = first.rows.get(sample=True).milestone
    batch_cancel(batch=first, by=world.cul1)
    for who in (world.cul1, world.cul2):
        batch = decision(world, programme, who)
        assert batch.rows.get(sample=True).milestone == drawn


def test_new_evidence_is_drawn_anew(world, programme, monkeypatch):
    monkeypatch.setattr("workflows.milestones.services.batches.SAMPLE_LEAST", 1)
    taken(world, programme)
    first = decision(world, programme, world.cul1)
    batch_cancel(batch=first, by=world.cul1)
    run(batch_queue(batch=decision(world, programme, world.cul1, decision="return", reason="x"), by=world.cul1))
    run(batch_queue(batch=prepared(world, programme), by=world.town))
    assert decision(world, programme, world.cul1).rows.filter(sample=True).count() == 1


def test_a_sample_that_is_not_in_order_leaves_the_batch(world, handed_in):
    batch = decision(world, handed_in.programme, world.cul1)
    bad, *others = batch.rows.filter(sample=True)
    sample_look(row=bad, by=world.cul1, fine=False)
    for row in others:
        sample_look(row=row, by=world.cul1, fine=True)
    batch = run(batch_queue(batch=batch, by=world.cul1, all_or_nothing=True))
    assert (batch.state, batch.finished) == (Batch.State.DONE, 2)
    assert Milestone.objects.get(pk=bad.milestone_id).state == State.HANDED_IN


def test_a_look_is_one_s_own_and_stays(world, handed_in):
    batch = decision(world, handed_in.programme, world.cul1)
    row = batch.rows.first()
    with pytest.raises(PermissionDenied):
        sample_look(row=row, by=world.cul2, fine=True)
    sample_look(row=row, by=world.cul1, fine=True)
    assert sample_look(row=row, by=world.cul1, fine=False).fine is True
    BatchRow.objects.filter(pk=row.pk).update(sample=False, fine=None, looked_at=None)
    with pytest.raises(ValidationError):
        sample_look(row=row, by=world.cul1, fine=True)


def test_the_queries_of_the_list_do_not_grow(client, world, programme):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    assert world.cul1.group_names == frozenset()  # read once for a person, so before the first count
    for code in ("signage", "training"):
        taken(world, programme, rows=entries(world, programme, code))
        with CaptureQueriesContext(connection) as queries:
            rows = list(steps_to_decide(world.cul1, programme, "check"))
            assert [str(row.case.milestonecase.milestone.township) for row in rows]
        counted.append(len(queries))
    assert counted[1] <= counted[0]
