"""How far an appointment may leave the approved term, and from when on a term is reported on."""

from datetime import UTC, date, datetime

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.urls import reverse

from common.report import Report
from network.models import Post
from network.services import venue_change_status
from workflows.core.agreement import disagreements
from workflows.secondments.loading import load
from workflows.secondments.models import SecondmentSettings
from workflows.secondments.presentation import facts

from ..world import act, item
from .posting import add_staff, appointed, day, fresh, hold, nominate, reviewed, until_appointment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(datetime(2026, 3, 2, 4, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def staffed(world, clock):
    return add_staff(world)


def on(clock, when):
    clock.move_to(datetime(when.year, when.month, when.day, 4, tzinfo=UTC))


def problem(call, field):
    with pytest.raises(ValidationError) as error:
        call()
    assert set(error.value.message_dict) == {field}, error.value.message_dict
    return " ".join(error.value.message_dict[field])


def approved(world, **term):
    """Approved on 2 March 2026, for 1 May to 31 August unless another term is given."""
    term = {"first_day": date(2026, 5, 1), "last_day": date(2026, 8, 31)} | term
    return until_appointment(world, nominate(world, **term))


def try_term(world, case, first, last):
    return lambda: act(case, world.lib1, "appoint", first_day=first, last_day=last)


# The appointment ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 5, 1), date(2026, 8, 31)),
        (date(2026, 4, 1), date(2026, 8, 1)),  # thirty days earlier, the end with it
        (date(2026, 5, 31), date(2026, 9, 30)),  # thirty days later
        (date(2026, 5, 31), date(2026, 8, 31)),  # shorter
    ],
)
def test_the_term_moves_within_the_county_s_days(staffed, first, last):
    case = approved(staffed)
    try_term(staffed, case, first, last)()
    case = fresh(case)
    assert (case.first_day, case.last_day) == (first, last)
    assert (case.approved_first_day, case.approved_last_day) == (date(2026, 5, 1), date(2026, 8, 31))
    assert disagreements() == []


@pytest.mark.parametrize(
    ("first", "last", "field"),
    [
        (date(2026, 3, 31), date(2026, 7, 1), "first_day"),
        (date(2026, 6, 1), date(2026, 8, 31), "first_day"),
        (date(2026, 5, 1), date(2026, 9, 1), "last_day"),
        (date(2026, 4, 1), date(2026, 8, 2), "last_day"),  # the end does not stay when the start comes earlier
        (date(2026, 5, 31), date(2026, 10, 1), "last_day"),
        (date(2026, 5, 2), date(2026, 5, 1), "last_day"),
        (None, date(2026, 5, 1), "first_day"),
    ],
)
def test_beyond_them_it_is_refused_beside_the_field(staffed, first, last, field):
    case = approved(staffed)
    problem(try_term(staffed, case, first, last), field)
    assert not fresh(case).standing


def test_not_before_the_approval(staffed, clock):
    case = nominate(staffed, first_day=day(5), last_day=day(100))
    on(clock, day(2))
    case = until_appointment(staffed, case)
    text = problem(try_term(staffed, case, date(2026, 3, 3), date(2026, 5, 1)), "first_day")
    assert "2026年3月4日" in text  # the day of the approval is the first that is possible
    try_term(staffed, case, date(2026, 3, 4), date(2026, 5, 1))()


def test_the_days_are_the_county_s_to_set(staffed):
    SecondmentSettings.objects.update_or_create(defaults={"shift_days": 0})
    case = approved(staffed)
    problem(try_term(staffed, case, date(2026, 5, 2), date(2026, 8, 31)), "first_day")
    try_term(staffed, case, date(2026, 5, 1), date(2026, 8, 31))()


def test_too_late_it_is_given_up_and_nominated_anew(staffed, clock):
    case = approved(staffed)
    on(clock, date(2026, 6, 1))
    assert "2026年5月31日" in problem(try_term(staffed, case, date(2026, 6, 1), date(2026, 8, 31)), "first_day")
    act(case, staffed.lib1, "abandon", reason="错过任职期限")
    assert fresh(case).state == "refused"


def test_overlaps_are_asked_again_for_the_term_that_moved(staffed):
    hold(staffed, "able2", staffed.library, Post.Title.HEAD_STAFF)
    appointed(staffed, person=staffed.able2, first_day=date(2026, 9, 1), last_day=date(2026, 12, 31))
    case = approved(staffed)
    problem(try_term(staffed, case, date(2026, 5, 2), date(2026, 9, 1)), "venue")


def test_taken_back_and_appointed_again_the_term_does_not_wander(staffed):
    case = approved(staffed)
    try_term(staffed, case, date(2026, 5, 31), date(2026, 9, 30))()
    for status in ("closed", "preparing", "open"):
        venue_change_status(venue=staffed.branch, status=status, by=None, reason="改造")
    case = fresh(case)
    assert (case.standing, item(case).node) == (False, "appoint")
    problem(try_term(staffed, case, date(2026, 6, 1), date(2026, 9, 30)), "first_day")
    try_term(staffed, case, date(2026, 5, 1), date(2026, 8, 31))()


def test_the_form_says_it_beside_the_field_and_keeps_what_was_typed(staffed, client):
    case = approved(staffed)
    client.force_login(staffed.lib1)
    step = reverse("workflows_step", args=[item(case).pk])
    sent = {"first_day": "2026-06-01", "last_day": "2026-08-31", "reason": "延后"}
    page = client.post(step, sent | {"decision": "appoint"})
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"first_day"})
    assert "延后" in page.content.decode()
    assert client.post(step, sent | {"decision": "abandon"}).status_code == 302  # giving up asks for no term
    assert fresh(case).state == "refused"


# The end in sight ---------------------------------------------------------------------------------
def ended(world, direction="down", **more):
    """The head decided early that the person returns on the last day, 180 days from now."""
    case = reviewed(world, direction, **more)
    act(case, world.lib1, "return")
    return fresh(case)


def test_the_township_s_view_waits_for_the_end_of_the_term(staffed, clock, client):
    case = ended(staffed)
    assert item(case).due_on == day(120 + 14)
    say = {"view_grade": "competent", "view": "完成任务"}
    assert "2026年6月30日" in problem(lambda: act(case, staffed.town, "said", **say), "view")
    client.force_login(staffed.town)
    step = reverse("workflows_step", args=[item(case).pk])
    assert "2026年6月30日" in client.get(step).content.decode()
    page = client.post(step, {"decision": "said", **say})
    assert (page.status_code, set(page.context["form"].errors)) == (422, {"view"})
    assert "完成任务" in page.content.decode()
    on(clock, day(119))
    problem(lambda: act(case, staffed.town, "said", **say), "view")
    on(clock, day(1))
    act(case, staffed.town, "said", **say)
    assert item(case).node == "appraisal"


def test_the_trainee_s_report_waits_too(staffed, clock):
    case = ended(staffed, "up")
    problem(lambda: act(case, staffed.junior, "reported", report="学到了编目"), "report")
    on(clock, day(120))
    act(case, staffed.junior, "reported", report="学到了编目")
    assert item(case).node == "appraisal"


def test_a_short_term_and_an_early_return_are_reported_on_at_once(staffed):
    case = ended(staffed, last_day=day(59))
    act(case, staffed.town, "said", view_grade="competent", view="完成任务")


def test_an_early_return_moves_the_window(staffed):
    case = reviewed(staffed)
    act(case, staffed.lib1, "return", until=day(30))
    act(case, staffed.town, "said", view_grade="competent", view="完成任务")
    assert item(case).node == "appraisal"


def test_the_window_is_the_county_s_to_set(staffed):
    SecondmentSettings.objects.update_or_create(defaults={"final_days": 366})
    act(ended(staffed), staffed.town, "said", view_grade="competent", view="完成任务")


def test_a_leap_day_counts(staffed, clock):
    on(clock, date(2027, 11, 1))
    case = reviewed(staffed, last_day=date(2028, 3, 30))
    act(case, staffed.lib1, "return")
    on(clock, date(2028, 1, 29))
    problem(lambda: act(case, staffed.town, "said", view_grade="competent", view="好"), "view")
    on(clock, date(2028, 1, 30))  # sixty days before, the 29th of February among them
    act(case, staffed.town, "said", view_grade="competent", view="好")


# Who may set it -----------------------------------------------------------------------------------
def test_the_bureau_sets_the_figures_and_nobody_else(staffed, client):
    load(None, Report())
    url = reverse("wagtailsettings:edit", args=["secondments", "secondmentsettings", SecondmentSettings.load().pk])
    client.force_login(staffed.bureau1)
    assert client.post(url, {"shift_days": "10", "final_days": "45"}).status_code == 302
    assert SecondmentSettings.load().final_days == 45
    assert client.post(url, {"shift_days": "367", "final_days": "0"}).status_code == 200
    assert SecondmentSettings.load().shift_days == 10
    for name in ("lib1", "town", "chief"):
        client.force_login(getattr(staffed, name))
        assert client.get(url).status_code in (302, 403)


def test_the_term_that_was_approved_is_shown_where_it_moved(staffed):
    case = approved(staffed)
    try_term(staffed, case, date(2026, 5, 11), date(2026, 8, 31))()
    shown = [value for _title, pairs in facts(fresh(case)) for _label, value in pairs]
    assert "2026年5月1日 – 2026年8月31日" in shown
