"""Deadline rules: one row for each human step, made from the flow's own figures and then the county's to change."""

from typing import Any

from .models import DeadlineRule
from .nodes import all_flows


def deadline_rules_create(**_kwargs: Any) -> None:
    """Add the rules that are missing; never change one that is there. Runs after every migration."""
    rows = [
        DeadlineRule(
            flow=flow.label(),
            node=node.name,
            workdays=node.workdays,  # type: ignore[misc]
            remind_before=min(2, node.workdays - 1),  # type: ignore[operator]
            escalate_after=3,
        )
        for flow in all_flows()
        for node in flow.human_nodes()
    ]
    DeadlineRule.objects.bulk_create(rows, ignore_conflicts=True)
