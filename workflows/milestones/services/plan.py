"""Programmes and their plans: from a template or a copy to one milestone for every item and venue (R36, R45)."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.changes import log_change
from network.models import Office, Venue
from network.shape import township_id

from ..models import Milestone, MilestoneCase, PlanItem, Programme, Stage
from .evidence import cases_stop

CHUNK = 500
Level = PlanItem.Level
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class StageDraft:
    """A stage as a template has it: `fields` of Stage, and the items in it: fields of PlanItem with `after`, a list of
    the codes of items that come before."""

    fields: Mapping[str, Any]
    items: Sequence[Mapping[str, Any]] = field(default_factory=list)


@transaction.atomic
def programme_create(*, by: Any, stages: Sequence[StageDraft], **fields: Any) -> Programme:
    """A programme from a template: its stages and items, not yet its milestones (`plan_make`).

    Args:
        by: who makes it; None for a loaded county.
        stages: the template.
        fields: of Programme.

    Raises:
        ValidationError: by field; a code that stands twice; an item that comes after an unknown one.
    """
    programme = Programme(**fields)
    programme.full_clean()
    programme.save()
    made: dict[str, PlanItem] = {}
    for draft in stages:
        stage = Stage(programme=programme, **draft.fields)
        stage.full_clean()
        stage.save()
        for order, row in enumerate(draft.items):
            values = {name: value for name, value in row.items() if name != "after"}
            if values["code"] in made:
                raise ValidationError({"code": code_taken()})
            item = PlanItem(**{"stage": stage, "order": order, **values})
            item.full_clean()
            item.save()
            made[item.code] = item
    for draft in stages:
        for row in draft.items:
            if unknown := [code for code in row.get("after", ()) if code not in made]:
                raise ValidationError({"after": _("There is no item “%(code)s”.") % {"code": unknown[0]}})
            made[row["code"]].after.set([made[code] for code in row.get("after", ())])
    log_change(programme, action="milestones.programme", by=by)
    return programme


def code_taken() -> str:
    """A plan item's code is its address."""
    return _("Another item of this programme has this code.")


@transaction.atomic
def programme_copy(*, programme: Programme, by: Any, first_day: dt.date | None = None, **fields: Any) -> Programme:
    """Another programme with the same stages and items. With `first_day`, every date moves by as many days as its
    earliest one lies before or after that. Raises ValidationError by field."""
    stages = list(programme.stages.prefetch_related("items__after"))
    days = [day for stage in stages for day in (stage.first_day, stage.last_day) if day]
    shift = first_day - min(days) if first_day and days else dt.timedelta()
    try:
        drafts = [
            StageDraft(_copied(stage, shift), [_copied(item, shift) for item in stage.items.all()]) for stage in stages
        ]
    except OverflowError as error:
        raise ValidationError({"first_day": _("With this first day, dates lie beyond the calendar.")}) from error
    return programme_create(by=by, stages=drafts, move_years=programme.move_years, **fields)


@transaction.atomic
def programme_accept(*, programme: Programme, by: Any) -> None:
    """The superior accepted the programme (R41): its boards stay, its clocks stop. Cases that still run are cancelled,
    so that nothing of it is left in anybody's inbox."""
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    before, programme.state = programme.get_state_display(), Programme.State.ACCEPTED
    programme.save(update_fields=["state"])
    changes = {"state": (before, programme.get_state_display())}
    log_change(programme, action="milestones.accepted", by=by, changes=changes)
    with override(settings.LANGUAGE_CODE):  # it is kept, so it is content
        why = _("The programme was accepted.")
    cases_stop(MilestoneCase.objects.filter(milestone__programme=programme), by=by, reason=why)


NOT_COPIED = {"id", "programme", "stage"}


def _copied(row: Stage | PlanItem, shift: dt.timedelta) -> dict[str, Any]:
    values = {f.name: getattr(row, f.name) for f in row._meta.concrete_fields if f.name not in NOT_COPIED}
    for name in ("first_day", "last_day"):
        if values[name]:
            values[name] += shift
    if isinstance(row, PlanItem):
        values["after"] = [item.code for item in row.after.all()]
    return values


@transaction.atomic
def plan_make(*, programme: Programme, by: Any = None, progress: Progress | None = None) -> int:
    """Make the milestones that are missing: every item at every venue that it is meant for. Run again, it adds only
    what came meanwhile; venues that are closed for good get none.

    Args:
        programme: with its stages and items.
        by: who makes the plan; None for the system.
        progress: called with (made so far, to be made).

    Returns:
        How many milestones were added.
    """
    Programme.objects.select_for_update().get(pk=programme.pk)
    places = list(Venue.objects.exclude(status=Venue.Status.CLOSED).select_related("division"))
    missing = list(_missing(programme, places))
    for start in range(0, len(missing), CHUNK):
        Milestone.objects.bulk_create(missing[start : start + CHUNK])
        if progress:
            progress(min(start + CHUNK, len(missing)), len(missing))
    if missing:
        log_change(programme, action="milestones.plan", by=by, changes={"milestones": (None, f"+{len(missing)}")})
    return len(missing)


def plan_preview(*, programme: Programme) -> dict[int, int]:
    """What `plan_make` would add now: the item's pk → how many milestones."""
    places = list(Venue.objects.exclude(status=Venue.Status.CLOSED).select_related("division"))
    return Counter(row.item_id for row in _missing(programme, places))


def venue_join(*, venue: Venue) -> int:
    """A venue that joined the network gets its milestones in every running programme. Returns how many."""
    added = 0
    # `plan_make` holds the programme's row too: both would make the same milestones.
    for programme in Programme.objects.select_for_update().filter(state=Programme.State.RUNNING).order_by("pk"):
        missing = list(_missing(programme, [venue], county=False))
        added += len(Milestone.objects.bulk_create(missing))
    return added


def venue_leave_unused(*, venue: Venue) -> None:
    """A venue that was added by mistake goes away: so do its milestones, unless something was done for one of them
    (their case keeps them, and with them the venue: ProtectedError)."""
    Milestone.objects.filter(venue=venue).delete()


def _missing(programme: Programme, venues: Sequence[Venue], *, county: bool = True) -> Iterator[Milestone]:
    items = list(PlanItem.objects.filter(stage__programme=programme).select_related("stage"))
    known = set(Milestone.objects.filter(programme=programme).values_list("item", "venue"))
    offices = {row.division_id: row for row in Office.objects.filter(kind=Office.Kind.TOWNSHIP)}
    bureau = Office.objects.filter(kind=Office.Kind.BUREAU).first()
    for item in items:
        if item.level == Level.COUNTY:
            if county and (item.pk, None) not in known:
                yield _milestone(programme, item, None, bureau)
            continue
        for venue in venues:
            if _meant_for(item, venue) and (item.pk, venue.pk) not in known:
                yield _milestone(programme, item, venue, offices.get(township_id(venue.division)))


def _meant_for(item: PlanItem, venue: Venue) -> bool:
    return item.level == Level.VENUE or item.level == venue.tier


def _milestone(programme: Programme, item: PlanItem, venue: Venue | None, office: Office | None) -> Milestone:
    return Milestone(
        programme=programme,
        item=item,
        venue=venue,
        township_id=township_id(venue.division) if venue else None,
        office=office,
        first_day=item.first_day,
        last_day=item.last_day,
        planned_last_day=item.last_day,
    )
