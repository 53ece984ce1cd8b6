"""An acceptance from its start to the superior's decision, with the rectification list."""

import re
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import override

from network.models import Venue
from tests.workflows.milestones.plan import milestone
from tests.workflows.world import act, checked, item
from workflows.acceptance import services
from workflows.acceptance.models import Acceptance, Rectification, RectificationItem, Snapshot
from workflows.core.models import Case, CaseFile, DeadlineRule, WorkItem
from workflows.core.services import case_cancel, task_act
from workflows.milestones.models import Milestone, Programme

from .walk import WORDS, add_item, answer, finish_all, fresh, start, until_pre_acceptance

pytestmark = pytest.mark.django_db


def refuse(case, user, decision, node=None, **data):
    with pytest.raises(ValidationError) as error:
        act(case, user, decision, node, **data)
    return error.value


def test_an_acceptance_without_anything_to_rectify(world, running):
    case = start(world, running)
    until_pre_acceptance(world, case)
    act(case, world.bureau1, "pass", opinion="合格")
    act(case, world.bureau1, "passed", paper=checked("decision.pdf"), **WORDS)
    case, programme = fresh(case), Programme.objects.get(pk=running.pk)
    assert (case.state, programme.state) == (Case.State.DONE, Programme.State.ACCEPTED)
    assert case.number.startswith("YS")
    nodes = list(Snapshot.objects.values_list("node", flat=True))
    assert nodes == ["start", "library_check", "culture_check", "pre_acceptance", "superior"]


def test_rectification_goes_on_until_every_item_is_ticked_off(world, running):
    case = start(world, running)
    until_pre_acceptance(world, case)
    add_item(world, case)
    add_item(world, case, township=None, line="culture", clause="R64")
    act(case, world.bureau1, "rectify")
    town, head = RectificationItem.objects.all()
    assert item(town.case).due_on == town.due_on
    assert item(town.case).role == WorkItem.Role.TOWNSHIP
    assert "2" in refuse(case, world.bureau1, "finish").message_dict["decision"][0]
    answer(town, world.town)
    act(town.case, world.lib1, "return", reason="照片不清")
    answer(town, world.town)
    act(town.case, world.cul1, "accept")
    refuse(case, world.bureau1, "finish")
    answer(head, world.cul1)
    act(head.case, world.bureau2, "accept")
    act(case, world.bureau1, "finish")
    assert item(case).node == "superior"
    assert {row.case.state for row in RectificationItem.objects.all()} == {Case.State.DONE}


def test_what_the_superior_did_not_accept_goes_back_to_the_list(world, running):
    case = start(world, running)
    until_pre_acceptance(world, case)
    act(case, world.bureau1, "pass")
    act(case, world.bureau1, "failed", reason="村级覆盖不足", paper=checked("a.pdf"), **WORDS)
    assert item(case).node == "rectification"
    add_item(world, case)
    refuse(case, world.bureau1, "finish")
    act(case, world.bureau1, "more")
    row = RectificationItem.objects.get()
    answer(row, world.town)
    act(row.case, world.lib1, "accept")
    act(case, world.bureau1, "finish")
    act(case, world.bureau1, "passed", paper=checked("b.pdf"), **WORDS)
    assert list(fresh(case).inspections.values_list("passed", flat=True)) == [False, True]
    assert fresh(case).state == Case.State.DONE


def test_unfinished_milestones_ask_for_a_reason_but_do_not_refuse(world, running):
    with pytest.raises(ValidationError) as error:
        start(world, running, why_now=" ")
    assert "why_now" in error.value.message_dict
    case = start(world, running, why_now="按上级时间要求")
    early = Milestone.objects.filter(item__stage__number=1).count()
    assert (case.unfinished, early) == (7, 7)
    assert not Acceptance.objects.exclude(pk=case.pk).exists()


def test_nothing_unfinished_needs_no_reason(world, running):
    finish_all(running, world)
    assert start(world, running, why_now="").unfinished == 0


def test_one_acceptance_runs_at_a_time_and_a_cancelled_one_makes_way(world, running):
    case = start(world, running)
    with pytest.raises(ValidationError):
        start(world, running)
    case_cancel(case=case, actor=world.admin, reason="重来")
    assert start(world, running).pk != case.pk


def test_a_cancelled_acceptance_takes_its_rectification_out_of_the_inboxes(world, running):
    case = start(world, running)
    until_pre_acceptance(world, case)
    done, left = add_item(world, case, township=None, line="culture"), add_item(world, case)
    act(case, world.bureau1, "rectify")
    answer(done, world.cul1)
    act(done.case, world.bureau2, "accept")
    case_cancel(case=fresh(case), actor=world.admin, reason="重来")
    states = {row.item_id: row.state for row in Rectification.objects.all()}
    assert states == {done.pk: Case.State.DONE, left.pk: Case.State.CANCELLED}
    assert not WorkItem.objects.open().filter(flow="rectification").exists()
    assert case.number in left.case.decisions.latest("pk").reason


def test_what_is_kept_is_chinese_whoever_writes_it(world, running):
    with override("en"):
        case = start(world, running)
        until_pre_acceptance(world, case)
        item = add_item(world, case)
        act(case, world.bureau1, "rectify")
        answer(item, world.town)
    kept = [fresh(case).title, item.case.title, *CaseFile.objects.values_list("label", flat=True)]
    assert [text for text in kept if not re.search("[一-鿿]", text) or re.search("[a-z]{3}", text)] == []


def test_only_a_running_programme_can_be_accepted(world, running):
    Programme.objects.filter(pk=running.pk).update(state=Programme.State.DRAFT)
    with pytest.raises(ValidationError):
        start(world, running)


@pytest.mark.parametrize("who", ["lib1", "town", "teacher", "idle"])
def test_only_the_bureau_starts_and_writes_the_list(world, running, who):
    with pytest.raises(PermissionDenied):
        services.acceptance_fill(Acceptance(), programme=running, why_now="x", by=getattr(world, who))
    case = start(world, running)
    until_pre_acceptance(world, case)
    with pytest.raises(PermissionDenied):
        services.item_add(
            acceptance=fresh(case), text="x", clause="R31", township=world.township, line="",
            due_on=timezone.localdate(), by=getattr(world, who),
        )  # fmt: skip
    row = add_item(world, case)
    with pytest.raises(PermissionDenied):
        services.item_remove(item=row, by=getattr(world, who))
    with pytest.raises(PermissionDenied):
        services.thresholds_set(wanted={"townships": (1, "x")}, reason="x", by=getattr(world, who))


WRONG = [
    ("library_report", "cul1"), ("culture_report", "lib1"), ("library_report", "bureau1"), ("library_report", "town"),
]  # fmt: skip


@pytest.mark.parametrize(("node", "who"), WRONG)
def test_each_head_writes_its_own_report(world, running, node, who):
    case = start(world, running)
    with pytest.raises(PermissionDenied):
        act(case, getattr(world, who), "hand_in", node, text="x", paper=checked())


@pytest.mark.parametrize("who", ["lib1", "cul1", "town"])
def test_pre_acceptance_and_the_superior_s_decision_are_the_bureau_s_to_record(world, running, who):
    case = start(world, running)
    until_pre_acceptance(world, case)
    with pytest.raises(PermissionDenied):
        act(case, getattr(world, who), "pass")
    act(case, world.bureau1, "pass")
    with pytest.raises(PermissionDenied):
        act(case, getattr(world, who), "passed", paper=checked(), **WORDS)


def test_an_item_is_answered_by_its_responsible_and_ticked_off_by_another(world, running):
    case = start(world, running)
    until_pre_acceptance(world, case)
    add_item(world, case)
    add_item(world, case, township=None, line="library")
    act(case, world.bureau1, "rectify")
    town, head = RectificationItem.objects.all()
    for row, strangers in ((town, ["elsewhere", "lib1", "bureau1"]), (head, ["cul1", "town", "bureau1"])):
        for who in strangers:
            with pytest.raises(PermissionDenied):
                answer(row, getattr(world, who))
    answer(town, world.town)
    answer(head, world.lib1)
    for row, strangers in ((town, ["town2", "bureau1"]), (head, ["lib2", "lib1", "town"])):
        for who in strangers:
            with pytest.raises(PermissionDenied):
                act(row.case, getattr(world, who), "accept")


BAD_STEPS = {
    "report without a document": ("library_report", "lib1", "hand_in", {"text": "x", "paper": None}, "paper"),
    "report without words": ("library_report", "lib1", "hand_in", {"text": " ", "paper": checked()}, "text"),
}


@pytest.mark.parametrize("name", BAD_STEPS)
def test_a_report_needs_words_and_a_document(world, running, name):
    node, who, decision, data, field = BAD_STEPS[name]
    case = start(world, running)
    assert field in refuse(case, getattr(world, who), decision, node, **data).message_dict


@pytest.mark.parametrize(("field", "value"), [
    ("organ", " "), ("document_number", ""), ("on", None), ("on", date(2999, 1, 1)), ("paper", None),
])  # fmt: skip
def test_the_superior_s_decision_is_recorded_whole(world, running, field, value):
    case = start(world, running)
    until_pre_acceptance(world, case)
    act(case, world.bureau1, "pass")
    data = {"paper": checked(), **WORDS} | {field: value}
    assert field in refuse(case, world.bureau1, "passed", **data).message_dict
    assert fresh(case).state == Case.State.ACTIVE
    assert Programme.objects.get(pk=running.pk).state == Programme.State.RUNNING


def test_failing_needs_reasons(world, running):
    case = start(world, running)
    until_pre_acceptance(world, case)
    act(case, world.bureau1, "pass")
    assert "reason" in refuse(case, world.bureau1, "failed", paper=checked(), **WORDS).message_dict


def test_the_list_and_the_decision_agree(world, running):
    case = start(world, running)
    with pytest.raises(ValidationError):  # too early: the reports are not in
        add_item(world, case)
    until_pre_acceptance(world, case)
    refuse(case, world.bureau1, "rectify")
    row = add_item(world, case)
    refuse(case, world.bureau1, "pass")
    services.item_remove(item=row, by=world.bureau1)
    add_item(world, case)
    act(case, world.bureau1, "rectify")
    refuse(case, world.bureau1, "more")
    with pytest.raises(ValidationError):  # it has gone out
        services.item_remove(item=RectificationItem.objects.get(), by=world.bureau1)


@pytest.mark.parametrize("values", [
    {"line": "library"}, {"township": None}, {"clause": "31"}, {"text": " "}, {"due_on": date(2020, 1, 1)},
])  # fmt: skip
def test_an_item_names_one_responsible_a_clause_and_a_day_to_come(world, running, values):
    case = start(world, running)
    until_pre_acceptance(world, case)
    with pytest.raises(ValidationError):
        add_item(world, case, **values)
    assert not RectificationItem.objects.exists()


def test_an_answer_needs_words_a_day_and_evidence(world, running):
    case = start(world, running)
    until_pre_acceptance(world, case)
    row = add_item(world, case)
    act(case, world.bureau1, "rectify")
    good = {"answer": "好了", "done_on": timezone.localdate(), "papers": [checked()]}
    later = timezone.localdate() + timedelta(days=1)
    for field, value in (("answer", " "), ("done_on", None), ("done_on", later), ("papers", [])):
        assert field in refuse(row.case, world.town, "answer", **good | {field: value}).message_dict


def test_later_changes_of_the_registers_do_not_change_the_record(world, running):
    case = start(world, running)
    until_pre_acceptance(world, case)
    before = fresh(case).snapshots.get(node="library_check").figures
    Venue.objects.filter(tier="branch").update(status=Venue.Status.SUSPENDED)
    milestone(running, "measures").delete()
    act(case, world.bureau1, "pass")
    assert fresh(case).snapshots.get(node="library_check").figures == before
    after = fresh(case).snapshots.get(node="pre_acceptance").figures
    townships = {row["name"]: row["value"] for row in after}["townships"]
    assert (before[0]["value"], townships) == (50.0, 0.0)


def test_both_flows_have_deadlines_of_their_own(world, running):
    nodes = set(DeadlineRule.objects.filter(flow__in=["acceptance", "rectification"]).values_list("flow", "node"))
    assert ("acceptance", "superior") in nodes
    assert ("rectification", "tick_head") in nodes
    case = start(world, running)
    assert set(case.work_items.values_list("flow", flat=True)) == {"acceptance"}


def test_the_second_press_is_told(world, running):
    case = start(world, running)
    pk = item(case, "library_report").pk
    act(case, world.lib1, "hand_in", "library_report", text="总结", paper=checked())
    lost = task_act(work_item=pk, actor=world.lib2, decision="hand_in", data={"text": "x", "paper": checked()})
    assert lost.message
    assert fresh(case).statements.count() == 1
