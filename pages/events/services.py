"""Writes of occurrences. Registrations have services of their own in `registering.py`."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from network.models import Closure

from .models import EventChange, EventPage, Occurrence
from .registering import (
    occurrence_cancelled,
    occurrence_moved,
    occurrence_restored,
    occurrence_withdrawn,
    waiting_list_advance,
)
from .schedule import ZONE, local

HORIZON = timedelta(days=548)  # 18 months: the calendar shows no further
REASON_LENGTH = 100


@dataclass(frozen=True)
class Planned:
    """What one row should say."""

    starts_at: datetime
    ends_at: datetime
    status: str
    reason: str
    place: str


def planned(event: EventPage, horizon: date) -> dict[date, Planned]:
    """What `event` means up to `horizon`, by key: its schedule with its changes and its venue's closures applied."""
    changes = {each.day: each for each in event.changes.all()}
    cancelling = event.when_closed == EventPage.WhenClosed.CANCEL
    closures = list(event.venue.closures.all()) if cancelling else []
    return {
        key: with_closures(closures, with_change(event, changes.get(key), start, end))
        for key, start, end in event.schedule().occurrences(horizon)
    }


def planned_rows(event: EventPage) -> list[Occurrence]:
    """The rows that publishing `event` would make, unsaved, sorted; none where a draft says no day yet."""
    if not event.first_day:
        return []
    plan = planned(event, timezone.localdate() + HORIZON)
    rows = [
        Occurrence(venue=event.venue, key=key, capacity=capacity_of(event), **vars(row)) for key, row in plan.items()
    ]
    return sorted(rows, key=lambda row: row.starts_at)


def with_change(event: EventPage, change: EventChange | None, start: datetime, end: datetime) -> Planned:
    """One occurrence planned for [start, end) with what was decided about it since."""
    status, reason = Occurrence.Status.SCHEDULED, ""
    if change:
        days = event.last_day - event.first_day if event.last_day else timedelta()
        start, end = moved_span(change, start, end, days)
        reason = change.reason
        if change.change == EventChange.Change.MOVED:
            status = Occurrence.Status.MOVED
        elif change.change == EventChange.Change.CANCELLED:
            status = Occurrence.Status.CANCELLED
    if event.cancelled:
        status, reason = Occurrence.Status.CANCELLED, event.cancel_reason
    return Planned(start, end, status, reason, (change and change.new_place) or event.place)


def with_closures(closures: list[Closure], wanted: Planned) -> Planned:
    """`wanted`, or cancelled where the venue is closed on all of its days: an exhibition outlasts a closed Tuesday."""
    closure = closing(closures, wanted.starts_at, wanted.ends_at)
    if closure is None or wanted.status == Occurrence.Status.CANCELLED:
        return wanted
    with translation.override(settings.LANGUAGE_CODE):  # a row is content, and content is Chinese
        reason = _("Venue closed: %(reason)s") % {"reason": closure.reason}
    return replace(wanted, status=Occurrence.Status.CANCELLED, reason=reason[:REASON_LENGTH])


def closing(closures: list[Closure], start: datetime, end: datetime) -> Closure | None:
    """The closure that leaves no day of [start, end) open; None where there is one."""
    day, last = timezone.localdate(start), timezone.localdate(end - timedelta(microseconds=1))
    found = None
    while day <= last:
        found = next((each for each in closures if each.first_day <= day <= each.last_day), None)
        if found is None:
            return None
        day += timedelta(days=1)
    return found


def moved_span(change: EventChange, start: datetime, end: datetime, days: timedelta) -> tuple[datetime, datetime]:
    """Where `change` puts an occurrence planned for [start, end): what it does not say stays as it was.

    `days`: how far its last day lies from its first, where the event means to last several days.
    """
    start, end = start.astimezone(ZONE), end.astimezone(ZONE)
    new_start = local(datetime.combine(change.new_day or start.date(), change.new_starts or start.time()))
    if not change.new_ends:
        return new_start, new_start + (end - start)
    new_end = local(datetime.combine(new_start.date() + days, change.new_ends))
    return new_start, new_end if new_end > new_start else new_end + timedelta(days=1)


@transaction.atomic
def occurrences_sync(*, event: EventPage, today: date | None = None) -> list[Occurrence]:
    """Make the rows of `event` say what its schedule says; called at every publication, by `extend_events`, and when
    its venue announces or withdraws a closure.

    The past stays as it was. A future row that the schedule no longer means is deleted, unless somebody registered for
    it: then it is cancelled. Everybody registered for a row that moved, fell out or came back is told, in this
    transaction. Subscribers' calendars learn of it by a higher `sequence` (RFC 5545, 3.8.7.4). `today` (local) is for
    tests; the horizon is 18 months from it. Returns the rows that stayed and changed.
    """
    EventPage.objects.select_for_update(of=("self",)).get(pk=event.pk)
    now = timezone.now()
    plan = planned(event, (today or timezone.localdate()) + HORIZON)
    rows = {row.key: row for row in event.occurrences.select_for_update()}
    fresh = [
        Occurrence(event=event, venue_id=event.venue_id, key=key, capacity=capacity_of(event), **vars(wanted))
        for key, wanted in plan.items()
        if key not in rows
    ]
    Occurrence.objects.bulk_create(fresh)
    ahead = [row for row in rows.values() if row.ends_at > now]
    dropped = [row for row in ahead if row.key not in plan]
    kept = {row.pk for row in dropped if row.registrations.exists()}
    Occurrence.objects.filter(pk__in=[row.pk for row in dropped if row.pk not in kept]).delete()
    changed = []
    for row in ahead:
        wanted = plan.get(row.key)
        if wanted is None and row.pk in kept:
            wanted = Planned(row.starts_at, row.ends_at, Occurrence.Status.CANCELLED, row.reason, row.place)
        if wanted and row_follow(row, event, wanted):
            changed.append(row)
    if rows and (fresh or dropped or changed):
        event.sequence += 1
        EventPage.objects.filter(pk=event.pk).update(sequence=F("sequence") + 1)
    return changed


@transaction.atomic
def event_withdraw(*, event: EventPage) -> list[Occurrence]:
    """Cancel the coming dates of `event`, which is no longer public, and tell everybody registered, once.

    Publishing it again brings the dates back (occurrences_sync) and says so. Returns the dates that were cancelled.
    """
    now = timezone.now()
    with translation.override(settings.LANGUAGE_CODE):  # as above
        reason = _("Withdrawn by the venue")
    rows = event.occurrences.select_for_update().filter(ends_at__gt=now)
    withdrawn = list(rows.exclude(status=Occurrence.Status.CANCELLED))
    for row in withdrawn:
        row.status, row.reason, row.changed_at = Occurrence.Status.CANCELLED, reason, now
        row.save(update_fields=["status", "reason", "changed_at"])
        occurrence_withdrawn(occurrence=row)
    return withdrawn


def capacity_of(event: EventPage) -> int | None:
    """How many places an occurrence of `event` has; None where nobody needs to register or there is no limit."""
    return event.capacity if event.takes_registrations else None


def row_follow(row: Occurrence, event: EventPage, wanted: Planned) -> bool:
    """Change `row` (locked) to what is `wanted` and tell those who registered if it moved (to another time, venue or
    place), fell out or came back.

    A capacity below what is taken already stays at what is taken: nobody loses a place that was promised. Returns
    whether anything changed that a subscriber sees.
    """
    before = Planned(row.starts_at, row.ends_at, row.status, row.reason, row.place)
    elsewhere = row.venue_id != event.venue_id or row.place != wanted.place
    was_where = row.where if elsewhere else ""
    seen = before != wanted or elsewhere
    capacity = capacity_of(event)
    if capacity is not None:
        capacity = max(capacity, row.taken)
    if not seen and capacity == row.capacity:
        return False
    for name, value in vars(wanted).items():
        setattr(row, name, value)
    row.capacity, row.venue_id, row.changed_at = capacity, event.venue_id, timezone.now()
    row.save()
    row_tell(row, before, was_where=was_where)
    return seen


def row_tell(row: Occurrence, before: Planned, *, was_where: str) -> None:
    """Tell those who registered what became of `row` (`was_where`: where it was to be, if that is elsewhere now), and
    give out the places that a change made free.
    """
    cancelled = Occurrence.Status.CANCELLED
    if row.status == cancelled:
        if before.status != cancelled:
            occurrence_cancelled(occurrence=row)
        return
    if before.status == cancelled:
        occurrence_restored(occurrence=row)
    else:
        retimed = (before.starts_at, before.ends_at) != (row.starts_at, row.ends_at)
        occurrence_moved(occurrence=row, was=before.starts_at if retimed else None, was_where=was_where)
    waiting_list_advance(occurrence=row)
