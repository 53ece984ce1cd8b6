"""Secondments: both directions from nomination to appraisal, the guards, the effects, the clock."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied

from network.models import Appointment, Post, Venue
from network.permissions import edits_venue, has_duty, heads_line
from network.services import appointments_end_due
from workflows.core.agreement import disagreements
from workflows.core.selectors import inbox_of
from workflows.secondments import permissions
from workflows.secondments.models import Secondment

from ..world import act, appoint, item
from .posting import appointed, day, fresh, hold, nominate, on, problem, refused, reviewed, until_appointment

pytestmark = pytest.mark.django_db


# Both directions ----------------------------------------------------------------------------------
def test_down_from_nomination_to_appraisal(staffed, clock):
    case = appointed(staffed)
    assert (case.appointment.post.title, case.appointment.basis) == (Post.Title.DEPUTY_BRANCH_HEAD, "secondment")
    assert (case.appointment.since, case.appointment.until) == (day(0), day(180))
    assert case.home_later.since == day(181)
    act(case, staffed.lib1, "handed_over", handover_on=day(0), handover_note="钥匙、账目")
    assert (item(case).node, item(case).due_on) == ("midterm_view", day(90))
    refused(case, staffed.lib1, "said", view_grade="excellent", view="x")
    refused(case, staffed.elsewhere, "said", view_grade="excellent", view="x")
    act(case, staffed.town, "said", view_grade="excellent", view="群众反映好")
    assert item(case).due_on == day(90)
    act(case, staffed.lib1, "reviewed", midterm_grade="competent", midterm_text="进展顺利")
    assert item(case).due_on == day(150)
    on(clock, case.last_day)
    act(case, staffed.lib2, "return")
    act(case, staffed.town2, "said", view_grade="competent", view="完成任务")
    act(case, staffed.lib2, "appraised", appraisal_grade="excellent", appraisal_text="优秀")
    case = fresh(case)
    assert (case.state, case.appraisal_grade) == ("done", "excellent")
    assert (case.midterm_view_grade, case.final_view_grade, case.final_view) == ("excellent", "competent", "完成任务")
    assert disagreements() == []


def test_up_from_nomination_to_appraisal(staffed, clock):
    case = appointed(staffed, "up")
    assert (case.venue, case.township) == (staffed.library, staffed.township)
    assert case.appointment.post.title == Post.Title.TRAINEE
    assert (case.mentor, case.study_plan) == (staffed.lib3, "编目、活动策划")
    act(case, staffed.lib1, "handed_over", handover_on=day(0), handover_note="工作已交接")
    act(case, staffed.lib1, "reviewed", midterm_grade="competent", midterm_text="好")
    act(case, staffed.lib1, "return")
    refused(case, staffed.lib1, "reported", report="not theirs")
    on(clock, day(130))
    act(case, staffed.junior, "reported", report="学到了编目")
    on(clock, case.last_day)
    act(case, staffed.lib1, "appraised", appraisal_grade="competent", appraisal_text="合格")
    assert fresh(case).state == "done"


def test_nobody_is_appraised_before_the_term_is_over(staffed, clock):
    case = reviewed(staffed)
    act(case, staffed.lib1, "return")
    on(clock, day(130))
    act(case, staffed.town, "said", view_grade="competent", view="完成任务")
    assert item(case).due_on == day(71)
    problem(
        lambda: act(case, staffed.lib1, "appraised", appraisal_grade="competent", appraisal_text="合格"), "decision"
    )
    assert permissions.keeps_log(staffed.able, fresh(case))


# Refusals -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last_day": None}, "last_day"),
        ({"first_day": date(2026, 5, 2), "last_day": date(2026, 5, 1)}, "last_day"),
        ({"first_day": date(2026, 3, 1)}, "first_day"),
        ({"last_day": date(2206, 3, 2)}, "last_day"),
        ({"cover_plan": "  "}, "cover_plan"),
        ({"need": " "}, "need"),
    ],
)
def test_nomination_is_refused_beside_the_field(staffed, change, field):
    problem(lambda: nominate(staffed, **change), field)
    assert not Secondment.objects.exists()


def test_nomination_needs_a_person_of_the_sending_side_and_a_fitting_venue(staffed):
    problem(lambda: nominate(staffed, person=staffed.junior), "person")
    problem(lambda: nominate(staffed, "up", person=staffed.able), "person")
    problem(lambda: nominate(staffed, venue=staffed.library), "venue")
    problem(lambda: nominate(staffed, venue=None), "venue")
    Venue.objects.filter(pk=staffed.branch.pk).update(status="suspended")
    staffed.branch.refresh_from_db()
    problem(lambda: nominate(staffed), "venue")


def test_deactivated_person_is_refused(staffed):
    staffed.able.is_active = False
    staffed.able.save()
    problem(lambda: nominate(staffed), "person")


def test_nobody_nominates_themselves(staffed):
    problem(lambda: nominate(staffed, by=staffed.able), "person")


@pytest.mark.parametrize(
    ("direction", "name"), [("down", "cul1"), ("down", "chief"), ("up", "lib1"), ("up", "elsewhere")]
)
def test_only_the_sending_side_nominates(staffed, direction, name):
    with pytest.raises(PermissionDenied):
        nominate(staffed, direction, by=getattr(staffed, name))


def test_nobody_else_consents_and_declining_ends_it(staffed):
    case = nominate(staffed)
    refused(case, staffed.lib1, "agree")
    refused(case, staffed.bureau1, "agree")
    refused(case, staffed.admin, "agree")
    act(case, staffed.able, "decline", reason="家中有事")
    assert fresh(case).state == "refused"


def test_nobody_approves_their_own_posting(staffed):
    staffed.able.groups.add(staffed.bureau1.groups.get())
    staffed.lib1.groups.add(staffed.bureau1.groups.get())
    case = nominate(staffed)
    act(case, staffed.able, "agree")
    act(case, staffed.town, "support")
    refused(case, staffed.able, "approve")  # is sent
    refused(case, staffed.lib1, "approve")  # nominated
    assert not inbox_of(staffed.able).waiting.filter(case=case).exists()
    act(case, staffed.bureau1, "approve")
    refused(case, staffed.able, "appoint")  # of the head, but about themselves


def test_refusal_by_the_bureau_changes_no_post(staffed):
    case = nominate(staffed)
    act(case, staffed.able, "agree")
    act(case, staffed.town, "object", reason="时机不好")
    act(case, staffed.bureau1, "refuse", reason="乡镇不同意")
    assert fresh(case).state == "refused"
    assert not Appointment.objects.filter(basis="secondment").exists()


def test_trainee_needs_a_mentor_of_the_head_and_a_plan(staffed):
    case = nominate(staffed, "up")
    act(case, staffed.junior, "agree")
    for data, field in (
        ({"mentor": None, "study_plan": "x"}, "mentor"),
        ({"mentor": staffed.cul1, "study_plan": "x"}, "mentor"),
        ({"mentor": staffed.lib3, "study_plan": " "}, "study_plan"),
    ):
        problem(lambda data=data: act(case, staffed.lib2, "accept", **data), field)
    act(case, staffed.lib2, "decline", reason="暂无名额")
    assert fresh(case).state == "refused"


# Overlaps -----------------------------------------------------------------------------------------
def test_a_person_s_terms_do_not_overlap(staffed):
    appointed(staffed)
    other = nominate(staffed, first_day=day(182), last_day=day(200))
    assert other.first_day == day(182)
    problem(lambda: nominate(staffed, first_day=day(180), last_day=day(181)), "person", "venue")


def test_one_deputy_a_branch_and_line(staffed):
    hold(staffed, "able2", staffed.library, Post.Title.HEAD_STAFF)
    hold(staffed, "singer", staffed.culture, Post.Title.HEAD_STAFF)
    first, second = nominate(staffed, last_day=day(20)), nominate(staffed, person=staffed.able2)
    until_appointment(staffed, first)
    until_appointment(staffed, second)
    act(first, staffed.lib1, "appoint")
    problem(lambda: act(second, staffed.lib1, "appoint"), "venue")
    assert Appointment.objects.filter(person=staffed.able2).count() == 1  # all or nothing
    other_line = nominate(staffed, by=staffed.cul1, person=staffed.singer, line="culture")
    assert other_line.culture
    act(second, staffed.lib1, "appoint", first_day=day(21), last_day=day(201))
    assert fresh(second).standing


def test_appointment_is_not_longer_than_approved_and_not_backwards(staffed, clock):
    case = until_appointment(staffed, nominate(staffed))
    problem(lambda: act(case, staffed.lib1, "appoint", first_day=day(0), last_day=day(181)), "last_day")
    problem(lambda: act(case, staffed.lib1, "appoint", first_day=day(0), last_day=None), "last_day")
    on(clock, day(3))
    problem(lambda: act(case, staffed.lib1, "appoint"), "first_day")
    act(case, staffed.lib1, "appoint", first_day=day(0), last_day=day(100))


def test_a_person_deactivated_after_the_approval_is_not_appointed(staffed):
    case = until_appointment(staffed, nominate(staffed))
    staffed.able.is_active = False
    staffed.able.save()
    problem(lambda: act(case, staffed.lib1, "appoint"), "person")
    act(case, staffed.lib1, "abandon", reason="离职")
    assert fresh(case).state == "refused"


def test_a_branch_closed_after_the_approval_gets_nobody(staffed):
    case = until_appointment(staffed, nominate(staffed))
    Venue.objects.filter(pk=staffed.branch.pk).update(status="closed")
    problem(lambda: act(case, staffed.lib1, "appoint"), "venue")


# Rights and the clock -----------------------------------------------------------------------------
def test_rights_appear_and_vanish_with_the_clock_and_no_job(staffed, clock):
    case = appointed(staffed, first_day=day(10), last_day=date(2028, 2, 29))
    first = case.first_day
    assert heads_line(staffed.able) == {"library"}
    assert not edits_venue(staffed.able, staffed.branch) or heads_line(staffed.able)
    on(clock, first)
    assert heads_line(staffed.able) == set()  # the home post is suspended
    assert edits_venue(staffed.able, staffed.branch)
    on(clock, date(2028, 2, 29))
    assert edits_venue(staffed.able, staffed.branch)
    clock.move_to(datetime(2028, 2, 29, 16, 1, tzinfo=UTC))  # one minute past midnight in the county
    assert heads_line(staffed.able) == {"library"}
    assert not Appointment.objects.on(date(2028, 3, 1)).filter(post=case.appointment.post).exists()
    assert appointments_end_due() >= 1  # the job only tidies up
    assert heads_line(staffed.able) == {"library"}


def test_a_trainee_s_rights_at_the_head_end_with_the_term(staffed, clock):
    case = appointed(staffed, "up")
    assert heads_line(staffed.junior) == {"library"}
    on(clock, case.last_day + timedelta(days=1))
    assert heads_line(staffed.junior) == set()
    assert edits_venue(staffed.junior, staffed.branch)


def test_part_time_leaves_the_home_post(staffed):
    case = appointed(staffed, full_time=False, cover_plan="")
    assert case.home_later is None
    assert heads_line(staffed.able) == {"library"}
    assert Appointment.objects.on(day(1)).filter(person=staffed.able).count() == 2


def test_somebody_covers_the_home_post_meanwhile(staffed):
    case = appointed(staffed)
    cover = appoint(staffed.idle, venue=staffed.branch)  # another post: only to have somebody real
    assert has_duty(staffed.idle)
    held = Appointment.objects.overlapping(case.first_day, case.last_day).filter(post=case.home)
    assert not held.exists()
    assert cover.post != case.home
