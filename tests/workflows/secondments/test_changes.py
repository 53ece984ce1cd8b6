"""A venue that leaves service, a person who is gone, in the middle of a secondment: nothing lost, somebody decides."""

import pytest
from django.urls import reverse

from network.models import Appointment, Post
from network.permissions import edits_venue, has_duty, heads_line
from network.services import appointment_create, appointments_end_deactivated, venue_change_status
from workflows.core.agreement import disagreements
from workflows.core.models import Decision, Notice
from workflows.core.services import case_move
from workflows.secondments import services
from workflows.secondments.models import Secondment

from ..world import act, item
from .posting import appointed, day, fresh, hold, nominate, on, problem, reviewed, state_need

pytestmark = pytest.mark.django_db


def change(world, status, by=None):
    venue_change_status(venue=world.branch, status=status, by=by or world.bureau1, reason="危房改造", with_points=True)
    world.branch.refresh_from_db()


def last_log(case):
    return Decision.objects.filter(case=case).order_by("pk").last()


# A venue ------------------------------------------------------------------------------------------
def test_closing_ends_the_posting_and_gives_the_home_post_back_that_day(staffed, clock):
    case = appointed(staffed)
    act(case, staffed.lib1, "handed_over", handover_on=day(0), handover_note="交接")
    on(clock, day(30))
    assert edits_venue(staffed.able, staffed.branch)
    change(staffed, "closed")
    case = fresh(case)
    assert (case.appointment.status, case.appointment.until, case.last_day) == ("ended", day(-1), day(-1))
    assert case.home_later.since == day(0)
    assert heads_line(staffed.able) == {"library"}
    assert not Appointment.objects.on(day(0)).filter(post=case.appointment.post).exists()
    assert item(case).node == "ending"
    log = last_log(case)
    assert (log.action, log.actor) == ("venue_left", staffed.bureau1)
    assert "危房改造" in log.reason
    told = set(Notice.objects.filter(case=case, kind="change").values_list("user__name", flat=True))
    assert {"able", "lib1", "bureau1"} <= told
    problem(lambda: act(case, staffed.lib1, "renew", reason="继续", until=day(400)), "decision")
    problem(lambda: act(case, staffed.lib1, "stay"), "decision")
    act(case, staffed.lib1, "return")
    act(case, staffed.town, "said", view_grade="competent", view="好")
    act(case, staffed.lib1, "appraised", appraisal_grade="competent", appraisal_text="好")
    assert fresh(case).state == "done"
    assert disagreements() == []


def test_closed_on_its_first_day_the_posting_ends_the_same_day(staffed):
    case = appointed(staffed)
    change(staffed, "closed")
    case = fresh(case)
    assert (case.appointment.status, case.last_day, case.home_later.since) == ("ended", day(0), day(0))
    assert heads_line(staffed.able) == {"library"}


def test_closing_before_the_term_begins_takes_the_appointment_back(staffed):
    case = appointed(staffed, first_day=day(10), last_day=day(100))
    home = Appointment.objects.get(person=staffed.able, post=case.home, resumes=None)
    assert home.until == day(9)
    change(staffed, "closed")
    case = fresh(case)
    assert (case.standing, case.appointment, case.home_later, item(case).node) == (False, None, None, "appoint")
    assert list(Appointment.objects.filter(person=staffed.able)) == [home]
    home.refresh_from_db()
    assert home.until is None
    problem(lambda: act(case, staffed.lib1, "appoint"), "venue")
    act(case, staffed.lib1, "abandon", reason="分馆已关闭")
    assert fresh(case).state == "refused"


def test_a_home_post_that_is_covered_stays_covered_and_the_log_says_so(staffed, clock):
    case = reviewed(staffed)
    hold(staffed, "cover", staffed.culture, Post.Title.HEAD_STAFF, full_time=False)
    cover = appointment_create(post=case.home, person=staffed.idle, since=day(1), until=day(180), by=None)
    on(clock, day(30))
    change(staffed, "closed")
    case = fresh(case)
    assert case.appointment.status == "ended"
    assert case.home_later.since > day(0)
    assert "idle" in last_log(case).reason
    problem(lambda: act(case, staffed.lib1, "return"), "until")
    from network.services import appointment_end

    appointment_end(appointment=cover, by=staffed.bureau1)
    on(clock, day(1))
    act(case, staffed.lib1, "return")
    assert fresh(case).home_later.since == day(0)


def test_suspended_the_posting_runs_on_and_the_head_decides(staffed):
    case = appointed(staffed)
    act(case, staffed.lib1, "handed_over", handover_on=day(0), handover_note="交接")
    change(staffed, "suspended")
    case = fresh(case)
    assert (case.appointment.status, item(case).node) == ("active", "ending")
    assert edits_venue(staffed.able, staffed.branch)
    problem(lambda: act(case, staffed.lib1, "stay"), "decision")  # nobody works at a venue that is shut
    change(staffed, "open")
    act(case, staffed.lib1, "stay")
    assert item(case).node == "midterm_view"
    assert disagreements() == []


def test_it_goes_on_where_it_was_also_before_the_handover(staffed):
    case = appointed(staffed)
    change(staffed, "suspended")
    change(staffed, "open")
    act(case, staffed.lib1, "stay")
    assert item(case).node == "handover"


def test_a_posting_that_came_to_its_end_by_itself_does_not_go_back(staffed):
    case = reviewed(staffed)
    problem(lambda: act(case, staffed.lib1, "stay"), "decision")


def test_the_end_is_due_soon_while_the_branch_is_shut_and_as_before_when_it_goes_on(staffed):
    case = reviewed(staffed)
    planned = item(case).due_on
    assert planned == day(150)
    change(staffed, "suspended")
    assert day(0) < item(case).due_on < day(45)
    change(staffed, "open")
    act(case, staffed.lib1, "stay")
    assert (item(case).node, item(case).due_on) == ("ending", planned)
    assert disagreements() == []


def test_suspended_and_then_closed_it_is_due_soon(staffed, clock):
    case = appointed(staffed)
    on(clock, day(20))
    change(staffed, "suspended")
    change(staffed, "closed")
    assert day(0) < item(case).due_on < day(45)


@pytest.mark.parametrize("status", ["closed", "suspended"])
def test_a_renewal_that_waits_for_the_bureau_is_dropped(staffed, clock, status):
    case = reviewed(staffed)
    act(case, staffed.lib1, "renew", reason="项目未完", until=day(240))
    on(clock, day(9))
    change(staffed, status)
    case = fresh(case)
    assert (item(case).node, case.renewal_until) == ("ending", None)


def test_on_its_way_the_case_waits_and_neither_approval_nor_appointment_is_possible(staffed):
    case = nominate(staffed)
    act(case, staffed.able, "agree")
    change(staffed, "closed")
    assert last_log(case).action == "venue_left"
    act(case, staffed.town, "object", reason="分馆已关闭")
    problem(lambda: act(case, staffed.bureau1, "approve"), "decision")
    act(case, staffed.bureau2, "refuse", reason="分馆已关闭")
    assert fresh(case).state == "refused"


def test_an_open_need_of_a_closed_branch_is_told_and_refused(staffed):
    case = state_need(staffed)
    change(staffed, "closed")
    data = {"person": staffed.able, "first_day": day(0), "last_day": day(9), "full_time": True, "cover_plan": "代管"}
    problem(lambda: act(case, staffed.lib1, "nominate", **data), "venue")
    act(case, staffed.lib1, "unmet", reason="分馆已关闭")


def test_the_home_branch_of_a_trainee_closing_is_told_and_changes_no_post(staffed):
    case = appointed(staffed, "up")
    change(staffed, "closed")
    assert fresh(case).appointment.status == "active"
    assert last_log(case).action == "venue_left"
    assert Notice.objects.filter(case=case, kind="change", user=staffed.bureau1).exists()


def test_the_system_may_close_a_venue_too(staffed):
    case = appointed(staffed)
    venue_change_status(venue=staffed.branch, status="closed", by=None, reason="撤并", with_points=True)
    assert last_log(case).actor is None


def test_a_posting_that_is_over_is_left_alone(staffed):
    case = reviewed(staffed)
    act(case, staffed.lib1, "return")
    count = Decision.objects.filter(case=case).count()
    change(staffed, "closed")
    assert Decision.objects.filter(case=case).count() == count


def test_the_case_page_tells_who_closed_and_that_the_system_did(staffed, client):
    case = appointed(staffed)
    venue_change_status(venue=staffed.branch, status="suspended", by=None, reason="停电检修", with_points=True)
    client.force_login(staffed.bureau1)
    page = client.get(reverse("workflows_case", args=[case.number])).content.decode()
    assert "停电检修" in page


def test_the_end_offers_only_what_is_possible(staffed, client):
    case = reviewed(staffed)
    client.force_login(staffed.lib1)
    url = reverse("workflows_step", args=[item(case).pk])
    offered = [value for value, _label in client.get(url).context["form"].fields["decision"].choices]
    assert offered == ["return", "rotate", "renew"]


# A step that came between --------------------------------------------------------------------------
def test_a_case_that_had_passed_the_new_step_goes_on_without_it(staffed):
    case = appointed(staffed)
    act(case, staffed.lib1, "handed_over", handover_on=day(0), handover_note="交接")
    case_move(case=case, actor=staffed.admin, node="midterm", reason="as before the township's view")
    act(case, staffed.lib1, "reviewed", midterm_grade="competent", midterm_text="好")
    case = fresh(case)
    assert (case.midterm_view_grade, item(case).node) == ("", "ending")


# A person -----------------------------------------------------------------------------------------
def gone(user):
    user.is_active = False
    user.save()


def test_a_running_posting_of_somebody_gone_waits_for_the_head(staffed, clock):
    case = appointed(staffed)
    act(case, staffed.lib1, "handed_over", handover_on=day(0), handover_note="交接")
    on(clock, day(20))
    gone(staffed.able)
    assert not has_duty(staffed.able)
    assert services.people_gone_follow() == 1
    assert services.people_gone_follow() == 0
    log = last_log(case)
    assert (log.action, log.actor, item(case).node) == ("person_left", None, "ending")
    assert Notice.objects.filter(case=case, kind="change", user=staffed.lib1).exists()
    appointments_end_deactivated()
    act(case, staffed.lib1, "return")
    case = fresh(case)
    assert not Appointment.objects.filter(person=staffed.able).exclude(status="ended").exists()
    assert case.last_day == day(0)


def test_the_home_post_is_not_reopened_when_the_head_is_faster_than_the_timer(staffed, clock):
    case = reviewed(staffed)
    planned = case.home_later.since
    on(clock, day(20))
    gone(staffed.able)
    act(case, staffed.lib1, "return", until=day(0))
    assert fresh(case).home_later.since == planned
    assert appointments_end_deactivated() >= 1
    assert fresh(case).home_later.status == "ended"


def test_asked_for_consent_somebody_gone_is_replaced_by_the_head(staffed):
    able2 = hold(staffed, "able2", staffed.library, Post.Title.HEAD_STAFF)
    case = nominate(staffed)
    gone(staffed.able)
    assert services.people_gone_follow() == 1
    case = fresh(case)
    assert (case.person, item(case).node) == (None, "nominate")
    data = {"person": able2, "first_day": day(0), "last_day": day(9), "full_time": True, "cover_plan": "代管"}
    act(case, staffed.lib1, "nominate", **data)
    assert fresh(case).person == able2
    assert disagreements() == []


def test_somebody_gone_is_not_approved(staffed):
    case = nominate(staffed)
    act(case, staffed.able, "agree")
    act(case, staffed.town, "support")
    gone(staffed.able)
    problem(lambda: act(case, staffed.bureau1, "approve"), "decision")


def test_a_trainee_who_is_gone_owes_no_report(staffed):
    case = reviewed(staffed, "up")
    gone(staffed.junior)
    act(case, staffed.lib1, "return")
    assert item(case).node == "appraisal"


def test_a_report_that_waits_for_somebody_gone_goes_on_to_the_appraisal(staffed):
    case = reviewed(staffed, "up")
    act(case, staffed.lib1, "return")
    assert item(case).node == "report"
    gone(staffed.junior)
    assert services.people_gone_follow() == 1
    assert item(case).node == "appraisal"


def test_a_case_that_rests_is_left_to_rest(staffed):
    case = appointed(staffed)
    Secondment.objects.filter(pk=case.pk).update(state="suspended")
    gone(staffed.able)
    assert services.people_gone_follow() == 0
    change(staffed, "closed")
    case = fresh(case)
    assert (case.appointment.status, item(case).node) == ("ended", "handover")
