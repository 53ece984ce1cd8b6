"""The one acting service: who may, who may not, and what the log keeps."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from django.utils import timezone
from viewflow.workflow.models import Task

from accounts.models import Membership
from common.outbox.models import Mail
from workflows.applications.flows import ApplicationFlow
from workflows.applications.models import Application
from workflows.core import services
from workflows.core.agreement import disagreements
from workflows.core.models import Case, DeadlineRule, Decision, Delegation, Notice, WorkItem
from workflows.core.models.log import AppendOnlyError
from workflows.core.nodes import node_title
from workflows.core.permissions import mandate_of
from workflows.core.selectors import colleagues_for, inbox_count, inbox_of
from workflows.core.services import Done, LostRace, task_act
from workflows.core.turns import FEW, work_items_announce, work_items_escalate, work_items_remind

from .world import act, appoint, item, submit, until_panel

pytestmark = pytest.mark.django_db


def refused(case, user, decision="accept", node=None):
    with pytest.raises(PermissionDenied) as error:
        task_act(work_item=item(case, node).pk, actor=user, decision=decision, reason="because")
    return str(error.value)


@pytest.mark.parametrize("name", ["cul1", "town", "bureau1", "teacher", "stranger", "idle", "elsewhere"])
def test_only_the_step_s_own_role_may_take_it(world, name):
    case = submit(world)
    refused(case, getattr(world, name))
    assert case.decisions.count() == 1
    assert disagreements() == []


def test_another_township_s_official_may_not(world):
    case = submit(world)
    act(case, world.lib1, "accept")
    refused(case, world.elsewhere, "support")
    act(case, world.town, "support")


def test_deactivated_person_and_ended_appointment_may_not(world):
    case = submit(world)
    world.lib1.is_active = False
    world.lib1.save()
    refused(case, world.lib1)
    world.lib2.appointments.update(until=timezone.localdate() - timedelta(days=1))
    refused(case, world.lib2)


def test_nobody_decides_two_successive_steps(world):
    case = submit(world)
    appoint(world.town, venue=world.library)  # now also a librarian
    act(case, world.lib1, "accept")
    act(case, world.town, "support")
    assert "step before" in refused(case, world.town, "approve") or refused(case, world.town, "approve")
    act(case, world.lib1, "approve")  # decided the step before the last one: allowed
    refused(case, world.lib1, "visited")


def test_nobody_takes_both_of_two_parallel_reviews(world):
    case = submit(world, culture=True)
    appoint(world.lib2, venue=world.culture)
    act(case, world.lib1, "accept")
    act(case, world.town, "support")
    act(case, world.lib2, "approve", "library_review")
    refused(case, world.lib2, "approve", "culture_review")


def test_nobody_decides_a_case_of_their_own_organisation(world):
    case = submit(world)
    Membership.objects.create(organisation=world.organisation, user=world.lib1)
    refused(case, world.lib1)
    assert world.lib1 not in colleagues_for(item(case), Application.objects.get(pk=case.pk), ApplicationFlow.accept)


def test_an_official_of_the_township_may_not_sit_on_the_panel(world):
    case = submit(world)
    until_panel(world, case)
    from network.models import Office

    appoint(world.bureau1, office=Office.objects.get(slug="jia"))
    refused(case, world.bureau1, "approve")
    act(case, world.bureau2, "approve", panel_on=date(2026, 1, 6), panel_members="x")


def test_the_second_of_two_is_told_politely(world):
    case = submit(world)
    pk = item(case).pk
    assert isinstance(task_act(work_item=pk, actor=world.lib1, decision="accept"), Done)
    late = task_act(work_item=pk, actor=world.lib2, decision="refuse", reason="no")
    assert isinstance(late, LostRace)
    assert "lib1" in late.message
    assert case.decisions.filter(node="accept").count() == 1


def test_a_claimed_task_belongs_to_who_claimed_it(world):
    case = submit(world)
    pk = item(case).pk
    services.item_claim(work_item=pk, actor=world.lib1)
    assert isinstance(services.item_claim(work_item=pk, actor=world.lib2), LostRace)
    refused(case, world.lib2)
    with pytest.raises(PermissionDenied):
        services.item_release(work_item=pk, actor=world.lib2)
    services.item_release(work_item=pk, actor=world.lib1)
    act(case, world.lib2, "accept")
    assert disagreements() == []


def test_reassign_needs_reason_right_and_a_fitting_colleague(world):
    case = submit(world)
    pk = item(case).pk
    services.item_claim(work_item=pk, actor=world.lib1)
    with pytest.raises(ValidationError):
        services.item_reassign(work_item=pk, actor=world.lib1, to=world.lib2, reason=" ")
    with pytest.raises(ValidationError):
        services.item_reassign(work_item=pk, actor=world.lib1, to=world.cul1, reason="ill")
    with pytest.raises(PermissionDenied):
        services.item_reassign(work_item=pk, actor=world.lib3, to=world.lib2, reason="ill")
    services.item_reassign(work_item=pk, actor=world.lib1, to=world.lib2, reason="ill")
    assert item(case).assignee == world.lib2
    assert Notice.objects.get(user=world.lib2).kind == "reassigned"
    services.item_reassign(work_item=pk, actor=world.bureau1, to=world.lib3, reason="both ill")
    assert disagreements() == []


def test_batch_claim_takes_what_it_can(world):
    first, second, third = submit(world), submit(world), submit(world)
    services.item_claim(work_item=item(second).pk, actor=world.lib2)
    pks = [item(case).pk for case in (first, second, third)]
    results = services.items_claim(work_items=pks, actor=world.lib1)
    assert [type(result) for result in results] == [Done, LostRace, Done]


def test_holiday_cover_acts_on_behalf_and_is_logged(world):
    case = submit(world)
    services.item_claim(work_item=item(case).pk, actor=world.lib1)
    refused(case, world.lib2)
    today = timezone.localdate()
    services.delegation_create(
        principal=world.lib1, delegate=world.lib2, first_day=today, last_day=today, reason="leave", by=world.lib1
    )
    act(case, world.lib2, "accept")
    row = Decision.objects.get(case=case, node="accept", action="accept")
    assert (row.actor, row.on_behalf_of) == (world.lib2, world.lib1)


def test_cover_does_not_get_round_the_rules(world):
    case = submit(world)
    today = timezone.localdate()
    span = {"first_day": today, "last_day": today, "reason": "leave"}
    with pytest.raises(ValidationError):
        services.delegation_create(principal=world.lib1, delegate=world.cul1, by=world.lib1, **span)
    with pytest.raises(ValidationError):
        services.delegation_create(principal=world.lib1, delegate=world.lib1, by=world.lib1, **span)
    with pytest.raises(PermissionDenied):
        services.delegation_create(principal=world.lib1, delegate=world.lib2, by=world.lib3, **span)
    act(case, world.lib1, "accept")
    act(case, world.town, "support")
    act(case, world.lib3, "approve")
    services.delegation_create(principal=world.lib3, delegate=world.lib2, by=world.lib3, **span)
    services.item_claim(work_item=item(case).pk, actor=world.lib1)
    services.item_release(work_item=item(case).pk, actor=world.lib1)
    # lib2 decided nothing: on their own account they may visit
    act(case, world.lib2, "visited", visited_on=date(2026, 1, 5), visitors="x", checklist={}, photos=[])
    assert Decision.objects.get(case=case, node="visit", action="visited").on_behalf_of is None


def test_cover_of_who_decided_the_step_before_is_barred_too(world):
    case = submit(world)
    act(case, world.lib1, "accept")
    act(case, world.town, "support")
    act(case, world.lib3, "approve")
    today = timezone.localdate()
    row = Delegation.objects.create(
        principal=world.lib3, delegate=world.cul1, first_day=today, last_day=today, reason="x", created_by=world.lib3
    )
    refused(case, world.cul1, "visited")
    services.delegation_revoke(delegation=row, by=world.lib3)
    assert not mandate_of(world.cul1).covers


def test_the_log_is_append_only(world):
    case = submit(world)
    row = case.decisions.get()
    row.reason = "changed"
    with pytest.raises(AppendOnlyError):
        row.save()
    with pytest.raises(AppendOnlyError):
        row.delete()
    with pytest.raises(AppendOnlyError):
        case.decisions.update(reason="x")
    with pytest.raises(AppendOnlyError):
        Decision.objects.all().delete()


def test_the_log_says_what_changed_and_how_long_it_waited(world):
    case = submit(world)
    WorkItem.objects.filter(case=case).update(opened_at=timezone.now() - timedelta(days=3))
    act(case, world.lib1, "accept")
    act(case, world.town, "object", reason="far")
    rows = list(case.decisions.all())
    assert rows[1].waited.days == 3
    assert rows[2].changes == {"opinion": ["", "object"]}
    assert rows[2].reason == "far"


def test_suspended_cases_rest_and_move_their_dates(world):
    import time_machine as machine

    with machine.travel("2026-03-02 09:00+08:00", tick=False):
        case = submit(world)
        due = item(case).due_on
        with pytest.raises(PermissionDenied):
            services.case_suspend(case=case, actor=world.town, reason="wait")
        services.case_suspend(case=case, actor=world.lib1, reason="wait")
        assert isinstance(task_act(work_item=item(case).pk, actor=world.lib1, decision="accept"), LostRace)
        assert isinstance(services.case_suspend(case=case, actor=world.lib1, reason="again"), LostRace)
    with machine.travel("2026-03-09 09:00+08:00", tick=False):
        services.case_resume(case=case, actor=world.bureau1)
        held = item(case)
        assert (held.due_on - due).days == 7
        assert held.paused_for == timedelta(days=7)
        assert held.waited() == timedelta()
        act(case, world.lib1, "accept")


def test_cancel_is_the_administrator_s_with_a_reason(world):
    case = submit(world)
    with pytest.raises(PermissionDenied):
        services.case_cancel(case=case, actor=world.bureau1, reason="x")
    with pytest.raises(ValidationError):
        services.case_cancel(case=case, actor=world.admin, reason="  ")
    services.case_cancel(case=case, actor=world.admin, reason="Entered twice")
    assert Case.objects.get(pk=case.pk).state == Case.State.CANCELLED
    assert not Task.objects.filter(process=case, status__in=["NEW", "ASSIGNED"]).exists()
    assert isinstance(services.case_cancel(case=case, actor=world.admin, reason="again"), LostRace)


def test_deadlines_count_working_days_and_follow_the_county_s_rule(world):
    import time_machine as machine

    DeadlineRule.objects.filter(node="accept").update(workdays=3, remind_before=1, escalate_after=1)
    with machine.travel("2026-03-05 09:00+08:00", tick=False):  # a Thursday
        case = submit(world)
        held = item(case)
    assert (held.due_on, held.remind_on, held.escalate_on) == (date(2026, 3, 10), date(2026, 3, 9), date(2026, 3, 11))


def test_the_clock_tells_once_and_only_whose_turn_it_is(world):
    import time_machine as machine

    with machine.travel("2026-03-02 09:00+08:00", tick=False):
        case = submit(world)
        assert work_items_announce() == 1
        assert work_items_announce() == 0
    told = set(Notice.objects.filter(kind="turn").values_list("user__name", flat=True))
    assert told == {"lib1", "lib2", "lib3"}
    services.item_claim(work_item=item(case).pk, actor=world.lib1)
    with machine.travel("2026-03-06 09:00+08:00", tick=False):
        assert (work_items_remind(), work_items_remind()) == (1, 0)
        assert set(Notice.objects.filter(kind="reminder").values_list("user__name", flat=True)) == {"lib1"}
        assert work_items_escalate() == 0
    with machine.travel("2026-03-16 09:00+08:00", tick=False):
        assert (work_items_escalate(), work_items_escalate()) == (1, 0)
        late = set(Notice.objects.filter(kind="escalation").values_list("user__name", flat=True))
        assert late == {"lib1", "bureau1", "bureau2", "bureau3"}


def test_of_many_steps_alike_each_person_hears_once(world):
    cases = [submit(world) for _number in range(FEW + 2)]
    services.item_claim(work_item=item(cases[0]).pk, actor=world.lib1)
    mails = Mail.objects.count()
    assert work_items_announce() == FEW + 2
    assert work_items_announce() == 0
    told = Notice.objects.filter(kind="digest").values_list("user__name", "line", "path")
    inbox = reverse("workflows_inbox")
    node = f"{item(cases[0]).flow}/{item(cases[0]).node}"
    step = node_title(item(cases[0]).flow, item(cases[0]).node)
    many = f"{FEW + 1}件待您办理：请办理“{step}”。"
    assert set(told) == {(name, many, f"{inbox}?tab=office&node={node}") for name in ("lib1", "lib2", "lib3")}
    single = Notice.objects.get(kind="turn")
    assert (single.user, single.case_id) == (world.lib1, cases[0].pk)
    assert Mail.objects.count() == mails + 4


def test_what_of_many_steps_stays_undone_is_told_to_the_bureau_once(world):
    import time_machine as machine

    with machine.travel("2026-03-02 09:00+08:00", tick=False):
        for _number in range(FEW + 1):
            submit(world)
        work_items_announce()
    with machine.travel("2026-03-16 09:00+08:00", tick=False):
        assert work_items_escalate() == FEW + 1
        assert work_items_escalate() == 0
    late = Notice.objects.filter(kind="digest", line__contains="逾期").values_list("user__name", "path")
    assert {name for name, path in late if "tab=upcoming" in path} == {"bureau1", "bureau2", "bureau3"}
    assert {name for name, path in late if "tab=office" in path} == {"lib1", "lib2", "lib3"}
    assert len(late) == 6


def test_the_inbox_shows_what_one_may_take(world):
    case, both = submit(world), submit(world, culture=True)
    assert set(inbox_of(world.lib1).office.values_list("case", flat=True)) == {case.pk, both.pk}
    assert set(inbox_of(world.cul1).office.values_list("case", flat=True)) == {both.pk}
    assert inbox_count(inbox_of(world.town)) == 0
    act(case, world.lib1, "accept")
    assert inbox_count(inbox_of(world.town)) == 1
    assert inbox_count(inbox_of(world.elsewhere)) == 0
    act(case, world.town, "support")
    act(case, world.lib1, "approve")
    assert case.pk not in inbox_of(world.lib1).office.values_list("case", flat=True)  # decided the step before
    assert case.pk in inbox_of(world.lib2).office.values_list("case", flat=True)
    assert case.pk in inbox_of(world.bureau1).upcoming.values_list("case", flat=True)


def test_scope_of_lists_counts_and_details_is_one(world):
    from workflows.core.permissions import may_see_case
    from workflows.core.selectors import cases_by_state, figures_by_node

    case = submit(world)
    today = timezone.localdate()
    for name, sees in [
        ("lib1", True),
        ("cul1", False),
        ("town", True),
        ("elsewhere", False),
        ("bureau1", True),
        ("teacher", False),
        ("idle", False),
        ("admin", True),
    ]:
        user = getattr(world, name)
        assert may_see_case(user, case) is sees, name
        assert Case.objects.visible_to(user).count() == int(sees), name
        assert cases_by_state(user)["active"] == int(sees), name
        assert len(figures_by_node(user, today, today)) == int(sees), name


def test_a_parked_case_can_be_moved_when_the_flow_changes(world):
    """A step that leaves the flow: docs/workflows.md says how its cases are moved."""
    from workflows.core.services import case_move

    case = submit(world)
    row = item(case)
    Task.objects.filter(pk=row.task_id).update(flow_task="applications/flows.ApplicationFlow.gone")
    WorkItem.objects.filter(pk=row.pk).update(node="gone")
    assert any("no longer in the flow" in line for line in disagreements())
    with pytest.raises(PermissionDenied):
        task_act(work_item=row.pk, actor=world.lib1, decision="accept")
    with pytest.raises(PermissionDenied):
        case_move(case=case, actor=world.bureau1, node="opinion", reason="flow changed")
    case_move(case=case, actor=world.admin, node="opinion", reason="Acceptance was dropped")
    assert disagreements() == []
    act(case, world.town, "support")
