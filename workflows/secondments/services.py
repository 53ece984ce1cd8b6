"""All writes of secondments. The steps' services run under the case's lock; those that change posts lock more.

Locks are taken in one order: case, person, venue, then what network's services lock (person, post).
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.privatefiles import CheckedFile
from network.models import Appointment, Post, Venue
from network.permissions import BUREAU_GROUP, officials_of_lines
from network.services import (
    appointment_create,
    appointment_end,
    appointment_extend,
    appointment_interrupt,
    appointment_resume_on,
)
from workflows.core.models import Case
from workflows.core.services import case_close, case_file_add

from . import permissions, rules
from .models import LogEntry, Secondment

Changes = dict[str, tuple[Any, Any]]
DAY = timedelta(days=1)
REMIND = (60, 30, 7)  # days before the end
EXPIRED = -1
FACTS = ("direction", "line", "person", "venue", "full_time", "first_day", "last_day", "need", "cover_plan")


def _set(case: Secondment, **values: Any) -> Changes:
    """Set fields and save those; returns what changed for the decision log."""
    changes = {name: (getattr(case, name), value) for name, value in values.items() if getattr(case, name) != value}
    for name, (_old, new) in changes.items():
        setattr(case, name, new)
    if changes:
        case.save(update_fields=list(changes))
    changes.pop("outcome", None)
    return changes


def _lock(person: int, venue: int) -> None:
    """Person, then venue: two postings of one person, or to one branch, queue up."""
    get_user_model().objects.select_for_update().get(pk=person)
    Venue.objects.select_for_update().get(pk=venue)


def _text(value: Any, field: str, message: str) -> str:
    if not (text := str(value or "").strip()):
        raise ValidationError({field: message})
    return text


# Nomination -------------------------------------------------------------------------------------
def secondment_fill(case: Secondment, *, facts: Mapping[str, Any], by: Any) -> None:
    """Fill a new case from a nomination; everything is checked once more under the locks.

    Args:
        case: unsaved, with number and check word.
        facts: direction, line, person, venue (up: the line's head when None), full_time, first_day, last_day, need,
            cover_plan.
        by: who nominates.

    Raises:
        ValidationError: field → message, as `rules.problems` says.
        PermissionDenied: it is not theirs to nominate this person from there.
    """
    facts = dict(facts)
    if facts["direction"] != rules.DOWN:
        facts["venue"] = facts.get("venue") or rules.head_of(facts["line"])
    if facts["person"] == by:
        raise ValidationError({"person": _("Nobody nominates themselves.")})
    if found := rules.term_problems(facts["first_day"], facts["last_day"]):
        raise ValidationError(found)
    if facts["venue"] is not None:
        _lock(facts["person"].pk, facts["venue"].pk)
    if found := rules.problems(facts):
        raise ValidationError(found)
    for name in FACTS:
        setattr(case, name, facts[name])
    case.need = _text(facts["need"], "need", _("Say what the posting is needed for."))
    home = rules.home_of(case.person, case.direction, case.line, case.first_day)
    assert home is not None  # `problems` asked  # noqa: S101
    case.home = home.post
    if not permissions.nominates(by, case.direction, case.line, case.branch):
        raise PermissionDenied(_("Nominating this person is not yours to do."))
    case.opened_by, case.township, case.is_sample = by, case.branch.division, facts["person"].is_sample
    setattr(case, case.line, True)
    case.title = f"{case.person} → {case.venue}"[:200]
    case.clean_fields(exclude=[field.name for field in case._meta.fields if field.name not in FACTS])


# Steps ------------------------------------------------------------------------------------------
def consent_record(case: Secondment, *, decision: str, publish: bool) -> Changes:
    """The person's own consent, and whether name, post and term may be public."""
    return _set(case, outcome=decision, publish=publish and decision == "agree")


def opinion_record(case: Secondment, *, decision: str) -> Changes:
    """The receiving township's opinion. It advises; it does not decide."""
    return _set(case, opinion=decision)


def acceptance_record(case: Secondment, *, decision: str, mentor: Any, study_plan: str) -> Changes:
    """The head accepts a trainee: with a mentor and a study plan; or declines."""
    if decision != "accept":
        return _set(case, outcome="refuse", opinion=decision)
    if mentor is None or not mentor.is_active or mentor == case.person:
        raise ValidationError({"mentor": _("Name a mentor among the head institution's people.")})
    if not officials_of_lines({case.line}).filter(pk=mentor.pk).exists():
        raise ValidationError({"mentor": _("Name a mentor among the head institution's people.")})
    plan = _text(study_plan, "study_plan", _("Write the study plan."))
    return _set(case, outcome="", opinion=decision, mentor=mentor, study_plan=plan)


def approval_record(case: Secondment, *, decision: str) -> Changes:
    """The bureau's approval of the posting."""
    return _set(case, outcome=decision, decided_at=timezone.now())


def secondment_appoint(case: Secondment, *, first_day: date | None, last_day: date | None, by: Any) -> Changes:
    """Appoint, all or nothing: the home post is free for the term and comes back after it, the new post is made, and
    its appointment is dated, so that every right it gives begins and ends by the calendar.

    Args:
        case: locked, approved.
        first_day, last_day: the term; it may have moved since the approval, but is not longer than approved.
        by: who appoints.

    Raises:
        ValidationError: by field, what stands in the way now.
    """
    approved = case.last_day - case.first_day
    if first_day and last_day and last_day - first_day > approved:
        raise ValidationError({"last_day": _("The term is longer than the one that was approved.")})
    with transaction.atomic():
        _lock(case.person_id, case.venue_id)
        case.person.refresh_from_db()  # type: ignore[union-attr]
        case.venue.refresh_from_db()
        if found := rules.problems(rules.facts_of(case, first_day=first_day, last_day=last_day), case=case):
            raise ValidationError(found)
        changes = _set(case, first_day=first_day, last_day=last_day)
        later = _free_home(case, by) if case.full_time else None
        post = Post.objects.create(
            venue=case.venue,
            title=case.post_title,
            full_time=case.full_time,
            published=case.publish,
            temporary=True,
            is_sample=case.is_sample,
        )
        appointment = appointment_create(
            post=post,
            person=case.person,  # type: ignore[arg-type]
            since=case.first_day,
            until=case.last_day,
            basis=Appointment.Basis.SECONDMENT,
            by=by,
            reason=case.number,
            is_sample=case.is_sample,
        )
        changes |= _stand(case, appointment, later)
    return changes


def _stand(case: Secondment, appointment: Appointment, later: Appointment | None) -> Changes:
    """The constraint on PostgreSQL catches whoever went round the lock on the branch."""
    try:
        with transaction.atomic():
            return _set(case, appointment=appointment, home_later=later, standing=True, outcome="appoint")
    except IntegrityError as error:
        raise ValidationError({"venue": _("The branch has a deputy head of this line then.")}) from error


def _free_home(case: Secondment, by: Any) -> Appointment | None:
    home = rules.home_of(case.person, case.direction, case.line, case.first_day)
    assert home is not None  # `problems` asked  # noqa: S101
    return appointment_interrupt(
        appointment=home, first_day=case.first_day, last_day=case.last_day, by=by, reason=case.number
    )


def secondment_abandon(case: Secondment) -> Changes:
    """Approved, but it does not come to pass."""
    return _set(case, outcome="abandon")


def handover_record(case: Secondment, *, handover_on: date | None, note: str) -> Changes:
    """What was handed over at the home post, and when."""
    if handover_on is None or handover_on > timezone.localdate():
        raise ValidationError({"handover_on": _("Give the day; it cannot be one to come.")})
    note = _text(note, "handover_note", _("Say what was handed over to whom."))
    return _set(case, handover_on=handover_on, handover_note=note)


def midterm_record(case: Secondment, *, grade: str, text: str) -> Changes:
    """The mid-term review."""
    text = _text(text, "midterm_text", _("Write what was found."))
    return _set(case, midterm_grade=_grade(grade, "midterm_grade"), midterm_text=text)


def _grade(grade: str, field: str) -> str:
    if grade not in Secondment.Grade.values:
        raise ValidationError({field: _("Choose a grade.")})
    return grade


# The end of a term ------------------------------------------------------------------------------
def ending_record(case: Secondment, *, decision: str, until: date | None, next_venue: Venue | None, by: Any) -> Changes:
    """The end of the term: return (on its last day or earlier), rotation to another branch, or a renewal to ask for."""
    if decision == "renew":
        return _renewal_ask(case, until)
    if decision == "rotate" and (next_venue is None or next_venue == case.venue):
        raise ValidationError({"next_venue": _("Choose another venue to rotate to.")})
    changes = secondment_return(case, last_day=until, by=by)
    return changes | _set(case, outcome=decision, next_venue=next_venue if decision == "rotate" else None)


def _renewal_ask(case: Secondment, until: date | None) -> Changes:
    renewal_check(case, until)
    return _set(case, outcome="renew", renewal_until=until)


def renewal_check(case: Secondment, until: date | None) -> None:
    """A renewal is asked before the term is over, and is itself dated. Raises ValidationError by field."""
    if timezone.localdate() > case.last_day:
        raise ValidationError(
            {"decision": _("The term is over: it cannot be renewed any more. Return, then nominate anew.")}
        )
    if until is None or until <= case.last_day:
        raise ValidationError({"until": _("Give a last day after the present one.")})
    if until - case.last_day > rules.TERM_LIMIT:
        raise ValidationError({"until": _("This is more than five years. Please check the year.")})


def renewal_record(case: Secondment, *, decision: str, by: Any) -> Changes:
    """The bureau's decision on a renewal. When approved, appointment and home post move to the new last day."""
    if decision != "approve":
        return _set(case, outcome=decision, renewal_until=None)
    until = case.renewal_until
    renewal_check(case, until)
    assert until is not None and case.appointment is not None  # `renewal_check` asked  # noqa: PT018, S101
    with transaction.atomic():
        _lock(case.person_id, case.venue_id)
        facts = rules.facts_of(case, first_day=case.last_day + DAY, last_day=until)
        if found := rules.place_problems(facts, case):
            raise ValidationError({"decision": next(iter(found.values()))})
        if case.home_later:
            _move_home(case.home_later, until + DAY, by, case.number)
        appointment_extend(appointment=case.appointment, until=until, by=by, reason=case.number)
        return _set(case, outcome=decision, last_day=until, renewal_until=None, reminded=None)


def _move_home(home: Appointment, day: date, by: Any, number: str) -> None:
    """Let the home post come back on a later day; not past the end of the home appointment itself."""
    if home.until and day > home.until:
        raise ValidationError({"decision": _("The home appointment ends before this renewal would.")})
    appointment_resume_on(appointment=home, day=day, by=by, reason=number)


def secondment_return(case: Secondment, *, last_day: date | None, by: Any) -> Changes:
    """Let a posting end on `last_day` (as planned when None); the home post is given back the day after.

    Raises:
        ValidationError: the day lies outside the term, or somebody else holds the home post until later.
    """
    with transaction.atomic():
        _lock(case.person_id, case.venue_id)
        held = Appointment.objects.get(pk=case.appointment_id)
        ended = (held.status == Appointment.Status.ENDED and held.until) or case.last_day
        last_day = last_day or min(ended, case.last_day)
        if not case.first_day <= last_day <= case.last_day:
            raise ValidationError({"until": _("Give a day within the term.")})
        if held.status != Appointment.Status.ENDED and last_day < case.last_day:
            _end_early(case, held, last_day, by)
        elif held.status == Appointment.Status.ENDED and last_day != ended:
            raise ValidationError({"until": _("The term is over already: leave the day empty.")})
        return _set(case, last_day=last_day, returned_on=timezone.localdate())


def _end_early(case: Secondment, held: Appointment, last_day: date, by: Any) -> None:
    appointment_end(appointment=held, by=by, last_day=last_day, reason=case.number)
    if case.home_later and case.person.is_active:  # type: ignore[union-attr]
        try:
            appointment_resume_on(appointment=case.home_later, day=last_day + DAY, by=by, reason=case.number)
        except ValidationError as error:
            raise ValidationError({"until": error.messages}) from error


def report_record(case: Secondment, *, report: str) -> Changes:
    """The trainee's report."""
    return _set(case, report=_text(report, "report", _("Write your report.")))


def appraisal_record(case: Secondment, *, grade: str, text: str) -> Changes:
    """The appraisal. It goes into the person's post file."""
    text = _text(text, "appraisal_text", _("Write what was found."))
    return _set(case, appraisal_grade=_grade(grade, "appraisal_grade"), appraisal_text=text)


def secondment_close(case: Secondment) -> None:
    """Appraised: the case is done."""
    case_close(case, Case.State.DONE)


def secondment_refuse(case: Secondment) -> None:
    """Declined by the person, by the receiving head or by the bureau, or given up before the appointment."""
    case_close(case, Case.State.REFUSED)


# The monthly log --------------------------------------------------------------------------------
def log_entry_save(
    *,
    case: Secondment,
    by: Any,
    month: date,
    days: int,
    work: str,
    problems: str = "",
    photos: Iterable[CheckedFile] = (),
) -> LogEntry:
    """Write or correct one month of the log, until the appraisal.

    Raises:
        PermissionDenied: it is not their posting, or it has been appraised.
        ValidationError: by field; a month outside the term or one to come.
    """
    with transaction.atomic():
        case = Secondment.objects.select_for_update(of=("self",)).get(pk=case.pk)
        if not permissions.keeps_log(by, case):
            raise PermissionDenied
        if month not in case.months() or month > timezone.localdate():
            raise ValidationError({"month": _("Write about a month of your term that has begun.")})
        entry = LogEntry.objects.filter(secondment=case, month=month).first() or LogEntry(secondment=case, month=month)
        entry.days, entry.problems = days, problems.strip()
        entry.work = _text(work, "work", _("Write what you did this month."))
        entry.full_clean()
        entry.save()
        count = case.files.filter(paper__startswith=f"log-{month:%Y-%m}-").count()
        for number, photo in enumerate(photos, count + 1):
            label = _("Log %(month)s") % {"month": f"{month:%Y-%m}"}
            case_file_add(case=case, checked=photo, paper=f"log-{month:%Y-%m}-{number}", label=label, by=by)
    return entry


# Reminders --------------------------------------------------------------------------------------
def secondments_remind(*, day: date | None = None) -> int:
    """Tell the person, the head of the line and the bureau 60, 30 and 7 days before a term ends, and once after it has
    ended without a decision. Returns how many postings were named. Two clocks at once do not tell twice."""
    from workflows.core.notices import notice_send

    day, told = day or timezone.localdate(), 0
    due = Secondment.objects.standing().filter(
        state=Case.State.ACTIVE, returned_on=None, last_day__lte=day + timedelta(days=max(REMIND))
    )
    for case in due.select_related("person").order_by("pk"):
        left = (case.last_day - day).days
        stage = EXPIRED if left < 0 else min(mark for mark in REMIND if left <= mark)
        fresh = Secondment.objects.filter(pk=case.pk, reminded=case.reminded)
        if case.reminded is not None and case.reminded <= stage:
            continue
        with transaction.atomic():
            if fresh.update(reminded=stage):
                notice_send(_concerned(case), "term", case)
                told += 1
    return told


def _concerned(case: Secondment) -> list[Any]:
    bureau = get_user_model().objects.filter(is_active=True, groups__name=BUREAU_GROUP)
    return list(dict.fromkeys([case.person, *officials_of_lines({case.line}), *bureau]))
