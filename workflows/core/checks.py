"""System checks that keep every flow safe: Viewflow's own defaults are open."""

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from viewflow.workflow import lock, nodes
from viewflow.workflow.base import Flow

from .nodes import CaseFlow, HumanTask


@register()
def check_flows(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    """Every flow of the house locks its case, and every human step of it has a permission, decisions and a deadline."""
    flows = [flow for flow in _flows(Flow) if apps.get_containing_app_config(flow.__module__)]
    return [problem for flow in flows for problem in flow_problems(flow)]


def _flows(base: type) -> list[Any]:
    return [flow for child in base.__subclasses__() for flow in (child, *_flows(child)) if _is_concrete(flow)]


def _is_concrete(flow: Any) -> bool:
    """A flow with a start; base classes have none."""
    return any(isinstance(node, nodes.Start | nodes.StartHandle) for node in flow.instance.nodes())


def flow_problems(flow: Any) -> list[CheckMessage]:
    """What is wrong with one flow."""
    problems: list[CheckMessage] = []
    held = flow.lock_impl
    if not isinstance(held, lock.SelectForUpdateLock) or held.nowait:
        problems.append(
            Error(
                f"{flow.__name__} does not lock its case.",
                hint="Inherit from CaseFlow, or set lock_impl = SelectForUpdateLock(nowait=False).",
                obj=flow,
                id="workflows_core.E001",
            )
        )
    if issubclass(flow, CaseFlow) and not flow.prefix:
        problems.append(Error(f"{flow.__name__} has no prefix for its numbers.", obj=flow, id="workflows_core.E002"))
    for node in flow.instance.nodes():
        if isinstance(node, nodes.View | nodes.Start):
            problems.extend(_node_problems(flow, node))
    return problems


def _node_problems(flow: Any, node: Any) -> list[CheckMessage]:
    name = f"{flow.__name__}.{node.name}"
    if not isinstance(node, HumanTask):
        return [
            Error(
                f"{name} is a human step that our one service does not guard.",
                hint="Use workflows.core.nodes.HumanTask, and StartHandle to start.",
                obj=flow,
                id="workflows_core.E003",
            )
        ]
    problems: list[CheckMessage] = []
    if not callable(node.permission):
        problems.append(Error(f"{name} has no permission: anybody could take it.", obj=flow, id="workflows_core.E004"))
    if not node.decisions or node.handler is None:
        problems.append(Error(f"{name} has nothing to decide.", obj=flow, id="workflows_core.E005"))
    if not node.workdays:
        problems.append(Error(f"{name} has no deadline.", obj=flow, id="workflows_core.E006"))
    return problems
