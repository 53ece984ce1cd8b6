"""The back office's events: who sees what, and that nothing is lost, doubled or shown to others."""

import csv
import datetime as dt
from io import BytesIO, StringIO

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry, Site

from accounts.models import User
from network.models import Appointment, Office, Post, Venue
from pages.events.models import EventChange, EventIndexPage, EventPage, Registration
from pages.events.office.tables import safe_cell
from pages.events.registering import attendance_record, registration_create
from pages.events.schedule import ZONE
from pages.venues.services import editor_groups_ensure
from tests.county import DATA

pytestmark = pytest.mark.django_db
CALL = {"name": "李秀英", "mobile": "13800138000", "consent": "on"}


def make_person(name, at=None, **fields):
    person = User.objects.create(name=name, **fields)
    if at is not None:
        post = Post.objects.create(**{"venue" if isinstance(at, Venue) else "office": at}, title=Post.Title.OFFICIAL)
        Appointment.objects.create(post=post, person=person, since=dt.date(2026, 1, 1))
    return person


@pytest.fixture
def people(branch_page):
    """One person a role; `own` works at the venue of the event, `other` at another branch."""
    branch = branch_page.venue
    editor_groups_ensure(venues=[branch])
    bureau = make_person("局里人")
    bureau.groups.add(Group.objects.get(name="bureau"))
    return {
        "own": make_person("分馆人", at=branch),
        "other": make_person("别馆人", at=Venue.objects.filter(tier="branch").exclude(pk=branch.pk).first()),
        "point": make_person("村里人", at=branch.points.first()),
        "head": make_person("馆员", at=Venue.objects.get(kind=Venue.Kind.COUNTY_LIBRARY)),
        "township": make_person("镇里人", at=Office.objects.filter(kind="township").first()),
        "bureau": bureau,
        "administrator": make_person("管理员", is_superuser=True),
        "member": make_person("读者"),
    }


@pytest.fixture
def event(make_event, people):
    return make_event(takes_registrations=True, capacity=2, group_size=3)


@pytest.fixture
def row(event):
    return event.occurrences.first()


def register(row, number, **more):
    return registration_create(occurrence=row.pk, name=f"人{number}", mobile=f"1390000{number:04}", **more)


# Who may what -------------------------------------------------------------------------------------
SEES = {"own": 200, "head": 200, "bureau": 200, "administrator": 200, "other": 404, "point": 404}


@pytest.mark.parametrize("name", ["events_occurrence", "events_add", "events_check_in", "events_list_csv"])
def test_registrations_are_for_those_who_keep_the_venue(sign_in, row, name):
    register(row, 1)
    url = reverse(name, args=[row.pk])
    for role, status in SEES.items():
        assert sign_in(role).get(url).status_code == status, role
    for role in ("township", "member"):  # Wagtail sends them away with a message, or to sign in
        assert sign_in(role).get(url).status_code == 302, role
    sign_in("own").logout()
    assert "/login/" in sign_in("own").get(url).headers.get("Location", "/login/")


@pytest.mark.parametrize("name", ["events_week", "events_numbers", "events_import"])
def test_overviews_are_for_those_who_keep_some_venue(sign_in, name):
    for role in ("own", "other", "point", "head", "bureau", "administrator"):
        assert sign_in(role).get(reverse(name)).status_code == 200, role
    for role in ("township", "member"):
        assert sign_in(role).get(reverse(name)).status_code == 302, role


def test_writing_is_refused_to_others_and_changes_nothing(sign_in, row):
    registration = register(row, 1)
    posts = [
        (reverse("events_add", args=[row.pk]), CALL),
        (reverse("events_cancel", args=[row.pk, registration.pk]), {}),
        (reverse("events_check_in", args=[row.pk]), {"registration": registration.pk, "came": "1"}),
        (reverse("events_duplicate", args=[row.event_id]), {}),
    ]
    for role in ("other", "point", "township", "member"):
        for url, data in posts:
            assert sign_in(role).post(url, data).status_code in (302, 404), (role, url)
    registration.refresh_from_db()
    assert registration.status == "registered"
    assert Registration.objects.count() == EventPage.objects.count() == 1


def test_a_registration_of_another_date_is_not_found(sign_in, event, row):
    registration = register(event.occurrences.last(), 1)
    wrong = reverse("events_cancel", args=[row.pk, registration.pk])
    assert sign_in("own").post(wrong).status_code == sign_in("own").get(wrong).status_code == 404
    for number in (registration.pk, "x", "9" * 30, ""):
        response = sign_in("own").post(reverse("events_check_in", args=[row.pk]), {"registration": number, "came": "1"})
        assert response.status_code == 404


def test_the_menu_shows_events_to_those_who_keep_them(sign_in, event):
    assert reverse("events_week") in sign_in("own").get("/admin/").content.decode()
    assert reverse("events_week") not in sign_in("township").get("/admin/").content.decode()


# The week -----------------------------------------------------------------------------------------
def test_the_week_shows_my_venues_events_only(sign_in, event):
    assert event.title in sign_in("own").get(reverse("events_week")).content.decode()
    assert event.title not in sign_in("other").get(reverse("events_week")).content.decode()
    assert event.title not in sign_in("own").get(reverse("events_week"), {"day": "2027-03-01"}).content.decode()


@pytest.mark.parametrize("query", ["day=x", "day=2026-02-31", "day=0001-01-01", "day=9999-12-31", "venue=x", "venue=0"])
def test_a_malformed_week_is_this_week(sign_in, event, query):
    response = sign_in("bureau").get(f"{reverse('events_week')}?{query}")
    assert response.status_code == 200
    assert event.title in response.content.decode()


def test_the_week_filters_by_venue_and_lists_drafts(sign_in, event, people):
    event.unpublish()
    content = sign_in("bureau").get(reverse("events_week")).content.decode()
    assert reverse("wagtailadmin_pages:edit", args=[event.pk]) in content
    other = Venue.objects.filter(tier="branch").exclude(pk=event.venue_id).first()
    assert event.title not in sign_in("bureau").get(reverse("events_week"), {"venue": other.pk}).content.decode()


def test_the_week_leads_to_the_poster_for_the_venues_door(sign_in, event):
    week = sign_in("own").get(reverse("events_week"), {"day": "2026-12-07"})
    assert week.context["poster_url"] == ""
    Site.objects.get().root_page.add_child(instance=EventIndexPage(title="活动", slug="events"))
    week = sign_in("own").get(reverse("events_week"), {"day": "2026-12-07"})
    address = f"/events/2026/12/poster/?venue={event.venue_id}"
    assert f'href="{address}"' in week.content.decode()
    assert event.title in sign_in("own").get(address).content.decode()


def test_an_empty_week_says_what_to_do(sign_in, event):
    week = sign_in("own").get(reverse("events_week"), {"day": "2026-02-02"}).content.decode()
    assert "本周没有活动" in week
    assert f"/add/events/eventpage/{event.get_parent().pk}/" in week


def test_the_week_asks_the_same_number_of_queries_at_two_sizes(sign_in, make_event, event):
    client = sign_in("own")
    client.get(reverse("events_week"))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse("events_week"))
    for number in range(4):
        make_event(title=f"课{number}", repeat="daily", repeat_on="")
    with CaptureQueriesContext(connection) as many:
        client.get(reverse("events_week"))
    assert len(many) == len(few)


# One date -----------------------------------------------------------------------------------------
def test_a_caller_is_registered_and_logged_without_a_name(sign_in, row):
    url = reverse("events_add", args=[row.pk])
    response = sign_in("own").post(url, CALL | {"places": "5"})
    assert response.context["form"].errors.keys() == {"places"}
    assert 'value="李秀英"' in response.content.decode()
    assert sign_in("own").post(url, CALL | {"places": "2"}).url == reverse("events_occurrence", args=[row.pk])
    assert Registration.objects.get().places == 2
    entry = ModelLogEntry.objects.get(action="events.registration_add")
    assert "李秀英" not in f"{entry.label}{entry.data}"
    response = sign_in("own").post(url, CALL | {"places": "1"})
    assert response.context["form"].errors.keys() == {"mobile"}


def test_cancelling_one_moves_the_next_one_up(sign_in, row):
    first, _second, third = (register(row, number) for number in range(3))
    for _ in range(2):
        sign_in("own").post(reverse("events_cancel", args=[row.pk, first.pk]))
    third.refresh_from_db()
    assert third.status == "registered"
    content = sign_in("own").get(reverse("events_occurrence", args=[row.pk])).content.decode()
    assert content.index("人1") < content.index("人2") < content.index("人0")


def confirmed(client, registration):
    """The page that asks whether to cancel `registration`, as words."""
    return client.get(reverse("events_cancel", args=[registration.occurrence_id, registration.pk])).content.decode()


def test_cancelling_asks_back_and_changes_nothing_yet(sign_in, row):
    first = register(row, 0, email="li@example.org")
    family, alone = register(row, 1, places=2, email="wang@example.org"), register(row, 2)
    page = confirmed(sign_in("own"), first)
    assert "确定取消人0的报名吗" in page
    assert "li@example.org" in page
    assert "人1" in page
    assert "人2" not in page  # two places are free, and the family takes both
    assert "没有候补人员递补" in confirmed(sign_in("own"), alone)
    assert "人2" in confirmed(sign_in("own"), family)  # who waits before is no longer in the way
    assert list(Registration.objects.values_list("status", flat=True)) == ["registered", "waiting", "waiting"]


def test_asking_back_says_who_has_to_be_called(sign_in, row, settings):
    first, second = register(row, 0, places=2), register(row, 1)
    settings.SMS_BACKEND = ""
    page = confirmed(sign_in("own"), first)
    assert "请打电话告知" in page
    assert f"tel:{second.mobile}" in page
    settings.SMS_BACKEND = "common.outbox.sms.ConsoleSms"
    assert f"会发短信到 {first.mobile}" in confirmed(sign_in("own"), first)


def test_what_is_cancelled_or_over_is_not_asked_about(sign_in, row, monday):
    first, second = register(row, 0), register(row, 1)
    url = reverse("events_cancel", args=[row.pk, first.pk])
    sign_in("own").post(url)
    assert sign_in("own").get(url).url == reverse("events_occurrence", args=[row.pk])
    monday.move_to(row.starts_at)
    late = reverse("events_cancel", args=[row.pk, second.pk])
    assert sign_in("own").get(late).status_code == sign_in("own").post(late).status_code == 302
    second.refresh_from_db()
    assert second.status == "registered"


# At the door --------------------------------------------------------------------------------------
def test_checking_in(sign_in, row, monday):
    people = [register(row, number) for number in range(2)]
    url = reverse("events_check_in", args=[row.pk])
    sign_in("own").post(url, {"registration": people[0].pk, "came": "1"})
    people[0].refresh_from_db()
    assert people[0].status == "registered"  # the day before
    sign_in("own").post(url, {"walk_ins": "3"})
    row.refresh_from_db()
    assert row.walk_ins == 0
    assert 'name="came"' not in sign_in("own").get(url).content.decode()
    monday.move_to(dt.datetime(2026, 11, 24, 19, 20, tzinfo=ZONE))
    client = sign_in("own")
    client.post(url, {"registration": people[0].pk, "came": "1"})
    client.post(url, {"absent": "1"})  # not over yet
    assert client.get(url).context["came"] == 1
    people[1].refresh_from_db()
    assert people[1].status == "registered"
    monday.move_to(dt.datetime(2026, 11, 24, 21, 5, tzinfo=ZONE))
    assert client.get(url).context["undecided"]
    client.post(url, {"absent": "1"})
    client.post(url, {"walk_ins": "7"})
    for bad in ("-1", "x", "", "9999999999"):
        assert client.post(url, {"walk_ins": bad}).status_code == 302
    row.refresh_from_db()
    assert row.walk_ins == 7
    assert list(Registration.objects.order_by("pk").values_list("status", flat=True)) == ["attended", "absent"]


def test_the_list_as_a_table_runs_nothing(sign_in, row):
    registration_create(occurrence=row.pk, name='=HYPERLINK("http://x")', mobile="13800138000", email="a@example.org")
    response = sign_in("own").get(reverse("events_list_csv", args=[row.pk]))
    table = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert table[1][0] == '\'=HYPERLINK("http://x")'
    assert "no-store" in response["Cache-Control"]
    assert ModelLogEntry.objects.filter(action="events.list_download").exists()


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " =", "＝"])
def test_cells_that_a_spreadsheet_would_run(start):
    assert safe_cell(f"{start}1+1") == f"'{start}1+1"
    assert safe_cell("李") == "李"
    assert safe_cell(-1) == -1


# Copies -------------------------------------------------------------------------------------------
def test_a_copy_is_a_draft_of_its_own(sign_in, event, row, people):
    event.changes = [EventChange(day=dt.date(2026, 11, 28), change="cancelled", reason="停电")]
    event.save_revision().publish()
    register(row, 1)
    assert sign_in("own").post(reverse("events_duplicate", args=[10**20])).status_code == 404
    response = sign_in("own").post(reverse("events_duplicate", args=[event.pk]))
    copy = EventPage.objects.exclude(pk=event.pk).get()
    assert response.url == reverse("wagtailadmin_pages:edit", args=[copy.pk])
    assert not copy.live
    assert copy.uid != event.uid
    assert copy.venue == event.venue
    assert not copy.changes.exists()
    assert not copy.occurrences.exists()
    sign_in("administrator").post(reverse("events_duplicate", args=[event.pk]))  # a second one finds another address
    assert EventPage.objects.count() == 3


def test_wagtails_own_copy_gets_an_identity_of_its_own(event):
    copy = event.copy(update_attrs={"slug": "kopie"}, keep_live=False)
    assert copy.uid != event.uid


# The year -----------------------------------------------------------------------------------------
def test_the_numbers_of_the_year(sign_in, make_event, row, monday):
    came, absent = register(row, 1, places=1), register(row, 2)
    register(row, 3)  # waits
    plain = make_event(title="讲座", line="library", repeat="", first_day=dt.date(2026, 11, 25))
    plain.occurrences.update(walk_ins=12)
    monday.move_to(dt.datetime(2026, 11, 29, 8, tzinfo=ZONE))
    attendance_record(registration=came, came=True)
    attendance_record(registration=absent, came=False)
    response = sign_in("bureau").get(reverse("events_numbers"), {"format": "csv", "year": "2026"})
    table = list(csv.reader(StringIO(response.content.decode("utf-8-sig"))))
    assert [line[2:] for line in table[1:]] == [
        ["1", "2", "2", "1", "1"],  # the dance class: two dates held, two places, one came
        ["1", "1", "0", "12", "0"],
        ["2", "3", "2", "13", "1"],
    ]
    assert len(sign_in("other").get(reverse("events_numbers")).context["rows"]) == 0
    for year in ("x", "1999", "99999", "-1"):
        assert sign_in("own").get(reverse("events_numbers"), {"year": year}).status_code == 200


# Import -------------------------------------------------------------------------------------------
def upload(client, name, **more):
    file = BytesIO((DATA / "ics" / name).read_bytes())
    file.name = name
    return client.post(reverse("events_import"), {"file": file} | more)


def test_an_editor_imports_below_the_own_venue(sign_in, branch_page, kind, people):
    response = upload(sign_in("own"), "google.ics", venue=branch_page.venue_id, kind=kind.pk, line="both")
    assert len(response.context["report"].taken) == 3
    assert EventPage.objects.child_of(branch_page).count() == 3
    assert set(EventPage.objects.values_list("owner", flat=True)) == {people["own"].pk}


def test_nobody_imports_below_another_venue(sign_in, branch_page, kind):
    response = upload(sign_in("other"), "google.ics", venue=branch_page.venue_id, kind=kind.pk, line="both")
    assert response.context["form"].errors.keys() == {"venue"}
    assert not EventPage.objects.exists()


def test_what_is_wrong_with_the_file_stands_beside_it(sign_in, branch_page, kind):
    file = BytesIO(b"%PDF")
    file.name = "x.ics"
    values = {"file": file, "venue": branch_page.venue_id, "kind": kind.pk, "line": "both"}
    response = sign_in("own").post(reverse("events_import"), values)
    assert response.context["form"].errors.keys() == {"file"}
    response = sign_in("own").post(reverse("events_import"), {"line": "nothing"})
    assert response.context["form"].errors.keys() == {"file", "venue", "kind", "line"}
