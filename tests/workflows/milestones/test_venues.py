"""Venues that close, open again, are suspended or come to lie elsewhere while the programme runs."""

import pytest

from network.models import Venue
from network.services import venue_change_status, venue_move, venue_update
from tests.workflows.world import act, item, venue
from workflows.core.models import Case
from workflows.core.services import LostRace, case_cancel
from workflows.core.timeline import official_timeline
from workflows.milestones.models import DateMove, GroupIssue, Milestone
from workflows.milestones.rules import waits_for
from workflows.milestones.services.delays import block_report, date_move_ask
from workflows.milestones.services.evidence import evidence_hand_in
from workflows.milestones.services.plan import plan_make, venue_join

from .plan import LAST, confirmed, fresh, hand_in, later, milestone

State, Status = Milestone.State, Venue.Status


@pytest.fixture
def point(world):
    return world.points[0]


def set_status(place, status, by=None):
    return venue_change_status(venue=place, status=status, by=by, reason="并入镇文化站", with_points=True)


def states(place):
    return dict(Milestone.objects.filter(venue=place).values_list("item__code", "state"))


def test_a_closed_venue_has_nothing_left_to_do_and_keeps_what_was_done(world, programme, point):
    confirmed(milestone(programme, "survey", point), world)
    running = hand_in(milestone(programme, "signage", point), world.town).case
    set_status(point, Status.CLOSED, by=world.bureau1)
    assert states(point) == {"survey": State.DONE, "signage": State.VOID, "training": State.VOID}
    row = milestone(programme, "signage", point)
    assert "并入镇文化站" in row.void_reason
    assert row.case.state == Case.State.CANCELLED
    assert not running.work_items.open().exists()
    stop = running.decisions.get(action="cancelled")
    assert (stop.actor, "并入镇文化站" in stop.reason) == (world.bureau1, True)
    assert isinstance(evidence_hand_in(milestone=row, by=world.town, done_on=LAST), LostRace)


def test_the_system_may_close_a_venue_and_the_log_says_so(world, programme, point):
    running = hand_in(milestone(programme, "signage", point), world.town).case
    set_status(point, Status.CLOSED)
    assert running.decisions.get(action="cancelled").actor is None
    assert official_timeline(fresh(milestone(programme, "signage", point)).case)


def test_a_branch_that_closes_takes_its_points_along(world, programme, point):
    set_status(world.branch, Status.CLOSED, by=world.bureau1)
    assert set(states(point).values()) | set(states(world.branch).values()) == {State.VOID}


def test_a_closed_venue_that_opens_again_takes_up_its_milestones(world, programme, point):
    hand_in(milestone(programme, "signage", point), world.town)
    set_status(point, Status.CLOSED, by=world.bureau1)
    set_status(point, Status.OPEN, by=world.bureau1)
    assert states(point) == {
        "survey": State.NOT_STARTED, "signage": State.IN_PROGRESS, "training": State.NOT_STARTED,
    }  # fmt: skip
    hand_in(milestone(programme, "signage", point), world.town)


def test_a_suspended_venue_keeps_its_milestones(world, programme, point):
    before = states(point)
    set_status(point, Status.SUSPENDED, by=world.bureau1)
    assert states(point) == before


def test_a_point_that_moved_below_another_branch_waits_for_that_one(world, programme, point):
    other = venue("jia2", "branch", "school", world.village, library=True, culture=True)
    plan_make(programme=programme)
    confirmed(milestone(programme, "signage", world.branch), world)
    assert waits_for(milestone(programme, "signage", point)) == []
    venue_move(venue=point, to=other, by=world.bureau1)
    assert [row.venue for row in waits_for(milestone(programme, "signage", point))] == [other]


def test_milestones_and_their_open_tasks_follow_a_venue_into_another_township(world, programme):
    school = venue("school", "branch", "school", world.village, library=True, culture=True)
    venue_join(venue=school)
    row = milestone(programme, "signage", school)
    case = hand_in(row, world.town).case
    act(case, world.cul1, "return", reason="看不清")
    venue_update(venue=school, changes={"division": world.other_township}, by=world.bureau1)
    row = fresh(row)
    assert (row.township, row.office.division) == (world.other_township, world.other_township)
    assert item(case).township == world.other_township
    hand_in(row, world.elsewhere)


def test_a_cancelled_case_leaves_its_milestone_in_progress_and_nothing_in_the_way(world, programme):
    row = milestone(programme, "signage", world.branch)
    for ask in (
        lambda: date_move_ask(milestone=fresh(row), by=world.town, new=later(), reason="雨季"),
        lambda: block_report(milestone=fresh(row), by=world.town, problem="没有场地"),
        lambda: hand_in(fresh(row), world.town),
    ):
        for _again in range(2):
            case_cancel(case=ask().case, actor=world.admin, reason="重来")
            assert fresh(row).state == State.IN_PROGRESS
    assert not DateMove.objects.exists()
    assert GroupIssue.objects.count() == 1
