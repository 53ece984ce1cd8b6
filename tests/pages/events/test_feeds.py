"""Subscribed calendars: parsed by an independent reader they hold exactly the dates that the pages show."""

from datetime import date, datetime, time

import pytest
import recurring_ical_events
from django.utils import timezone
from icalendar import Calendar

from pages.events.models import EventChange, EventPage, Occurrence

pytestmark = pytest.mark.django_db
Change = EventChange.Change


def read(client, address="/events/feed.ics"):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    return Calendar.from_ical(response.content)


def local(moment):
    return timezone.localtime(moment) if isinstance(moment, datetime) else datetime.combine(moment, time.min)


def told(calendar):
    """(title, start, end, whether cancelled) of every date between 2025 and 2030, as a subscriber sees it."""
    found = recurring_ical_events.of(calendar).between(date(2025, 1, 1), date(2030, 1, 1))
    return sorted(
        (
            str(each["summary"]),
            local(each.start).replace(tzinfo=None),
            local(each.end).replace(tzinfo=None),
            str(each["status"]) == "CANCELLED",
        )
        for each in found
    )


def shown(**filters):
    """The same of the rows that the pages show."""
    return sorted(
        (
            row.event.title,
            timezone.localtime(row.starts_at).replace(tzinfo=None),
            timezone.localtime(row.ends_at).replace(tzinfo=None),
            row.status == "cancelled",
        )
        for row in Occurrence.objects.select_related("event").filter(**filters)
    )


SHAPES = {
    "once": {"repeat": "", "title": "一次"},
    "weekly": {},
    "every second week": {"repeat_every": 2, "repeat_until": date(2027, 3, 1)},
    "daily": {"repeat": "daily", "repeat_on": ""},
    "month end": {"repeat": "monthly_day", "first_day": date(2027, 1, 31), "repeat_until": date(2027, 9, 1)},
    "fifth weekday": {"repeat": "monthly_weekday", "first_day": date(2026, 12, 29), "repeat_until": date(2027, 9, 1)},
    "yearly": {"repeat": "yearly", "repeat_until": date(2029, 1, 1)},
    "beyond the horizon": {"repeat": "monthly_day", "repeat_until": date(2033, 1, 1)},
    "after midnight": {"starts": time(22), "ends": time(1)},
    "all day": {"all_day": True, "starts": None, "ends": None},
    "several days": {
        "all_day": True, "starts": None, "ends": None, "repeat": "", "last_day": date(2026, 12, 6),
    },
    "days with hours": {"repeat": "", "starts": time(9), "ends": time(17), "last_day": date(2026, 11, 26)},
    "counted": {"repeat": "custom", "rule": "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-1;COUNT=5", "repeat_until": None},
    "moved and cancelled": {
        "changes": [
            (date(2026, 11, 28), Change.CANCELLED, {"reason": "老师请假"}),
            (date(2026, 12, 1), Change.MOVED, {"new_day": date(2026, 12, 2), "new_ends": time(22), "reason": "让路"}),
            (date(2026, 12, 5), Change.LEFT_OUT, {}),
            (date(2026, 12, 10), Change.EXTRA, {}),
            (date(2026, 12, 30), Change.EXTRA, {}),
        ]
    },
    "first date left out": {"changes": [(date(2026, 11, 24), Change.LEFT_OUT, {})]},
    "first date moved before the others": {
        "changes": [(date(2026, 11, 24), Change.MOVED, {"new_day": date(2026, 11, 23), "reason": "提前"})]
    },
    "all day, moved to an hour": {
        "all_day": True, "starts": None, "ends": None,
        "changes": [
            (date(2026, 11, 28), Change.MOVED, {"new_starts": time(9), "new_ends": time(11), "reason": "改为上午"}),
            (date(2026, 12, 1), Change.CANCELLED, {"reason": "停电"}),
        ],
    },
    "cancelled altogether": {"cancelled": True, "cancel_reason": "场馆维修"},
}  # fmt: skip


@pytest.fixture
def every_shape(make_event):
    """One event of each shape, titled by it."""
    for title, fields in SHAPES.items():
        changes = [EventChange(day=day, change=change, **more) for day, change, more in fields.get("changes", [])]
        make_event(**{"repeat": EventPage.Repeat.WEEKLY, **fields, "title": title, "changes": changes})


def test_a_feed_means_what_the_pages_show(client, every_shape):
    calendar = read(client)
    assert told(calendar) == shown()
    for event in EventPage.objects.all():
        assert told(read(client, f"/events/{event.pk}/event.ics")) == shown(event=event), event.title


def test_a_series_is_told_as_a_series(client, make_event):
    make_event(
        changes=[EventChange(day=date(2026, 12, 5), change=Change.MOVED, new_day=date(2026, 12, 6), reason="让")]
    )
    series, moved = read(client).walk("VEVENT")
    assert series["rrule"]["UNTIL"] == [datetime(2026, 12, 12, 15, 59, 59, tzinfo=timezone.get_fixed_timezone(0))]
    assert moved["recurrence-id"].dt == series["dtstart"].dt.replace(month=12, day=5)
    assert moved["uid"] == series["uid"]
    assert str(moved["comment"]) == "让"


def test_what_the_plan_dropped_and_the_past_keeps_is_still_told(client, make_event, monday):
    event = make_event()
    monday.move_to(datetime(2026, 12, 2, 8, tzinfo=timezone.get_default_timezone()))
    event.starts, event.ends, event.first_day = time(9), time(10), date(2026, 12, 5)
    event.save_revision().publish()
    assert told(read(client)) == shown()
    assert len(shown()) == 6


def test_every_event_says_what_calendars_need(client, make_event):
    event = make_event()
    calendar = read(client)
    one = calendar.walk("VEVENT")[0]
    assert str(one["uid"]) == f"{event.uid}@wenshu"
    assert one["url"].endswith(event.url)
    assert one["status"] == "CONFIRMED"
    assert one["dtstart"].params["TZID"] == "Asia/Shanghai"
    assert [str(zone["tzid"]) for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]
    assert {"last-modified", "dtstamp", "sequence", "location", "description"} <= {name.lower() for name in one}


def test_a_subscriber_who_has_it_already_gets_nothing(client, make_event):
    event = make_event()
    etag = client.get("/events/feed.ics")["ETag"]
    assert client.get("/events/feed.ics", headers={"If-None-Match": etag}).status_code == 304
    event.title = "左脚舞提高课"
    event.save_revision().publish()
    assert client.get("/events/feed.ics", headers={"If-None-Match": etag}).status_code == 200


def test_filters_and_unpublished_events(client, make_event):
    dance = make_event()
    reading = make_event(title="读书会", line="library", repeat="")
    assert {title for title, *_ in told(read(client, "/events/feed.ics?line=culture"))} == {dance.title}
    assert {title for title, *_ in told(read(client, f"/events/feed.ics?venue={dance.venue_id}"))} == {
        dance.title,
        reading.title,
    }
    assert client.get("/events/feed.ics?township=nowhere").status_code == 404
    dance.unpublish()
    assert told(read(client)) == shown(event=reading)
    assert client.get(f"/events/{dance.pk}/event.ics").status_code == 404


def test_full_dates_drop_out_of_a_feed_of_free_places(client, make_event):
    event = make_event(takes_registrations=True, capacity=2)
    Occurrence.objects.filter(event=event, key=date(2026, 12, 1)).update(taken=2)
    assert told(read(client, "/events/feed.ics?free=on")) == shown(taken=0)


def test_queries_stay_the_same(client, make_event, django_assert_num_queries):
    make_event()
    client.get("/events/feed.ics")
    with django_assert_num_queries(8):
        client.get("/events/feed.ics")
    make_event(repeat="daily", repeat_on="", repeat_until=date(2027, 12, 1))
    with django_assert_num_queries(8):
        assert len(told(read(client))) > 300
