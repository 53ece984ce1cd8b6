"""What moves the terms of appointments: interruptions, a new director, a person who is gone."""

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.changes import Changes, log_change

from ..models import Appointment, Post
from ..signals import appointment_ended, appointment_started
from .staff import _end, _fresh, _lock, _save_active, appointment_create, appointment_end

if TYPE_CHECKING:
    from accounts.models import User

Status = Appointment.Status
DAY = dt.timedelta(days=1)


@transaction.atomic
def appointment_interrupt(
    *, appointment: Appointment, first_day: dt.date, last_day: dt.date, by: "User | None", reason: str
) -> Appointment | None:
    """Interrupt an appointment from `first_day` to `last_day`, as a full-time secondment does with the home post.

    The term is cut at the day before and goes on, as a row of its own, at the day after: so the home post is free
    exactly in between and given back by the calendar, whether or not a timer runs. Returns the second part; None when
    the appointment would have ended by then. Raises ValidationError.
    """
    appointment = _fresh(appointment, Status.ACTIVE)
    if not appointment.since < first_day <= last_day:
        raise ValidationError({"first_day": _("The home appointment must have begun before the first day.")})
    old_until = appointment.until
    if old_until and old_until < first_day:
        raise ValidationError({"first_day": _("The home appointment ends before the first day.")})
    appointment.until = first_day - DAY
    appointment.save(update_fields=["until"])
    changes: Changes = {"until": (old_until, appointment.until)}
    log_change(appointment, action="network.appointment_suspend", by=by, changes=changes, reason=reason)
    if old_until and old_until <= last_day:
        return None
    later = Appointment(
        **{name: getattr(appointment, name) for name in ("post", "person", "full_time", "basis", "is_sample")},
        since=last_day + DAY,
        until=old_until,
        resumes=appointment,
    )
    _save_active(later)
    changes = {"since": (None, later.since), "until": (None, later.until)}
    log_change(later, action="network.appointment_resume", by=by, changes=changes, reason=reason)
    appointment_started.send(Appointment, appointment=later, by=by)
    return later


@transaction.atomic
def appointment_resume_on(
    *, appointment: Appointment, day: dt.date, by: "User | None", reason: str = ""
) -> Appointment:
    """Let the second part of an interrupted appointment begin on another day: a secondment ended early or was renewed.

    Raises ValidationError, by field, when somebody holds the post then or the appointment is over by then.
    """
    appointment = _fresh(appointment, Status.ACTIVE)
    if appointment.resumes_id is None:
        raise ValidationError(_("This appointment was not interrupted."))
    old, appointment.since = appointment.since, day
    _save_active(appointment)
    changes: Changes = {"since": (old, day)}
    log_change(appointment, action="network.appointment_resume", by=by, changes=changes, reason=reason)
    appointment_started.send(Appointment, appointment=appointment, by=by)
    return appointment


@transaction.atomic
def appointment_retract(*, appointment: Appointment, by: "User | None", reason: str) -> None:
    """Take back an appointment that has not begun; only the log keeps it. When it is the second part of an interrupted
    one, the first part goes on as if nothing had interrupted it.

    Raises ValidationError when it has begun, or when somebody holds the post in between.
    """
    appointment = _fresh(appointment, Status.ACTIVE)
    if appointment.since <= timezone.localdate():
        raise ValidationError(_("This appointment has begun: it is ended, not taken back."))
    earlier, until = appointment.resumes, appointment.until
    log_change(appointment, action="network.delete", by=by, reason=reason, deleted=True)
    appointment_ended.send(Appointment, appointment=appointment, by=by)
    appointment.delete()
    if earlier is not None:
        earlier = _fresh(earlier, Status.ACTIVE)
        old, earlier.until = earlier.until, until
        _save_active(earlier)
        changes: Changes = {"until": (old, until)}
        log_change(earlier, action="network.appointment_resume", by=by, changes=changes, reason=reason)
        appointment_started.send(Appointment, appointment=earlier, by=by)


@transaction.atomic
def appointment_extend(*, appointment: Appointment, until: dt.date, by: "User | None", reason: str) -> Appointment:
    """Set a later last day of an active appointment. Raises ValidationError, by field."""
    appointment = _fresh(appointment, Status.ACTIVE)
    old, appointment.until = appointment.until, until
    _save_active(appointment)
    log_change(appointment, action="network.edit", by=by, changes={"until": (old, until)}, reason=reason)
    return appointment


@transaction.atomic
def office_hand_over(*, post: Post, to: "User", since: dt.date, by: "User | None", reason: str = "") -> Appointment:
    """A new director, or another who holds a post by office, takes over: the post follows the office (R96, R97).

    The present holder's appointment ends the day before `since`. Raises ValidationError by field.
    """
    if not post.ex_officio:
        raise ValidationError(_("This post is not held by office: end the appointment and make a new one."))
    _lock(post.pk, to.pk)
    held = Appointment.objects.overlapping(since, None).filter(post=post).select_related("person")
    for appointment in held.order_by("since"):
        if appointment.person_id == to.pk:
            raise ValidationError({"person": _("Holds this post already.")})
        if appointment.since >= since and appointment.resumes_id:
            back = {"person": appointment.person, "day": date_format(appointment.since, "DATE_FORMAT")}
            raise ValidationError(
                {
                    "since": _(
                        "%(person)s is away and comes back to this post on %(day)s: "
                        "first end that appointment in the register of appointments."
                    )
                    % back
                }
            )
        if appointment.since >= since:
            raise ValidationError({"since": _("The present holder began on this day or later.")})
        _cut(appointment, since - DAY, by, reason)
    return appointment_create(
        post=post, person=to, since=since, by=by, basis=Appointment.Basis.EX_OFFICIO, reason=reason
    )


def _cut(appointment: Appointment, last_day: dt.date, by: "User | None", reason: str) -> None:
    """End on a day that may lie before, on or after today; the term's dates alone decide from then on."""
    if last_day >= timezone.localdate():
        old, appointment.until = appointment.until, last_day
        appointment.save(update_fields=["until"])
        log_change(
            appointment, action="network.appointment_end", by=by, changes={"until": (old, last_day)}, reason=reason
        )
        appointment_ended.send(Appointment, appointment=appointment, by=by)
    else:
        appointment_end(appointment=appointment, by=by, last_day=last_day, reason=reason)


@transaction.atomic
def appointments_end_deactivated() -> int:
    """End what deactivated people still hold: for the daily timer. Their rights were gone at once. Returns how many."""
    today = timezone.localdate()
    rows = Appointment.objects.filter(person__is_active=False).exclude(status=Status.ENDED)
    ended = list(rows.select_for_update(of=("self",)).order_by("pk"))
    for appointment in ended:
        old_until = appointment.until
        appointment.until = max(min(day for day in (old_until, today) if day), appointment.since)
        _end(appointment, old_until, None, _("The account was deactivated."))
    return len(ended)
