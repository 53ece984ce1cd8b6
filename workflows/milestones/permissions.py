"""Who may do what in the implementation programme. Each takes the user first."""

from typing import Any

from django.db.models import Q, QuerySet

from network.models import Venue
from network.permissions import is_bureau
from workflows.core.permissions import Mandate, is_official, mandate_of

from .models import Batch, Evidence, Milestone, MilestoneCase


def manages_programmes(user: Any) -> bool:
    """Make, copy and start programmes: the bureau leads (R42)."""
    return user.is_authenticated and is_bureau(user)


def sees_boards(user: Any) -> bool:
    """The officials' boards: everybody who has to do with the programme, of the bureau, a head or a township."""
    return user.is_authenticated and is_official(user)


def visible_milestones(user: Any) -> QuerySet[Milestone]:
    """The milestones an official may see, also for colleagues they cover for: all for the bureau; a head's own and
    those of its line's venues; a township's own. None for anybody else."""
    seen = Q(pk__in=[])
    for held in mandate_of(user).everybody():
        if held.bureau:
            return Milestone.objects.all()
        for line in held.lines:
            seen |= Q(**{f"venue__{line}": True})
        if held.townships:
            seen |= Q(township__in=held.townships)
    return Milestone.objects.filter(seen)


def owns(held: Mandate, milestone: Milestone) -> bool:
    """Whose it is to carry out: the county's is the bureau's, a head's own that head's, the rest the township's."""
    venue = milestone.venue
    if venue is None:
        return held.bureau
    if venue.tier == Venue.Tier.HEAD:
        return any(getattr(venue, line) for line in held.lines)
    return milestone.township_id in held.townships


def may_hand_in(user: Any, milestone: Milestone) -> bool:
    """Hand in, ask for another date, report what blocks it: whose milestone it is, or who covers for them. For screens
    before there is a case; the step itself asks `hands_in`."""
    return any(owns(held, milestone) for held in mandate_of(user).everybody())


def hands_in(user: Any, case: MilestoneCase) -> bool:
    """Take the step of handing in: whose milestone it is. Cover is the step's own business."""
    return owns(_own(user), case.milestone)


def _own(user: Any) -> Mandate:
    """What somebody may do themselves."""
    return mandate_of(user, with_cover=False)


def handed_in_by(user: Any, case: MilestoneCase) -> bool:
    """Whether evidence that stands in this case came from this person."""
    return user.pk in case.evidence_by


def judges_own(user: Any, case: MilestoneCase) -> bool:
    """Whether somebody would judge their own: evidence that they handed in, or, holding two posts, evidence of the
    other office of theirs. The county's is the exception: the bureau hands it in and, by a colleague, confirms it."""
    own_office = case.milestone.venue_id is not None and hands_in(user, case)
    return own_office or handed_in_by(user, case)


def checks(user: Any, case: MilestoneCase) -> bool:
    """Check evidence: the head institution of one of the case's lines, but never one's own."""
    lines = _own(user).lines
    return any(line in lines for line in case.lines) and not judges_own(user, case)


def checks_for_library(user: Any, case: MilestoneCase) -> bool:
    """The library's half, where both head institutions check."""
    return "library" in _own(user).lines and not judges_own(user, case)


def checks_for_culture(user: Any, case: MilestoneCase) -> bool:
    """The cultural centre's half, where both head institutions check."""
    return "culture" in _own(user).lines and not judges_own(user, case)


def confirms(user: Any, case: MilestoneCase) -> bool:
    """Confirm: the bureau, but never one's own evidence. (Nor what one has checked: the rule of successive steps.)"""
    return _own(user).bureau and not judges_own(user, case)


def decides_move(user: Any, case: MilestoneCase) -> bool:
    """Decide about another last day: the bureau, but not who asked for it."""
    return is_bureau(user) and user.pk not in case.move_asked_by


def records_resolution(user: Any, _case: MilestoneCase) -> bool:
    """Record what the leading group resolved: the bureau, where its office is (R43)."""
    return is_bureau(user)


def may_withdraw(user: Any, evidence: Evidence) -> bool:
    """Take evidence back: before it is confirmed, who handed it in; afterwards the bureau."""
    if evidence.milestone.state == Milestone.State.DONE:
        return is_bureau(user)
    return user.is_active and evidence.by_id == user.pk


def kinds_decided(user: Any) -> list[str]:
    """The kinds of batches in which somebody decides about others' evidence: heads check, the bureau confirms."""
    held = list(mandate_of(user).everybody())
    kinds = {Batch.Kind.CHECK: any(one.lines for one in held), Batch.Kind.CONFIRM: any(one.bureau for one in held)}
    return [kind.value for kind, may in kinds.items() if may]
