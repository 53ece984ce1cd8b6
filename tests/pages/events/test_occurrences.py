"""Rows follow the schedule; identity, past and registrations survive."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import IntegrityError
from post_office.models import Email
from wagtail.actions.move_page import MovePageAction

from network.models import Venue
from pages.events.models import EventChange, EventPage, Occurrence, Registration
from pages.events.registering import registration_cancel, registration_create
from pages.events.schedule import ZONE, local
from pages.events.services import occurrences_sync
from pages.venues.models import VenuePage

pytestmark = pytest.mark.django_db
Change = EventChange.Change


def at(month, day, hour, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


def publish(event):
    event.save_revision().publish()


def test_publishing_makes_the_rows(make_event, local_times):
    event = make_event()
    assert local_times(event.occurrences.all()) == [
        f"{day} 19:30 scheduled" for day in ("11-24", "11-28", "12-01", "12-05", "12-08", "12-12")
    ]


def test_a_draft_has_no_rows(branch_page, kind):
    event = EventPage(
        title="草稿",
        kind=kind,
        introduction="x",
        first_day=date(2026, 11, 24),
        starts=time(9),
        ends=time(10),
        live=False,
    )
    branch_page.add_child(instance=event)
    event.save_revision()
    assert not event.occurrences.exists()


def test_changes_of_single_dates(make_event, local_times):
    event = make_event(
        changes=[
            EventChange(day=date(2026, 11, 28), change=Change.CANCELLED, reason="老师请假"),
            EventChange(day=date(2026, 12, 1), change=Change.LEFT_OUT),
            EventChange(
                day=date(2026, 12, 5),
                change=Change.MOVED,
                new_day=date(2026, 12, 6),
                new_starts=time(15),
                reason="让路",
            ),
            EventChange(day=date(2026, 12, 10), change=Change.EXTRA),
        ]
    )
    assert local_times(event.occurrences.all()) == [
        "11-24 19:30 scheduled",
        "11-28 19:30 cancelled",
        "12-06 15:00 moved",
        "12-08 19:30 scheduled",
        "12-10 19:30 scheduled",
        "12-12 19:30 scheduled",
    ]
    moved = event.occurrences.get(status="moved")
    assert moved.key == date(2026, 12, 5)
    assert moved.ends_at - moved.starts_at == timedelta(minutes=90)


def test_a_moved_date_of_several_days_keeps_its_days(make_event):
    move = EventChange(
        day=date(2026, 11, 30), change=Change.MOVED, new_day=date(2026, 12, 30), new_ends=time(16), reason="让路"
    )
    event = make_event(
        repeat="",
        first_day=date(2026, 11, 30),
        last_day=date(2026, 12, 1),
        starts=time(9),
        ends=time(17),
        changes=[move],
    )
    row = event.occurrences.get()
    assert (row.starts_at, row.ends_at) == (local(datetime(2026, 12, 30, 9)), local(datetime(2026, 12, 31, 16)))


def test_a_moved_night_ends_on_the_morning_after(make_event):
    move = EventChange(day=date(2026, 11, 24), change=Change.MOVED, new_ends=time(2), reason="加演")
    earlier = EventChange(day=date(2026, 11, 28), change=Change.MOVED, new_ends=time(23), reason="早些散场")
    event = make_event(starts=time(22), ends=time(1), changes=[move, earlier])
    first, second, *_others = event.occurrences.all()
    assert first.ends_at == local(datetime(2026, 11, 25, 2))
    assert second.ends_at == local(datetime(2026, 11, 28, 23))


def test_an_event_that_is_moved_below_another_venue_takes_place_there(make_event, branch_page):
    event = make_event(takes_registrations=True)
    row = event.occurrences.first()
    registration_create(occurrence=row.pk, name="李秀英", mobile="13800138000", email="li@example.org")
    venue = Venue.objects.filter(tier="branch").exclude(pk=branch_page.venue_id).first()
    other = branch_page.get_parent().add_child(instance=VenuePage(title=venue.name, slug=venue.slug, venue=venue))
    MovePageAction(event, other, pos="last-child").execute()
    assert {each.venue_id for each in event.occurrences.all()} == {venue.pk}
    mail = Email.objects.filter(to="li@example.org").last()
    assert mail.subject == "地点变更：左脚舞公益课"
    assert venue.plaque in mail.message


def test_a_changed_time_keeps_the_rows_and_their_registrations(make_event):
    event = make_event(takes_registrations=True, capacity=10)
    row = event.occurrences.first()
    registration = registration_create(occurrence=row.pk, name="李秀英", mobile="13800138000", email="li@example.org")
    event.starts, event.ends = time(20), time(21)
    publish(event)
    registration.refresh_from_db()
    row.refresh_from_db()
    assert registration.occurrence == row
    assert row.starts_at == at(11, 24, 20)
    assert Email.objects.count() == 2  # registered, and told of the new time


def test_another_place_is_told_to_everybody_registered_once(make_event):
    event = make_event(takes_registrations=True, capacity=1, place="二楼")
    row = event.occurrences.first()
    for number in range(2):  # one holds the place, one waits
        registration_create(
            occurrence=row.pk, name="李秀英", mobile=f"1380013800{number}", email=f"{number}@example.org"
        )
    event.place = "三楼"
    publish(event)
    publish(event)
    mails = Email.objects.filter(subject="地点变更：左脚舞公益课")
    assert [str(mail.to) for mail in mails] == ["['0@example.org']", "['1@example.org']"]
    assert "三楼" in mails[0].message
    assert "二楼" in mails[0].message  # where it was to be


def test_one_date_at_another_place_and_time_is_one_message(make_event):
    event = make_event(takes_registrations=True, place="二楼")
    first, second, *_others = event.occurrences.all()
    for number, row in enumerate([first, second]):
        registration_create(occurrence=row.pk, name="李", mobile="13800138000", email=f"{number}@example.org")
    event.changes = [
        EventChange(day=first.key, change=Change.MOVED, new_place="文化广场", new_starts=time(20), reason="修地板")
    ]
    publish(event)
    first.refresh_from_db()
    assert (first.place, first.status, first.where.endswith("文化广场")) == ("文化广场", "moved", True)
    (mail,) = Email.objects.filter(subject__startswith="活动改期")
    assert "文化广场" in mail.message
    assert "二楼" in mail.message
    assert not Email.objects.filter(to="1@example.org").exclude(subject__startswith="报名成功").exists()


def test_a_date_that_only_changed_its_place_is_not_said_to_be_put_off(make_event, local_times):
    event = make_event(
        changes=[EventChange(day=date(2026, 11, 28), change=Change.MOVED, new_place="广场", reason="修")]
    )
    first, second, *_others = event.occurrences.all()
    assert (second.status, second.was, second.state, second.is_elsewhere) == ("moved", None, "地点变更", True)
    assert (first.state, first.is_elsewhere) == ("如期举行", False)


def test_a_dropped_date_with_registrations_is_cancelled_and_people_are_told(make_event):
    event = make_event(takes_registrations=True, capacity=10)
    registration_create(
        occurrence=event.occurrences.last().pk, name="李秀英", mobile="13800138000", email="li@example.org"
    )
    event.repeat_until = date(2026, 12, 6)
    publish(event)
    assert event.occurrences.count() == 5  # 12-08 went, 12-12 stayed as cancelled
    assert event.occurrences.last().status == "cancelled"
    assert Email.objects.count() == 2


def test_the_past_stays_as_it_was(make_event, monday, local_times):
    event = make_event()
    monday.move_to(at(12, 2, 8))
    event.starts, event.ends = time(9), time(10)
    publish(event)
    assert local_times(event.occurrences.all())[:4] == [
        "11-24 19:30 scheduled",
        "11-28 19:30 scheduled",
        "12-01 19:30 scheduled",
        "12-05 09:00 scheduled",
    ]


def test_the_horizon_moves_with_time(make_event, monday):
    event = make_event(repeat="monthly_day", repeat_until=date(2030, 1, 1))
    assert event.occurrences.last().key == date(2028, 5, 24)
    monday.move_to(at(12, 31, 8))
    occurrences_sync(event=event)
    assert event.occurrences.last().key == date(2028, 6, 24)


def test_publishing_again_changes_nothing(make_event):
    event = make_event()
    before = list(event.occurrences.values())
    publish(event)
    assert list(event.occurrences.values()) == before


def test_a_cancelled_event_cancels_its_dates(make_event):
    event = make_event()
    event.cancelled, event.cancel_reason = True, "场馆维修"
    publish(event)
    assert set(event.occurrences.values_list("status", "reason")) == {("cancelled", "场馆维修")}


def test_ranges_find_what_is_running(make_event):
    exhibition = make_event(
        all_day=True, starts=None, ends=None, repeat="", first_day=date(2026, 11, 20), last_day=date(2026, 12, 6)
    )
    found = Occurrence.objects.between(at(11, 30, 0), at(12, 1, 0))
    assert list(found) == [exhibition.occurrences.get()]
    assert not Occurrence.objects.between(at(12, 7, 0), at(12, 8, 0)).exists()


def test_midnight_belongs_to_the_evening_before(make_event):
    late = make_event(starts=time(22), ends=time(1), repeat="", first_day=date(2026, 11, 30))
    assert late.occurrences.get().ends_at == at(12, 1, 1)
    assert Occurrence.objects.between(at(12, 1, 0), at(12, 2, 0)).exists()


def test_the_database_refuses_overbooking(make_event):
    row = make_event(takes_registrations=True, capacity=1).occurrences.first()
    with pytest.raises(IntegrityError):
        Occurrence.objects.filter(pk=row.pk).update(taken=2)


def test_waiting_list_moves_up_in_order_and_tells(make_event):
    row = make_event(takes_registrations=True, capacity=1).occurrences.first()
    people = [
        registration_create(occurrence=row.pk, name=name, mobile=f"1380013800{number}", email=f"{number}@example.org")
        for number, name in enumerate(["甲", "乙", "丙"])
    ]
    assert [person.status for person in people] == ["registered", "waiting", "waiting"]
    assert registration_cancel(registration=people[0])
    assert list(Registration.objects.values_list("name", "status")) == [
        ("甲", "cancelled"),
        ("乙", "registered"),
        ("丙", "waiting"),
    ]
    assert Email.objects.filter(to="1@example.org").count() == 2
    row.refresh_from_db()
    assert row.taken == 1
