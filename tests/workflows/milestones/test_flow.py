"""The flow of a milestone: whose turn it is, what each decision changes, what is refused."""

from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from network.models import Office, UnifiedItem, Venue
from tests.workflows.world import act, appoint, item
from workflows.core.models import Case, WorkItem
from workflows.core.services import LostRace, delegation_create, task_act
from workflows.milestones.models import Milestone, MilestoneCase
from workflows.milestones.rules import is_back_dated, order_problems, waits_for_many
from workflows.milestones.services.evidence import case_open, evidence_hand_in
from workflows.milestones.services.withdrawal import evidence_withdraw
from workflows.milestones.signals import milestone_confirmed

from .plan import confirmed, fresh, hand_in, milestone, paper, photo
from .survey import question

State = Milestone.State


@pytest.fixture
def branch(world, programme):
    """The milestone “signage” at the branch: checked by the cultural centre."""
    return milestone(programme, "signage", world.branch)


def refused(call, field=None):
    """The messages of a ValidationError, of one field when given."""
    with pytest.raises(ValidationError) as caught:
        call()
    return caught.value.message_dict[field] if field else caught.value.messages


def test_evidence_goes_from_the_township_to_the_head_to_the_bureau_and_is_done(world, branch):
    case = hand_in(branch, world.town).case
    assert fresh(branch).state == State.HANDED_IN
    assert (item(case).node, item(case).line, case.library, case.culture) == ("check", "culture", False, True)
    act(case, world.cul1, "accept")
    assert fresh(branch).state == State.CHECKED
    act(case, world.bureau1, "confirm")
    done = fresh(branch)
    assert (done.state, done.done_on, done.confirmed_on) == (State.DONE, date(2026, 3, 1), timezone.localdate())
    assert done.case.state == Case.State.DONE
    assert done.case.number.startswith("SS")


def test_where_both_heads_check_one_return_sends_it_back_and_both_look_again(world, programme):
    confirmed(milestone(programme, "survey", world.branch), world)
    row = milestone(programme, "training", world.branch)
    case = hand_in(row, world.town).case
    act(case, world.lib1, "return", "check_library", reason="没有签到表")
    act(case, world.cul1, "accept", "check_culture")
    assert (fresh(row).state, item(case).node) == (State.IN_PROGRESS, "hand_in")
    hand_in(row, world.town)
    act(case, world.cul1, "accept", "check_culture")
    assert fresh(row).state == State.HANDED_IN
    act(case, world.lib1, "accept", "check_library")
    assert (fresh(row).state, item(case).node) == (State.CHECKED, "confirm")


def test_a_heads_own_and_the_countys_go_straight_to_the_bureau(world, programme):
    head, county = milestone(programme, "summary", world.library), milestone(programme, "measures")
    assert item(hand_in(head, world.lib1).case).node == "confirm"
    assert item(hand_in(county, world.bureau1).case).node == "confirm"


def test_the_bureau_returns_with_reasons(world, branch):
    case = hand_in(branch, world.town).case
    act(case, world.cul1, "accept")

    def call(reason):
        return task_act(work_item=item(case).pk, actor=world.bureau1, decision="return", reason=reason)

    refused(lambda: call(" "), "reason")
    call("照片不清")
    assert (fresh(branch).state, item(case).node, item(case).role) == (State.IN_PROGRESS, "hand_in", "township")


def test_only_whose_milestone_it_is_hands_in(world, programme, branch):
    for row, people in {
        branch: (world.elsewhere, world.lib1, world.bureau1, world.idle, world.teacher),
        milestone(programme, "summary", world.library): (world.cul1, world.bureau1, world.town),
        milestone(programme, "measures"): (world.lib1, world.town),
    }.items():
        for user in people:
            with pytest.raises(PermissionDenied):
                evidence_hand_in(milestone=row, by=user, done_on=date(2026, 3, 1), files=[photo()])
    assert not MilestoneCase.objects.exists()


def test_the_other_lines_head_and_outsiders_check_nothing(world, branch):
    case = hand_in(branch, world.town).case
    for user in (world.lib1, world.town2, world.bureau1, world.idle, world.teacher):
        with pytest.raises(PermissionDenied):
            task_act(work_item=item(case).pk, actor=user, decision="accept")


def test_nobody_confirms_what_they_checked_or_handed_in(world, programme, branch):
    from tests.workflows.world import appoint

    appoint(world.bureau1, venue=world.culture)
    case = hand_in(branch, world.town).case
    act(case, world.bureau1, "accept")
    with pytest.raises(PermissionDenied):
        task_act(work_item=item(case).pk, actor=world.bureau1, decision="confirm")
    act(case, world.bureau2, "confirm")
    own = hand_in(milestone(programme, "measures"), world.bureau1).case
    with pytest.raises(PermissionDenied):
        task_act(work_item=item(own).pk, actor=world.bureau1, decision="confirm")
    act(own, world.bureau2, "confirm")


@pytest.mark.parametrize(
    ("code", "more", "field"),
    [
        ("signage", {"files": []}, "files"),
        ("signage", {"files": [paper()]}, "files"),
        ("signage", {"done_on": date(2100, 1, 1)}, "done_on"),
        ("signage", {"done_on": date(19, 6, 4)}, "done_on"),
        ("signage", {"done_on": None}, "done_on"),
        ("signage", {"note": "字" * 2001}, "note"),
        ("survey", {}, "answers"),
        ("survey", {"answers": {"area": "六十"}}, "area"),
        ("survey", {"answers": {"area": 60, "colour": "red"}}, "colour"),
    ],
)
def test_evidence_must_hold_what_is_asked_for(world, programme, code, more, field):
    question("area", "whole")
    row = milestone(programme, code, world.branch)
    refused(lambda: hand_in(row, world.town, **more), field)
    assert not MilestoneCase.objects.exists()
    assert fresh(row).state == State.NOT_STARTED


def test_papers_of_evidence_that_was_returned_still_count(world, branch):
    case = hand_in(branch, world.town).case
    act(case, world.cul1, "return", reason="说明不全")
    hand_in(branch, world.town, files=[], note="补充说明")
    assert item(case).node == "check"


# Order ------------------------------------------------------------------------------------------
def test_a_village_is_not_confirmed_before_its_townships_branch(world, programme, branch):
    point = milestone(programme, "signage", world.points[0])
    case = hand_in(point, world.town).case
    act(case, world.cul1, "accept")

    def confirm():
        return task_act(work_item=item(case).pk, actor=world.bureau1, decision="confirm")

    assert "R23" in refused(confirm)[0]
    assert fresh(point).state == State.CHECKED
    confirmed(branch, world)
    confirm()
    assert fresh(point).state == State.DONE


def test_what_comes_after_waits_at_the_same_venue_only(world, programme):
    row = milestone(programme, "training", world.branch)
    assert [first.item.code for first in waits_for_many([row])[row.pk]] == ["survey"]
    confirmed(milestone(programme, "survey", world.library), world)
    assert len(order_problems(row)) == 1
    confirmed(milestone(programme, "survey", world.branch), world)
    assert order_problems(fresh(row)) == []


def test_what_is_once_for_the_county_holds_back_every_venue(world, programme):
    row = milestone(programme, "signage", world.branch)
    row.item.after.add(milestone(programme, "measures").item)
    assert len(order_problems(row)) == 1
    confirmed(milestone(programme, "measures"), world)
    assert order_problems(fresh(row)) == []


def test_the_pilot_comes_before_the_other_branches(world, programme, branch):
    from tests.workflows.world import venue
    from workflows.milestones.services.plan import plan_make

    branch.item.pilot_first = True
    branch.item.save()
    assert order_problems(fresh(branch)) == []
    pilot = venue("yi", "branch", "township_centre", world.other_township, library=True, culture=True, pilot=True)
    plan_make(programme=programme)
    assert "R46" in order_problems(fresh(branch))[0]
    assert order_problems(milestone(programme, "signage", pilot)) == []
    Milestone.objects.filter(venue=pilot).update(state=State.VOID)
    assert order_problems(fresh(branch)) == []


def test_asking_what_many_wait_for_costs_the_same_as_for_one(world, programme, django_assert_num_queries):
    rows = list(Milestone.objects.with_place().filter(item__code="training"))
    for some in (rows[:1], rows):
        with django_assert_num_queries(2):
            waits_for_many(some)


def test_who_holds_a_post_in_both_offices_judges_nothing_of_the_other_one(world, programme, branch):
    """Two posts, one person: neither their township's evidence as the head, nor their head's own as the bureau."""
    appoint(world.lib1, office=Office.objects.get(slug="jia"))
    survey = milestone(programme, "survey", world.branch)
    case = hand_in(survey, world.town).case
    with pytest.raises(PermissionDenied):
        act(case, world.lib1, "accept")
    act(case, world.lib2, "accept")
    appoint(world.bureau1, venue=world.library)
    summary = hand_in(milestone(programme, "summary", world.library), world.lib2).case
    for decision in ("confirm", "return"):
        with pytest.raises(PermissionDenied):
            act(summary, world.bureau1, decision, reason="x")
    act(summary, world.bureau2, "confirm")


def test_cover_does_not_get_round_one_s_other_office(world, programme):
    appoint(world.lib1, office=Office.objects.get(slug="jia"))
    today = timezone.localdate()
    delegation_create(
        principal=world.lib2, delegate=world.lib1, first_day=today, last_day=today, reason="x", by=world.lib2
    )
    case = hand_in(milestone(programme, "survey", world.branch), world.town).case
    with pytest.raises(PermissionDenied):
        act(case, world.lib1, "accept")


# Afterwards -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("done_on", "recorded", "marked"),
    [
        (date(2026, 12, 31), date(2026, 12, 31), False),
        (date(2026, 12, 31), date(2027, 1, 1), True),
        (date(2027, 1, 1), date(2027, 1, 2), False),  # late, but recorded at once
        (date(2026, 3, 1), date(2026, 3, 31), False),
        (date(2026, 3, 1), date(2026, 4, 1), True),
    ],
)
def test_recorded_afterwards_means_after_the_last_day_or_a_month_later(branch, done_on, recorded, marked):
    assert is_back_dated(branch, done_on, recorded) is marked


def test_completion_before_the_stage_began_is_legal_and_marked(world, branch):
    case = hand_in(branch, world.town, done_on=date(2025, 11, 3)).case
    act(case, world.cul1, "accept")
    act(case, world.bureau1, "confirm")
    done = fresh(branch)
    assert (done.done_on, done.back_dated) == (date(2025, 11, 3), True)


# The unified item -------------------------------------------------------------------------------
def score(venue):
    return Venue.objects.with_score().get(pk=venue.pk).unified_score


def signage_of(venue):
    return UnifiedItem.objects.get(venue=venue, item="signage")


@pytest.fixture
def unified(world):
    """The branch's unified item, not yet shown."""
    return UnifiedItem.objects.create(venue=world.branch, item="signage")


def test_the_score_moves_by_itself_with_confirmation_and_back_with_withdrawal(world, branch, unified):
    assert score(world.branch) == 0
    done = confirmed(branch, world)
    assert score(world.branch) == 1
    assert done.case.number in signage_of(world.branch).evidence
    withdraw(done, world.bureau1)
    assert score(world.branch) == 0
    assert (signage_of(world.branch).state, signage_of(world.branch).evidence) == ("no", "")


def test_what_a_person_wrote_stays_and_counts_as_before(world, branch, unified):
    UnifiedItem.objects.filter(pk=unified.pk).update(state="partly", evidence="现场看过")
    done = confirmed(branch, world)
    assert signage_of(world.branch).evidence.startswith("现场看过\n")
    withdraw(done, world.bureau1)
    assert (signage_of(world.branch).state, signage_of(world.branch).evidence) == ("partly", "现场看过")


def test_a_later_judgement_by_a_person_is_not_undone(world, branch, unified):
    done = confirmed(branch, world)
    row = signage_of(world.branch)
    UnifiedItem.objects.filter(pk=row.pk).update(state="partly", evidence="牌子掉了一块")
    withdraw(done, world.bureau1)
    assert (signage_of(world.branch).state, signage_of(world.branch).evidence) == ("partly", "牌子掉了一块")


# Withdrawing ------------------------------------------------------------------------------------
def withdraw(row, by, reason="照片不是这个点的"):
    return evidence_withdraw(evidence=row.case.evidence.latest("pk"), by=by, reason=reason)


def test_withdrawn_before_confirmation_the_case_waits_for_evidence_again(world, branch):
    evidence = hand_in(branch, world.town)
    with pytest.raises(PermissionDenied):
        evidence_withdraw(evidence=evidence, by=world.town2, reason="x")
    refused(lambda: evidence_withdraw(evidence=evidence, by=world.town, reason=" "), "reason")
    evidence_withdraw(evidence=evidence, by=world.town, reason="照片不对")
    assert (fresh(branch).state, item(evidence.case).node) == (State.IN_PROGRESS, "hand_in")
    refused(lambda: hand_in(branch, world.town, files=[]), "files")  # the withdrawn photo no longer counts
    assert isinstance(evidence_withdraw(evidence=evidence, by=world.town, reason="again"), LostRace)


def test_withdrawn_after_it_was_returned_the_case_stays_where_it_is_and_the_log_has_it(world, branch):
    evidence = hand_in(branch, world.town)
    act(evidence.case, world.cul1, "return", reason="看不清")
    waiting = item(evidence.case)
    evidence_withdraw(evidence=evidence, by=world.town, reason="弄错了")
    assert item(evidence.case) == waiting
    assert evidence.case.decisions.get(action="evidence_withdrawn").reason == "弄错了"


def test_withdrawn_while_both_heads_check_no_check_stays_open(world, programme):
    row = milestone(programme, "training", world.branch)
    evidence = hand_in(row, world.town)
    act(evidence.case, world.lib1, "accept", "check_library")
    evidence_withdraw(evidence=evidence, by=world.town, reason="弄错了")
    assert item(evidence.case).node == "hand_in"
    hand_in(row, world.town)
    assert {row.node for row in evidence.case.work_items.open()} == {"check_library", "check_culture"}


def test_withdrawn_after_confirmation_it_is_in_progress_and_begins_another_case(world, branch):
    done = confirmed(branch, world)
    evidence = done.case.evidence.get()
    for user in (world.town, world.cul1, world.idle):
        with pytest.raises(PermissionDenied):
            evidence_withdraw(evidence=evidence, by=user, reason="x")
    withdraw(done, world.bureau1)
    row = fresh(branch)
    assert (row.state, row.done_on, row.confirmed_on, row.back_dated) == (State.IN_PROGRESS, None, None, False)
    assert done.case.decisions.filter(action="evidence_withdrawn", actor=world.bureau1).exists()
    again = hand_in(branch, world.town)
    assert again.case != done.case
    assert fresh(branch).case == again.case


def test_what_is_confirmed_or_being_checked_takes_no_more_evidence(world, branch):
    hand_in(branch, world.town)
    given = {"milestone": branch, "by": world.town, "done_on": date(2026, 3, 1), "files": [photo()]}
    assert isinstance(evidence_hand_in(**given), LostRace)
    act(branch.cases.get(), world.cul1, "accept")
    act(branch.cases.get(), world.bureau1, "confirm")
    assert isinstance(evidence_hand_in(**given), LostRace)


def test_a_programme_that_is_not_running_takes_nothing(world, programme, branch):
    programme.state = "draft"
    programme.save()
    refused(lambda: case_open(milestone=fresh(branch), by=world.town))


def test_a_programme_that_is_over_takes_nothing_where_a_case_is_open(world, programme, branch):
    case_open(milestone=branch, by=world.town)
    programme.state = "accepted"
    programme.save()
    refused(lambda: hand_in(fresh(branch), world.town))


def test_evidence_that_was_replaced_is_withdrawn_without_touching_what_is_judged(world, branch):
    first = hand_in(branch, world.town)
    act(first.case, world.cul1, "return", reason="看不清")
    second = hand_in(fresh(branch), world.town)
    evidence_withdraw(evidence=first, by=world.town, reason="作废")
    assert fresh(branch).state == State.HANDED_IN
    act(second.case, world.cul1, "accept")
    act(second.case, world.bureau1, "confirm")
    assert fresh(branch).state == State.DONE


def test_nor_what_was_confirmed(world, branch):
    first = hand_in(branch, world.town)
    act(first.case, world.cul1, "return", reason="看不清")
    done = confirmed(fresh(branch), world)
    assert isinstance(evidence_withdraw(evidence=first, by=world.bureau1, reason="作废"), LostRace)
    assert fresh(branch).state == State.DONE
    assert not done.case.decisions.filter(action="evidence_withdrawn").exists()


def test_confirmation_is_announced_with_its_evidence(world, branch):
    heard = []

    def hear(milestone, evidence, by, **_more):
        heard.append((milestone, evidence, by))

    milestone_confirmed.connect(hear)
    try:
        confirmed(branch, world)
    finally:
        milestone_confirmed.disconnect(hear)
    assert heard == [(branch, branch.evidence.get(), world.bureau1)]


def test_handing_in_is_due_on_the_last_day_and_after_it_within_the_steps_own_time(world, branch):
    with time_machine.travel("2026-11-02 09:00+08:00"):
        assert item(case_open(milestone=branch, by=world.town)).due_on == branch.last_day
        assert case_open(milestone=branch, by=world.town2) == branch.cases.get()
    other = milestone(branch.programme, "signage", world.points[0])
    with time_machine.travel("2027-03-01 09:00+08:00"):
        due = item(case_open(milestone=other, by=world.town)).due_on
        assert date(2027, 3, 1) < due < date(2027, 3, 1) + timedelta(days=30)


def test_an_officials_lists_hold_their_own(world, programme):
    from workflows.milestones.permissions import visible_milestones

    seen = {user.name: visible_milestones(user).count() for user in (world.bureau1, world.lib1, world.town)}
    assert seen["bureau1"] == Milestone.objects.count()
    assert seen["lib1"] == Milestone.objects.filter(venue__library=True).count()
    assert seen["town"] == Milestone.objects.filter(township=world.township).count()
    for user in (world.elsewhere, world.idle, world.teacher):
        assert not visible_milestones(user).exists()


def test_items_and_their_scope_follow_the_venues_lines(world, programme):
    case = hand_in(milestone(programme, "summary", world.culture), world.cul1).case
    assert (case.library, case.culture, case.township) == (False, True, None)
    assert WorkItem.objects.visible_to(world.lib1).filter(case=case).count() == 0


def test_the_picture_of_a_case_shows_its_own_way_only(world, programme):
    from workflows.core.chart import case_chart
    from workflows.milestones.flows import MilestoneFlow

    ways = {
        milestone(programme, "signage", world.branch): ["hand_in", "move_decision", "resolution", "check", "confirm"],
        milestone(programme, "summary", world.library): ["hand_in_head", "move_decision", "resolution", "confirm"],
        milestone(programme, "training", world.branch): [
            "hand_in", "move_decision", "resolution", "check_library", "check_culture", "confirm",
        ],
    }  # fmt: skip
    for row, names in ways.items():
        case = case_open(milestone=row, by=world.lib1 if row.venue == world.library else world.town)
        assert [node.name for node in MilestoneFlow.instance.steps_of(case)] == names
        assert "<svg" in case_chart(case)
