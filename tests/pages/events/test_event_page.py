"""An event's own page."""

import json
import re
from datetime import date, time

import pytest
from bs4 import BeautifulSoup

from pages.events.models import EventChange, EventPage, Occurrence
from pages.events.presentation import repetition_text
from pages.events.wagtail_hooks import events_of_venue

pytestmark = pytest.mark.django_db
Change = EventChange.Change


def html(client, page):
    response = client.get(page.url)
    assert response.status_code == 200
    return response.content.decode()


def data(text):
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', text)
    return json.loads(found.group(1)) if found else None


def test_it_tells_what_somebody_wants_to_know(client, make_event):
    event = make_event(place="二楼排练厅", contact="普老师", takes_registrations=True, capacity=40)
    text = html(client, event)
    for fact in (
        "左脚舞公益课",
        "零基础",
        "二楼排练厅",
        event.venue.plaque,
        "普老师",
        "免费",
        "余 40 个名额",
        "11月24日",
    ):
        assert fact in text
    assert f"/events/{event.pk}/event.ics" in text
    assert "每星期二、星期六，至2026年12月12日" in text


def test_cancelled_and_moved_dates_are_told_in_words(client, make_event):
    event = make_event(
        changes=[
            EventChange(day=date(2026, 11, 28), change=Change.CANCELLED, reason="老师请假"),
            EventChange(day=date(2026, 12, 5), change=Change.MOVED, new_day=date(2026, 12, 6), reason="场地让路"),
        ]
    )
    text = html(client, event)
    for words in ("已取消", "老师请假", "已改期", "场地让路", "原定2026年12月5日"):
        assert words in text


def test_a_past_event_stays_and_says_so(client, make_event, monday):
    event = make_event()
    monday.move_to("2027-02-01T08:00:00+08:00")
    assert "活动已结束" in html(client, event)


def test_schema_org_of_a_series(client, make_event):
    event = make_event(
        takes_registrations=True,
        capacity=40,
        changes=[
            EventChange(day=date(2026, 11, 28), change=Change.CANCELLED, reason="老师请假"),
            EventChange(day=date(2026, 12, 1), change=Change.MOVED, new_day=date(2026, 12, 2), reason="让路"),
        ],
    )
    series = data(html(client, event))
    first, cancelled, moved = series["subEvent"][:3]
    assert series["@type"] == "EventSeries"
    assert first["startDate"] == "2026-11-24T19:30:00+08:00"
    assert first["isAccessibleForFree"] is True
    assert first["remainingAttendeeCapacity"] == 40
    assert cancelled["eventStatus"] == "https://schema.org/EventCancelled"
    assert moved["eventStatus"] == "https://schema.org/EventRescheduled"
    assert moved["previousStartDate"].startswith("2026-12-01T19:30")


def test_schema_org_of_an_exhibition_and_none_of_invented_events(client, make_event):
    event = make_event(
        all_day=True, starts=None, ends=None, repeat="", first_day=date(2026, 11, 20), last_day=date(2026, 12, 6)
    )
    told = data(html(client, event))
    assert (told["@type"], told["startDate"], told["endDate"]) == ("Event", "2026-11-20", "2026-12-06")
    EventPage.objects.update(is_sample=True)
    text = html(client, event)
    assert data(text) is None
    assert 'class="sample"' in text


def test_a_preview_shows_the_dates_of_the_draft(make_event):
    event = make_event()
    event.starts, event.ends = time(8), time(9)
    response = event.make_preview_request()
    text = response.rendered_content if hasattr(response, "rendered_content") else response.content.decode()
    assert "08:00–09:00" in text
    assert "19:30" not in text


def test_a_preview_of_an_event_with_registration_leads_to_no_form(make_event):
    event = make_event(takes_registrations=True)
    response = event.make_preview_request()
    response.render()
    assert 'href="/events/register/' not in response.content.decode()


def test_each_date_leads_to_its_form(client, make_event):
    event = make_event(takes_registrations=True, capacity=1)
    first, second, *others = event.occurrences.all()
    Occurrence.objects.filter(pk=second.pk).update(taken=1)
    soup = BeautifulSoup(html(client, event), "html.parser")
    links = {link["href"]: link.get_text() for link in soup.select(".dates a.button")}
    assert links[f"/events/register/{first.pk}/"] == "报名 2026年11月24日"
    assert links[f"/events/register/{second.pk}/"] == "报名候补 2026年11月28日"
    assert len(links) == len(others) + 2
    assert soup.select_one("a.button[href='#register']")
    event.takes_registrations = False
    event.save_revision().publish()
    assert not BeautifulSoup(html(client, event), "html.parser").select("a.button[href='#register'], .dates a.button")


def test_a_venue_s_page_shows_what_is_on_there(make_event, rf):
    event = make_event()
    make_event(title="展览", all_day=True, starts=None, ends=None, repeat="", first_day=date(2026, 11, 2),
               last_day=date(2026, 12, 6))  # fmt: skip
    for number in range(4):
        make_event(title=f"讲座{number}", repeat="", first_day=date(2026, 12, 20 + number))
    panel = events_of_venue(event.venue, rf.get("/"))
    assert panel.count("左脚舞公益课") == 1
    assert panel.index("展览") < panel.index("左脚舞公益课") < panel.index("讲座0")
    assert panel.index("<b>23</b>") < panel.index("展览")  # under today, not under the day on which it began
    request = rf.get("/")
    request.elder_mode = True
    assert events_of_venue(event.venue, request).count('class="event"') == 3
    EventPage.objects.update(live=False)
    assert events_of_venue(event.venue, request) is None


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"repeat": ""}, ""),
        ({"repeat": "daily"}, "每天"),
        ({"repeat": "daily", "repeat_every": 3}, "每 3 天"),
        ({"repeat": "weekly", "repeat_on": ""}, "每星期二"),
        ({"repeat": "monthly_day"}, "每月 24 日"),
        ({"repeat": "monthly_weekday"}, "每月第四个星期二"),
        ({"repeat": "yearly"}, "每年11月24日"),
    ],
)
def test_repetitions_in_words(fields, words):
    assert repetition_text(EventPage(first_day=date(2026, 11, 24), **fields)) == words


def test_queries_do_not_grow_with_the_dates(client, make_event, django_assert_max_num_queries):
    short = make_event()
    long = make_event(repeat="daily", repeat_on="", repeat_until=date(2027, 11, 1))
    html(client, short)
    counts = []
    for event in (short, long):
        with django_assert_max_num_queries(22) as queries:
            html(client, event)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_menu_says_that_one_reads_about_events(client, make_event):
    current = BeautifulSoup(html(client, make_event()), "html.parser").select("header nav [aria-current]")
    assert [link["href"] for link in current] == ["/events/"]
