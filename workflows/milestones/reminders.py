"""Milestones that nobody has begun: reminders to their owners and, when they stay undone, to the bureau.

What has a running case is reminded of by its work items. A digest tells of many milestones at once; each threshold of
each milestone is told of once, however long the clock stood still.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.models import Appointment, Office, Venue
from network.permissions import BUREAU_GROUP
from workflows.core.models import Case
from workflows.core.notices import digest_send

from .models import Milestone, MilestoneReminder, Programme

Kind = MilestoneReminder.Kind
SOON = {Kind.SOON_7: 7, Kind.SOON_30: 30}  # days before the last day; the nearest first
ESCALATE_AFTER = dt.timedelta(days=14)  # overdue for longer than this
NAMED = 10  # milestones that a digest names; it counts the others
Owner = tuple[str, int]  # ("office" or "venue" or "bureau", its primary key)


def milestones_remind() -> int:
    """Send the digests that are due, in one transaction a programme. Returns how many, one a person."""
    today = timezone.localdate()
    running = Programme.objects.filter(state=Programme.State.RUNNING)
    return sum(_remind(programme, today) for programme in running)


@transaction.atomic
def _remind(programme: Programme, today: dt.date) -> int:
    people = people_of_owners(today)
    owned = Q(venue=None) if people[("bureau", 0)] else Q(pk__in=[])
    for name in ("office", "venue"):
        owned |= Q(**{f"{name}__in": [pk for kind, pk in people if kind == name]})
    waiting = programme.milestones.unfinished().exclude(case__state__in=Case.RUNNING)
    if not any(_due(waiting.filter(owned), kind, today).exists() for kind in Kind):
        return 0
    Programme.objects.select_for_update().get(pk=programme.pk)  # two clocks do not tell twice
    told = 0
    for owner, digest in _digests(waiting.filter(owned), today).items():
        told += _send(programme, people[owner], digest)
    late = list(_due(waiting.filter(owned), Kind.ESCALATED, today).with_place())
    if late and people[("bureau", 0)]:
        told += _send(programme, people[("bureau", 0)], {Kind.ESCALATED: late})
        _remember(Kind.ESCALATED, late)
    return told


def people_of_owners(today: dt.date) -> dict[Owner, list[Any]]:
    """Whom to tell: the people of each township government and head institution, and those of the bureau."""
    found: dict[Owner, list[Any]] = defaultdict(list)
    held = Appointment.objects.on(today).filter(person__is_active=True).select_related("post", "person")
    held = held.filter(Q(post__office__kind=Office.Kind.TOWNSHIP) | Q(post__venue__tier=Venue.Tier.HEAD))
    for row in held.order_by("pk"):
        kind = "office" if row.post.office_id else "venue"
        key = (kind, row.post.office_id or row.post.venue_id or 0)
        if row.person not in found[key]:
            found[key].append(row.person)
    bureau = get_user_model().objects.filter(is_active=True, groups__name=BUREAU_GROUP)
    found[("bureau", 0)] = list(bureau.order_by("pk").distinct())
    return found


def owner_of(milestone: Milestone) -> Owner:
    """Whose it is: the township government's, a head institution's own, or the bureau's."""
    if milestone.venue_id is None:
        return "bureau", 0
    return ("office", milestone.office_id) if milestone.office_id else ("venue", milestone.venue_id)


def _due(rows: Any, kind: str, today: dt.date) -> Any:
    """Those that have reached a threshold and were not told of it."""
    if kind in SOON:
        rows = rows.filter(last_day__gte=today, last_day__lte=today + dt.timedelta(days=SOON[Kind(kind)]))
    else:
        rows = rows.filter(last_day__lt=today if kind == Kind.OVERDUE else today - ESCALATE_AFTER)
    told = MilestoneReminder.objects.filter(milestone=OuterRef("pk"), kind=kind, last_day=OuterRef("last_day"))
    return rows.filter(~Exists(told))


def _digests(waiting: QuerySet[Milestone], today: dt.date) -> dict[Owner, dict[str, list[Milestone]]]:
    """What each owner is told of, by threshold; of one milestone only the nearest. All of it is remembered."""
    found: dict[Owner, dict[str, list[Milestone]]] = defaultdict(lambda: defaultdict(list))
    told: set[int] = set()
    for kind in (Kind.OVERDUE, *SOON):
        rows = list(_due(waiting, kind, today).with_place())
        _remember(kind, rows)
        for row in rows:
            if row.pk not in told:
                told.add(row.pk)
                found[owner_of(row)][kind].append(row)
    return found


def _remember(kind: str, rows: Iterable[Milestone]) -> None:
    made = [MilestoneReminder(milestone=row, kind=kind, last_day=row.last_day) for row in rows]
    MilestoneReminder.objects.bulk_create(made, batch_size=500)


def _send(programme: Programme, people: Iterable[Any], digest: dict[str, list[Milestone]]) -> int:
    late = set(digest) <= {Kind.OVERDUE, Kind.ESCALATED}
    path = f"{reverse('milestones_list')}?programme={programme.slug}" + ("&overdue=on" if late else "")
    return digest_send(people, lambda: digest_text(programme, digest), path)


def digest_text(programme: Programme, digest: dict[str, list[Milestone]]) -> tuple[str, str]:
    """Subject and body of a digest in the active language: counts, the first of each threshold by name."""
    count = sum(map(len, digest.values()))
    words = {"programme": programme, "n": count}
    if Kind.ESCALATED in digest:
        subject = ngettext(
            "%(programme)s: %(n)s milestone has been overdue for more than two weeks",
            "%(programme)s: %(n)s milestones have been overdue for more than two weeks",
            count,
        )
    else:
        subject = ngettext(
            "%(programme)s: %(n)s milestone needs your evidence",
            "%(programme)s: %(n)s milestones need your evidence",
            count,
        )
    parts = [_part(kind, digest[kind]) for kind in (Kind.ESCALATED, Kind.OVERDUE, *SOON) if digest.get(kind)]
    return subject % words, "\n\n".join(parts)


def _part(kind: str, rows: list[Milestone]) -> str:
    if kind == Kind.ESCALATED:
        return _by_township(rows)
    lines = [_("%(kind)s: %(n)s") % {"kind": Kind(kind).label, "n": len(rows)}]
    first = sorted(rows, key=lambda row: (row.last_day, row.pk))[:NAMED]
    lines += [f"- {row.place} · {row.item} ({date_format(row.last_day, 'SHORT_DATE_FORMAT')})" for row in first]
    if len(rows) > NAMED:
        lines.append(_("- and %(n)s more") % {"n": len(rows) - NAMED})
    return "\n".join(lines)


def _by_township(rows: list[Milestone]) -> str:
    counts: dict[str, int] = defaultdict(int)
    for row in rows:
        counts[str(row.township or row.place)] += 1
    return "\n".join(f"- {place}: {count}" for place, count in sorted(counts.items(), key=lambda pair: -pair[1]))
