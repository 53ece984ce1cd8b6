"""What the clock tells about steps: whose turn it is, what is due soon, what stayed undone.

A batch can open a thousand checks in a minute: of many steps alike each person hears once, with how many there are.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Case, Notice, WorkItem
from .nodes import node_title
from .notices import digest_send, notice_send
from .selectors import officials_in_turn

FEW = 5  # as many steps alike are told of one by one
CHUNK = 500  # steps told of in one transaction
NAMED = 10  # cases that a digest names


def work_items_announce() -> int:
    """Tell people that it is their turn. Returns how many steps were announced."""
    return _tell(WorkItem.objects.open().filter(announced_at=None), "announced_at", Notice.Kind.TURN)


def work_items_remind() -> int:
    """Remind of steps that are due soon. Returns how many."""
    today = timezone.localdate()
    soon = WorkItem.objects.open().filter(paused_at=None, reminded_at=None, remind_on__lte=today)
    return _tell(soon, "reminded_at", Notice.Kind.REMINDER)


def work_items_escalate() -> int:
    """Tell those in turn, and the bureau, of steps that stayed undone too long. Returns how many."""
    today = timezone.localdate()
    late = WorkItem.objects.open().filter(paused_at=None, escalated_at=None, escalate_on__lte=today)
    return _tell(late, "escalated_at", Notice.Kind.ESCALATION)


def _tell(items: Any, stamp: str, kind: str) -> int:
    """Of few steps alike one by one, of many together; applicants, whose cases are theirs alone, always one by one."""
    officials = items.exclude(role=WorkItem.Role.APPLICANT)
    alike = officials.order_by().values("flow", "node").annotate(number=Count("pk")).filter(number__gt=FEW)
    told = 0
    for flow, node in alike.values_list("flow", "node"):
        while number := _together(officials.filter(flow=flow, node=node), stamp, kind):
            told += number
    return told + _each(items, stamp, kind)


def _each(items: Any, stamp: str, kind: str) -> int:
    """Tell about each item in a transaction of its own, once: two clocks at the same time do not tell twice."""
    told = 0
    for pk in items.order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            if not items.filter(pk=pk).update(**{stamp: timezone.now()}):
                continue
            item = WorkItem.objects.select_related("case", "assignee").get(pk=pk)
            if item.case.state == Case.State.ACTIVE:
                notice_send(_whom(item, kind), kind, item.case, item)
                told += 1
    return told


@transaction.atomic
def _together(items: Any, stamp: str, kind: str) -> int:
    """Tell each person once about the steps of one chunk that are theirs. Returns how many steps the chunk had.

    The rows are locked: a second clock waits, and finds them told.
    """
    locked = items.select_for_update(of=("self",)).order_by("pk")[:CHUNK]
    rows = list(locked.select_related("case", "assignee", "township"))
    WorkItem.objects.filter(pk__in=[row.pk for row in rows]).update(**{stamp: timezone.now()})
    people: dict[Any, dict[Any, str]] = {}
    theirs: dict[Any, list[WorkItem]] = defaultdict(list)
    for row in rows:
        if row.case.state != Case.State.ACTIVE:
            continue
        turn = (row.assignee_id, row.role, row.township_id, row.line, tuple(row.case.lines))
        if turn not in people:
            people[turn] = _whom(row, kind)
        for told in people[turn].items():
            theirs[told].append(row)
    for (person, tab), steps in theirs.items():
        if len(steps) == 1:
            notice_send([person], kind, steps[0].case, steps[0])
            continue
        path = f"{reverse('workflows_inbox')}?tab={tab}&node={steps[0].flow}/{steps[0].node}"
        digest_send([person], _words(kind, steps), path)
    return len(rows)


def _words(kind: str, steps: list[WorkItem]) -> Callable[[], tuple[str, str]]:
    """Line and text of a digest, made in the language that is active when they are asked for."""

    def words() -> tuple[str, str]:
        texts = {
            Notice.Kind.TURN: _("%(number)s cases wait for you: please do “%(step)s”."),
            Notice.Kind.REMINDER: _("%(number)s cases: “%(step)s” is due soon."),
            Notice.Kind.ESCALATION: _("%(number)s cases: “%(step)s” is overdue and has not been done."),
        }
        step = node_title(steps[0].flow, steps[0].node)
        lines = [f"- {row.case.number} {row.case.title}" for row in steps[:NAMED]]
        if len(steps) > NAMED:
            lines.append(_("- and %(n)s more") % {"n": len(steps) - NAMED})
        return texts[Notice.Kind(kind)] % {"number": len(steps), "step": step}, "\n".join(lines)

    return words


def _whom(item: WorkItem, kind: str) -> dict[Any, str]:
    """Who is told, each with the tab of the inbox on which the step stands for them."""
    in_turn = [item.assignee] if item.assignee else officials_in_turn(item, item.case)
    people = dict.fromkeys(in_turn, "mine" if item.assignee else "office")
    if kind == Notice.Kind.ESCALATION:
        for person in officials_in_turn(WorkItem(role=WorkItem.Role.BUREAU), item.case):
            people.setdefault(person, "upcoming")
    return people
