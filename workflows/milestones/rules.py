"""What a milestone must satisfy. Screens ask first and warn; the services ask again under the locks and refuse."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from common.privatefiles import CheckedFile
from network.models import Venue

from .models import Evidence, Milestone, MilestoneCase, PlanItem
from .services.survey import questions_of

BACK_DATED_AFTER = dt.timedelta(days=30)
LONG_BEFORE = dt.timedelta(days=5 * 366)  # done so long before the plan: a slip in the year
NOTE_LIMIT = 2000
CheckedBy = PlanItem.CheckedBy


# Whose it is to check ---------------------------------------------------------------------------
def lines_of(milestone: Milestone) -> list[str]:
    """The lines that a milestone's case touches: a head's own; elsewhere those that check it, as far as the venue has
    them. None for the county's."""
    venue = milestone.venue
    if venue is None:
        return []
    own = [line for line in ("library", "culture") if getattr(venue, line)]
    checked_by = milestone.item.checked_by
    if venue.tier == Venue.Tier.HEAD or checked_by in (CheckedBy.EITHER, CheckedBy.BOTH):
        return own
    return [line for line in own if line == checked_by]


def hand_in_node(case: MilestoneCase) -> str:
    """The step of handing in, by whose milestone it is: a step has one role."""
    venue = case.milestone.venue
    if venue is None:
        return "hand_in_bureau"
    return "hand_in_head" if venue.tier == Venue.Tier.HEAD else "hand_in"


def way_to_confirmation(case: MilestoneCase) -> str:
    """Who looks at evidence before the bureau does: "nobody", "one" head institution, or "both" side by side.

    Nobody checks a head's own, the county's, and what no line of the venue is asked to check.
    """
    venue = case.milestone.venue
    if venue is None or venue.tier == Venue.Tier.HEAD or not case.lines:
        return "nobody"
    return "both" if case.milestone.item.checked_by == CheckedBy.BOTH and len(case.lines) == 2 else "one"


# What comes first -------------------------------------------------------------------------------
def waits_for(milestone: Milestone) -> list[Milestone]:
    """The unfinished milestones that must be done before this one can be confirmed: see `waits_for_many`."""
    return waits_for_many([milestone])[milestone.pk]


def waits_for_many(milestones: Iterable[Milestone]) -> dict[int, list[Milestone]]:
    """For each milestone, the unfinished ones that come before it, in a number of queries that does not grow.

    - 先镇后村 (R23): at a service point, the same item at its branch;
    - the items it comes `after`, at the same venue and once for the county;
    - the pilot before roll-out (R46): at a branch that is none, the same item at every pilot branch.

    What no longer applies holds nobody up.
    """
    wanted = _wanted(list(milestones))
    places = {place for keys in wanted.values() for _item, place in keys}
    open_rows = (
        Milestone.objects.unfinished().with_place().filter(item__in={i for keys in wanted.values() for i, _p in keys})
    )
    open_rows = open_rows.filter(Q(venue__in=[place for place in places if place]) | Q(venue=None))
    found = {(row.item_id, row.venue_id): row for row in open_rows}
    return {pk: [found[key] for key in keys if key in found] for pk, keys in wanted.items()}


def stands_on_many(milestones: Iterable[Milestone]) -> dict[int, list[Milestone]]:
    """`waits_for_many` the other way round: for each milestone those that were confirmed because it was done."""
    rows = list(milestones)
    first = {(row.item_id, row.venue_id): row.pk for row in rows}
    items = {row.item_id for row in rows}
    after = PlanItem.after.through.objects.filter(to_planitem__in=items).values("from_planitem")
    done = Milestone.objects.filter(state=Milestone.State.DONE).with_place()
    later = {row.pk: row for row in done.filter(Q(item__in=items) | Q(item__in=after))}
    found: dict[int, list[Milestone]] = {row.pk: [] for row in rows}
    for pk, keys in _wanted(list(later.values())).items():
        for key in keys:
            if key in first:
                found[first[key]].append(later[pk])
    return found


def _wanted(rows: Sequence[Milestone]) -> dict[int, list[tuple[int, int | None]]]:
    """For each milestone (item, venue) of everything that comes before it."""
    items = {row.item_id for row in rows}
    before = defaultdict(list)
    for later, earlier in PlanItem.after.through.objects.filter(from_planitem__in=items).values_list(
        "from_planitem", "to_planitem"
    ):
        before[later].append(earlier)
    pilots = []
    if any(row.item.pilot_first for row in rows):
        pilots = list(Venue.objects.filter(tier=Venue.Tier.BRANCH, pilot=True).values_list("pk", flat=True))
    return {row.pk: _before(row, before[row.item_id], pilots) for row in rows}


def _before(row: Milestone, earlier: Sequence[int], pilots: Sequence[int]) -> list[tuple[int, int | None]]:
    """(item, venue) of everything that comes before a milestone, whether it exists or not."""
    venue, keys = row.venue, []
    if venue and row.item.township_first and venue.tier == Venue.Tier.POINT:
        keys.append((row.item_id, venue.parent_id))
    for item in earlier:
        keys += [(item, row.venue_id), (item, None)] if row.venue_id else [(item, None)]
    if venue and row.item.pilot_first and venue.tier == Venue.Tier.BRANCH and not venue.pilot:
        keys += [(row.item_id, pilot) for pilot in pilots]
    return keys


def order_problems(milestone: Milestone) -> list[str]:
    """Why this milestone cannot be confirmed yet, in words; empty when nothing comes before it."""
    return [order_problem(milestone, first) for first in waits_for(milestone)]


def order_problem(milestone: Milestone, first: Milestone) -> str:
    """What a milestone waits for, in words."""
    names = {"first": first, "state": first.get_state_display()}
    if first.item_id != milestone.item_id:
        return _("“%(first)s” comes first; it is: %(state)s.") % names
    if milestone.venue and milestone.venue.tier == Venue.Tier.POINT:
        return _("The township comes before its villages (R23): “%(first)s” is: %(state)s.") % names
    return _("The pilot comes before the roll-out (R46): “%(first)s” is: %(state)s.") % names


# What is handed in ------------------------------------------------------------------------------
def day_problem(milestone: Milestone, done_on: dt.date | None) -> str:
    """What is wrong with the day something was done. It may lie before the stage's first day; never in the future."""
    if done_on is None:
        return _("Give the day on which it was done.")
    if done_on > timezone.localdate():
        return _("This day is still to come.")
    if milestone.planned_last_day - done_on > LONG_BEFORE:
        return _("This is more than five years before the plan's last day. Please check the year.")
    return ""


def evidence_problems(
    milestone: Milestone,
    *,
    done_on: dt.date | None,
    answers: Mapping[str, Any] | None,
    files: Sequence[tuple[CheckedFile, str]],
    note: str = "",
    kept: Sequence[str] | None = None,
    asked: bool | None = None,
) -> dict[str, str]:
    """What is missing or wrong in evidence: field → message. Papers of earlier evidence that stands still count.

    A batch reads for all of its rows at once what is otherwise read here: the types of those papers (`kept`), and
    whether the venue is asked a survey's questions (`asked`).
    """
    problems = {}
    if problem := day_problem(milestone, done_on):
        problems["done_on"] = problem
    if len(note) > NOTE_LIMIT:
        problems["note"] = _("At most %(limit)s characters.") % {"limit": NOTE_LIMIT}
    item = milestone.item
    types = [checked.content_type for checked, _label in files]
    if (item.needs_file or item.needs_photo) and not types:
        types = list(_kept_types(milestone) if kept is None else kept)
    if item.needs_photo and not any(kind.startswith("image/") for kind in types):
        problems["files"] = _("A photo is asked for here: add one (JPEG or PNG).")
    elif item.needs_file and not types:
        problems["files"] = _("A document is asked for here: add one.")
    if item.survey and not answers and (bool(questions_of(milestone)) if asked is None else asked):
        problems["answers"] = _("Fill in the survey's form.")
    return problems


def _kept_types(milestone: Milestone) -> Iterable[str]:
    earlier = Evidence.objects.filter(milestone=milestone, withdrawn_at=None).exclude(files=None)
    return earlier.values_list("files__content_type", flat=True)


def is_back_dated(milestone: Milestone, done_on: dt.date, recorded: dt.date) -> bool:
    """Whether something was recorded afterwards 补录: it was done in time but recorded after the last day, or recorded
    more than 30 days after it was done. That is legal, and marked."""
    return recorded > milestone.last_day >= done_on or recorded - done_on > BACK_DATED_AFTER


def new_day_span(milestone: Milestone) -> tuple[dt.date, dt.date]:
    """The first and the last day that may become another last day: from today on (what is late has no other way
    out), and so many years after the plan's day or today as the programme allows (`Programme.move_years`)."""
    today = timezone.localdate()
    last = max(today, milestone.planned_last_day)
    year = last.year + milestone.programme.move_years
    last = last.replace(year=year, day=28) if (last.month, last.day) == (2, 29) else last.replace(year=year)
    return max(today, milestone.first_day or today), last


def new_day_problem(milestone: Milestone, new: dt.date | None) -> str:
    """What is wrong with another last day; asked again when it is approved."""
    if new is None:
        return _("Give the last day that you ask for.")
    if new == milestone.last_day:
        return _("This is its last day already.")
    if milestone.first_day and new < milestone.first_day:
        return _("The last day cannot be before the first day.")
    earliest, latest = new_day_span(milestone)
    if new < earliest:
        return _("This day has passed: another last day begins with today.")
    if new > latest:
        return _("This is too far away: the last day can be moved to %(day)s at the latest.") % {
            "day": date_format(latest, "DATE_FORMAT")
        }
    return ""
