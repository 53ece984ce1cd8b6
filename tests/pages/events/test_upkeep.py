"""What the timers do to events: each does its work once, and again nothing."""

from datetime import date, datetime

import pytest
from django.core.management import call_command
from django.urls import reverse
from post_office.models import Email

from pages.events.models import EventChange, Registration
from pages.events.registering import attendance_record, registration_create
from pages.events.schedule import ZONE

pytestmark = pytest.mark.django_db


def at(month, day, hour, year=2026):
    return datetime(year, month, day, hour, tzinfo=ZONE)


@pytest.fixture
def row(make_event):
    return make_event(takes_registrations=True, capacity=1).occurrences.first()


def test_the_horizon_is_extended(make_event, monday):
    long = make_event(title="长期", repeat="monthly_day", repeat_until=date(2030, 1, 1))
    short = make_event(title="短期")
    monday.move_to(at(12, 31, 8))
    call_command("extend_events")
    assert long.occurrences.last().key == date(2028, 6, 24)
    assert short.occurrences.count() == 6
    before = list(long.occurrences.values())
    call_command("extend_events")
    assert list(long.occurrences.values()) == before


def test_a_date_announced_beyond_the_horizon_comes_in_time(make_event, monday):
    once = make_event(title="百年馆庆", repeat="", first_day=date(2029, 5, 1))
    extra = make_event(
        title="讲座", repeat="", changes=[EventChange(day=date(2029, 5, 2), change=EventChange.Change.EXTRA)]
    )
    assert (once.occurrences.count(), extra.occurrences.count()) == (0, 1)
    monday.move_to(at(1, 1, 8, 2028))
    call_command("extend_events")
    assert [row.key for row in once.occurrences.all()] == [date(2029, 5, 1)]
    assert [row.key for row in extra.occurrences.all()] == [date(2026, 11, 24), date(2029, 5, 2)]


def test_an_unpublished_event_is_not_extended(make_event, monday):
    event = make_event(repeat="monthly_day", repeat_until=date(2030, 1, 1))
    event.unpublish()
    count = event.occurrences.count()
    monday.move_to(at(12, 31, 8))
    call_command("extend_events")
    assert event.occurrences.count() == count


def test_people_are_reminded_the_day_before_and_once(row, monday):
    registration_create(occurrence=row.pk, name="甲", mobile="13700000001", email="a@example.org")
    registration_create(occurrence=row.pk, name="乙", mobile="13700000002", email="b@example.org")  # waits
    Email.objects.all().delete()
    monday.move_to(at(11, 22, 23))
    call_command("remind_events")
    assert not Email.objects.exists()
    monday.move_to(at(11, 23, 0))
    call_command("remind_events")
    call_command("remind_events")
    assert Email.objects.get().to == ["a@example.org"]


def test_nobody_is_reminded_of_what_is_cancelled(row, monday):
    registration_create(occurrence=row.pk, name="甲", mobile="13700000001", email="a@example.org")
    row.event.cancelled, row.event.cancel_reason = True, "停电"
    row.event.save_revision().publish()
    Email.objects.all().delete()
    call_command("remind_events")
    assert not Email.objects.exists()


def test_personal_data_go_and_the_numbers_stay(client, row, monday, settings):
    settings.REGISTRATION_KEEP_DAYS = 30
    came = registration_create(occurrence=row.pk, name="甲", mobile="13700000001", email="a@example.org")
    registration_create(occurrence=row.pk, name="乙", mobile="13700000002")
    monday.move_to(at(11, 24, 20))
    attendance_record(registration=came, came=True)
    monday.move_to(at(12, 24, 20))
    call_command("purge_registrations")
    assert Registration.objects.filter(name="甲").exists()
    monday.move_to(at(12, 24, 22))
    call_command("purge_registrations")
    assert list(Registration.objects.values_list("name", "mobile", "email", "person", "status", "places")) == [
        ("", "", "", None, "attended", 1),
        ("", "", "", None, "waiting", 1),
    ]
    assert client.get(reverse("event_registration", args=[came.token])).status_code == 404


def test_the_timers_run_them(settings):
    assert {"extend_events", "remind_events", "purge_registrations"} <= settings.TIMERS.keys()
