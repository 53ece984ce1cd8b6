"""Who may see a case and who may take a step. Everything else asks here."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from network.permissions import heads_line, is_administrator, is_bureau, township_of_official

from .chunks import once
from .models import Case, Delegation, WorkItem

NOTHING = Q(pk__in=[])


class Mandate:
    """What somebody may do as an official on one day: everything (bureau), a line, a township; whom they cover for.

    Each is read when it is asked for, and once: a step asks for one or two of them, under the lock.

    Args:
        user: the person.
        day: the day it holds for.
        with_cover: whether the colleagues they cover for count; not when such a colleague is meant.
    """

    def __init__(self, user: Any, day: date, *, with_cover: bool = True) -> None:
        self.user, self.day, self.with_cover = user, day, with_cover
        self.present = bool(user.is_authenticated and user.is_active)

    @cached_property
    def bureau(self) -> bool:
        """Works for the bureau."""
        return self.present and is_bureau(self.user)

    @cached_property
    def lines(self) -> set[str]:
        """The lines at whose head institution they work."""
        return heads_line(self.user, self.day) if self.present else set()

    @cached_property
    def townships(self) -> set[int]:
        """The township for whose government they work, as a set of none or one."""
        township = township_of_official(self.user, self.day) if self.present else None
        return {township.pk} if township else set()

    @cached_property
    def covers(self) -> "list[Mandate]":
        """What the colleagues may do whom they cover for on this day."""
        if not (self.present and self.with_cover):
            return []
        held = Delegation.objects.filter(
            delegate=self.user, first_day__lte=self.day, last_day__gte=self.day, revoked_at=None
        )
        return [Mandate(row.principal, self.day, with_cover=False) for row in held.select_related("principal")]

    @property
    def is_official(self) -> bool:
        """Whether there is anything in the back office's inbox for them."""
        return self.bureau or bool(self.lines or self.townships) or any(other.is_official for other in self.covers)

    def everybody(self) -> "Iterator[Mandate]":
        """Themselves, then the colleagues they cover for."""
        yield self
        yield from self.covers


def mandate_of(user: Any, day: date | None = None, *, with_cover: bool = True) -> Mandate:
    """What the user may do on a day (today when None). A decision makes a new one, under the lock; decisions that are
    taken together share one."""
    day = day or timezone.localdate()
    return once(("mandate", user.pk, day, with_cover), lambda: Mandate(user, day, with_cover=with_cover))


def is_official(user: Any) -> bool:
    """Whether the user has any business in the officials' screens."""
    return mandate_of(user).is_official


def case_scope(user: Any, prefix: str = "", mandate: Mandate | None = None) -> Q:
    """The cases that an official may see, as a filter. `prefix` leads to the case ("case__")."""
    scope = Q(**{f"{prefix}pk__in": []})
    for held in (mandate or mandate_of(user)).everybody():
        if held.bureau:
            return Q()
        for line in held.lines:
            scope |= Q(**{f"{prefix}{line}": True})
        if held.townships:
            scope |= Q(**{f"{prefix}township__in": held.townships})
    return scope


def may_see_case(user: Any, case: Case) -> bool:
    """Whether an official may see this case: the same rule as every list and count."""
    return Case.objects.visible_to(user).filter(pk=case.pk).exists()


def is_applicant(user: Any, case: Case) -> bool:
    """Whether the user belongs to the case's organisation, or the case is about them."""
    if not (user.is_authenticated and user.is_active):
        return False
    if case.person_id == user.pk:
        return True
    if case.organisation_id is None:
        return False
    return any(row.organisation_id == case.organisation_id for row in user.memberships.all())


def may_manage_case(user: Any, case: Case) -> bool:
    """Suspend and resume: the bureau, or the head institution of one of the case's lines."""
    mandate = mandate_of(user, with_cover=False)
    return mandate.bureau or any(line in mandate.lines for line in case.lines)


def may_cancel_case(user: Any) -> bool:
    """Cancel: an administrator."""
    return user.is_authenticated and is_administrator(user)


def may_set_deadlines(user: Any) -> bool:
    """Deadlines are the bureau's to set."""
    return user.is_authenticated and is_bureau(user)


def turn_of(mandate: Mandate) -> Q:
    """The items that are an official's turn by role, line and township, whoever has claimed them."""
    turn = NOTHING
    if mandate.bureau:
        turn |= Q(role=WorkItem.Role.BUREAU)
    for line in sorted(mandate.lines):
        turn |= Q(role=WorkItem.Role.HEAD, line=line) | Q(role=WorkItem.Role.HEAD, line="", **{f"case__{line}": True})
    if mandate.townships:
        turn |= Q(role=WorkItem.Role.TOWNSHIP, township__in=mandate.townships)
    return turn


def is_turn(mandate: Mandate, item: WorkItem, case: Case) -> bool:
    """The same rule as `turn_of`, for one item."""
    if item.role == WorkItem.Role.BUREAU:
        return mandate.bureau
    if item.role == WorkItem.Role.HEAD:
        return any(line in mandate.lines for line in ([item.line] if item.line else case.lines))
    return item.role == WorkItem.Role.TOWNSHIP and item.township_id in mandate.townships


def decided_before(item: WorkItem, case: Case) -> set[int]:
    """Who decided the step before this one, themselves or through their cover: nobody of them takes it."""
    if not item.judges:
        return set()
    near = case.work_items.filter(judges=True, state="done", step__in=[item.step - 1, item.step])
    people = near.exclude(node=item.node).values_list("closed_by", "on_behalf_of")
    return {pk for pair in people for pk in pair if pk}


def barred(mandate: Mandate, item: WorkItem, case: Case, node: Any, before: set[int] | None = None) -> str:
    """Why a rule excludes this person from the step, or an empty string.

    Nobody decides two successive steps of one case, nor a case of their own organisation, nor, where the step says so,
    one of the township they work for.

    Args:
        before: `decided_before`, where that is asked for many people; read here when None.
    """
    user = mandate.user
    if case.person_id == user.pk:
        return _("This case is about you: a colleague decides it.")
    if is_applicant(user, case):
        return _("It is a case of your own organisation: a colleague decides it.")
    if user.pk in (decided_before(item, case) if before is None else before):
        return _("You decided the step before. Nobody decides two steps in a row: a colleague takes this one.")
    if node.bars_own_township and case.township_id in mandate.townships:
        return _("You work for the township concerned: a colleague decides this step.")
    return ""


def prior_step_by(user: Any) -> Exists:
    """For lists: whether the user decided the step before an item (the rule of `barred`, as SQL)."""
    near = WorkItem.objects.filter(
        Q(closed_by=user) | Q(on_behalf_of=user),
        case=OuterRef("case"),
        judges=True,
        state="done",
        step__gte=OuterRef("step") - 1,
        step__lte=OuterRef("step"),
    )
    return Exists(near.exclude(node=OuterRef("node")))


@dataclass(frozen=True)
class Leave:
    """The answer to “may they take this step”: `refusal` says why not; `on_behalf_of` whom they cover for."""

    refusal: str = ""
    on_behalf_of: Any = None

    def __bool__(self) -> bool:
        return not self.refusal


def may_take(user: Any, item: WorkItem, case: Case, node: Any) -> Leave:
    """Whether the user may take this step now, on their own account or for an absent colleague.

    Args:
        user: who wants to act.
        item: the open item.
        case: the flow's own case.
        node: the HumanTask.
    """
    if item.role == WorkItem.Role.APPLICANT:
        asked = is_applicant(user, case) and node.permission(user, case)
        return Leave() if asked else Leave(_("Only %(who)s can answer this.") % {"who": node.flow_class.partner})
    mandate = mandate_of(user)
    for other in mandate.everybody():
        holds = item.assignee_id in (None, other.user.pk) and is_turn(other, item, case)
        if not holds or not node.permission(other.user, case):
            continue
        refusal = barred(mandate, item, case, node)
        if other is mandate:
            return Leave(refusal)
        return Leave(refusal or barred(other, item, case, node), other.user)
    if item.assignee_id and any(is_turn(other, item, case) for other in mandate.everybody()):
        return Leave(_("%(name)s has taken this task.") % {"name": item.assignee})
    return Leave(_("This task is not yours to decide."))
