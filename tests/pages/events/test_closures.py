"""A venue's closure cancels its events, its withdrawal brings them back, and everybody concerned is told."""

from datetime import date, time

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from post_office.models import Email

from accounts.models import User
from network.models import WeeklyHours
from network.services import closure_announce, closure_withdraw
from pages.events.closings import closed_days
from pages.events.models import EventChange, EventPage
from pages.events.registering import registration_create
from pages.events.wagtail_hooks import warn_of_closed_days
from pages.venues.services import editor_groups_ensure

pytestmark = pytest.mark.django_db
Change = EventChange.Change
FIRST, LAST = date(2026, 11, 27), date(2026, 12, 1)  # the dance class of 28 November and 1 December


def announce(venue, first_day=FIRST, last_day=LAST):
    return closure_announce(venue=venue, first_day=first_day, last_day=last_day, reason="图书盘点", by=None)


@pytest.fixture
def dance(make_event):
    return make_event(takes_registrations=True, capacity=10)


@pytest.fixture
def editor(dance):
    """Somebody in the group that edits the venue's pages."""
    editor_groups_ensure(venues=[dance.venue])
    person = User.objects.create(name="编辑", email="editor@example.org")
    person.groups.add(dance.venue.editor_group.group)
    return person


def states(event):
    return {f"{row.key:%m-%d}": row.status for row in event.occurrences.all()}


def mails(to):
    return list(Email.objects.filter(to=to).order_by("pk"))


def test_a_closure_cancels_and_its_withdrawal_brings_back(dance, editor):
    row = dance.occurrences.get(key=date(2026, 11, 28))
    registration_create(occurrence=row.pk, name="李秀英", mobile="13800138000", email="li@example.org")
    closure = announce(dance.venue)
    assert states(dance) == {
        "11-24": "scheduled", "11-28": "cancelled", "12-01": "cancelled",
        "12-05": "scheduled", "12-08": "scheduled", "12-12": "scheduled",
    }  # fmt: skip
    row.refresh_from_db()
    assert row.reason == "闭馆：图书盘点"
    assert mails("li@example.org")[-1].subject == "活动取消：左脚舞公益课"
    assert "左脚舞公益课" in mails(editor.email)[0].message

    closure_withdraw(closure=closure, by=None)
    assert set(states(dance).values()) == {"scheduled"}
    assert mails("li@example.org")[-1].subject == "活动恢复举行：左脚舞公益课"
    assert len(mails("li@example.org")) == 3


def test_publishing_again_does_not_bring_a_closed_day_back(dance):
    announce(dance.venue)
    dance.title = "左脚舞提高课"
    dance.save_revision().publish()
    assert states(dance)["11-28"] == "cancelled"


def test_withdrawing_one_closure_leaves_what_was_cancelled_for_another_reason(make_event):
    event = make_event(changes=[EventChange(day=date(2026, 12, 1), change=Change.CANCELLED, reason="老师请假")])
    closure = announce(event.venue)
    closure_withdraw(closure=closure, by=None)
    row = event.occurrences.get(key=date(2026, 12, 1))
    assert (row.status, row.reason) == ("cancelled", "老师请假")


def test_a_moved_date_escapes_the_closure(dance):
    announce(dance.venue)
    dance.changes.add(
        EventChange(day=date(2026, 11, 28), change=Change.MOVED, new_day=date(2026, 12, 2), reason="改到开馆日")
    )
    dance.save_revision().publish()
    assert states(dance)["11-28"] == "moved"
    assert states(dance)["12-01"] == "cancelled"


def test_an_exhibition_outlasts_some_closed_days(make_event):
    event = make_event(
        all_day=True, starts=None, ends=None, repeat="", first_day=date(2026, 11, 24), last_day=date(2026, 12, 6)
    )
    announce(event.venue)
    assert states(event) == {"11-24": "scheduled"}
    announce(event.venue, date(2026, 11, 24), date(2026, 11, 26))
    announce(event.venue, date(2026, 12, 2), date(2026, 12, 9))
    assert states(event) == {"11-24": "cancelled"}


def test_an_editor_who_wants_to_be_asked_is_asked(dance, editor):
    EventPage.objects.filter(pk=dance.pk).update(when_closed="ask")
    announce(dance.venue)
    assert set(states(dance).values()) == {"scheduled"}
    assert "请为这些场次改期" in mails(editor.email)[0].message
    assert len(mails(editor.email)) == 1


def test_subscribers_learn_of_what_changed_and_of_nothing_else(dance):
    announce(dance.venue)
    dance.refresh_from_db()
    assert dance.sequence == 1
    dance.introduction = "换了一句话。"
    dance.save_revision().publish()
    dance.refresh_from_db()
    assert dance.sequence == 1
    dance.starts = time(20)
    dance.save_revision().publish()
    dance.refresh_from_db()
    assert dance.sequence == 2


def test_the_editor_is_warned_of_closed_days(make_event, rf):
    event = make_event()
    WeeklyHours.objects.create(venue=event.venue, day=WeeklyHours.Day.TUESDAY, opens=time(9), closes=time(17))
    announce(event.venue, LAST, LAST)
    event.when_closed = "ask"
    # Open on Tuesdays only, and not on Tuesday 1 December.
    assert closed_days(event) == [date(2026, 11, 28), LAST, date(2026, 12, 5), date(2026, 12, 12)]
    request = rf.get("/admin/")
    request.session = {}
    request._messages = FallbackStorage(request)
    warn_of_closed_days(request, event)
    assert [str(message) for message in get_messages(request)] == [
        "场馆在这些日子不开放：2026年11月28日、2026年12月1日、2026年12月5日、2026年12月12日"
    ]


def test_without_opening_hours_nobody_is_warned(make_event):
    assert closed_days(make_event()) == []
