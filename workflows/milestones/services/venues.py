"""What becomes of milestones when a venue closes, or comes to lie in another township."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from network.models import Office, Venue
from network.shape import township_id
from workflows.core.models import Case, WorkItem

from ..locks import milestones_lock
from ..models import Milestone, MilestoneCase, Programme
from .evidence import cases_stop, milestone_set

State = Milestone.State
REASON_LIMIT = 200


@transaction.atomic
def venue_leave(*, venue: Venue, by: Any, reason: str) -> int:
    """A venue that closed has nothing left to do: its unfinished milestones no longer apply, and their cases stop. What
    was confirmed stays. A venue that is suspended keeps its milestones: it will open again.

    Args:
        venue: closed, its row locked.
        by: who closed it; None for the system.
        reason: why it closed.

    Returns:
        How many milestones no longer apply.
    """
    with override(settings.LANGUAGE_CODE):  # it is kept, so it is content
        why = _("The venue was closed: %(reason)s") % {"reason": reason}
    unfinished = _of(venue).unfinished().values_list("pk", flat=True)
    rows = [row for row in milestones_lock(unfinished).values() if row.state not in (State.DONE, State.VOID)]
    for row in rows:
        milestone_set(row, state=State.VOID, void_reason=why[:REASON_LIMIT])
    cases_stop(MilestoneCase.objects.filter(milestone__in=rows), by=by, reason=why)
    return len(rows)


@transaction.atomic
def venue_return(*, venue: Venue) -> int:
    """A closed venue that is in service again takes up what no longer applied. Returns how many milestones."""
    void = _of(venue).filter(state=State.VOID).values_list("pk", flat=True)
    rows = milestones_lock(void).values()
    for row in rows:
        state = State.IN_PROGRESS if row.case_id else State.NOT_STARTED
        milestone_set(row, state=state, void_reason="")
    return len(rows)


def _of(venue: Venue) -> Any:
    """A venue's milestones, but an accepted programme stays as it was accepted."""
    return Milestone.objects.filter(venue=venue).exclude(programme__state=Programme.State.ACCEPTED)


@transaction.atomic
def venue_follow(*, venue: Venue) -> int:
    """A venue lies in another township now: its milestones, their cases and open tasks follow it. (What comes first is
    asked when it is needed, so a point that moved below another branch waits for that one.)

    Returns:
        How many milestones moved.
    """
    township = township_id(venue.division)
    office = Office.objects.filter(kind=Office.Kind.TOWNSHIP, division=township).first() if township else None
    rows = milestones_lock(Milestone.objects.filter(venue=venue).values_list("pk", flat=True))
    Milestone.objects.filter(pk__in=rows).update(township=township, office=office)
    cases = list(MilestoneCase.objects.filter(milestone__in=rows).values_list("pk", flat=True))
    Case.objects.filter(pk__in=cases).update(township=township, office=office)
    WorkItem.objects.open().filter(case__in=cases).update(township=township, office=office)
    return len(rows)
