"""Appointments 任职: one person's dated holding of a post."""

import datetime as dt
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.changes import Changes, log_change

from ..models import Appointment, Post
from ..signals import appointment_ended, appointment_started

if TYPE_CHECKING:
    from accounts.models import User

Status = Appointment.Status


def appointment_problems(appointment: Appointment) -> dict[str, str]:
    """Why this holding cannot be active in its term, by field; empty when it can.

    Full-time and dedicated (R99, R100): a person has at most one active full-time appointment at a time; a full-time
    post is held full-time, except by secondment 专兼结合 (R104). A post is one slot: one active holder at a time.
    """
    problems: dict[str, str] = {}
    post, person = appointment.post, appointment.person
    if appointment.until and appointment.until < appointment.since:
        problems["until"] = _("The last day cannot be before the first day.")
    if not person.is_active:
        problems["person"] = _("This person's account is deactivated.")
    if post.full_time and not appointment.full_time and appointment.basis != Appointment.Basis.SECONDMENT:
        problems["full_time"] = _("This post is full-time and dedicated (R99, R100).")
    others = Appointment.objects.overlapping(appointment.since, appointment.until).exclude(pk=appointment.pk)
    held = others.filter(person=person, full_time=True).select_related("post__venue", "post__office").first()
    if appointment.full_time and held:
        problems["person"] = _("Holds a full-time post in that time already: %(post)s (R99).") % {"post": held.post}
    seconded = others.filter(person=person, basis=Appointment.Basis.SECONDMENT).first()
    if appointment.basis == Appointment.Basis.SECONDMENT and seconded:
        problems["person"] = _("Is seconded in that time already: %(post)s.") % {"post": seconded.post}
    if holder := others.filter(post=post).select_related("person").first():
        problems["post"] = _("%(person)s holds this post in that time.") % {"person": holder.person}
    return problems


def _lock(post: int, person: int) -> None:
    """Person first, then post: everybody in this order, so that two appointments of one person queue up."""
    get_user_model().objects.select_for_update().get(pk=person)
    Post.objects.select_for_update().get(pk=post)


def _save_active(appointment: Appointment) -> None:
    """Save after the checks. The constraints on PostgreSQL catch whoever went round the lock."""
    if problems := appointment_problems(appointment):
        raise ValidationError(problems)
    appointment.full_clean()
    try:
        with transaction.atomic():
            appointment.save()
    except IntegrityError as error:
        raise ValidationError({"person": _("Holds a full-time post in that time already (R99).")}) from error


@transaction.atomic
def appointment_create(
    *,
    post: Post,
    person: "User",
    since: dt.date,
    by: "User | None",
    until: dt.date | None = None,
    full_time: bool | None = None,
    basis: str = Appointment.Basis.ASSIGNED,
    reason: str = "",
    is_sample: bool = False,
) -> Appointment:
    """Appoint a person to a post from `since` to `until`, last day included (None: open-ended).

    `full_time` None: as the post is. Locks the person and the post; raises ValidationError by field.
    """
    _lock(post.pk, person.pk)
    appointment = Appointment(
        post=post,
        person=get_user_model().objects.get(pk=person.pk),
        since=since,
        until=until,
        full_time=post.full_time if full_time is None else full_time,
        basis=basis,
        is_sample=is_sample,
    )
    _save_active(appointment)
    changes: Changes = {
        "person": (None, appointment.person),
        "since": (None, since),
        "until": (None, until),
        "full_time": (None, appointment.full_time),
        "basis": (None, basis),
    }
    log_change(appointment, action="network.appointment_create", by=by, changes=changes, reason=reason)
    appointment_started.send(Appointment, appointment=appointment, by=by)
    return appointment


def _fresh(appointment: Appointment, *statuses: str) -> Appointment:
    _lock(appointment.post_id, appointment.person_id)
    fresh = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if fresh.status not in statuses:
        raise ValidationError(
            _("The appointment is %(status)s: this cannot be done now.") % {"status": fresh.get_status_display()}
        )
    return fresh


@transaction.atomic
def appointment_suspend(*, appointment: Appointment, by: "User | None", reason: str) -> Appointment:
    """Suspend an active appointment, as a secondment does with the home post: it then does not count against the
    full-time rule, and somebody may cover the post. Raises ValidationError."""
    appointment = _fresh(appointment, Status.ACTIVE)
    _set_status(appointment, Status.SUSPENDED, "network.appointment_suspend", by, reason)
    appointment_ended.send(Appointment, appointment=appointment, by=by)
    return appointment


@transaction.atomic
def appointment_resume(*, appointment: Appointment, by: "User | None", reason: str = "") -> Appointment:
    """Make a suspended appointment active again, under the same rules as a new one. Raises ValidationError."""
    appointment = _fresh(appointment, Status.SUSPENDED)
    appointment.status = Status.ACTIVE
    _save_active(appointment)
    changes = {"status": (Status.SUSPENDED, Status.ACTIVE)}
    log_change(appointment, action="network.appointment_resume", by=by, changes=changes, reason=reason)
    appointment_started.send(Appointment, appointment=appointment, by=by)
    return appointment


@transaction.atomic
def appointment_end(
    *, appointment: Appointment, by: "User | None", last_day: dt.date | None = None, reason: str = ""
) -> Appointment:
    """End an appointment on `last_day` (today when None). A later day only sets the term: `appointments_end_due` ends
    it then. Raises ValidationError."""
    appointment = _fresh(appointment, Status.ACTIVE, Status.SUSPENDED)
    today = timezone.localdate()
    last_day = last_day or today
    if last_day < appointment.since:
        raise ValidationError({"until": _("The last day cannot be before the first day.")})
    old_until, appointment.until = appointment.until, last_day
    if appointment.status == Status.ACTIVE and last_day > today:
        _save_active(appointment)
        changes: Changes = {"until": (old_until, last_day)}
        log_change(appointment, action="network.edit", by=by, changes=changes, reason=reason)
        return appointment
    _end(appointment, old_until, by, reason)
    return appointment


@transaction.atomic
def appointments_end_due(*, day: dt.date | None = None) -> int:
    """End what ran out before this day (today when None): for the daily timer. Returns how many."""
    due = Appointment.objects.filter(until__lt=day or timezone.localdate()).exclude(status=Status.ENDED)
    ended = list(due.select_for_update().order_by("pk"))
    for appointment in ended:
        _end(appointment, appointment.until, None, _("The term is over."))
    return len(ended)


def _end(appointment: Appointment, old_until: dt.date | None, by: "User | None", reason: str) -> None:
    old, appointment.status = appointment.status, Status.ENDED
    appointment.save(update_fields=["status", "until"])
    changes: Changes = {"status": (old, Status.ENDED), "until": (old_until, appointment.until)}
    log_change(appointment, action="network.appointment_end", by=by, changes=changes, reason=reason)
    appointment_ended.send(Appointment, appointment=appointment, by=by)


def _set_status(appointment: Appointment, status: str, action: str, by: "User | None", reason: str) -> None:
    old, appointment.status = appointment.status, status
    appointment.save(update_fields=["status"])
    log_change(appointment, action=action, by=by, changes={"status": (old, status)}, reason=reason)
