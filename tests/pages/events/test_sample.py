"""Sample events: varied, marked, and gone again when they are taken away."""

import pytest

from common.county import County
from common.report import Report
from pages.core import loading as core_loading
from pages.events import loading, sample
from pages.events.models import EventPage, Occurrence
from pages.events.registering import registration_create
from pages.venues.services import venue_pages_sync
from tests.county import NANHUA, load_network

pytestmark = pytest.mark.django_db


def test_they_come_once_and_go_with_what_people_tried_on_them(monday):
    load_network(NANHUA)
    core_loading.load(County(NANHUA), Report())
    venue_pages_sync()
    loading.load(County(NANHUA), Report())
    sample.load(Report())
    sample.load(Report())
    events = EventPage.objects.all()
    assert len(events) == 15
    assert all(event.is_sample for event in events)
    assert {row.status for row in Occurrence.objects.all()} == {"scheduled", "moved", "cancelled"}
    assert len({event.venue_id for event in events}) >= 10
    assert len({event.kind_id for event in events}) == 7
    with_places = Occurrence.objects.filter(event__title__startswith="左脚舞").first()
    registration_create(occurrence=with_places.pk, name="李秀英", mobile="13800138000")
    sample.remove(Report())
    assert not EventPage.objects.exists()
