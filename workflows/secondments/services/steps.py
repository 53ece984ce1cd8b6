"""The steps from the receiving side's opinion to the appraisal. They run under the case's lock; those that change
posts lock more."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.changes import Changes
from network.models import Appointment, Post
from network.permissions import officials_of_lines
from network.services import appointment_create, appointment_interrupt
from workflows.core.fields import case_set
from workflows.core.models import Case
from workflows.core.notices import notice_send
from workflows.core.services import case_close

from .. import rules
from ..models import Secondment
from .shared import grade_of, lock_both, text_of


def opinion_record(case: Secondment, *, decision: str) -> Changes:
    """The receiving township's opinion. It advises; it does not decide."""
    return case_set(case, opinion=decision)


def acceptance_record(case: Secondment, *, decision: str, mentor: Any, study_plan: str) -> Changes:
    """The head accepts a trainee: with a mentor and a study plan; or declines."""
    if decision != "accept":
        return case_set(case, outcome="refuse", opinion=decision)
    if mentor is None or not mentor.is_active or mentor == case.person:
        raise ValidationError({"mentor": _("Name a mentor among the head institution's people.")})
    if not officials_of_lines({case.line}).filter(pk=mentor.pk).exists():
        raise ValidationError({"mentor": _("Name a mentor among the head institution's people.")})
    plan = text_of(study_plan, "study_plan", _("Write the study plan."))
    return case_set(case, outcome="", opinion=decision, mentor=mentor, study_plan=plan)


def approval_record(case: Secondment, *, decision: str) -> Changes:
    """The bureau's approval of the posting; not to a venue that has left service, nor of somebody who is gone."""
    if decision == "approve":
        if not case.venue.is_active:
            raise ValidationError({"decision": _("The receiving venue is not in service: it cannot be approved now.")})
        if not case.person.is_active:  # type: ignore[union-attr]
            raise ValidationError({"decision": _("This person's account is deactivated.")})
        return case_set(
            case,
            outcome=decision,
            decided_at=timezone.now(),
            approved_first_day=case.first_day,
            approved_last_day=case.last_day,
        )
    return case_set(case, outcome=decision, decided_at=timezone.now())


def secondment_appoint(case: Secondment, *, first_day: date | None, last_day: date | None, by: Any) -> Changes:
    """Appoint, all or nothing: the home post is free for the term and comes back after it, the new post is made, and
    its appointment is dated, so that every right it gives begins and ends by the calendar.

    Args:
        case: locked, approved.
        first_day, last_day: the term, near the one that was approved (`rules.appointment_problems`).
        by: who appoints.

    Raises:
        ValidationError: by field, what stands in the way now.
    """
    with transaction.atomic():
        lock_both(case.person_id, case.venue)
        case.person.refresh_from_db()  # type: ignore[union-attr]
        if found := rules.appointment_problems(case, first_day, last_day):
            raise ValidationError(found)
        changes = case_set(case, first_day=first_day, last_day=last_day)
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
            return case_set(case, appointment=appointment, home_later=later, standing=True, outcome="appoint")
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
    return case_set(case, outcome="abandon")


def handover_record(case: Secondment, *, handover_on: date | None, note: str) -> Changes:
    """What was handed over at the home post, and when."""
    if handover_on is None or handover_on > timezone.localdate():
        raise ValidationError({"handover_on": _("Give the day; it cannot be one to come.")})
    note = text_of(note, "handover_note", _("Say what was handed over to whom."))
    return case_set(case, handover_on=handover_on, handover_note=note)


def view_record(case: Secondment, *, stage: str, grade: str, text: str) -> Changes:
    """The receiving township's view of the person's work, before the head's review or appraisal.

    Args:
        case: locked, a posting down.
        stage: "midterm" or "final".
        grade: a Secondment.Grade.
        text: in words.

    Raises:
        ValidationError: by field; on `view` when the term's end is still far.
    """
    if stage == "final" and (problem := rules.report_problem(case)):
        raise ValidationError({"view": problem})
    grade = grade_of(grade, "view_grade", _("Choose a grade."))
    text = text_of(text, "view", _("Write what you found."))
    return case_set(case, **{f"{stage}_view_grade": grade, f"{stage}_view": text})


def midterm_record(case: Secondment, *, grade: str, text: str) -> Changes:
    """The mid-term review."""
    text = text_of(text, "midterm_text", _("Write what was found."))
    return case_set(case, midterm_grade=grade_of(grade, "midterm_grade", _("Choose a grade.")), midterm_text=text)


def report_record(case: Secondment, *, report: str) -> Changes:
    """The trainee's report, once the end of the term is near. Raises ValidationError on `report`."""
    if problem := rules.report_problem(case):
        raise ValidationError({"report": problem})
    return case_set(case, report=text_of(report, "report", _("Write your report.")))


def appraisal_record(case: Secondment, *, grade: str, text: str) -> Changes:
    """The appraisal, once the term is over: until then the person works and writes the log. It goes into the post file.

    Raises ValidationError by field; on `decision` before the last day.
    """
    if timezone.localdate() < case.last_day:
        day = date_format(case.last_day, "DATE_FORMAT")
        raise ValidationError(
            {"decision": _("The term runs until %(day)s: it is appraised on its last day.") % {"day": day}}
        )
    text = text_of(text, "appraisal_text", _("Write what was found."))
    return case_set(case, appraisal_grade=grade_of(grade, "appraisal_grade", _("Choose a grade.")), appraisal_text=text)


def secondment_close(case: Secondment) -> None:
    """Appraised: the case is done."""
    case_close(case, Case.State.DONE)


def secondment_refuse(case: Secondment) -> None:
    """Declined by the person, by the head or by the bureau, or given up before the appointment. Who asked is told."""
    case_close(case, Case.State.REFUSED)
    notice_send(dict.fromkeys([case.opened_by, case.nominated_by]), "outcome", case)
