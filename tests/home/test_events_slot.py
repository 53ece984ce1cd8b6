from datetime import date, timedelta

import pytest
from django.test import RequestFactory
from django.utils import timezone

from home.models import HomePage
from home.wagtail_hooks import EVENTS, events_this_week
from network.models import Venue
from pages.events.models import EventKind, EventPage, Occurrence
from pages.venues.models import VenueIndexPage, VenuePage
from tests.county import load_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def branch():
    load_network()
    index = HomePage.objects.get().add_child(instance=VenueIndexPage(title="场馆", slug="venues"))
    venue = Venue.objects.filter(tier=Venue.Tier.BRANCH).first()
    return index.add_child(instance=VenuePage(title=venue.name, slug=venue.slug, venue=venue))


def event(branch, number: int, *, live: bool = True) -> EventPage:
    kind, _created = EventKind.objects.get_or_create(slug="course", name="培训", name_en="Course")
    page = EventPage(
        title=f"活动{number}号",
        slug=f"e{number}",
        kind=kind,
        introduction="x",
        first_day=date(2026, 1, 1),
        all_day=True,
        live=live,
    )
    return branch.add_child(instance=page)


def occurrence(page: EventPage, *, days: int, status: str = Occurrence.Status.SCHEDULED) -> Occurrence:
    start = timezone.now() + timedelta(days=days)
    return Occurrence.objects.create(
        event=page,
        venue=page.get_parent().specific.venue,
        key=start.date(),
        starts_at=start,
        ends_at=start + timedelta(hours=1),
        status=status,
    )


def shown(elder: bool = False) -> str | None:
    request = RequestFactory().get("/")
    request.elder_mode = elder  # type: ignore[attr-defined]
    return events_this_week(request)


def test_nothing_to_come_shows_nothing(branch):
    occurrence(event(branch, 1), days=-2)
    occurrence(event(branch, 2), days=2, status=Occurrence.Status.CANCELLED)
    occurrence(event(branch, 3, live=False), days=2)
    assert shown() is None


def test_the_next_dates_come_first_and_each_event_once(branch):
    weekly, single = event(branch, 1), event(branch, 2)
    for days in (9, 2, 16):
        occurrence(weekly, days=days)
    occurrence(single, days=1)
    html = shown()
    assert html.count("活动1号") == html.count("活动2号") == 1
    assert html.index("活动2号") < html.index("活动1号")


def test_elder_mode_shows_fewer(branch):
    for number in range(8):
        occurrence(event(branch, number), days=number + 1)
    assert shown().count('class="event"') == EVENTS
    assert shown(elder=True).count('class="event"') == 3
