"""Races against the guards of the network, on PostgreSQL: several connections at once."""

import datetime as dt
import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from accounts.models import User
from network import services
from network.checking import network_problems
from network.models import Appointment, Post, Venue
from tests.county import load_network

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
Status = Venue.Status
TODAY = dt.date(2026, 11, 22)
ROUNDS = 8


def race(*calls):
    """Run the calls at once, each on its own connection. Returns what each returned or raised."""
    results = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(number, call):
        barrier.wait()
        try:
            results[number] = call()
        except ValidationError as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return results


@pytest.fixture
def branch():
    load_network()
    return Venue.objects.get(division__name="青石镇", tier=Venue.Tier.BRANCH)


def set_status(venue, status):
    return services.venue_change_status(venue=venue, status=status, by=None, reason="试")


def test_no_point_opens_while_its_branch_closes(branch):
    point = branch.points.first()
    for _ in range(ROUNDS):
        Venue.objects.filter(pk=point.pk).update(status=Status.PLANNED)
        Venue.objects.filter(pk=branch.pk).update(status=Status.OPEN)
        results = race(lambda: set_status(point, Status.OPEN), lambda: set_status(branch, Status.SUSPENDED))
        assert sum(isinstance(result, ValidationError) for result in results) == 1  # one of them came too late
        assert list(network_problems()) == []


def test_no_open_point_moves_under_a_branch_that_closes(branch):
    point = branch.points.first()
    target = services.venue_create(
        name="青石中学", tier="branch", kind="school", library=True, division=branch.division, by=None
    )
    for _ in range(ROUNDS):
        Venue.objects.filter(pk__in=[branch.pk, target.pk, point.pk]).update(status=Status.OPEN)
        Venue.objects.filter(pk=point.pk).update(parent=branch)
        race(
            lambda: services.venue_move(venue=point, to=target, by=None),
            lambda: set_status(target, Status.SUSPENDED),
        )
        assert list(network_problems()) == []


def test_two_points_may_open_at_once(branch):
    set_status(branch, Status.OPEN)
    one, other = branch.points.all()[:2]
    results = race(lambda: set_status(one, Status.OPEN), lambda: set_status(other, Status.OPEN))
    assert [venue.status for venue in results] == [Status.OPEN, Status.OPEN]


def appoint(post, person):
    return services.appointment_create(post=post, person=person, since=TODAY, by=None)


def test_a_person_gets_one_full_time_post_of_two_offered_at_once(branch):
    head, staff = branch.posts.filter(full_time=True).order_by("pk")
    for number in range(ROUNDS):
        person = User.objects.create(name=f"人{number}")
        results = race(lambda p=person: appoint(head, p), lambda p=person: appoint(staff, p))
        assert sum(isinstance(result, Appointment) for result in results) == 1
        Appointment.objects.all().delete()


def test_a_post_gets_one_holder_of_two_at_once(branch):
    post = branch.posts.first()
    for number in range(ROUNDS):
        people = [User.objects.create(name=f"人{number}{side}") for side in "甲乙"]
        results = race(*(lambda p=person: appoint(post, p) for person in people))
        assert sum(isinstance(result, Appointment) for result in results) == 1
        Appointment.objects.all().delete()


def test_resuming_and_appointing_at_once_leaves_one_active(branch):
    head, staff = branch.posts.filter(full_time=True).order_by("pk")
    for number in range(ROUNDS):
        person = User.objects.create(name=f"人{number}")
        home = appoint(head, person)
        services.appointment_suspend(appointment=home, by=None, reason="下派")
        race(
            lambda h=home: services.appointment_resume(appointment=h, by=None),
            lambda p=person: appoint(staff, p),
        )
        assert Appointment.objects.filter(person=person, status="active").count() == 1
        Appointment.objects.all().delete()


def test_the_database_itself_refuses_what_goes_round_the_service(branch):
    head, staff = branch.posts.filter(full_time=True).order_by("pk")
    person = User.objects.create(name="王")
    first = {"person": person, "since": TODAY, "until": TODAY + dt.timedelta(days=5)}
    Appointment.objects.create(post=head, **first)
    with pytest.raises(IntegrityError, match="network_appointment_one_full_time"), transaction.atomic():
        Appointment.objects.create(post=staff, **first | {"since": TODAY + dt.timedelta(days=5), "until": None})
    with pytest.raises(IntegrityError, match="network_appointment_one_holder"), transaction.atomic():
        Appointment.objects.create(post=head, **first | {"person": User.objects.create(name="李")})
    Appointment.objects.create(post=staff, **first | {"since": TODAY + dt.timedelta(days=6), "until": None})
    Appointment.objects.create(
        post=Post.objects.create(venue=branch, title="branch_staff"), **first, status="suspended"
    )
