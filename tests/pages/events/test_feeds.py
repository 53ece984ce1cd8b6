"""Subscribed calendars: parsed by an independent reader they hold exactly the dates that the pages show."""

from datetime import date, datetime, time

import pytest
import recurring_ical_events
from django.utils import timezone
from icalendar import Calendar
from wagtail.models import PageViewRestriction, Site

from network.models import Venue
from pages.events.models import EventChange, EventIndexPage, EventKind, EventPage, Occurrence

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
    """(title, start, end, place, whether cancelled) of every date between 2025 and 2030, as a subscriber sees it."""
    found = recurring_ical_events.of(calendar).between(date(2025, 1, 1), date(2030, 1, 1))
    return sorted(
        (
            str(each["summary"]),
            local(each.start).replace(tzinfo=None),
            local(each.end).replace(tzinfo=None),
            str(each["location"]),
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
            row.where,
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


def test_one_date_elsewhere_and_a_changed_place_are_told(client, make_event, monday):
    changes = [EventChange(day=date(2026, 12, 5), change=Change.MOVED, new_place="文化广场", reason="修地板")]
    event = make_event(changes=changes, place="二楼")
    feed, url = client.get("/events/feed.ics"), f"/events/{event.pk}/event.ics"
    series, once = read(client).walk("VEVENT")
    assert (str(series["location"])[-2:], str(once["location"])[-4:]) == ("二楼", "文化广场")
    assert told(read(client)) == shown()
    monday.move_to(datetime(2026, 12, 2, 8, tzinfo=timezone.get_default_timezone()))
    event.place = "三楼"
    event.save_revision().publish()
    assert client.get("/events/feed.ics", headers={"If-None-Match": feed["ETag"]}).status_code == 200
    assert told(read(client)) == shown() == told(read(client, url))
    assert [row.place for row in Occurrence.objects.all()] == ["二楼"] * 3 + ["文化广场"] + ["三楼"] * 2
    later = read(client).walk("VEVENT")[0]
    assert later["sequence"] > series["sequence"]
    assert later["last-modified"].dt > series["last-modified"].dt


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
    assert client.get(f"/events/{10**20}/event.ics").status_code == 404


def test_a_venue_and_a_township_have_feeds_of_their_own(client, make_event):
    event = make_event(line="culture")
    elsewhere = Venue.objects.filter(tier="point").exclude(division__parent=event.venue.division).first()
    other = make_event(title="读书会", repeat="")
    Occurrence.objects.filter(event=other).update(venue=elsewhere)
    everything = told(read(client))
    only = [each for each in everything if each[0] == event.title]
    venue, township = event.get_parent().url, event.venue.division.slug
    assert told(read(client, f"{venue}feed.ics")) == told(read(client, f"/events/{township}/feed.ics")) == only
    assert told(read(client, f"{venue}feed.ics?line=library")) == []
    assert "x-wr-calname" in read(client, f"{venue}feed.ics")
    for address in ("/venues/nowhere/feed.ics", "/events/nowhere/feed.ics", f"{venue}feed.ics?kind=nothing"):
        assert client.get(address).status_code == 404


def test_the_feeds_of_venue_and_township_are_found(client, make_event):
    event = make_event()
    Site.objects.get().root_page.add_child(instance=EventIndexPage(title="活动", slug="events"))
    page, township = event.get_parent().url, event.venue.division.slug
    assert f'href="webcal://testserver{page}feed.ics"' in client.get(page).content.decode()
    calendar = client.get(f"/events/?township={township}").content.decode()
    assert f'href="webcal://testserver/events/{township}/feed.ics"' in calendar
    both = client.get(f"/events/?township={township}&line=library").content.decode()
    assert f'href="/events/feed.ics?township={township}&amp;line=library"' in both


def test_full_dates_drop_out_of_a_feed_of_free_places(client, make_event):
    event = make_event(takes_registrations=True, capacity=2)
    Occurrence.objects.filter(event=event, key=date(2026, 12, 1)).update(taken=2)
    assert told(read(client, "/events/feed.ics?free=on")) == shown(taken=0)


def test_queries_stay_the_same(client, make_event, django_assert_num_queries):
    make_event()
    client.get("/events/feed.ics")
    with django_assert_num_queries(9):
        client.get("/events/feed.ics")
    make_event(repeat="daily", repeat_on="", repeat_until=date(2027, 12, 1))
    with django_assert_num_queries(9):
        assert len(told(read(client))) > 300


# What a subscriber has already --------------------------------------------------------------------
def etag_of(client, address="/events/feed.ics"):
    return client.get(address)["ETag"]


def move(event):
    event.changes = [EventChange(day=date(2026, 12, 1), change=Change.MOVED, new_day=date(2026, 12, 2), reason="让")]
    event.save_revision().publish()


def drop_the_last_date(event):
    event.repeat_until = date(2026, 12, 10)
    event.save_revision().publish()


def rename_the_venue(event):
    Venue.objects.filter(pk=event.venue_id).update(plaque="新牌子")


def rename_the_kind(event):
    EventKind.objects.filter(pk=event.kind_id).update(name="别的")


def give_the_venue_another_address(event):
    page = event.get_parent()
    page.slug = "elsewhere"
    page.save()


def swap_one_date_for_another(event):
    Occurrence.objects.filter(event=event, key=date(2026, 12, 1)).update(key=date(2026, 12, 2))
    one = Occurrence.objects.get(event=event, key=date(2026, 12, 2))
    Occurrence.objects.filter(pk=one.pk).delete()
    one.pk = None
    one.save()


@pytest.mark.parametrize(
    "change",
    [
        move,
        drop_the_last_date,
        rename_the_venue,
        rename_the_kind,
        give_the_venue_another_address,
        swap_one_date_for_another,
        lambda event: event.unpublish(),
        lambda event: PageViewRestriction.objects.create(page=event.get_parent(), restriction_type="login"),
    ],
)
def test_whatever_a_feed_shows_changes_its_etag(client, make_event, change):
    event = make_event()
    make_event(title="读书会", repeat="")
    before = etag_of(client)
    assert client.get("/events/feed.ics", headers={"If-None-Match": before}).status_code == 304
    change(event)
    assert client.get("/events/feed.ics", headers={"If-None-Match": before}).status_code == 200


def test_nothing_is_built_for_a_subscriber_who_has_it(client, make_event, monkeypatch, django_assert_num_queries):
    make_event()
    client.get("/events/feed.ics")
    for more in ({"title": "读书会"}, {"title": "展览", "repeat": "daily", "repeat_until": date(2027, 3, 1)}):
        make_event(**more)
        etag = etag_of(client)
        monkeypatch.setattr("pages.events.feeds.calendar_of", None)
        with django_assert_num_queries(6):
            answer = client.get("/events/feed.ics", headers={"If-None-Match": etag})
        assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", etag)
        monkeypatch.undo()


def test_a_number_that_was_another_feeds_is_not_this_ones(client, make_event):
    event = make_event()
    etag = etag_of(client)
    for address in (f"/events/{event.pk}/event.ics", "/events/feed.ics?line=culture"):
        assert etag_of(client, address) != etag


# Long ago -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("title", ["weekly", "every second week", "daily", "month end", "moved and cancelled", "once"])
def test_a_feed_forgets_what_ended_three_months_ago(client, make_event, monday, title):
    fields = {"repeat": EventPage.Repeat.WEEKLY, "repeat_until": date(2027, 6, 30), **SHAPES[title]}
    changes = [EventChange(day=day, change=change, **more) for day, change, more in fields.pop("changes", [])]
    event = make_event(**fields, changes=changes)
    monday.move_to(datetime(2027, 3, 4, 12, tzinfo=timezone.get_default_timezone()))
    kept = Occurrence.objects.filter(ends_at__gt=datetime(2026, 12, 1, tzinfo=timezone.get_default_timezone()))
    assert told(read(client)) == shown(pk__in=kept)
    assert told(read(client, f"/events/{event.pk}/event.ics")) == shown()
    if title == "daily":
        assert len(read(client).walk("VEVENT")) == 1


def test_an_exhibition_that_began_long_ago_is_still_told(client, make_event, monday):
    make_event(all_day=True, starts=None, ends=None, repeat="", last_day=date(2027, 11, 1))
    monday.move_to(datetime(2027, 10, 20, 12, tzinfo=timezone.get_default_timezone()))
    assert told(read(client)) == shown() != []
