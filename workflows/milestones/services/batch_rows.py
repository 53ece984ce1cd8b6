"""The rows of a batch, checked with the services' own rules before anything is changed.

The queries do not grow with the rows: what the rules need is read once for all of them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.privatefiles import CheckedFile
from network.models import Venue
from workflows.core.models import WorkItem
from workflows.core.permissions import mandate_of, prior_step_by, turn_of

from .. import permissions, rules
from ..models import Batch, Evidence, Milestone, PlanItem, SurveyQuestion
from ..selectors.survey import register_diffs
from .evidence import closed_because
from .survey import answers_check

Files = Sequence[tuple[CheckedFile, str]]
CHECK_NODES = ("check", "check_library", "check_culture")
TIERS = {Venue.Tier.HEAD: 0, Venue.Tier.BRANCH: 2, Venue.Tier.POINT: 3}
OPEN = (Milestone.State.NOT_STARTED, Milestone.State.IN_PROGRESS)


@dataclass
class Entry:
    """One row as it was entered.

    Attributes:
        number: the row's number in the sheet, or its place in the grid.
        milestone: which one; None where the row names none that is theirs.
        done_on: the day, or None; `typed` keeps what stood there.
        answers: question's key → what was typed.
        files: the row's own checked files with their titles.
        problems: what is wrong, in words. A row with problems is not taken.
        remarks: what to know about a row that is taken nevertheless.
        work_item: of the step to decide, for checks and confirmations.
    """

    number: int
    milestone: Milestone | None
    sheet: str = ""
    place: str = ""
    done_on: dt.date | None = None
    typed: str = ""
    note: str = ""
    answers: Mapping[str, Any] = field(default_factory=dict)
    files: Files = ()
    problems: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    work_item: int | None = None

    def values(self) -> dict[str, Any]:
        """What the row keeps of it."""
        if self.work_item:
            return {"work_item": self.work_item}
        day = self.done_on.isoformat() if self.done_on else self.typed
        return {"done_on": day, "note": self.note, "answers": dict(self.answers)}


class Questions:
    """The survey's questions by form and level, read once."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, str], list[SurveyQuestion]] = {}

    def of(self, milestone: Milestone) -> list[SurveyQuestion]:
        """What a milestone asks; nothing where it is no survey."""
        if not milestone.item.survey or milestone.venue is None:
            return []
        key = (milestone.item.survey, milestone.venue.tier)
        if key not in self._found:
            asked = SurveyQuestion.objects.filter(form=milestone.item.survey).asked_at(milestone.venue.tier)
            self._found[key] = list(asked)
        return self._found[key]


def refuse_twice(entries: Iterable[Entry]) -> None:
    """Rows for one milestone that stand twice: none of them is taken, and each names the others."""
    same = defaultdict(list)
    for entry in entries:
        if entry.milestone:
            same[entry.milestone.pk].append(entry)
    for rows in same.values():
        for entry in rows if len(rows) > 1 else ():
            others = _(", ").join(_where(other, entry) for other in rows if other is not entry)
            entry.problems.append(_("The same venue stands in %(others)s too. Keep one row.") % {"others": others})


def _where(row: Entry, seen_from: Entry) -> str:
    if row.sheet == seen_from.sheet:
        return _("row %(number)s") % {"number": row.number}
    return _("row %(number)s of “%(sheet)s”") % {"number": row.number, "sheet": row.sheet}


# Handing in -------------------------------------------------------------------------------------
def check_hand_in(entries: Sequence[Entry], *, by: Any, common: Files) -> None:
    """Add to each entry what the services would refuse, and what it waits for.

    Args:
        entries: their milestones with plan item, programme and venue.
        by: who hands in.
        common: files that count for every row.
    """
    refuse_twice(entries)
    own = list(mandate_of(by).everybody())
    questions = Questions()
    rows = [entry.milestone for entry in entries if entry.milestone]
    waiting = rules.waits_for_many(rows)
    kept, together = kept_types(rows), {row.pk for row in rows}
    for entry in entries:
        milestone = entry.milestone
        if milestone is None:
            continue
        if not any(permissions.owns(held, milestone) for held in own):
            entry.problems.append(_("This milestone is not yours to carry out."))
        elif problem := closed_because(milestone) or _not_open(milestone):
            entry.problems.append(problem)
        else:
            _check_evidence(entry, milestone, (*common, *entry.files), questions, kept[milestone.pk])
            first_ones = [first for first in waiting[milestone.pk] if first.pk not in together]
            entry.remarks += [rules.order_problem(milestone, first) for first in first_ones]


def _not_open(milestone: Milestone) -> str:
    if milestone.state in OPEN:
        return ""
    return _("Nothing can be handed in now: %(state)s.") % {"state": milestone.get_state_display()}


def kept_types(milestones: Iterable[Milestone]) -> dict[int, list[str]]:
    """The types of the papers that stand from earlier evidence, by milestone."""
    found: dict[int, list[str]] = defaultdict(list)
    asking = [row.pk for row in milestones if row.item.needs_file or row.item.needs_photo]
    rows = Evidence.objects.filter(milestone__in=asking, withdrawn_at=None).exclude(files=None)
    for milestone, content_type in rows.values_list("milestone", "files__content_type"):
        found[milestone].append(content_type)
    return found


def _check_evidence(
    entry: Entry, milestone: Milestone, files: Files, questions: Questions, kept: Sequence[str]
) -> None:
    asked = questions.of(milestone)
    missing = rules.evidence_problems(
        milestone, done_on=entry.done_on, answers=entry.answers, files=files, note=entry.note, kept=kept,
        asked=bool(asked),
    )  # fmt: skip
    if entry.typed.strip() and entry.done_on is None:
        missing.pop("done_on", None)  # what was typed is no day: that has been said
    entry.problems += missing.values()
    if entry.answers or (asked and "answers" not in missing):
        try:
            entry.answers = answers_check(milestone=milestone, answers=entry.answers, questions=asked)
        except ValidationError as error:
            entry.problems += _by_question(error, asked)


def _by_question(error: ValidationError, asked: Sequence[SurveyQuestion]) -> list[str]:
    names = {question.key: str(question) for question in asked}
    return [
        _("%(question)s: %(problem)s") % {"question": names.get(key, key), "problem": " ".join(problems)}
        for key, problems in error.message_dict.items()
    ]


# Deciding ---------------------------------------------------------------------------------------
def decidable(user: Any, kind: str) -> Any:
    """The open steps of milestones' cases that somebody may decide: their turn, not another's task, not their own
    evidence, and not after a step that they decided.

    Args:
        user: who decides.
        kind: `Batch.Kind.CHECK` or `Batch.Kind.CONFIRM`.
    """
    nodes = CHECK_NODES if kind == Batch.Kind.CHECK else ("confirm",)
    rows = WorkItem.objects.open().filter(turn_of(mandate_of(user)), flow="milestones", node__in=nodes)
    rows = rows.filter(assignee=None) | rows.filter(assignee=user)
    mine = Evidence.objects.filter(by=user, withdrawn_at=None).values("case")
    return rows.filter(case__state="active").exclude(case__in=mine).exclude(prior_step_by(user))


def check_decisions(entries: Sequence[Entry], *, by: Any, kind: str, decision: str) -> None:
    """Add to each entry why its step cannot be decided, and what a confirmed survey would write into the register."""
    refuse_twice(entries)
    wanted = [entry.work_item for entry in entries]
    open_items = set(decidable(by, kind).filter(pk__in=wanted).values_list("pk", flat=True))
    rows = [entry.milestone for entry in entries if entry.milestone]
    waiting = rules.waits_for_many(rows) if decision == "confirm" else {}
    differing = register_diffs(rows) if decision == "confirm" else {}
    in_batch = {row.pk for row in rows}
    for entry in entries:
        if entry.work_item not in open_items:
            entry.problems.append(_("This step is not yours to decide, or no longer open."))
        for first in waiting.get(entry.milestone.pk, []) if entry.milestone else []:
            # What is confirmed in the same batch comes first there.
            told = entry.remarks if first.pk in in_batch else entry.problems
            told.append(rules.order_problem(entry.milestone, first))  # type: ignore[arg-type]
        for line in differing.get(entry.milestone.pk, []) if entry.milestone else []:
            words = {"question": line.question, "change": line.text}
            entry.remarks.append(_("Into the register: %(question)s: %(change)s") % words)


# The order --------------------------------------------------------------------------------------
def turns_of(milestones: Iterable[Milestone]) -> dict[int, int]:
    """When the worker takes each milestone: items after those they come after, heads, pilots, branches, then points."""
    rows = list(milestones)
    depths = _depths({row.item_id for row in rows})
    return {row.pk: depths[row.item_id] * 4 + _tier_turn(row.venue) for row in rows}


def _tier_turn(venue: Venue | None) -> int:
    if venue is None:
        return 0
    return 1 if venue.tier == Venue.Tier.BRANCH and venue.pilot else TIERS[Venue.Tier(venue.tier)]


def _depths(items: set[int]) -> dict[int, int]:
    """How many items of the batch come before each, one after the other; a ring among them ends after as many rounds
    as there are items."""
    pairs = PlanItem.after.through.objects.filter(from_planitem__in=items, to_planitem__in=items)
    edges = list(pairs.values_list("from_planitem", "to_planitem"))
    depths = dict.fromkeys(items, 0)
    for _round in items:
        deeper = {later: depths[first] + 1 for later, first in edges if depths[later] <= depths[first]}
        if not deeper:
            break
        depths |= deeper
    return depths
