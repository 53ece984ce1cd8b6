"""Registrations: places that become scarce are given out under a lock on the occurrence's row.

`Occurrence.taken` counts the places held; a constraint of the database refuses more than the capacity, whatever code
runs. The waiting list is the rows with status "waiting", oldest first.
"""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

from .models import Occurrence, Registration
from .models.registrations import make_token
from .notices import tell

Status = Registration.Status


@transaction.atomic
def registration_create(
    *,
    occurrence: int,
    name: str,
    mobile: str,
    email: str = "",
    places: int = 1,
    for_child: bool = False,
    person: User | None = None,
    language: str = "zh-hans",
    token: str = "",
    by_venue: bool = False,
) -> Registration:
    """Register somebody for the occurrence with primary key `occurrence`, or put them on its waiting list.

    `token` names the form that was sent: sent twice, it gives the registration it gave the first time. `by_venue`: the
    venue notes a telephone call, and may do so outside the registration period until the occurrence begins.
    `for_child`: a guardian registers a child under 14 (个人信息保护法 31).

    Raises ValidationError, by field, where registration is not open, the number or the person is registered already or
    a group is too large.
    """
    row = lock(occurrence)
    if token and (sent := row.registrations.filter(token=token).first()):
        return sent
    check_open(row, timezone.now(), by_venue=by_venue)
    if not 1 <= places <= row.event.group_size:
        raise ValidationError(
            {"places": _("One registration may take %(most)s places at most.") % {"most": row.event.group_size}}
        )
    current = row.registrations.filter(status__in=Registration.CURRENT)
    if current.filter(mobile=mobile).exists():
        raise ValidationError({"mobile": _("This number is registered already.")})
    if person and current.filter(person=person).exists():
        raise ValidationError(_("You are registered already."), code="person")
    fits = row.free is None or (places <= row.free and not current.filter(status=Status.WAITING).exists())
    registration = Registration(
        occurrence=row,
        person=person,
        name=name,
        mobile=mobile,
        email=email,
        places=places,
        for_child=for_child,
        language=language,
        token=token or make_token(),
        status=Status.REGISTERED if fits else Status.WAITING,
    )
    registration.full_clean(exclude=["occurrence"])
    registration.save()
    if fits:
        take(row, places)
    tell(registration, "registered" if fits else "waiting")
    return registration


@transaction.atomic
def registration_cancel(*, registration: Registration) -> bool:
    """Give the place back and let the waiting list move up. False where there was nothing to cancel any more.

    Raises ValidationError once the occurrence has begun.
    """
    row = lock(registration.occurrence_id)
    registration.refresh_from_db()
    if registration.status not in Registration.OPEN:
        return False
    if row.starts_at <= timezone.now():
        raise ValidationError(_("It has begun already: the registration can no longer be cancelled."))
    if registration.status == Status.REGISTERED:
        take(row, -registration.places)
    registration.status = Status.CANCELLED
    registration.save(update_fields=["status"])
    tell(registration, "cancelled")
    waiting_list_advance(occurrence=row)
    return True


@transaction.atomic
def attendance_record(*, registration: Registration, came: bool) -> None:
    """Note at the door whether the registered people came; may be corrected later.

    Raises ValidationError for who holds no place, and before the day.
    """
    row = lock(registration.occurrence_id)
    registration.refresh_from_db()
    check_day(row)
    if registration.status not in Registration.HOLDING:
        raise ValidationError(_("Only somebody who holds a place can be checked in."))
    registration.status = Status.ATTENDED if came else Status.ABSENT
    registration.save(update_fields=["status"])


@transaction.atomic
def absences_record(*, occurrence: Occurrence) -> int:
    """Note as absent who was registered and not checked in. Raises ValidationError before the end. Returns how many."""
    row = lock(occurrence.pk)
    if timezone.now() < row.ends_at:
        raise ValidationError(_("It is not over yet."))
    return row.registrations.filter(status=Status.REGISTERED).update(status=Status.ABSENT)


@transaction.atomic
def visitors_record(*, occurrence: Occurrence, number: int) -> None:
    """Note how many came without registering; may be corrected later. Raises ValidationError before the day."""
    row = lock(occurrence.pk)
    check_day(row)
    row.walk_ins = number
    row.save(update_fields=["walk_ins"])


def check_day(row: Occurrence) -> None:
    """Raise ValidationError before the day on which `row` begins."""
    if timezone.localdate() < timezone.localdate(row.starts_at):
        raise ValidationError(_("Checking in begins on the day itself."))


def lock(occurrence: int) -> Occurrence:
    """The occurrence's row, locked until the transaction ends (on SQLite the whole database is)."""
    return Occurrence.objects.select_for_update(of=("self",)).select_related("event").get(pk=occurrence)


def check_open(row: Occurrence, now: datetime, *, by_venue: bool = False) -> None:
    """Raise ValidationError unless people (or the venue for them) may register for `row` at `now`."""
    opens, closes = row.registration_window
    if not row.event.takes_registrations or not row.event.live:
        raise ValidationError(_("Nobody needs to register for this."), code="none")
    if row.status == Occurrence.Status.CANCELLED:
        raise ValidationError(_("This date is cancelled."), code="cancelled")
    if now >= row.starts_at:
        raise ValidationError(_("It has begun already."), code="late")
    if by_venue:
        return
    if now < opens:
        raise ValidationError(_("Registration has not opened yet."), code="early")
    if now >= closes:
        raise ValidationError(_("Registration is closed."), code="late")


def waiting_position(registration: Registration) -> int:
    """Which place in the waiting list `registration` has, from 1."""
    earlier = Q(created_at__lt=registration.created_at) | Q(created_at=registration.created_at, pk__lt=registration.pk)
    waiting = Registration.objects.filter(occurrence=registration.occurrence_id, status=Status.WAITING)
    return waiting.filter(earlier).count() + 1


def take(row: Occurrence, places: int) -> None:
    """Count `places` as held (negative: given back)."""
    Occurrence.objects.filter(pk=row.pk).update(taken=F("taken") + places)
    row.taken += places


def waiting_list_advance(*, occurrence: Occurrence) -> None:
    """Give free places to those who wait, in their order, and tell them. `occurrence` is locked by the caller."""
    if occurrence.status == Occurrence.Status.CANCELLED or occurrence.starts_at <= timezone.now():
        return
    for registration in next_in_line(occurrence.registrations.all(), occurrence.free):
        registration.status = Status.REGISTERED
        registration.save(update_fields=["status"])
        take(occurrence, registration.places)
        tell(registration, "moved_up")


def moving_up(registration: Registration) -> list[Registration]:
    """Who would get a place if `registration` were cancelled now."""
    row = registration.occurrence
    if row.status == Occurrence.Status.CANCELLED:
        return []
    given_back = registration.places if registration.status == Status.REGISTERED else 0
    free = None if row.free is None else row.free + given_back
    return next_in_line(row.registrations.exclude(pk=registration.pk), free)


def next_in_line(registrations: QuerySet[Registration], free: int | None) -> list[Registration]:
    """Those who wait and fit into `free` places (None: no limit), in their order.

    A group that does not fit holds the next ones back: first come, first served.
    """
    found = []
    for registration in registrations.filter(status=Status.WAITING):
        if free is not None:
            free -= registration.places
            if free < 0:
                break
        found.append(registration)
    return found


def occurrence_cancelled(*, occurrence: Occurrence) -> None:
    """Tell everybody who holds a place or waits that `occurrence` is cancelled. They stay on record."""
    for registration in occurrence.registrations.filter(status__in=Registration.OPEN):
        tell(registration, "event_cancelled")


def occurrence_withdrawn(*, occurrence: Occurrence) -> None:
    """Tell everybody who holds a place or waits that the venue has withdrawn the event. They stay on record."""
    for registration in occurrence.registrations.filter(status__in=Registration.OPEN):
        tell(registration, "event_withdrawn")


def occurrence_moved(*, occurrence: Occurrence, was: datetime | None, was_where: str = "") -> None:
    """Tell everybody who holds a place or waits that `occurrence` takes place at another time than `was`, elsewhere
    than at `was_where`, or both; silent where it is neither.
    """
    if not (was or was_where):
        return
    for registration in occurrence.registrations.filter(status__in=Registration.OPEN):
        tell(registration, "event_moved" if was else "event_elsewhere", was=was, was_where=was_where)


def occurrence_restored(*, occurrence: Occurrence) -> None:
    """Tell everybody who held a place or waited that `occurrence`, cancelled before, takes place after all."""
    for registration in occurrence.registrations.filter(status__in=Registration.OPEN):
        tell(registration, "event_restored")
