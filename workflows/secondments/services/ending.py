"""How a term ends: return, rotation, renewal; or it goes on after all."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.changes import Changes
from network.models import Appointment, Venue
from network.services import appointment_end, appointment_extend, appointment_resume_on
from workflows.core.fields import case_set

from .. import rules
from ..models import Secondment
from .shared import DAY, lock_both

ENDED = Appointment.Status.ENDED


def ending_record(case: Secondment, *, decision: str, until: date | None, next_venue: Venue | None, by: Any) -> Changes:
    """What follows a posting.

    Args:
        case: locked.
        decision: "return" (on its last day or earlier), "rotate" to another branch, "renew" (asked of the bureau), or
            "stay": brought here early by a change, it goes on as planned.
        until: the day of an early return, or the new last day of a renewal.
        next_venue: where the person rotates to.
        by: who decides.

    Raises:
        ValidationError: by field.
    """
    if decision == "stay":
        return _stay(case)
    if decision == "renew":
        renewal_check(case, until)
        return case_set(case, outcome="renew", renewal_until=until)
    if decision == "rotate":
        _rotation_check(case, next_venue)
    changes = secondment_return(case, last_day=until, by=by)
    return changes | case_set(case, outcome=decision, next_venue=next_venue if decision == "rotate" else None)


def _rotation_check(case: Secondment, to: Venue | None) -> None:
    fits = to is not None and to.tier == Venue.Tier.BRANCH and to.is_active and getattr(to, case.line)
    if case.direction != rules.DOWN or not fits or to == case.venue:
        raise ValidationError({"next_venue": _("Choose another branch of the line, in service, to rotate to.")})


# It goes on -------------------------------------------------------------------------------------
def may_stay(case: Secondment) -> bool:
    """Whether a posting can go on that a change brought to its end early: it runs, and nobody has decided since."""
    held = case.appointment
    runs = held is not None and held.status != ENDED and case.last_day >= timezone.localdate()
    last = case.decisions.filter(internal=False).order_by("pk").last()
    return runs and last is not None and last.action == "venue_left"


def _stay(case: Secondment) -> Changes:
    if not may_stay(case):
        raise ValidationError({"decision": _("The posting is over, or came to its end by itself: it cannot go back.")})
    if not case.venue.is_active:
        raise ValidationError({"decision": _("The receiving venue is not in service.")})
    return case_set(case, outcome="stay")


# Renewal ----------------------------------------------------------------------------------------
def renewal_check(case: Secondment, until: date | None) -> None:
    """A renewal is asked before the term is over, is itself dated, and leaves a home post to return to.

    Raises ValidationError by field.
    """
    held = case.appointment
    if timezone.localdate() > case.last_day or (held and held.status == ENDED):
        raise ValidationError(
            {"decision": _("The term is over: it cannot be renewed any more. Return, then nominate anew.")}
        )
    if until is None or until <= case.last_day:
        raise ValidationError({"until": _("Give a last day after the present one.")})
    if until - case.last_day > rules.TERM_LIMIT:
        raise ValidationError({"until": _("This is more than five years. Please check the year.")})
    if problem := _home_problem(case, until):
        raise ValidationError({"until": problem})


def _home_problem(case: Secondment, until: date) -> str:
    """Why there would be no home post to return to after a day; empty when there is one."""
    home = case.home_later
    if not case.full_time:
        home = Appointment.objects.on(timezone.localdate()).filter(person=case.person, post=case.home).first()
    if home is None:
        return _("The home appointment ends before this renewal would. Return, then nominate anew.")
    if home.until and home.until <= until:
        day = date_format(home.until, "DATE_FORMAT")
        return _(
            "The home appointment ends on %(day)s, before this renewal would: give an earlier day, "
            "or first set a later last day for it in the register of appointments."
        ) % {"day": day}
    return ""


def renewal_record(case: Secondment, *, decision: str, by: Any) -> Changes:
    """The bureau's decision on a renewal. When approved, appointment and home post move to the new last day."""
    if decision != "approve":
        return case_set(case, outcome=decision, renewal_until=None)
    until = case.renewal_until
    with transaction.atomic():
        lock_both(case.person_id, case.venue)
        _renewal_possible(case, until)
        assert until is not None and case.appointment is not None  # asked just now  # noqa: PT018, S101
        if case.home_later:
            appointment_resume_on(appointment=case.home_later, day=until + DAY, by=by, reason=case.number)
        appointment_extend(appointment=case.appointment, until=until, by=by, reason=case.number)
        return case_set(case, outcome=decision, last_day=until, renewal_until=None, reminded=None)


def _renewal_possible(case: Secondment, until: date | None) -> None:
    """At the approval no field of the renewal is on the screen: every refusal stands beside the decision."""
    try:
        renewal_check(case, until)
        facts = rules.facts_of(case, first_day=case.last_day + DAY, last_day=until)
        if found := rules.place_problems(facts, case):
            raise ValidationError(found)
    except ValidationError as error:
        raise ValidationError({"decision": error.messages}) from error


# Return -----------------------------------------------------------------------------------------
def secondment_return(case: Secondment, *, last_day: date | None, by: Any) -> Changes:
    """Let a posting end on `last_day` (as planned when None); the home post is given back the day after.

    Raises:
        ValidationError: the day lies outside the term, or somebody else holds the home post until later.
    """
    with transaction.atomic():
        lock_both(case.person_id, case.venue)
        held = Appointment.objects.get(pk=case.appointment_id)
        ended = (held.status == ENDED and held.until) or case.last_day
        last_day = last_day or min(ended, case.last_day)
        if not case.first_day <= last_day <= case.last_day:
            raise ValidationError({"until": _("Give a day within the term.")})
        if held.status == ENDED:
            if last_day != ended:
                raise ValidationError({"until": _("The term is over already: leave the day empty.")})
        elif last_day < case.last_day:
            if not case.person.is_active and last_day > timezone.localdate():  # type: ignore[union-attr]
                raise ValidationError(
                    {"until": _("This person's account is deactivated: give today or an earlier day.")}
                )
            appointment_end(appointment=held, by=by, last_day=last_day, reason=case.number)
        over = held.status == ENDED  # broken off, and the home post was not free then: from now on, not backwards
        home_give_back(case, day=max(last_day + DAY, timezone.localdate()) if over else last_day + DAY, by=by)
        return case_set(case, last_day=last_day, returned_on=timezone.localdate())


def home_give_back(case: Secondment, *, day: date, by: Any) -> None:
    """Let the home post come back on a day, if it would come back later; not to a person who is gone.

    Raises:
        ValidationError: somebody holds the home post then.
    """
    home = case.home_later
    if home is None or home.status == ENDED or home.since <= day or not case.person.is_active:  # type: ignore[union-attr]
        return
    try:
        appointment_resume_on(appointment=home, day=day, by=by, reason=case.number)
    except ValidationError as error:
        raise ValidationError({"until": error.messages}) from error
    home.refresh_from_db()
