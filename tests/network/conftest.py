import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Group

from accounts.models import User
from network import signals
from network.models import Appointment, Office, Post, Venue
from tests.county import NANHUA, load_network

from .steps import NOON


@pytest.fixture
def nanhua(db):
    """The real county's network."""
    return load_network(NANHUA)


@pytest.fixture
def qingshan(db):
    """The invented county's network: two branches in preparation, five planned points."""
    return load_network()


@pytest.fixture
def branch(qingshan):
    """A branch in preparation with three planned points."""
    return Venue.objects.get(division__name="青石镇", tier=Venue.Tier.BRANCH)


@pytest.fixture
def point(branch):
    """One of its points."""
    return Venue.objects.get(division__name="中村村民委员会")


@pytest.fixture
def library(qingshan):
    """The county library, a head institution."""
    return Venue.objects.get(kind=Venue.Kind.COUNTY_LIBRARY)


@pytest.fixture
def make_person(db):
    """Make a person; `at` appoints them from the start of this year to a venue or an office."""

    def make(name="王小明", at=None, **fields):
        person = User.objects.create(name=name, **fields)
        if at is not None:
            kind = {"venue": at} if isinstance(at, Venue) else {"office": at}
            post = Post.objects.create(**kind, title=Post.Title.OFFICIAL, full_time=True)
            Appointment.objects.create(post=post, person=person, since=dt.date(2026, 1, 1))
        return person

    return make


@pytest.fixture
def bureau(make_person):
    """An official of the bureau."""
    person = make_person("局里人")
    person.groups.add(Group.objects.get(name="bureau"))
    return person


@pytest.fixture
def sunday():
    """A fixed day."""
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def posts(branch):
    """Branch head, liaison, branch staff; the liaison is part-time."""
    return list(branch.posts.order_by("pk"))


@pytest.fixture
def heard():
    """The signals that were sent: (name, arguments)."""
    heard = []
    receivers = []
    for name in (
        *("venue_created", "venue_changed", "venue_status_changed", "closure_announced", "closure_withdrawn"),
        *("appointment_started", "appointment_ended"),
    ):

        def receive(sender, signal, _name=name, **kwargs):
            heard.append((_name, kwargs))

        getattr(signals, name).connect(receive)
        receivers.append((name, receive))
    yield heard
    for name, receive in receivers:
        getattr(signals, name).disconnect(receive)


@pytest.fixture
def people(qingshan, make_person, bureau, branch, point, library):
    """One person a role."""
    return {
        "bureau": bureau,
        "administrator": make_person("管理员", is_superuser=True),
        "head": make_person("馆员", at=library),
        "branch": make_person("分馆人", at=branch),
        "point": make_person("村里人", at=point),
        "township": make_person("镇里人", at=Office.objects.get(division__name="青石镇")),
        "member": make_person("读者"),
    }
