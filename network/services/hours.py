"""Opening hours and closures."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.changes import log_change

from ..models import Closure, DatedHours, Venue, WeeklyHours
from ..signals import closure_announced, closure_withdrawn, venue_changed

if TYPE_CHECKING:
    from accounts.models import User

Day = TypeVar("Day", int, dt.date)


class WeeklyRow(NamedTuple):
    """One span of an ordinary week; `day` is a WeeklyHours.Day."""

    day: int
    opens: dt.time
    closes: dt.time


class DatedRow(NamedTuple):
    """One span on a date; both times None: closed on that date."""

    date: dt.date
    opens: dt.time | None
    closes: dt.time | None
    reason: str = ""


def spans_problem(rows: Iterable[tuple[Day, dt.time | None, dt.time | None]], name: Callable[[Day], str]) -> str:
    """What is wrong with spans of opening, day by day, in words: they overlap, run backwards, or contradict a closed
    day. `name` gives a day's name."""
    days: dict[Day, list[tuple[dt.time | None, dt.time | None]]] = defaultdict(list)
    for day, opens, closes in rows:
        if (opens is None) != (closes is None) or (opens and closes and closes <= opens):
            return _("%(day)s: closing time must be after opening time.") % {"day": name(day)}
        days[day].append((opens, closes))
    for day, spans in days.items():
        if len(spans) > 1 and (None, None) in spans:
            return _("%(day)s: closed and open at the same time.") % {"day": name(day)}
        ordered = sorted(span for span in spans if span[0])
        for (_opens, closes), (opens, _closes) in pairwise(ordered):
            if opens < closes:  # type: ignore[operator]
                return _("%(day)s: these hours overlap.") % {"day": name(day)}
    return ""


@transaction.atomic
def weekly_hours_set(*, venue: Venue, rows: Sequence[tuple[int, dt.time, dt.time]], by: "User | None") -> None:
    """Replace the venue's weekly hours (R126). Raises ValidationError when spans overlap or run backwards."""
    rows = sorted(rows)
    if problem := spans_problem(rows, lambda day: str(WeeklyHours.Day(day).label)):
        raise ValidationError({"weekly_hours": problem})
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    fresh = [WeeklyHours(venue=venue, day=day, opens=opens, closes=closes) for day, opens, closes in rows]
    old = list(venue.weekly_hours.all())
    changes = {"weekly_hours": ([str(row) for row in old], [str(row) for row in fresh])}
    if changes["weekly_hours"][0] == changes["weekly_hours"][1]:
        return
    venue.weekly_hours.all().delete()
    WeeklyHours.objects.bulk_create(fresh)
    log_change(venue, action="network.hours", by=by, changes=changes)
    venue_changed.send(Venue, venue=venue, changes=changes, by=by)


@transaction.atomic
def dated_hours_set(*, venue: Venue, rows: Sequence[DatedRow], by: "User | None", is_sample: bool = False) -> None:
    """Replace the hours on dates. Raises ValidationError when spans of one date overlap or contradict each other."""
    rows = sorted(rows, key=lambda row: (row.date, row.opens or dt.time.min))
    if problem := spans_problem([(row.date, row.opens, row.closes) for row in rows], str):
        raise ValidationError({"dated_hours": problem})
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    samples = set(venue.dated_hours.filter(is_sample=True).values_list("date", "opens", "closes"))
    fresh = [
        DatedHours(venue=venue, **row._asdict(), is_sample=is_sample or (row.date, row.opens, row.closes) in samples)
        for row in rows
    ]
    changes = {"dated_hours": ([row.details() for row in venue.dated_hours.all()], [row.details() for row in fresh])}
    if changes["dated_hours"][0] == changes["dated_hours"][1]:
        return
    venue.dated_hours.all().delete()
    DatedHours.objects.bulk_create(fresh)
    log_change(venue, action="network.hours", by=by, changes=changes)
    venue_changed.send(Venue, venue=venue, changes=changes, by=by)


def closure_problem(venue: Venue, first_day: dt.date, last_day: dt.date) -> tuple[str, str]:
    """Which field of an announcement is wrong, and why; two empty texts when it is sound."""
    if last_day < first_day:
        return "last_day", _("The last day cannot be before the first day.")
    if first_day < timezone.localdate():
        return "first_day", _("A closure is announced in advance: it cannot begin in the past.")
    if venue.closures.filter(first_day__lte=last_day, last_day__gte=first_day).exists():
        return "first_day", _("Another closure covers some of these days.")
    return "", ""


@transaction.atomic
def closure_announce(
    *,
    venue: Venue,
    first_day: dt.date,
    last_day: dt.date,
    reason: str,
    by: "User | None",
    is_sample: bool = False,
) -> Closure:
    """Announce a closure of whole days, first and last included (公共图书馆法 38: in advance).

    Raises ValidationError by field. Upper rooms hear of it by `closure_announced`."""
    if not reason.strip():
        raise ValidationError({"reason": _("Give a reason.")})
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    field, problem = closure_problem(venue, first_day, last_day)
    if problem:
        raise ValidationError({field: problem})
    closure = Closure(venue=venue, first_day=first_day, last_day=last_day, reason=reason.strip(), is_sample=is_sample)
    closure.full_clean()
    closure.save()
    log_change(
        venue, action="network.closure_announce", by=by, changes={"closures": (None, str(closure))}, reason=reason
    )
    closure_announced.send(Closure, closure=closure, by=by)
    return closure


@transaction.atomic
def closure_withdraw(*, closure: Closure, by: "User | None", reason: str = "") -> None:
    """Take a closure back. One that has begun ends yesterday instead, so that the days that were closed stay on record;
    one that is over stays as it is: ValidationError."""
    venue = Venue.objects.select_for_update().get(pk=closure.venue_id)
    closure = Closure.objects.get(pk=closure.pk)
    today = timezone.localdate()
    if closure.last_day < today:
        raise ValidationError(_("This closure is over."))
    before = str(closure)
    if closure.first_day < today:
        closure.last_day = today - dt.timedelta(days=1)
        closure.save(update_fields=["last_day"])
        after = str(closure)
    else:
        Closure.objects.filter(pk=closure.pk).delete()
        after = None
    log_change(venue, action="network.closure_withdraw", by=by, changes={"closures": (before, after)}, reason=reason)
    closure_withdrawn.send(Closure, closure=closure, by=by)
