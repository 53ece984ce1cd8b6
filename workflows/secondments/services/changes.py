"""What happens to a secondment when the venue leaves service, or the person is gone (docs/secondments.md).

Nobody decided a step then: the fact is written to the log, and the case goes on where somebody decides what follows.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from common.changes import Changes
from network.models import Venue
from network.services import appointment_end, appointment_retract
from workflows.core.fields import case_set
from workflows.core.models import Case, Notice
from workflows.core.notices import notice_send
from workflows.core.services import case_note, case_put_back

from ..models import Secondment
from .ending import ENDED, home_give_back
from .nomination import need_reopen
from .shared import DAY, concerned

# The steps of a running posting that come before its end; there it is brought when something it rests on falls away.
BEFORE_THE_END = ("handover", "midterm_view", "midterm", "renewal")


def _touched(venue: Venue) -> Any:
    rows = Secondment.objects.filter(Q(venue=venue) | Q(branch=venue), state__in=Case.RUNNING)
    return rows.select_related("appointment", "home_later", "person").order_by("pk")


def venue_cases_lock(*, venue: Venue) -> None:
    """Lock a venue's running cases and their people, before the venue itself is locked: the order of all services."""
    cases = list(_touched(venue).select_for_update(of=("self",)))
    people = sorted({case.person_id for case in cases if case.person_id})
    list(get_user_model().objects.select_for_update().filter(pk__in=people).order_by("pk"))


def venue_followed(*, venue: Venue, by: Any, reason: str) -> None:
    """Follow a venue that left service: closed for good, a posting there ends at once and the home post is given back
    from this day on; suspended, it runs on. Either way the head decides what follows, and all concerned are told.

    Args:
        venue: as it is now.
        by: who changed its status; None for the system.
        reason: why.
    """
    for case in _touched(venue):
        if case.standing and (case.returned_on or case.last_day < timezone.localdate()):
            continue
        changes: Changes = {}
        node = ""
        text = f"{venue}: {reason}".strip(": ")
        if case.standing and case.venue_id == venue.pk:
            node = _next_place(case)
            if venue.status == Venue.Status.CLOSED:
                changes, node, note = _break_off(case, node, by)
                text = f"{text}\n{note}".strip()
            if node == "ending":
                changes |= case_set(case, renewal_until=None)
        _go_on(case, node, actor=by, action="venue_left", reason=text, changes=changes)
        notice_send(concerned(case), Notice.Kind.CHANGE, case)


def _go_on(case: Secondment, node: str, **logged: Any) -> None:
    """At the step, or where it is when none is named; the log tells either way."""
    if node:
        case_put_back(case=case, node=node, **logged)
    else:
        case_note(case=case, **logged)


def _next_place(case: Secondment) -> str:
    """The ending, with a day of its own, for a posting that waits before or at it; empty for one that rests."""
    places = (*BEFORE_THE_END, "ending")
    waits = case.state == Case.State.ACTIVE and case.work_items.open().filter(node__in=places).exists()
    return "ending" if waits else ""


def _break_off(case: Secondment, node: str, by: Any) -> tuple[Changes, str, str]:
    """End the posting at a closed venue. Returns what changed, where the case goes, and what is left to see to."""
    today = timezone.localdate()
    if case.first_day > today:
        return _take_back(case, by)
    last_day = max(today - DAY, case.first_day)
    changes: Changes = {}
    if case.appointment.status != ENDED:  # type: ignore[union-attr]
        appointment_end(appointment=case.appointment, by=by, last_day=last_day, reason=case.number)  # type: ignore[arg-type]
        changes = case_set(case, last_day=last_day)
    try:
        with transaction.atomic():
            home_give_back(case, day=today, by=by)
    except ValidationError as error:
        return changes, node, _("The home post is not free yet: %(why)s") % {"why": " ".join(error.messages)}
    return changes, node, ""


def _take_back(case: Secondment, by: Any) -> tuple[Changes, str, str]:
    """A posting that has not begun is undone: the case is where it was before the appointment."""
    held, home = case.appointment, case.home_later
    assert held is not None  # it stands  # noqa: S101
    changes = case_set(case, standing=False, appointment=None, home_later=None)
    appointment_retract(appointment=held, by=by, reason=case.number)
    held.post.delete()
    if home is not None:
        try:
            with transaction.atomic():
                appointment_retract(appointment=home, by=by, reason=case.number)
        except ValidationError as error:
            why = " ".join(error.messages)
            return changes, "appoint", _("The home post is not free yet: %(why)s") % {"why": why}
    return changes, "appoint" if case.state == Case.State.ACTIVE else "", ""


def people_gone_follow() -> int:
    """Bring the cases that wait for a deactivated person to somebody who can decide; for the clock.

    Asked for consent, the need goes back to the head; a running posting goes to its end, an open report to the
    appraisal. Appointments are ended by network's own timer, and rights are gone at once. Returns how many.
    """
    waiting = Q(node__in=("consent", "report", *BEFORE_THE_END), state="open")
    rows = Secondment.objects.filter(state=Case.State.ACTIVE, person__is_active=False)
    found = rows.filter(pk__in=_cases_at(waiting)).order_by("pk").values_list("pk", flat=True)
    return sum(_follow_gone(pk) for pk in list(found))


def _cases_at(items: Q) -> Any:
    from workflows.core.models import WorkItem

    return WorkItem.objects.filter(items).values("case")


def _follow_gone(pk: int) -> bool:
    with transaction.atomic():
        case = Secondment.objects.select_for_update(of=("self",)).get(pk=pk)
        item = case.work_items.open().first()
        if case.state != Case.State.ACTIVE or item is None or case.person is None or case.person.is_active:
            return False
        told, changes = concerned(case), {}
        if item.node == "consent":
            node, changes = "nominate", need_reopen(case)
        else:
            node = "appraisal" if item.node == "report" else "ending"
            changes = case_set(case, renewal_until=None)
        reason = _("The account was deactivated.")
        case_put_back(case=case, node=node, actor=None, action="person_left", reason=reason, changes=changes)
        notice_send(told, Notice.Kind.CHANGE, case)
        return True
