"""A month for the door."""

from datetime import date

import pytest
from wagtail.models import Site

from pages.events.models import EventChange, EventIndexPage, EventPage
from pages.events.poster import MOST_LINES, qr_code

pytestmark = pytest.mark.django_db


@pytest.fixture
def calendar(branch_page):
    return Site.objects.get().root_page.add_child(instance=EventIndexPage(title="活动", slug="events"))


def poster(client, query="", month="2026/12"):
    response = client.get(f"/events/{month}/poster/?{query}")
    assert response.status_code == 200
    return response.content.decode()


def test_it_names_the_month_the_venue_and_every_date(client, calendar, make_event):
    cancelled = EventChange(day=date(2026, 12, 5), change="cancelled", reason="老师请假")
    event = make_event(changes=[cancelled])
    text = poster(client, f"venue={event.venue_id}")
    assert "2026年12月" in text
    assert event.venue.plaque in text
    assert text.count("左脚舞公益课") == 2  # the class with its days, and the date that is cancelled
    assert "还有 8、12 日" in text
    assert "已取消" in text
    assert f"testserver{event.get_parent().url}" in text
    assert qr_code(f"http://testserver{event.get_parent().url}") in text


def test_without_a_venue_the_code_leads_to_the_calendar(client, calendar):
    text = poster(client)
    assert qr_code("http://testserver/events/") in text
    assert "poster-a4.css" in text
    assert "poster-a3.css" in poster(client, "paper=a3")
    assert "poster-a4.css" in poster(client, "paper=../../secret")


def test_a_full_month_fits_on_the_sheet_and_says_that_there_is_more(client, calendar, make_event):
    event = make_event(repeat="daily", repeat_on="", repeat_until=date(2026, 12, 31))
    assert "poster-more" not in poster(client)
    event.occurrences.update(status="cancelled")
    text = poster(client)
    assert text.count("<h2") == MOST_LINES
    assert "poster-more" in text


def test_sample_events_are_marked_on_paper_too(client, calendar, make_event):
    make_event()
    assert 'class="sample"' not in poster(client)
    EventPage.objects.update(is_sample=True)
    assert 'class="sample"' in poster(client)


def test_there_is_no_poster_of_a_month_that_does_not_exist(client, calendar):
    assert client.get("/events/2026/13/poster/").status_code == 404


def test_the_last_month_of_the_calendar_has_one(client, calendar):
    poster(client, month="2100/12")
