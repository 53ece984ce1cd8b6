"""Races of milestones on PostgreSQL: handing in, checking, confirming, withdrawing, a venue that closes."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection

from network.models import Office, UnifiedItem, Venue
from network.services import venue_change_status
from tests.workflows.milestones.plan import PLAN, fresh, hand_in, later, make_programme, milestone, photo
from tests.workflows.world import act, item, make_world, venue
from workflows.core.agreement import disagreements
from workflows.core.models import Case, Notice
from workflows.core.services import Done, LostRace, task_act
from workflows.milestones.models import DateMove, Evidence, Milestone, MilestoneCase
from workflows.milestones.services.delays import date_move_ask
from workflows.milestones.services.evidence import evidence_hand_in
from workflows.milestones.services.withdrawal import evidence_withdraw

from .test_acting import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 10
State = Milestone.State


@pytest.fixture
def world(transactional_db):
    assert connection.vendor == "postgresql"
    world = make_world()
    Office.objects.create(name="Test县文化和旅游局", short_name="县文旅局", kind="bureau", slug="bureau")
    return world


@pytest.fixture
def rows(world):
    """The milestone “signage” at branches of one township, one for each round."""
    schools = [
        venue(f"school{number}", "branch", "school", world.village, library=True, culture=True)
        for number in range(ROUNDS)
    ]
    UnifiedItem.objects.bulk_create(UnifiedItem(venue=school, item="signage") for school in schools)
    programme = make_programme(PLAN)
    return [milestone(programme, "signage", school) for school in schools]


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def take(case, user, decision, **more):
    pk = item(case).pk
    return lambda: task_act(work_item=pk, actor=user, decision=decision, **more)


def give(row, user):
    photos = [photo()]
    return lambda: evidence_hand_in(milestone=row, by=user, done_on=date(2026, 3, 1), files=photos)


def close(place, user):
    return lambda: venue_change_status(venue=place, status=Venue.Status.CLOSED, by=user, reason="并入镇文化站")


def at_confirmation(world, row):
    case = hand_in(row, world.town).case
    act(case, world.cul1, "accept")
    return case


def test_of_two_who_hand_in_at_once_one_does_and_there_is_one_case(world, rows):
    for row in rows:
        results = together(give(row, world.town), give(row, world.town2))
        assert kinds(results) == ["Evidence", "LostRace"], results
        assert (
            Evidence.objects.filter(milestone=row).count() == MilestoneCase.objects.filter(milestone=row).count() == 1
        )
        assert fresh(row).case.state == Case.State.ACTIVE
    assert disagreements() == []


def test_evidence_and_another_date_at_once(world, rows):
    for row in rows:
        results = together(
            give(row, world.town),
            lambda row=row: date_move_ask(milestone=row, by=world.town2, new=later(), reason="雨季"),
        )
        assert kinds(results) in (["Evidence", "LostRace"], ["DateMove", "LostRace"]), results
        assert Evidence.objects.filter(milestone=row).count() + DateMove.objects.filter(milestone=row).count() == 1
    assert disagreements() == []


def test_of_two_checkers_one_decides(world, rows):
    for row in rows:
        case = hand_in(row, world.town).case
        results = together(take(case, world.cul1, "accept"), take(case, world.cul2, "return", reason="看不清"))
        assert kinds(results) == ["Done", "LostRace"], results
        assert case.decisions.filter(node="check").count() == 1
    assert disagreements() == []


def test_of_two_who_confirm_one_does_and_the_item_is_shown_once(world, rows):
    for row in rows:
        case = at_confirmation(world, row)
        results = together(take(case, world.bureau1, "confirm"), take(case, world.bureau2, "confirm"))
        assert kinds(results) == ["Done", "LostRace"], results
        assert UnifiedItem.objects.get(venue=row.venue).evidence.count(case.number) == 1
    assert disagreements() == []


def test_what_is_withdrawn_is_not_confirmed(world, rows):
    for row in rows:
        case = at_confirmation(world, row)
        evidence = Evidence.objects.get(milestone=row)
        confirm, withdrawn = together(
            take(case, world.bureau1, "confirm"),
            lambda evidence=evidence: evidence_withdraw(evidence=evidence, by=world.town, reason="传错了"),
        )
        done = fresh(row).state == State.DONE
        if done:  # the township came too late: it is the bureau's to withdraw now
            assert isinstance(confirm, Done)
            assert isinstance(withdrawn, PermissionDenied)
        else:
            assert isinstance(confirm, LostRace), confirm
            assert isinstance(withdrawn, Evidence), withdrawn
        assert bool(Evidence.objects.get(pk=evidence.pk).withdrawn_at) is not done
        assert (UnifiedItem.objects.get(venue=row.venue).state == "yes") is done
    assert disagreements() == []


def test_of_two_who_withdraw_what_was_confirmed_one_does_and_the_others_are_told_once(world, rows):
    for row in rows:
        act(at_confirmation(world, row), world.bureau1, "confirm")
        evidence = Evidence.objects.get(milestone=row)
        Notice.objects.filter(kind="digest").delete()
        results = together(
            lambda evidence=evidence: evidence_withdraw(evidence=evidence, by=world.bureau1, reason="核实有误"),
            lambda evidence=evidence: evidence_withdraw(evidence=evidence, by=world.bureau2, reason="核实有误"),
        )
        assert kinds(results) == ["Evidence", "LostRace"], results
        assert fresh(row).state == State.IN_PROGRESS
        assert UnifiedItem.objects.get(venue=row.venue).state == "no"
        assert Notice.objects.filter(kind="digest", user=world.bureau3).count() == 1
    assert disagreements() == []


def test_a_venue_closes_while_its_milestone_is_confirmed(world, rows):
    for row in rows:
        case = at_confirmation(world, row)
        confirm, closed = together(take(case, world.bureau1, "confirm"), close(row.venue, world.bureau2))
        assert isinstance(closed, Venue), closed
        assert isinstance(confirm, Done | LostRace), confirm
        ends = (fresh(row).state, fresh(row).case.state)
        assert ends == ((State.DONE, "done") if isinstance(confirm, Done) else (State.VOID, "cancelled"))
    assert disagreements() == []


def test_a_venue_closes_while_evidence_comes_in(world, rows):
    for row in rows:
        given, closed = together(give(row, world.town), close(row.venue, world.bureau2))
        assert isinstance(closed, Venue), closed
        assert isinstance(given, Evidence | LostRace), given
        assert fresh(row).state == State.VOID
        assert not MilestoneCase.objects.filter(milestone=row, state__in=Case.RUNNING).exists()
    assert disagreements() == []
