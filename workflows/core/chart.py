"""The picture of a flow for people: its human steps from top to bottom, with the current place marked.

Viewflow's own chart draws every gateway and is several screens wide; it stays the picture for docs/. Here gateways are
left out and the steps they lead to are joined directly. What the picture says is also said in words: every step's title
carries its state, and the page lists the steps beside it.
"""

from dataclasses import dataclass, field
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from viewflow.workflow import nodes

from .models import Case, WorkItem
from .nodes import HumanTask

WIDTH, HEIGHT, PITCH, GAP, MARGIN = 184, 46, 74, 24, 12


@dataclass
class Box:
    """One step in the picture."""

    node: Any
    x: int = 0
    y: int = 0
    state: str = ""
    stops: bool = False

    width: int = WIDTH
    height: int = HEIGHT

    @property
    def title(self) -> str:
        return str(self.node.task_title)

    @property
    def middle(self) -> int:
        return self.x + WIDTH // 2

    @property
    def spoken(self) -> str:
        """The step and its state in words."""
        words = {"now": _("the case is here"), "done": _("done"), "": _("not yet")}
        return f"{self.title}: {words[self.state]}"


@dataclass
class Picture:
    """Boxes and paths."""

    boxes: list[Box]
    paths: list[str] = field(default_factory=list)
    width: int = 0
    height: int = 0


def successors(node: Any, seen: frozenset[Any] = frozenset()) -> list[Any]:
    """The human steps and ends that follow a node, gateways and functions left out."""
    found: list[Any] = []
    for edge in node._outgoing():
        target = edge.dst
        if target in seen:
            continue
        if isinstance(target, HumanTask | nodes.End):
            found.append(target)
        else:
            found.extend(successors(target, seen | {target}))
    return list(dict.fromkeys(found))


def picture(steps: list[HumanTask], states: dict[str, str]) -> Picture:
    """Lay steps out; `states` maps a step's name to "done" or "now"."""
    follows = {step: [target for target in successors(step) if target in steps] for step in steps}
    rows = _rows(steps, follows)
    boxes = {step: Box(step, state=states.get(step.name, "")) for step in steps}
    columns = max(len(members) for members in rows)  # the applicant's steps stand in a column of their own
    for row, members in enumerate(rows):
        for column, step in enumerate(members):
            boxes[step].x = MARGIN + (WIDTH + GAP) * (columns if step.role == WorkItem.Role.APPLICANT else column)
            boxes[step].y = MARGIN + row * PITCH
            boxes[step].stops = any(choice.tone == "stop" for choice in step.decisions.values())
    paths = [_path(boxes[step], boxes[target]) for step in steps for target in follows[step]]
    height = MARGIN * 2 + (len(rows) - 1) * PITCH + HEIGHT
    return Picture(list(boxes.values()), paths, MARGIN * 2 + (columns + 1) * (WIDTH + GAP) + 20, height)


def _rows(steps: list[HumanTask], follows: dict[HumanTask, list[Any]]) -> list[list[HumanTask]]:
    """One row for each step; steps that run side by side share one."""
    before = {step: frozenset(other for other in steps if step in follows[other]) for step in steps}
    rows: list[list[HumanTask]] = []
    for step in steps:
        last = rows[-1][-1] if rows else None
        beside = (
            last is not None and before[last] == before[step] and last.role == step.role and step not in follows[last]
        )
        if beside and before[step]:
            rows[-1].append(step)
        else:
            rows.append([step])
    return rows


def _path(start: Box, end: Box) -> str:
    """Down to a later row; back up along the right-hand side to an earlier one."""
    if end.y > start.y:
        y1, y2 = start.y + HEIGHT, end.y
        bend = min(PITCH, (y2 - y1)) // 2 or 1
        return f"M{start.middle},{y1} C{start.middle},{y1 + bend} {end.middle},{y2 - bend} {end.middle},{y2 - 5}"
    y1, y2, right = start.y + HEIGHT // 2, end.y + HEIGHT // 2, end.x + WIDTH
    if start.x > end.x:
        return f"M{start.middle},{start.y} C{start.middle},{y2} {start.middle},{y2} {right + 5},{y2}"
    return f"M{right},{y1} C{right + 34},{y1} {right + 34},{y2} {right + 5},{y2}"


def states_of(case: Case) -> dict[str, str]:
    """Which steps a case has done and where it is."""
    rows = case.work_items.exclude(state=WorkItem.State.CANCELLED).values_list("node", "state")
    states: dict[str, str] = {}
    for node, state in rows:
        if state == WorkItem.State.OPEN:
            states[node] = "now"
        else:
            states.setdefault(node, "done")
    return states


def case_chart(case: Case) -> SafeString:
    """The picture of a case as inline SVG."""
    drawn = picture(case.flow_class.instance.steps_of(case), states_of(case))
    return render_to_string("workflows/chart.svg", {"picture": drawn, "title": case.flow_class.process_title})
