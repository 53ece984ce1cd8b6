"""Races against the guards of secondments, on PostgreSQL: several connections at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from network import services
from network.models import Appointment, Post
from tests.workflows.secondments.posting import (
    add_staff,
    day,
    fresh,
    hold,
    nominate,
    reviewed,
    state_need,
    until_appointment,
)
from tests.workflows.world import item, make_world, person
from workflows.core.agreement import disagreements
from workflows.core.services import Done, task_act
from workflows.secondments.models import Secondment

from .test_acting import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
CALLS, CONNECTIONS, ROUNDS = 100, 30, 8


@pytest.fixture
def world(transactional_db):
    assert connection.vendor == "postgresql"
    return add_staff(make_world())


def test_of_a_hundred_appointments_of_one_person_exactly_one_stands(world):
    """As many at once as connections allow; a server takes a hundred in all."""
    somebody = person("wanted")
    posts = [Post.objects.create(venue=world.branch, title="branch_staff") for _ in range(CALLS)]

    def appoint(post):
        try:
            return services.appointment_create(post=post, person=somebody, since=day(0), by=None)
        except ValidationError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        results = list(pool.map(appoint, posts))
    assert sum(isinstance(result, Appointment) for result in results) == 1
    assert sum(isinstance(result, ValidationError) for result in results) == CALLS - 1
    assert Appointment.objects.filter(person=somebody).count() == 1


def appoint(case, user):
    pk = item(case).pk
    return lambda: task_act(work_item=pk, actor=user, decision="appoint")


def test_a_branch_gets_one_deputy_of_two_at_once(world):
    for number in range(ROUNDS):
        one, other = (hold(world, f"able{number}{side}", world.library, Post.Title.HEAD_STAFF) for side in "ab")
        cases = [until_appointment(world, nominate(world, person=who)) for who in (one, other)]
        results = together(appoint(cases[0], world.lib1), appoint(cases[1], world.lib2))
        assert sorted(type(result).__name__ for result in results) == ["Done", "ValidationError"], results
        standing = [case for case in map(fresh, cases) if case.standing]
        assert len(standing) == 1
        assert Appointment.objects.filter(person__in=[one, other], basis="secondment").count() == 1
        finish(standing[0])
    assert disagreements() == []


def finish(case):
    """Out of the way of the next round."""
    Secondment.objects.filter(pk=case.pk).update(
        first_day=date(2001, 1, 1) + timedelta(days=case.pk), last_day=date(2001, 1, 1) + timedelta(days=case.pk)
    )


def test_one_case_is_appointed_once_by_two_officials(world):
    case = until_appointment(world, nominate(world))
    pk = item(case).pk
    calls = [
        lambda user=user: task_act(work_item=pk, actor=user, decision="appoint") for user in (world.lib1, world.lib2)
    ]
    results = together(*calls)
    assert sorted(type(result).__name__ for result in results) == ["Done", "LostRace"], results
    assert sum(isinstance(result, Done) for result in results) == 1
    assert Appointment.objects.filter(person=case.person, basis="secondment").count() == 1


def test_a_person_nominated_twice_at_once_has_one_case(world):
    results = together(lambda: nominate(world), lambda: nominate(world, by=world.lib2))
    assert sorted(type(result).__name__ for result in results) == ["Secondment", "ValidationError"], results


def close(world):
    return lambda: services.venue_change_status(
        venue=world.branch, status="closed", by=world.bureau1, reason="撤并", with_points=True
    )


@pytest.mark.parametrize("first", [0, 1])
def test_a_branch_closes_while_somebody_is_appointed_there(world, first):
    """Whoever comes first: nobody is left at the closed branch, the home post is there, nothing deadlocks."""
    for number in range(ROUNDS if first else 1):  # one that has begun occupies its day; one to come leaves no trace
        who = hold(world, f"able{number}", world.library, Post.Title.HEAD_STAFF)
        case = until_appointment(world, nominate(world, person=who, first_day=day(first), last_day=day(30)))
        results = together(appoint(case, world.lib1), close(world))
        assert isinstance(results[0], Done | ValidationError), results
        assert isinstance(results[1], type(world.branch)), results
        case = fresh(case)
        held = Appointment.objects.filter(person=who, status="active")
        assert not held.filter(basis="secondment").exists()
        assert held.on(day(0)).filter(post=case.home).exists()
        assert item(case).node == ("ending" if case.standing else "appoint")
        services.venue_change_status(venue=world.branch, status="open", by=world.bureau1, reason="重开")
    assert disagreements() == []


def test_a_branch_closes_while_its_deputy_is_sent_home(world):
    case = reviewed(world)
    pk = item(case).pk
    results = together(close(world), lambda: task_act(work_item=pk, actor=world.lib1, decision="return"))
    assert not any(isinstance(result, DatabaseError) for result in results), results
    assert disagreements() == []


def test_one_need_is_answered_once_by_two_officials(world):
    pk = item(state_need(world)).pk
    hold(world, "able2", world.library, Post.Title.HEAD_STAFF)
    data = {"first_day": day(0), "last_day": day(30), "full_time": True, "cover_plan": "代管"}

    def answer(official, person):
        return lambda: task_act(work_item=pk, actor=official, decision="nominate", data=data | {"person": person})

    results = together(answer(world.lib1, world.able), answer(world.lib2, world.able2))
    assert sorted(type(result).__name__ for result in results) == ["Done", "LostRace"], results


def test_the_database_itself_refuses_what_goes_round_the_services(world):
    posts = [Post.objects.create(venue=world.branch, title="trainee", full_time=False) for _ in range(2)]
    term = {"person": world.idle, "basis": "secondment", "full_time": False, "since": day(0), "until": day(9)}
    Appointment.objects.create(post=posts[0], **term)
    with pytest.raises(IntegrityError, match="network_appointment_one_secondment"), transaction.atomic():
        Appointment.objects.create(post=posts[1], **term)
    one = until_appointment(world, nominate(world))
    hold(world, "able2", world.library, Post.Title.HEAD_STAFF)
    other = until_appointment(world, nominate(world, person=world.able2))
    task_act(work_item=item(one).pk, actor=world.lib1, decision="appoint")
    held = Appointment.objects.get(person=world.able2)
    with pytest.raises(IntegrityError, match="secondments_one_deputy"), transaction.atomic():
        Secondment.objects.filter(pk=other.pk).update(standing=True, appointment=held)
