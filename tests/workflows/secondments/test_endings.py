"""How a secondment ends: return, renewal, rotation; the monthly log and the reminders on the way."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from network.models import Appointment, Post
from network.permissions import has_duty, heads_line
from network.services import appointments_end_deactivated
from workflows.core.models import Notice
from workflows.core.services import task_act
from workflows.secondments import services
from workflows.secondments.board import states
from workflows.secondments.models import LogEntry, Secondment

from ..world import act, checked, item, picture
from .posting import appointed, day, fresh, hold, nominate, on, problem, refused, reviewed

pytestmark = pytest.mark.django_db


# The end ------------------------------------------------------------------------------------------
def test_early_return_gives_the_home_post_back_early(staffed, clock):
    case = reviewed(staffed)
    on(clock, day(30))
    act(case, staffed.lib1, "return", until=day(5))
    case = fresh(case)
    assert (case.last_day, case.home_later.since) == (day(5), day(6))
    on(clock, day(6))
    assert heads_line(staffed.able) == {"library"}
    assert not Appointment.objects.on(day(0)).filter(person=staffed.able, basis="secondment").exists()


def test_return_outside_the_term_is_refused(staffed):
    case = reviewed(staffed)
    problem(lambda: act(case, staffed.lib1, "return", until=day(181)), "until")
    problem(lambda: act(case, staffed.lib1, "return", until=day(-1)), "until")


def test_renewal_moves_both_ends_and_needs_reasons_and_approval(staffed):
    case = reviewed(staffed)
    with pytest.raises(ValidationError):
        task_act(work_item=item(case).pk, actor=staffed.lib1, decision="renew", data={"until": day(240)})
    problem(lambda: act(case, staffed.lib1, "renew", reason="继续", until=day(180)), "until")
    act(case, staffed.lib1, "renew", reason="项目未完", until=day(240))
    refused(case, staffed.lib2, "approve")
    act(case, staffed.bureau2, "approve")
    case = fresh(case)
    assert (case.last_day, case.appointment.until, case.home_later.since) == (day(240), day(240), day(241))
    assert item(case).node == "ending"


def test_renewal_after_expiry_is_refused_and_nothing_is_lost(staffed, clock):
    case = reviewed(staffed)
    last = case.last_day
    act(case, staffed.lib1, "renew", reason="项目未完", until=day(240))
    on(clock, last + timedelta(days=1))
    problem(lambda: act(case, staffed.bureau1, "approve"), "decision")
    act(case, staffed.bureau1, "refuse", reason="已过期")
    problem(lambda: act(case, staffed.lib1, "renew", reason="再来", until=day(240)), "decision")
    assert fresh(case).last_day == last
    act(case, staffed.lib1, "return")


def test_renewal_does_not_outlive_a_dated_home_appointment(staffed):
    Appointment.objects.filter(person=staffed.able).update(until=day(200))
    case = reviewed(staffed)
    problem(lambda: act(case, staffed.lib1, "renew", reason="项目未完", until=day(200)), "until")
    act(case, staffed.lib1, "renew", reason="项目未完", until=day(199))
    Appointment.objects.filter(pk=case.home_later_id).update(until=day(190))  # shortened while the bureau thinks
    problem(lambda: act(case, staffed.bureau1, "approve"), "decision")
    Appointment.objects.filter(pk=case.home_later_id).update(until=day(200))
    act(case, staffed.bureau1, "approve")
    assert fresh(case).home_later.since == day(200)


def test_renewal_without_a_home_post_left_is_refused(staffed):
    Appointment.objects.filter(person=staffed.able).update(until=day(100))
    case = reviewed(staffed)
    assert case.home_later is None
    problem(lambda: act(case, staffed.lib1, "renew", reason="项目未完", until=day(199)), "until")


def test_part_time_renewal_needs_the_home_post_too(staffed):
    Appointment.objects.filter(person=staffed.able).update(until=day(190))
    case = reviewed(staffed, full_time=False, cover_plan="")
    problem(lambda: act(case, staffed.lib1, "renew", reason="项目未完", until=day(190)), "until")
    act(case, staffed.lib1, "renew", reason="项目未完", until=day(189))


def test_it_is_the_county_s_day_that_counts(staffed, clock):
    clock.move_to(datetime(2026, 3, 2, 16, 30, tzinfo=UTC))  # half past midnight on the third in the county
    problem(lambda: nominate(staffed, first_day=date(2026, 3, 2)), "first_day")
    assert nominate(staffed, first_day=date(2026, 3, 3)).first_day == day(0)


def test_a_term_that_ends_on_a_leap_day(staffed, clock):
    on(clock, date(2028, 2, 1))
    case = reviewed(staffed, first_day=date(2028, 2, 1), last_day=date(2028, 2, 28))
    act(case, staffed.lib1, "renew", reason="项目未完", until=date(2028, 2, 29))
    act(case, staffed.bureau1, "approve")
    case = fresh(case)
    assert (case.home_later.since, case.months()) == (date(2028, 3, 1), [date(2028, 2, 1)])
    problem(lambda: nominate(staffed, first_day=date(2028, 2, 29), last_day=date(2028, 2, 29)), "person", "venue")


def test_renewal_does_not_push_another_deputy_aside(staffed):
    hold(staffed, "able2", staffed.library, Post.Title.HEAD_STAFF)
    case = reviewed(staffed)
    appointed(staffed, person=staffed.able2, first_day=day(181), last_day=day(300))
    act(case, staffed.lib1, "renew", reason="项目未完", until=day(240))
    problem(lambda: act(case, staffed.bureau1, "approve"), "decision")
    assert fresh(case).last_day == day(180)


def test_a_person_deactivated_midway_is_ended_and_the_case_closed_on_that_day(staffed, clock):
    case = reviewed(staffed)
    on(clock, day(20))
    staffed.able.is_active = False
    staffed.able.save()
    assert not has_duty(staffed.able)
    assert appointments_end_deactivated() >= 2  # the posting, and the home post that was to come back
    assert not Appointment.objects.filter(person=staffed.able).exclude(status="ended").exists()
    problem(lambda: act(case, staffed.lib1, "return", until=day(-3)), "until")
    act(case, staffed.lib1, "return")
    assert fresh(case).last_day == day(0)


def test_who_is_gone_returns_today_or_earlier(staffed):
    case = reviewed(staffed)
    staffed.able.is_active = False
    staffed.able.save()
    problem(lambda: act(case, staffed.lib1, "return", until=day(3)), "until")


def test_a_slip_in_the_year_is_refused_beside_the_first_day(staffed):
    problem(lambda: nominate(staffed, first_day=date(9999, 12, 1), last_day=date(9999, 12, 31)), "first_day")


def test_rotation_names_another_branch(staffed):
    case = reviewed(staffed)
    problem(lambda: act(case, staffed.lib1, "rotate", next_venue=None), "next_venue")
    problem(lambda: act(case, staffed.lib1, "rotate", next_venue=staffed.branch), "next_venue")


# Log and reminders --------------------------------------------------------------------------------
def write(case, by, month, **more):
    return services.log_entry_save(case=case, by=by, month=month, **({"days": 20, "work": "下村指导"} | more))


def test_a_month_keeps_no_more_pictures_than_the_form_takes_at_once(staffed, clock):
    case = appointed(staffed)
    pictures = [checked(f"{number}.jpg", picture()) for number in range(4)]
    write(case, staffed.able, date(2026, 3, 1), photos=pictures)
    problem(lambda: write(case, staffed.able, date(2026, 3, 1), work="改了", photos=pictures), "photos")
    assert (case.files.count(), LogEntry.objects.get().work) == (4, "下村指导")


def test_log_is_the_person_s_own_and_of_the_term(staffed, clock):
    case = appointed(staffed)
    write(case, staffed.able, date(2026, 3, 1))
    write(case, staffed.able, date(2026, 3, 1), work="改了")
    assert LogEntry.objects.get().work == "改了"
    problem(lambda: write(case, staffed.able, date(2026, 4, 1)), "month")  # to come
    problem(lambda: write(case, staffed.able, date(2026, 2, 1)), "month")  # before the term
    problem(lambda: write(case, staffed.able, date(2026, 3, 1), work=" "), "work")
    for other in (staffed.lib1, staffed.bureau1, staffed.chief):
        with pytest.raises(PermissionDenied):
            write(case, other, date(2026, 3, 1))


def test_reminders_60_30_7_once_each_and_once_after_the_end(staffed, clock):
    case = appointed(staffed)
    last = case.last_day
    told = []
    for left in (61, 60, 59, 30, 8, 7, 1, 0, -1, -5):
        on(clock, last - timedelta(days=left))
        told.append(services.secondments_remind())
    assert told == [0, 1, 0, 1, 0, 1, 0, 0, 1, 0]
    readers = set(Notice.objects.filter(case=case, kind="term").values_list("user__name", flat=True))
    assert {"able", "lib1", "bureau1"} <= readers
    assert list(Secondment.objects.filter(states(day(0))["expired"])) == [case]
