"""The system checks that guard every flow."""

import pytest
from django.core.management import CommandError, call_command
from viewflow import this
from viewflow.workflow import flow, lock, nodes

from workflows.core.checks import check_flows, flow_problems
from workflows.core.models import Case, WorkItem
from workflows.core.nodes import Choice, HumanTask, all_flows

from .world import item, submit


class Flow(flow.Flow):
    """Bare: what Viewflow gives by default. Lives in tests only, where no app finds it."""

    process_class = Case
    start = nodes.StartHandle().Next(this.ask)
    ask = nodes.View(None).Next(this.open)
    open = HumanTask(role="head", permission=None, decisions={}, workdays=None, handler=None).Next(this.end)
    end = nodes.End()


def test_our_own_flows_are_in_order():
    assert [problem for ours in all_flows() for problem in flow_problems(ours)] == []


def test_a_bare_flow_is_refused_for_every_fault():
    found = {problem.id.rsplit(".", 1)[1] for problem in flow_problems(Flow)}
    assert found == {"E001", "E003", "E004", "E005", "E006"}
    assert check_flows(None) == []  # a flow outside every app is not the site's


def test_a_lock_that_fails_instead_of_waiting_is_refused():
    class Impatient(Flow):
        lock_impl = lock.SelectForUpdateLock(nowait=True)

    assert any(problem.id == "workflows_core.E001" for problem in flow_problems(Impatient))


def test_choices_are_plain_data():
    assert Choice("x").needs_reason is False


@pytest.mark.django_db
def test_the_command_proves_agreement_and_finds_disagreement(world):
    case = submit(world)
    call_command("check_work_items")
    WorkItem.objects.filter(case=case).update(state="done", closed_at=case.created)
    with pytest.raises(CommandError):
        call_command("check_work_items")
    WorkItem.objects.filter(case=case).update(state="open", closed_at=None, assignee=world.lib1)
    with pytest.raises(CommandError):
        call_command("check_work_items")
    assert item(case).assignee == world.lib1
