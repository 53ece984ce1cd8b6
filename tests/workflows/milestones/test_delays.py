"""Another last day needs a reason and somebody else's approval; a block needs the leading group's resolution."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from tests.workflows.world import act, checked, item
from workflows.core.services import LostRace, task_act
from workflows.milestones import rules
from workflows.milestones.forms import MoveForm, MoveStep
from workflows.milestones.models import DateMove, GroupIssue, Milestone
from workflows.milestones.services.delays import block_report, date_move_ask
from workflows.milestones.services.programmes import programme_edit

from .plan import fresh, hand_in, later, milestone

State = Milestone.State


@pytest.fixture
def branch(world, programme):
    return milestone(programme, "signage", world.branch)


def ask(row, by, new=None, reason="雨季施工"):
    return date_move_ask(milestone=row, by=by, new=new or later(), reason=reason)


@time_machine.travel("2026-11-23 09:00+08:00")
def test_an_approved_date_moves_the_last_day_and_remembers_the_plans(world, branch):
    new = later()
    asked = ask(branch, world.town, new)
    assert (item(asked.case).node, fresh(branch).last_day) == ("move_decision", branch.last_day)
    act(asked.case, world.bureau1, "approve")
    row = fresh(branch)
    assert (row.last_day, row.planned_last_day) == (new, date(2026, 12, 31))
    assert (item(asked.case).node, item(asked.case).due_on) == ("hand_in", new)
    assert DateMove.objects.get().decided_by == world.bureau1


def test_a_refused_date_changes_nothing_and_says_why(world, branch):
    asked = ask(branch, world.town)
    with pytest.raises(ValidationError):
        act(asked.case, world.bureau1, "refuse")
    act(asked.case, world.bureau1, "refuse", reason="可以冒雨施工")
    assert fresh(branch).last_day == branch.last_day
    assert ask(branch, world.town).pk != asked.pk


def test_a_date_needs_a_reason_and_must_make_sense(world, branch):
    for new, reason, field in [
        (later(), " ", "reason"),
        (branch.last_day, "x", "new"),
        (branch.first_day - timedelta(days=1), "x", "new"),
        (date(2206, 3, 31), "x", "new"),
        (None, "x", "new"),
    ]:
        with pytest.raises(ValidationError) as caught:
            date_move_ask(milestone=branch, by=world.town, new=new, reason=reason)
        assert field in caught.value.message_dict
    assert fresh(branch).state == State.NOT_STARTED


LATE = "2026-11-22 10:00+08:00"  # the plan of 2019 is seven years late


@pytest.fixture
def long_late(branch):
    Milestone.objects.filter(pk=branch.pk).update(
        first_day=date(2019, 4, 1), last_day=date(2020, 5, 31), planned_last_day=date(2020, 5, 31)
    )
    return fresh(branch)


def test_what_is_years_late_can_be_given_a_day_from_today_on(world, long_late):
    with time_machine.travel(LATE, tick=False):
        today = date(2026, 11, 22)
        assert rules.new_day_span(long_late) == (today, date(2031, 11, 22))
        for new in (date(2020, 12, 31), date(2026, 11, 21), date(2031, 11, 23)):
            with pytest.raises(ValidationError) as caught:
                ask(long_late, world.town, new)
            assert "new" in caught.value.message_dict
        act(ask(long_late, world.town, today).case, world.bureau1, "approve")
        row = fresh(long_late)
        assert (row.last_day, row.is_overdue(today)) == (today, False)
        act(ask(long_late, world.town, date(2031, 11, 22)).case, world.bureau1, "approve")
    assert fresh(long_late).last_day == date(2031, 11, 22)


def test_the_years_count_from_the_plans_day_while_that_lies_ahead_and_the_programme_says_how_many(world, branch):
    programme_edit(programme=branch.programme, by=world.bureau1, changes={"move_years": 2})
    with time_machine.travel("2026-03-02 10:00+08:00", tick=False):
        assert rules.new_day_span(fresh(branch)) == (date(2026, 3, 2), date(2028, 12, 31))
    with time_machine.travel("2028-02-29 10:00+08:00", tick=False):  # there is no 29 February two years later
        assert rules.new_day_span(fresh(branch))[1] == date(2030, 2, 28)


def test_a_day_that_passed_while_the_request_waited_is_not_approved(world, long_late):
    with time_machine.travel(LATE, tick=False):
        asked = ask(long_late, world.town, date(2026, 11, 24))
    with time_machine.travel("2026-11-25 10:00+08:00", tick=False):
        with pytest.raises(ValidationError) as caught:
            act(asked.case, world.bureau1, "approve")
        assert "decision" in caught.value.message_dict
        step = item(asked.case)
        form = MoveStep({"decision": "approve"}, node=step.task.flow_task, case=asked.case)
        assert "decision" in form.errors
        act(asked.case, world.bureau1, "refuse", reason="日期已过，请重新申请")
    assert fresh(long_late).last_day == date(2020, 5, 31)


def test_the_form_names_the_days_and_refuses_others_beside_the_field(world, long_late):
    with time_machine.travel(LATE, tick=False):
        form = MoveForm({"new": "2026-11-21", "reason": "雨季"}, milestone=long_late)
        assert (form.is_valid(), list(form.errors)) == (False, ["new"])
        assert 'min="2026-11-22"' in str(form["new"])
        assert 'max="2031-11-22"' in str(form["new"])
        assert MoveForm({"new": "2026-12-31", "reason": "雨季"}, milestone=long_late).is_valid()


def test_nobody_approves_the_date_they_asked_for_not_even_as_cover(world, programme):
    from workflows.core.services import delegation_create

    asked = ask(milestone(programme, "measures"), world.bureau1)
    with pytest.raises(PermissionDenied):
        task_act(work_item=item(asked.case).pk, actor=world.bureau1, decision="approve")
    today = timezone.localdate()
    delegation_create(
        principal=world.bureau2, delegate=world.bureau1, first_day=today, last_day=today, reason="x", by=world.bureau2
    )
    with pytest.raises(PermissionDenied):
        task_act(work_item=item(asked.case).pk, actor=world.bureau1, decision="approve")
    act(asked.case, world.bureau2, "approve")


def test_only_whose_milestone_it_is_asks_and_only_the_bureau_decides(world, branch):
    for user in (world.elsewhere, world.cul1, world.bureau1, world.teacher):
        with pytest.raises(PermissionDenied):
            ask(branch, user)
        with pytest.raises(PermissionDenied):
            block_report(milestone=branch, by=user, problem="x")
    asked = ask(branch, world.town)
    for user in (world.town2, world.cul1, world.idle):
        with pytest.raises(PermissionDenied):
            task_act(work_item=item(asked.case).pk, actor=user, decision="approve")


def test_a_block_becomes_an_issue_and_its_resolution_lets_it_go_on(world, branch):
    issue = block_report(milestone=branch, by=world.town, problem="没有场地")
    assert (fresh(branch).state, item(issue.case).node) == (State.BLOCKED, "resolution")
    assert isinstance(ask(branch, world.town2), LostRace)
    met = timezone.localdate()
    act(issue.case, world.bureau1, "resolved", met_on=met, resolution="用旧粮站", minutes=checked("minutes.pdf"))
    issue = GroupIssue.objects.get()
    assert (issue.met_on, issue.resolution, issue.resolved_by) == (met, "用旧粮站", world.bureau1)
    assert issue.minutes.name == "minutes.pdf"
    assert (fresh(branch).state, item(issue.case).node) == (State.IN_PROGRESS, "hand_in")
    hand_in(branch, world.town)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"resolution": "x"}, "met_on"),
        ({"met_on": date(2100, 1, 1), "resolution": "x"}, "met_on"),
        ({"met_on": date(2026, 3, 1), "resolution": " "}, "resolution"),
    ],
)
def test_a_resolution_needs_its_day_and_its_words(world, branch, data, field):
    issue = block_report(milestone=branch, by=world.town, problem="没有场地")
    with pytest.raises(ValidationError) as caught:
        act(issue.case, world.bureau1, "resolved", **data)
    assert field in caught.value.message_dict
    assert fresh(branch).state == State.BLOCKED


def test_a_block_says_what_it_is(world, branch):
    with pytest.raises(ValidationError):
        block_report(milestone=branch, by=world.town, problem=" ")
