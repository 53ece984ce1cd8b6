"""Reads that more than one caller needs."""

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from network.models import Appointment, Office, Venue
from network.permissions import BUREAU_GROUP, with_duties

from .models import Case, Decision, Delegation, WorkItem
from .permissions import Mandate, barred, case_scope, decided_before, mandate_of, prior_step_by, turn_of

MENU_COUNT_LIMIT = 99


def officials_in_turn(item: WorkItem, case: Case) -> list[Any]:
    """The active people whose turn an item is, by role, line, township; for applicants, the members."""
    return list(_in_turn(item, case))


def _in_turn(item: WorkItem, case: Case) -> QuerySet[Any]:
    people = get_user_model().objects.filter(is_active=True)
    if item.role == WorkItem.Role.APPLICANT:
        of_case = Q(pk=case.person_id)
        if case.organisation_id:
            of_case |= Q(memberships__organisation_id=case.organisation_id)
        return people.filter(of_case).distinct()
    if item.role == WorkItem.Role.BUREAU:
        return people.filter(groups__name=BUREAU_GROUP).distinct()
    held = Appointment.objects.on(timezone.localdate())
    if item.role == WorkItem.Role.TOWNSHIP:
        held = held.filter(post__office__kind=Office.Kind.TOWNSHIP, post__office__division=item.township)
    else:
        lines = Q(pk__in=[])
        for line in [item.line] if item.line else case.lines:
            lines |= Q(**{f"post__venue__{line}": True})
        held = held.filter(lines, post__venue__tier=Venue.Tier.HEAD)
    return people.filter(pk__in=held.values("person")).distinct()


def colleagues_for(item: WorkItem, case: Case, node: Any) -> list[Any]:
    """The people who could take this step: it is their turn, and no rule excludes them. Constant queries."""
    before = decided_before(item, case)
    return [
        user
        for user in with_duties(_in_turn(item, case))
        if node.permission(user, case) and not barred(mandate_of(user, with_cover=False), item, case, node, before)
    ]


@dataclass(frozen=True)
class Inbox:
    """The tabs of an official's inbox, each an unevaluated queryset; `waiting` is the first two together."""

    waiting: QuerySet[WorkItem]
    mine: QuerySet[WorkItem]
    office: QuerySet[WorkItem]
    upcoming: QuerySet[WorkItem]
    done: QuerySet[WorkItem]


def inbox_of(user: Any, mandate: Mandate | None = None) -> Inbox:
    """What an official has to do: their own tasks, their office's unclaimed ones, what is coming, what they did.

    Items of colleagues they cover for count as their own, or as the office's. Items that a rule bars them from (they
    decided the step before, it is their own organisation's case) are left out.
    """
    mandate = mandate or mandate_of(user)
    turn, mine = Q(pk__in=[]), Q(assignee=user)
    for other in mandate.everybody():
        turn |= turn_of(other)
        mine |= Q(assignee=other.user)
    items = WorkItem.objects.select_related("case", "case__township", "case__organisation", "assignee")
    open_items = items.open().order_by("due_on", "pk")
    running = open_items.filter(case__state=Case.State.ACTIVE).exclude(role=WorkItem.Role.APPLICANT)
    allowed = running.filter(turn).filter(Q(judges=False) | ~prior_step_by(user))
    if own := list(user.memberships.values_list("organisation_id", flat=True)):
        allowed = allowed.exclude(case__organisation__in=own)
    allowed = allowed.exclude(case__person=user)
    scope = case_scope(user, "case__", mandate)
    return Inbox(
        waiting=allowed.filter(mine | Q(assignee=None)),
        mine=allowed.filter(mine),
        office=allowed.filter(assignee=None),
        upcoming=open_items.filter(scope).exclude(Q(assignee__isnull=False) & mine).exclude(Q(assignee=None) & turn),
        done=items.filter(closed_by=user).exclude(role=WorkItem.Role.APPLICANT).order_by("-closed_at"),
    )


def inbox_count(inbox: Inbox) -> int:
    """How many tasks wait for the user, at most 100: the menu says “99+” beyond."""
    return inbox.waiting.order_by().values("pk")[: MENU_COUNT_LIMIT + 1].count()


def log_of(case: Case, *, internal: bool = True) -> QuerySet[Decision]:
    """The decision log of a case in order; without `internal`, only what the applicant may read."""
    rows = case.decisions.select_related("actor", "on_behalf_of", "work_item")
    return rows if internal else rows.filter(internal=False)


def open_items_of(case: Case) -> QuerySet[WorkItem]:
    """The steps a case waits at."""
    return case.work_items.open().select_related("assignee", "township")


def cases_for(user: Any) -> QuerySet[Case]:
    """The cases an official may see, ready for a list."""
    items = Prefetch("work_items", WorkItem.objects.open().select_related("assignee"), to_attr="open_items")
    return Case.objects.visible_to(user).select_related("township", "organisation").prefetch_related(items)


@dataclass(frozen=True)
class NodeFigure:
    """Waiting at one step: how many were done, median and 90th percentile in days, how many are open and overdue."""

    flow: str
    node: str
    done: int
    median: float | None
    p90: float | None
    open: int
    overdue: int


def days(span: timedelta) -> float:
    """A duration in days, one decimal."""
    return round(span.total_seconds() / 86400, 1)


def percentile(values: list[float], share: float) -> float:
    """The nearest-rank percentile of sorted values: the smallest value that at least `share` of them do not exceed."""
    rank = max(1, -(-len(values) * int(share * 100) // 100))
    return values[rank - 1]


def figures_by_node(user: Any, since: date, until: date) -> list[NodeFigure]:
    """Waiting per step over the items closed between two days, within the user's scope."""
    visible = WorkItem.objects.visible_to(user)
    closed = visible.filter(
        state=WorkItem.State.DONE, closed_at__date__gte=since, closed_at__date__lte=until
    ).values_list("flow", "node", "opened_at", "closed_at", "paused_for")
    waits: dict[tuple[str, str], list[float]] = {}
    for flow, node, opened, shut, paused in closed.iterator():
        open_for = shut - opened - paused  # type: ignore[operator]  # what is done was closed
        waits.setdefault((flow, node), []).append(days(max(open_for, timedelta())))
    late = Q(paused_at=None, due_on__lt=timezone.localdate())
    now = visible.open().values("flow", "node").annotate(open=Count("pk"), overdue=Count("pk", filter=late)).order_by()
    standing = {(row["flow"], row["node"]): (row["open"], row["overdue"]) for row in now}
    figures = []
    for key in sorted({*waits, *standing}):
        values = sorted(waits.get(key, []))
        opened_now, overdue = standing.get(key, (0, 0))
        middle, slow = (round(median(values), 1), percentile(values, 0.9)) if values else (None, None)
        figures.append(NodeFigure(*key, len(values), middle, slow, opened_now, overdue))
    return figures


def cases_by_state(user: Any) -> dict[str, int]:
    """How many cases stand where, within the user's scope; every state is named, also with none."""
    counted = Case.objects.visible_to(user).values("state").annotate(n=Count("pk")).order_by()
    found = {row["state"]: row["n"] for row in counted}
    return {state: found.get(state, 0) for state in Case.State.values}


def covers_of(user: Any) -> QuerySet[Delegation]:
    """Holiday cover that touches the user, running or to come."""
    return (
        Delegation.objects.filter(Q(principal=user) | Q(delegate=user), last_day__gte=timezone.localdate())
        .select_related("principal", "delegate")
        .order_by("first_day")
    )
