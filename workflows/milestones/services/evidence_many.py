"""First evidence of many milestones at once: every row is checked by itself, rows that go the same way are written
together (`workflows.core.alike`)."""

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workflows.core.alike import cases_follow
from workflows.core.chunks import Chunk
from workflows.core.nodes import flow_of
from workflows.core.permissions import may_take
from workflows.core.services import case_files_add, make_word, next_numbers
from workflows.core.work_items import item_at

from .. import rules
from ..locks import running_case
from ..models import Evidence, Milestone, MilestoneCase
from .evidence import Files, State, case_fill, closed_because, evidence_checked, papers_of


@dataclass(frozen=True)
class Ready:
    """Evidence that was checked; neither it nor its case is written yet.

    `way`: rows for which it is equal go the same way through the flow, with the same dates.
    """

    evidence: Evidence
    files: Files
    way: Hashable


def evidence_ready(
    *,
    milestone: Milestone,
    by: Any,
    done_on: dt.date,
    note: str,
    answers: Mapping[str, Any],
    files: Files,
    source: str,
) -> Ready | None:
    """Check the first evidence of a locked milestone with the rules of `evidence_hand_in`.

    Returns:
        What can be written with others; None where it must go by itself: the milestone has a case already, or it is
        refused, and `evidence_hand_in` says why.

    Raises:
        ValidationError: what is wrong with the evidence, by field.
    """
    if running_case(milestone) or closed_because(milestone):
        return None
    flow = flow_of(MilestoneCase._meta.app_label)
    assert flow is not None  # it makes itself known in `ready()`  # noqa: S101
    case = MilestoneCase(flow_class=flow)
    case_fill(case, milestone=milestone, by=by)
    node = flow.instance.node(rules.hand_in_node(case))
    leave = may_take(by, item_at(node, case), case, node)
    if not leave:
        return None
    evidence = evidence_checked(case, by=by, done_on=done_on, note=note, answers=answers, files=files, source=source)
    covered = leave.on_behalf_of.pk if leave.on_behalf_of else None
    way = (node.name, rules.way_to_confirmation(case), *case.lines, milestone.last_day, covered)
    return Ready(evidence, files, way)


def evidence_follow(pattern: Evidence, ready: Sequence[Ready], *, by: Any, chunk: Chunk) -> None:
    """Hand in evidence that goes the same way as one that was handed in before, in the same chunk.

    Args:
        pattern: the one that the engine has taken there.
        ready: of the same way and the same person.
        by: who hands in.
        chunk: the one that is open.
    """
    cases = [one.evidence.case for one in ready]
    for case, number in zip(cases, next_numbers(pattern.case.flow_class.prefix, len(cases)), strict=True):
        case.number, case.check_word, case.outcome = number, make_word(), pattern.case.outcome
    cases_follow(pattern.case, cases, chunk=chunk)
    for one in ready:
        one.evidence.case = one.evidence.case  # it has its primary key now
    Evidence.objects.bulk_create(one.evidence for one in ready)
    papers = [paper for one in ready for paper in papers_of(one.evidence, one.files)]
    owners = [one.evidence.pk for one in ready for _file in one.files]
    kept = case_files_add(files=papers, by=by)
    through = Evidence.files.through
    through.objects.bulk_create(
        through(evidence_id=owner, casefile_id=file.pk) for owner, file in zip(owners, kept, strict=True)
    )
    for case in cases:
        case.milestone.state, case.milestone.case = State.HANDED_IN, case
    Milestone.objects.bulk_update([case.milestone for case in cases], ["state", "case"])
