import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from network import permissions
from network.models import Appointment, Office, Post, Venue
from network.permissions import (
    appoints,
    checks_items,
    edits_venue,
    has_duty,
    heads_line,
    is_administrator,
    is_bureau,
    keeps_registers,
    sees_registers,
    shapes_network,
    township_of_official,
    venues_edited,
)

pytestmark = pytest.mark.django_db
VISITOR = AnonymousUser()


@pytest.fixture
def other_branch(qingshan):
    return Venue.objects.get(division__name="云水苗族乡", tier=Venue.Tier.BRANCH)


@pytest.fixture
def township_office(qingshan):
    return Office.objects.get(division__name="青石镇")


@pytest.fixture
def administrator(make_person):
    return make_person("管理员", is_superuser=True)


def test_administrator(administrator, bureau, make_person):
    assert is_administrator(administrator)
    for nobody in (bureau, VISITOR, make_person(is_superuser=True, is_active=False)):
        assert not is_administrator(nobody)


def test_bureau(bureau, administrator, make_person, branch):
    assert is_bureau(bureau)
    assert is_bureau(administrator)
    assert not is_bureau(make_person(at=branch))
    assert not is_bureau(VISITOR)
    bureau.is_active = False
    assert not is_bureau(bureau)


def test_line_of_a_head_institution(make_person, library, branch):
    assert heads_line(make_person(at=library)) == {"library"}
    culture = Venue.objects.get(kind="county_centre")
    assert heads_line(make_person(at=culture)) == {"culture"}
    assert heads_line(make_person(at=branch)) == set()
    assert heads_line(VISITOR) == set()


def test_township_of_an_official(make_person, township_office, branch):
    assert township_of_official(make_person(at=township_office)) == township_office.division
    assert township_of_official(make_person(at=branch)) is None
    assert township_of_official(VISITOR) is None


@pytest.mark.parametrize(
    ("change", "still"),
    [
        ({}, True),
        ({"status": "suspended"}, False),
        ({"status": "ended"}, False),
        ({"until": dt.date(2026, 11, 21)}, False),
        ({"until": dt.date(2026, 11, 22)}, True),
        ({"since": dt.date(2026, 11, 23)}, False),
        ({"since": dt.date(2026, 11, 22)}, True),
    ],
)
def test_a_duty_holds_only_while_the_appointment_is_active(make_person, branch, change, still):
    person = make_person(at=branch)
    Appointment.objects.filter(person=person).update(**change)
    with time_machine.travel(dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)):
        assert edits_venue(person, branch) is still
        assert has_duty(person) is still
        assert person.has_perm("wagtailadmin.access_admin") is still


def test_the_day_can_be_named(make_person, branch):
    person = make_person(at=branch)
    assert edits_venue(person, branch, dt.date(2026, 1, 1))
    assert not edits_venue(person, branch, dt.date(2025, 12, 31))


def test_a_branchs_people_keep_it_and_its_points_and_no_other(make_person, branch, point, other_branch, library):
    person = make_person(at=branch)
    assert edits_venue(person, branch)
    assert edits_venue(person, point)
    assert not edits_venue(person, other_branch)
    assert not edits_venue(person, library)


def test_a_points_people_keep_their_point_only(make_person, branch, point):
    person = make_person(at=point)
    assert list(venues_edited(person)) == [point]
    assert not edits_venue(person, branch)


def test_a_heads_people_keep_their_line_but_not_the_other_head(make_person, library, branch, point):
    person = make_person(at=library)
    culture = Venue.objects.get(kind="county_centre")
    assert edits_venue(person, library)
    assert edits_venue(person, branch)
    assert edits_venue(person, point)
    assert not edits_venue(person, culture)
    Venue.objects.filter(pk=point.pk).update(library=False)
    assert not edits_venue(person, point)


def test_the_bureau_keeps_all_a_deactivated_person_nothing(bureau, make_person, branch):
    assert venues_edited(bureau).count() == Venue.objects.count()
    person = make_person(at=branch)
    person.is_active = False
    assert not venues_edited(person).exists()
    assert not venues_edited(VISITOR).exists()


def test_an_official_of_a_township_looks_but_does_not_touch(make_person, township_office, branch):
    person = make_person(at=township_office)
    assert sees_registers(person)
    assert not edits_venue(person, branch)
    assert not shapes_network(person)
    assert not keeps_registers(person)
    assert not appoints(person, branch.posts.first())
    assert not checks_items(person, branch)


@pytest.mark.parametrize("permission", [shapes_network, keeps_registers])
def test_only_the_bureau_shapes_the_network(permission, bureau, administrator, make_person, library, branch):
    assert permission(bureau)
    assert permission(administrator)
    for person in (make_person(at=library), make_person(at=branch), make_person(), VISITOR):
        assert not permission(person)


def test_registers_are_seen_by_people_with_a_duty(bureau, make_person, point):
    assert sees_registers(bureau)
    assert sees_registers(make_person(at=point))
    assert not sees_registers(make_person())
    assert not sees_registers(VISITOR)


def test_a_head_appoints_in_its_line_below_itself(make_person, bureau, library, branch, township_office):
    person = make_person(at=library)
    assert appoints(person, branch.posts.first())
    assert not appoints(person, library.posts.first())
    assert not appoints(person, township_office.posts.first())
    culture_only = Venue.objects.get(division__name="中村村民委员会")
    Venue.objects.filter(pk=culture_only.pk).update(library=False)
    assert not appoints(person, Post.objects.get(venue=culture_only))
    assert appoints(bureau, library.posts.first())
    assert appoints(bureau, township_office.posts.first())
    assert not appoints(make_person(at=branch), branch.posts.first())
    assert not appoints(VISITOR, branch.posts.first())


def test_a_head_checks_items_of_its_line_but_not_its_own(make_person, bureau, library, branch):
    person = make_person(at=library)
    assert checks_items(person, branch)
    assert not checks_items(person, library)
    assert checks_items(bureau, library)
    assert not checks_items(make_person(at=branch), branch)
    assert not checks_items(VISITOR, branch)


def test_an_appointment_grants_entry_to_the_back_office_and_nothing_else(make_person, branch):
    person = make_person(at=branch)
    assert person.has_perm("wagtailadmin.access_admin")
    assert not person.has_perm("network.change_venue")
    assert not make_person().has_perm("wagtailadmin.access_admin")


def test_every_permission_has_a_docstring():
    for name in permissions.__dict__:
        function = getattr(permissions, name)
        if callable(function) and getattr(function, "__module__", "") == permissions.__name__:
            assert function.__doc__, name
