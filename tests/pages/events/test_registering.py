"""People register, wait, move up and cancel; by the form, with nothing lost and nothing doubled."""

from datetime import date, datetime, time, timedelta

import pytest
import recurring_ical_events
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar
from post_office.models import Email

from accounts.models import User
from pages.events import limits
from pages.events.models import EventChange, Registration
from pages.events.registering import registration_cancel, registration_create
from pages.events.schedule import ZONE

pytestmark = pytest.mark.django_db
LI = {"name": "李秀英", "mobile": "138 0013 8000", "email": "li@example.org", "consent": "on"}


def at(month, day, hour, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def fresh_hour():
    cache.clear()


@pytest.fixture
def event(make_event):
    return make_event(takes_registrations=True, capacity=2)


@pytest.fixture
def row(event):
    return event.occurrences.first()


@pytest.fixture
def url(row):
    return reverse("event_register", args=[row.pk])


def sent(client, url, **values):
    """What the form sends, its hidden fields included."""
    form = client.get(url).context["form"]
    return {"sent_as": form["sent_as"].value()} | values


def fill(row, people):
    return [
        registration_create(occurrence=row.pk, name=f"人{n}", mobile=f"1390000{n:04}", email=f"{n}@example.org")
        for n in range(people)
    ]


# The form -----------------------------------------------------------------------------------------
def test_a_guest_registers_and_gets_a_link(client, url, row):
    response = client.post(url, sent(client, url, **LI), follow=True)
    registration = Registration.objects.get()
    assert (registration.mobile, registration.status, registration.person) == ("13800138000", "registered", None)
    assert response.redirect_chain == [(reverse("event_registration", args=[registration.token]), 302)]
    assert "李秀英" in response.content.decode()
    assert Email.objects.get().to == ["li@example.org"]


def test_a_form_sent_to_another_date_is_another_form(client, event, url):
    """Its hidden name, taken over to another date's address, neither ends in an error nor finds the first one."""
    hidden = sent(client, url, **LI)
    client.post(url, hidden)
    other = event.occurrences.all()[1]
    response = client.post(reverse("event_register", args=[other.pk]), hidden)
    assert response.status_code == 302
    assert Registration.objects.count() == 2
    assert Registration.objects.get(occurrence=other).name == "李秀英"


def test_a_form_sent_twice_registers_once(client, url):
    values = sent(client, url, **LI)
    first, second = client.post(url, values), client.post(url, values)
    assert first.url == second.url
    assert Registration.objects.count() == Email.objects.count() == 1


def test_another_form_with_the_same_number_is_refused_beside_the_field(client, url):
    client.post(url, sent(client, url, **LI))
    response = client.post(url, sent(client, url, **LI | {"name": "别人"}))
    assert response.context["form"].errors.keys() == {"mobile"}
    assert "李秀英" not in response.content.decode()  # who has the number is nobody's business
    assert 'value="别人"' in response.content.decode()


def test_a_forged_name_of_the_form_cannot_choose_the_link(client, url):
    client.post(url, LI | {"sent_as": "1"})
    assert len(Registration.objects.get().token) >= 20


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"mobile": "12345"}, "mobile"),
        ({"mobile": ""}, "mobile"),
        ({"email": "nobody"}, "email"),
        ({"consent": ""}, "consent"),
        ({"for_child": "on"}, "guardian"),
        ({"name": "长" * 41}, "name"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(client, url, change, field):
    response = client.post(url, sent(client, url, **LI | change))
    assert response.status_code == 200
    assert response.context["form"].errors.keys() == {field}
    kept = {"name", "email"} - {field}
    assert all(f'value="{LI[name]}"' in response.content.decode() for name in kept)
    assert not Registration.objects.exists()


def test_a_guardian_registers_a_child(client, url):
    client.post(url, sent(client, url, **LI, for_child="on", guardian="on"))
    assert Registration.objects.get().for_child


def test_a_robot_gets_nothing(client, url, event):
    response = client.post(url, sent(client, url, **LI, website="http://spam.example"))
    assert response.url == event.url
    assert not Registration.objects.exists()


@pytest.mark.parametrize("places", ["0", "5", "x", "-1"])
def test_groups_are_bounded(client, make_event, places):
    row = make_event(takes_registrations=True, capacity=9, group_size=4).occurrences.first()
    url = reverse("event_register", args=[row.pk])
    response = client.post(url, sent(client, url, **LI, places=places))
    assert response.context["form"].errors.keys() == {"places"}


def test_a_group_takes_its_places(client, make_event):
    row = make_event(takes_registrations=True, capacity=9, group_size=4).occurrences.first()
    url = reverse("event_register", args=[row.pk])
    client.post(url, sent(client, url, **LI, places="3"))
    row.refresh_from_db()
    assert row.taken == 3


def test_one_person_takes_one_place_where_groups_are_not_meant(client, url, row):
    client.post(url, sent(client, url, **LI, places="50"))
    assert Registration.objects.get().places == 1


def test_the_form_is_never_cached_and_never_indexed(client, url):
    response = client.get(url)
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response.content.decode()


def test_a_form_without_its_token_against_forgery_is_refused(url):
    from django.test import Client

    assert Client(enforce_csrf_checks=True).post(url, LI).status_code == 403


def test_a_nervous_finger_costs_nothing(client, url, monkeypatch):
    monkeypatch.setattr(limits, "PER_NUMBER", 1)
    form = sent(client, url, **LI)
    first, *others = (client.post(url, form) for _ in range(5))
    assert {other.url for other in others} == {first.url}


def test_guests_are_slowed_down_by_number_and_address(client, url, monkeypatch):
    monkeypatch.setattr(limits, "PER_NUMBER", 1)
    client.post(url, sent(client, url, **LI))
    response = client.post(url, sent(client, url, **LI))
    assert response.status_code == 429
    assert 'value="李秀英"' in response.content.decode()
    assert client.post(url, sent(client, url, **LI | {"mobile": "13700000000"})).status_code == 302
    monkeypatch.setattr(limits, "PER_ADDRESS", 3)
    assert client.post(url, sent(client, url, **LI | {"mobile": "13700000001"})).status_code == 429


# When it is not open ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("moment", "status"),
    [
        (at(10, 1, 8), 409),
        (at(11, 24, 18, 29), 200),
        (at(11, 24, 18, 30), 410),
        (at(11, 24, 20), 410),
        (at(12, 1, 8), 410),
    ],
)
def test_the_registration_period(client, url, row, monday, moment, status):
    monday.move_to(moment)
    assert client.get(url).status_code == status
    assert client.post(url, LI | {"name": ""}).status_code == status
    assert not Registration.objects.exists()


def test_cancelled_unpublished_and_unknown(client, event, make_event, url):
    plain = make_event(title="讲座").occurrences.first()
    assert client.get(reverse("event_register", args=[plain.pk])).status_code == 409
    event.changes = [EventChange(day=date(2026, 11, 24), change="cancelled", reason="停电")]
    event.save_revision().publish()
    response = client.get(url)
    assert response.status_code == 410
    assert "停电" in response.content.decode()
    event.unpublish()
    for number in (event.occurrences.last().pk, 0, 10**30):
        assert client.get(f"/events/register/{number}/").status_code == 404


# Signed in ----------------------------------------------------------------------------------------
@pytest.fixture
def wang(client):
    person = User.objects.create(name="王芳", mobile="13600000000", email="wang@example.org")
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return person


def test_a_signed_in_person_finds_the_form_filled_and_holds_one_place(client, url, wang, row):
    form = client.get(url).context["form"]
    assert [form[name].value() for name in ("name", "mobile", "email")] == ["王芳", "13600000000", "wang@example.org"]
    client.post(url, sent(client, url, **LI))
    own = Registration.objects.get(person=wang)
    assert client.get(url).url == reverse("event_registration", args=[own.token])
    with pytest.raises(ValidationError):
        registration_create(occurrence=row.pk, name="王芳", mobile="13600000001", person=wang)
    with pytest.raises(IntegrityError), transaction.atomic():
        Registration.objects.create(occurrence=row, name="王芳", mobile="13600000001", person=wang, status="registered")


def test_my_account_lists_my_own_registrations_only(client, row, wang):
    other = registration_create(occurrence=row.pk, name="别人", mobile="13500000000")
    assert other.token not in client.get("/account/").content.decode()
    own = registration_create(occurrence=row.pk, name="王芳", mobile="13600000000", person=wang)
    content = client.get("/account/").content.decode()
    assert reverse("event_registration", args=[own.token]) in content
    assert other.token not in content


# The registration's own page ----------------------------------------------------------------------
def test_unknown_and_forged_links(client, row):
    (registration,) = fill(row, 1)
    for token in ("x", registration.token[:-1], registration.token.swapcase(), "x" * 500):
        for name in ("event_registration", "event_registration_calendar"):
            assert client.get(reverse(name, args=[token])).status_code == 404
        assert client.post(reverse("event_registration", args=[token])).status_code == 404
    registration.refresh_from_db()
    assert registration.status == "registered"


def test_the_page_tells_the_place_in_the_waiting_list(client, row):
    people = fill(row, 4)
    assert [each.status for each in people] == ["registered", "registered", "waiting", "waiting"]
    positions = [client.get(reverse("event_registration", args=[each.token])).context["position"] for each in people]
    assert positions == [None, None, 1, 2]


def test_nobody_is_promised_a_message_that_cannot_be_sent(client, row, settings):
    settings.SMS_BACKEND = ""
    fill(row, 2)
    for email, promise in (("", "系统无法通知您"), ("li@example.org", "届时会通知您")):
        waiting = registration_create(occurrence=row.pk, name="李秀英", mobile=f"138001380{len(email):02}", email=email)
        assert promise in client.get(reverse("event_registration", args=[waiting.token])).content.decode()


def test_cancelling_by_the_link_moves_the_next_one_up(client, row):
    people = fill(row, 3)
    url = reverse("event_registration", args=[people[0].token])
    for _ in range(2):  # sent twice
        client.post(url)
    assert [each.status for each in Registration.objects.order_by("pk")] == ["cancelled", "registered", "registered"]
    assert Email.objects.filter(to="2@example.org").count() == 2
    assert Email.objects.filter(to="0@example.org").count() == 2  # registered, and cancelled once
    row.refresh_from_db()
    assert row.taken == 2


def test_nobody_cancels_what_has_begun(client, row, monday):
    (registration,) = fill(row, 1)
    monday.move_to(at(11, 24, 19, 30))
    url = reverse("event_registration", args=[registration.token])
    assert client.post(url, follow=True).status_code == 200
    assert not client.get(url).context["may_cancel"]
    registration.refresh_from_db()
    assert registration.status == "registered"


def test_the_date_for_the_telephones_calendar(client, row):
    (registration,) = fill(row, 1)
    response = client.get(reverse("event_registration_calendar", args=[registration.token]))
    (entry,) = Calendar.from_ical(response.content).walk("VEVENT")
    assert entry["summary"] == "左脚舞公益课"
    assert entry.decoded("dtstart") == row.starts_at
    assert entry["url"].endswith(reverse("event_registration", args=[registration.token]))


def in_telephone(client, *addresses):
    """(title, start) of each date in a telephone that took all these calendars into one."""
    taken = Calendar()
    for address in addresses:
        for entry in Calendar.from_ical(client.get(address).content).walk("VEVENT"):
            taken.add_component(entry)
    found = recurring_ical_events.of(taken).between(date(2026, 11, 1), date(2027, 11, 1))
    return sorted((str(each["summary"]), timezone.localtime(each.start)) for each in found)


MOVED = EventChange(day=date(2026, 11, 24), change="moved", new_day=date(2026, 11, 25), reason="让路")


@pytest.mark.parametrize("fields", [{}, {"repeat": ""}, {"changes": [MOVED]}, {"repeat": "", "changes": [MOVED]}])
def test_a_telephone_shows_a_date_once_from_the_link_and_the_feed(client, make_event, fields):
    event = make_event(takes_registrations=True, **fields)
    (registration,) = fill(event.occurrences.first(), 1)
    own = reverse("event_registration_calendar", args=[registration.token])
    assert in_telephone(client, own, "/events/feed.ics") == in_telephone(client, "/events/feed.ics")
    assert in_telephone(client, own) == [(event.title, timezone.localtime(event.occurrences.first().starts_at))]


# The waiting list ---------------------------------------------------------------------------------
def test_a_raised_capacity_lets_the_waiting_list_move_up(event, row):
    fill(row, 5)
    event.capacity = 4
    event.save_revision().publish()
    assert [each.status for each in Registration.objects.order_by("pk")] == ["registered"] * 4 + ["waiting"]
    assert Email.objects.filter(to__in=["2@example.org", "3@example.org"]).count() == 4
    row.refresh_from_db()
    assert (row.capacity, row.taken) == (4, 4)


def test_a_lowered_capacity_takes_no_place_away(event, row):
    fill(row, 2)
    event.capacity = 1
    event.save_revision().publish()
    row.refresh_from_db()
    assert (row.capacity, row.taken) == (2, 2)
    assert registration_create(occurrence=row.pk, name="后来", mobile="13700000000").status == "waiting"


def test_a_group_that_does_not_fit_holds_the_next_ones_back(make_event):
    row = make_event(takes_registrations=True, capacity=3, group_size=3).occurrences.first()
    first = registration_create(occurrence=row.pk, name="甲", mobile="13700000001", places=2)
    family = registration_create(occurrence=row.pk, name="乙", mobile="13700000002", places=3)
    single = registration_create(occurrence=row.pk, name="丙", mobile="13700000003")
    assert (family.status, single.status) == ("waiting", "waiting")
    registration_cancel(registration=family)
    single.refresh_from_db()
    assert single.status == "registered"
    registration_cancel(registration=first)
    row.refresh_from_db()
    assert row.taken == 1


def test_the_venue_notes_a_call_outside_the_period_but_not_after_the_start(make_event, monday):
    row = make_event(takes_registrations=True, capacity=3).occurrences.first()
    monday.move_to(at(11, 24, 19))
    with pytest.raises(ValidationError):
        registration_create(occurrence=row.pk, name="甲", mobile="13700000001")
    registration_create(occurrence=row.pk, name="甲", mobile="13700000001", by_venue=True)
    monday.move_to(at(11, 24, 19, 30))
    with pytest.raises(ValidationError):
        registration_create(occurrence=row.pk, name="乙", mobile="13700000002", by_venue=True)


def test_registering_asks_a_constant_number_of_queries(row, event, django_assert_num_queries, make_event):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as few:
        registration_create(occurrence=row.pk, name="甲", mobile="13700000001")
    event.capacity = 100
    event.save_revision().publish()
    fill(row, 40)
    with django_assert_num_queries(len(few)):
        registration_create(occurrence=row.pk, name="乙", mobile="13700000002")


def test_times_are_bounded_by_the_form(make_event):
    event = make_event(starts=time(19), ends=time(20), opens_days_before=1, takes_registrations=True)
    opens, closes = event.occurrences.first().registration_window
    assert closes - opens == timedelta(hours=23)
