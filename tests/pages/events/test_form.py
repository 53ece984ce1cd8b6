"""The editor's form: every rule has its message beside its field, and a draft may be unfinished."""

from datetime import date

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from accounts.models import User
from pages.events.models import EventPage

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client, db):
    person = User.objects.create(name="管理员", is_superuser=True)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def filled(kind):
    """What the form sends for a dance class; `changes` are lines of changed dates."""

    def filled(*changes, **values):
        data = {
            "title": "左脚舞公益课",
            "slug": "",
            "kind": kind.pk,
            "line": "culture",
            "introduction": "零基础",
            "first_day": "2026-11-24",
            "starts": "19:30",
            "ends": "21:00",
            "repeat": "weekly",
            "repeat_every": "1",
            "repeat_on": ["TU", "SA"],
            "repeat_until": "2026-12-12",
            "group_size": "1",
            "opens_days_before": "30",
            "closes_hours_before": "1",
            "when_closed": "cancel",
            "body": streamfield([]),
            "changes": inline_formset(changes),
            "attachments": inline_formset([]),
            "comments": inline_formset([]),
        }
        data |= values
        days = data.pop("repeat_on")
        return nested_form_data(data) | {"repeat_on": days}

    return filled


@pytest.fixture
def add_url(branch_page):
    return reverse("wagtailadmin_pages:add", args=["events", "eventpage", branch_page.pk])


def publish(client, url, data):
    return client.post(url, data | {"action-publish": "1"})


def errors_of(response):
    """The errors of the page's form and of its lines, by field."""
    form = response.context["form"]
    found = dict(form.errors)
    for line in form.formsets["changes"].forms:
        found |= line.errors
    return found


def test_a_weekly_event_is_published_and_its_dates_made(editor, add_url, filled, local_times):
    moved = {
        "day": "2026-12-01",
        "change": "moved",
        "new_day": "2026-12-02",
        "new_starts": "",
        "new_ends": "",
        "reason": "让路",
    }
    response = publish(editor, add_url, filled(moved))
    assert response.status_code == 302
    event = EventPage.objects.get()
    assert event.repeat_on == "TU,SA"
    assert local_times(event.occurrences.all())[2] == "12-02 19:30 moved"
    page = editor.get(reverse("wagtailadmin_pages:edit", args=[event.pk]))
    assert page.content.decode().count('name="repeat_on"') == 7
    assert 'value="TU" id="id_repeat_on_1" checked' in page.content.decode()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"starts": ""}, "starts"),
        ({"ends": ""}, "ends"),
        ({"first_day": ""}, "first_day"),
        ({"first_day": "9999-12-31", "repeat": ""}, "first_day"),
        ({"first_day": "0001-01-01", "repeat": ""}, "first_day"),
        ({"last_day": "9999-12-31", "repeat": ""}, "last_day"),
        ({"last_day": "2027-11-25", "repeat": ""}, "last_day"),  # 367 days
        ({"last_day": "2026-11-23"}, "last_day"),
        ({"last_day": "2026-11-24", "ends": "19:30", "repeat": ""}, None),
        ({"repeat_until": ""}, "repeat_until"),
        ({"repeat_until": "2026-11-23"}, "repeat_until"),
        ({"repeat": "daily", "repeat_until": "2032-11-23"}, "repeat"),
        ({"repeat": "custom"}, "repeat"),
        ({"repeat_on": ["SA"]}, "first_day"),
        ({"repeat_on": ["XX"]}, "repeat_on"),
        ({"repeat_every": "0"}, "repeat_every"),
        ({"repeat_every": "99999999999999999999"}, "repeat_every"),
        ({"capacity": "0"}, "capacity"),
        ({"group_size": "51"}, "group_size"),
        ({"cancelled": "on"}, "cancel_reason"),
        ({"introduction": ""}, "introduction"),
        ({"kind": ""}, "kind"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(editor, add_url, filled, values, field):
    response = publish(editor, add_url, filled(**values))
    if field is None:
        assert response.status_code == 302
    else:
        assert response.status_code == 200
        assert errors_of(response).keys() == {field}
        assert not EventPage.objects.exists()


LINE = {"new_day": "", "new_starts": "", "new_ends": "", "reason": ""}


@pytest.mark.parametrize(
    ("lines", "field"),
    [
        ([{"day": "2026-11-25", "change": "cancelled", "reason": "x"}], "day"),
        ([{"day": "2026-11-24", "change": "extra"}], "day"),
        ([{"day": "2026-11-28", "change": "left_out"}, {"day": "2026-11-28", "change": "left_out"}], "__all__"),
        ([{"day": "2026-11-28", "change": "cancelled"}], "reason"),
        ([{"day": "2026-11-28", "change": "moved", "reason": "x"}], "new_day"),
        ([{"day": "2026-11-28", "change": "moved", "reason": "x", "new_day": "9999-12-31"}], "new_day"),
    ],
)
def test_changed_dates_are_dates_of_the_event(editor, add_url, filled, lines, field):
    response = publish(editor, add_url, filled(*(LINE | line for line in lines)))
    assert response.status_code == 200
    assert errors_of(response).keys() == {field}


def test_an_all_day_event_moved_to_an_hour_says_when_it_ends(editor, add_url, filled):
    line = LINE | {"day": "2026-11-28", "change": "moved", "reason": "x", "new_starts": "09:00"}
    response = publish(editor, add_url, filled(line, all_day="on", starts="", ends=""))
    assert errors_of(response).keys() == {"new_ends"}
    response = publish(editor, add_url, filled(line | {"new_ends": "11:00"}, all_day="on", starts="", ends=""))
    assert response.status_code == 302


def test_a_draft_may_be_unfinished(editor, add_url, filled):
    missing = {"starts": "", "ends": "", "repeat_until": "", "introduction": "", "cancelled": "on"}
    assert editor.post(add_url, filled(**missing)).status_code == 302
    event = EventPage.objects.get()
    assert not event.live
    url = reverse("wagtailadmin_pages:edit", args=[event.pk])
    response = publish(editor, url, filled(**missing))
    assert errors_of(response).keys() >= {"starts", "ends", "introduction"}
    event.refresh_from_db()
    assert not event.live


def test_an_imported_rule_is_shown_and_kept(editor, branch_page, kind, filled):
    rule = "FREQ=MONTHLY;BYMONTHDAY=1,15"
    event = EventPage(title="集市", kind=kind, introduction="x", repeat="custom", rule=rule, live=False)
    event.first_day, event.repeat_until, event.all_day = date(2026, 12, 1), date(2027, 1, 31), True
    branch_page.add_child(instance=event)
    event.save_revision()
    url = reverse("wagtailadmin_pages:edit", args=[event.pk])
    assert rule in editor.get(url).content.decode()
    values = {"repeat": "custom", "first_day": "2026-12-01", "repeat_on": [], "repeat_until": "2027-01-31"}
    assert publish(editor, url, filled(**values, rule="FREQ=DAILY")).status_code == 302
    event.refresh_from_db()
    assert event.rule == rule
    assert event.occurrences.count() == 4


def test_the_page_itself_refuses_what_goes_round_the_form(make_event):
    from django.core.exceptions import ValidationError

    for fields in ({"starts": None}, {"repeat_until": None}, {"last_day": "2026-01-01"}):
        with pytest.raises((ValidationError, TypeError)):
            make_event(**fields)
