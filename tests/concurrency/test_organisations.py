"""Two managers who remove each other at the same moment: one stays. One code registered twice at once: one wins."""

import threading

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from accounts.models import Membership, Organisation
from accounts.services import membership_add, membership_remove, organisation_create, person_create

ROUNDS = 5
CODE = "91350100M000100Y43"


def race(*jobs):
    """Run the jobs at once, each on a connection of its own; what each raised or None."""
    barrier = threading.Barrier(len(jobs))
    raised = [None] * len(jobs)

    def run(number, job):
        barrier.wait()
        try:
            job()
        except Exception as error:  # noqa: BLE001 - the test says which ones may come
            raised[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(jobs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return raised


def make(number):
    return person_create(name=f"人{number}", email=f"p{number}@example.org", password="x", by=None)


@pytest.mark.django_db(transaction=True)
def test_the_last_manager_stays():
    assert_the_last_manager_stays()


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_the_last_manager_stays_on_postgresql():
    assert connection.vendor == "postgresql"
    assert_the_last_manager_stays()


def assert_the_last_manager_stays():
    one, two = make(1), make(2)
    organisation = organisation_create(name="x", credit_code=CODE, kind="other", by=one, manager=one)
    for _round in range(ROUNDS):
        if not organisation.memberships.filter(user=one).exists():
            membership_add(organisation=organisation, user=one, role="manager", by=None)
        if not organisation.memberships.filter(user=two).exists():
            membership_add(organisation=organisation, user=two, role="manager", by=None)
        first, second = organisation.memberships.order_by("pk")
        raised = race(
            lambda first=first: membership_remove(membership=first, by=None),
            lambda second=second: membership_remove(membership=second, by=None),
        )
        assert [type(error) for error in raised if error] == [ValidationError]
        assert organisation.memberships.filter(role=Membership.Role.MANAGER).count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_one_code_is_registered_once_on_postgresql():
    people = [make(number) for number in range(4)]
    raised = race(
        *(
            lambda user=user: organisation_create(name="x", credit_code=CODE, kind="other", by=user, manager=user)
            for user in people
        )
    )
    assert [type(error) for error in raised if error] == [ValidationError] * 3
    assert Organisation.objects.get().memberships.count() == 1
