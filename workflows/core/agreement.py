"""Whether tasks and work items agree. They are written together; this proves it on the data."""

from viewflow.workflow.models import Task
from viewflow.workflow.status import STATUS

from .models import Case, DeadlineRule, WorkItem
from .nodes import HumanTask, all_flows

OPEN = (STATUS.NEW, STATUS.ASSIGNED, STATUS.STARTED)


def disagreements() -> list[str]:
    """One line for each disagreement; empty when all is well."""
    return [*_tasks_without_item(), *_items_without_task(), *_different_owner(), *_stopped_cases(), *_no_deadline()]


def _tasks_without_item() -> list[str]:
    flows = all_flows()
    tasks = Task.objects.filter(flow_task_type="HUMAN", status__in=OPEN, process__flow_class__in=flows).exclude(
        work_item__state=WorkItem.State.OPEN
    )
    return [f"task {task.pk} ({task.flow_task}) is open and has no open work item" for task in tasks]


def _items_without_task() -> list[str]:
    stray = WorkItem.objects.open().exclude(task__status__in=OPEN).select_related("task")
    lines = [f"work item {item.pk} is open but its task is {item.task.status}" for item in stray]
    for item in WorkItem.objects.open().filter(task__status__in=OPEN).select_related("task"):
        node = item.task.flow_task
        if not isinstance(node, HumanTask):
            lines.append(f"work item {item.pk} waits at {item.node}, which is no longer in the flow")
        elif (node.name, node.flow_class.label()) != (item.node, item.flow):
            lines.append(f"work item {item.pk} says {item.flow}/{item.node}, its task says {node.name}")
    return lines


def _different_owner() -> list[str]:
    rows = WorkItem.objects.open().select_related("task")
    return [
        f"work item {item.pk} is assigned to {item.assignee_id}, its task to {item.task.owner_id}"
        for item in rows
        if item.assignee_id != item.task.owner_id
    ]


def _stopped_cases() -> list[str]:
    rows = WorkItem.objects.open().exclude(case__state__in=Case.RUNNING).select_related("case")
    return [f"work item {item.pk} is open in the {item.case.state} case {item.case.number}" for item in rows]


def _no_deadline() -> list[str]:
    known = set(DeadlineRule.objects.values_list("flow", "node"))
    wanted = {(flow.label(), node.name) for flow in all_flows() for node in flow.human_nodes()}
    return [f"{flow}/{node} has no deadline: run migrate" for flow, node in sorted(wanted - known)]
