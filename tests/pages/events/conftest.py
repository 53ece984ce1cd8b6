"""A small county with one published weekly event, in a week that does not move."""

from datetime import date, time

import pytest
import time_machine
from django.utils import timezone
from wagtail.models import Site

from common.county import County
from common.report import Report
from network.models import Venue
from pages.core import loading as core_loading
from pages.events.models import EventKind, EventPage
from pages.venues.models import VenueIndexPage, VenuePage
from tests.county import QINGSHAN, load_network

NOW = "2026-11-23T08:00:00+08:00"  # a Monday


@pytest.fixture
def monday():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def branch_page(db, monday):
    """The page of one branch of the invented county."""
    load_network()
    core_loading.load(County(QINGSHAN), Report())
    index = Site.objects.get().root_page.add_child(instance=VenueIndexPage(title="场馆", slug="venues"))
    venue = Venue.objects.filter(tier="branch").first()
    return index.add_child(instance=VenuePage(title=venue.name, slug=venue.slug, venue=venue))


@pytest.fixture
def kind(db):
    return EventKind.objects.create(slug="course", name="培训辅导", name_en="Course")


@pytest.fixture
def make_event(branch_page, kind):
    """A function that publishes an event; by default a dance class on Tuesdays and Saturdays until 12 December."""

    def make(**fields):
        values = {
            "title": "左脚舞公益课",
            "kind": kind,
            "introduction": "零基础，带一双软底鞋。",
            "first_day": date(2026, 11, 24),
            "starts": time(19, 30),
            "ends": time(21, 0),
            "repeat": EventPage.Repeat.WEEKLY,
            "repeat_on": "TU,SA",
            "repeat_until": date(2026, 12, 12),
        } | fields
        changes = values.pop("changes", [])
        event = EventPage(**values)
        event.changes = changes
        branch_page.add_child(instance=event)
        event.save_revision().publish()
        event.refresh_from_db()
        return event

    return make


@pytest.fixture
def local_times():
    """Turns occurrences into "11-24 19:30 scheduled"."""
    return lambda rows: [f"{timezone.localtime(row.starts_at):%m-%d %H:%M} {row.status}" for row in rows]
