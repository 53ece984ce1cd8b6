"""Writes of occurrences. Registrations have services of their own in `registering.py`."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from .models import EventChange, EventPage, Occurrence
from .registering import occurrence_cancelled, occurrence_moved, waiting_list_advance
from .schedule import ZONE, local

HORIZON = timedelta(days=548)  # 18 months: the calendar shows no further


@dataclass(frozen=True)
class Planned:
    """What one row should say."""

    starts_at: datetime
    ends_at: datetime
    status: str
    reason: str


def planned(event: EventPage, horizon: date) -> dict[date, Planned]:
    """What `event` means up to `horizon`, by key: its schedule with its changes applied. Pure."""
    changes = {each.day: each for each in event.changes.all()}
    return {
        key: with_change(event, changes.get(key), start, end)
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
        start, end = moved_span(change, start, end)
        reason = change.reason
        if change.change == EventChange.Change.MOVED:
            status = Occurrence.Status.MOVED
        elif change.change == EventChange.Change.CANCELLED:
            status = Occurrence.Status.CANCELLED
    if event.cancelled:
        status, reason = Occurrence.Status.CANCELLED, event.cancel_reason
    return Planned(start, end, status, reason)


def moved_span(change: EventChange, start: datetime, end: datetime) -> tuple[datetime, datetime]:
    """Where `change` puts an occurrence planned for [start, end): what it does not say stays as it was."""
    start, end = start.astimezone(ZONE), end.astimezone(ZONE)
    new_start = local(datetime.combine(change.new_day or start.date(), change.new_starts or start.time()))
    if not change.new_ends:
        return new_start, new_start + (end - start)
    new_end = local(datetime.combine(new_start.date(), change.new_ends))
    return new_start, new_end if new_end > new_start else new_end + timedelta(days=1)


@transaction.atomic
def occurrences_sync(*, event: EventPage, today: date | None = None) -> None:
    """Make the rows of `event` say what its schedule says; called at every publication and by `extend_events`.

    The past stays as it was. A future row that the schedule no longer means is deleted, unless somebody registered for
    it: then it is cancelled. Everybody registered for a row that moved or fell out is told, in this transaction.
    `today` (local) is for tests; the horizon is 18 months from it.
    """
    EventPage.objects.select_for_update(of=("self",)).get(pk=event.pk)
    now = timezone.now()
    plan = planned(event, (today or timezone.localdate()) + HORIZON)
    rows = {row.key: row for row in event.occurrences.select_for_update()}
    Occurrence.objects.bulk_create(
        Occurrence(event=event, venue_id=event.venue_id, key=key, capacity=capacity_of(event), **vars(wanted))
        for key, wanted in plan.items()
        if key not in rows
    )
    for key, row in rows.items():
        if row.ends_at <= now:
            continue
        if key in plan:
            row_follow(row, event, plan[key])
        elif row.registrations.exists():
            row_follow(row, event, Planned(row.starts_at, row.ends_at, Occurrence.Status.CANCELLED, ""))
        else:
            row.delete()


def capacity_of(event: EventPage) -> int | None:
    """How many places an occurrence of `event` has; None where nobody needs to register or there is no limit."""
    return event.capacity if event.takes_registrations else None


def row_follow(row: Occurrence, event: EventPage, wanted: Planned) -> None:
    """Change `row` (locked) to what is `wanted` and tell those who registered if it moved or fell out.

    A capacity below what is taken already stays at what is taken: nobody loses a place that was promised.
    """
    before = Planned(row.starts_at, row.ends_at, row.status, row.reason)
    capacity = capacity_of(event)
    if capacity is not None:
        capacity = max(capacity, row.taken)
    if before == wanted and capacity == row.capacity and row.venue_id == event.venue_id:
        return
    for name, value in vars(wanted).items():
        setattr(row, name, value)
    row.capacity, row.venue_id, row.changed_at = capacity, event.venue_id, timezone.now()
    row.save()
    if wanted.status == Occurrence.Status.CANCELLED:
        if before.status != Occurrence.Status.CANCELLED:
            occurrence_cancelled(occurrence=row)
        return
    if (before.starts_at, before.ends_at) != (wanted.starts_at, wanted.ends_at):
        occurrence_moved(occurrence=row, was=before.starts_at)
    waiting_list_advance(occurrence=row)
