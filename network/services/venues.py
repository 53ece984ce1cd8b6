"""Venues: adding, changing, moving, their status, their closures."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from common.changes import differences, log_change, snapshot

from ..models import Appointment, NetworkSettings, Post, UnifiedItem, Venue
from ..naming import pinyin_slug, plaque_for
from ..shape import address_problem, status_problem, township_id, venue_problems
from ..signals import venue_changed, venue_created, venue_removing, venue_status_changed, venue_status_changing
from .founding import first_posts, six_items

if TYPE_CHECKING:
    from accounts.models import User

Status = Venue.Status
# What the people of a venue may change themselves, and what shapes the network and is the bureau's to change.
FACTS = (
    "phone", "email", "address", "directions", "latitude", "longitude", "floor_area", "seats", "stock", "services",
    "accessibility", "has_sample_facts",
)  # fmt: skip
SHAPE = (
    "name", "plaque", "slug", "kind", "library", "culture", "division", "operator", "pilot",
    "venue_class", "opened_on",
)  # fmt: skip
MANY = ("services", "accessibility")
NEEDS_REASON = (Status.SUSPENDED, Status.CLOSED)


@transaction.atomic
def venue_create(*, by: "User | None", status: str = Status.PLANNED, reason: str = "", **fields: Any) -> Venue:
    """Add a venue with its posts and six unified items.

    `fields` are those of the model. An empty plaque is written by the county's template (R90–R92), an empty address
    part in pinyin. Raises ValidationError by field. Any other status than planned is reached under the same guard.
    """
    many = {name: fields.pop(name) for name in MANY if name in fields}
    venue = Venue(**fields, status=Status.PLANNED)
    rules = NetworkSettings.load()
    venue_complete(venue, rules)
    _validate(venue, rules)
    venue.save()
    for name, values in many.items():
        getattr(venue, name).set(values)
    Post.objects.bulk_create(first_posts(venue))
    UnifiedItem.objects.bulk_create(six_items(venue))
    log_change(venue, action="network.create", by=by, reason=reason)
    venue_created.send(Venue, venue=venue, by=by)
    if status != Status.PLANNED:
        venue = venue_change_status(venue=venue, status=status, by=by, reason=reason or _("Added"))
    return venue


def venue_complete(venue: Venue, rules: NetworkSettings) -> None:
    """Fill in the plaque and the address part where they are empty, and whether the plaque is a local decision."""
    plaque, venue.plaque_is_local = plaque_for(venue, rules)
    venue.plaque = venue.plaque or plaque
    if not venue.slug:
        venue.slug = pinyin_slug(venue.name)


def _validate(venue: Venue, rules: NetworkSettings) -> None:
    problems = venue_problems(venue, rules)
    if not problems and (problem := address_problem(venue)):
        problems["slug"].append(problem)
    if problems:
        raise ValidationError(problems)
    venue.full_clean()


@transaction.atomic
def venue_update(*, venue: Venue, changes: Mapping[str, Any], by: "User | None", reason: str = "") -> Venue:
    """Change a venue's facts or shape (`changes`: field → new value; many-to-many fields take a list).

    Not the status (`venue_change_status`), the parent (`venue_move`) or the tier (close it and add another): KeyError.
    ValidationError by field.
    """
    for name in changes:
        if name not in FACTS and name not in SHAPE:
            raise KeyError(name)
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    before = snapshot(venue, changes)
    for name, value in changes.items():
        if name not in MANY:
            setattr(venue, name, value)
    if any(name in SHAPE for name in changes):
        rules = NetworkSettings.load()
        venue_complete(venue, rules)
        _validate(venue, rules)
    else:
        venue.full_clean()
    venue.save()
    for name in MANY:
        if name in changes:
            getattr(venue, name).set(changes[name])
    changed = differences(before, snapshot(venue, changes))
    if changed:
        log_change(venue, action="network.edit", by=by, changes=changed, reason=reason)
        venue_changed.send(Venue, venue=venue, changes=changed, by=by)
    return venue


def _locked(venue: Venue) -> Venue:
    """The venue, fresh, with its branch's row locked first: whoever changes a point's or a branch's status queues
    there, so that no point opens while its branch closes."""
    parent = Venue.objects.values_list("parent_id", flat=True).get(pk=venue.pk)
    if parent:
        Venue.objects.select_for_update().get(pk=parent)
    fresh = Venue.objects.select_for_update().get(pk=venue.pk)
    if fresh.parent_id != parent:  # moved while we waited
        raise ValidationError(_("The venue was changed meanwhile. Please look again."))
    return fresh


@transaction.atomic
def venue_change_status(
    *, venue: Venue, status: str, by: "User | None", reason: str = "", with_points: bool = False
) -> Venue:
    """Change a venue's status under the guard 先镇后村 (R23), with the branch's row locked.

    `with_points`: a branch that stops serving takes its active points along. `reason` is mandatory for suspending and
    closing. Raises ValidationError on `status` or `reason`.
    """
    if status not in Status.values:
        raise ValidationError({"status": _("There is no such status.")})
    if status in NEEDS_REASON and not reason.strip():
        raise ValidationError({"reason": _("Give a reason.")})
    venue_status_changing.send(Venue, venue=venue, new=status, by=by)
    venue = _locked(venue)
    if problem := status_problem(venue, status, with_points=with_points):
        raise ValidationError({"status": problem})
    if venue.tier == Venue.Tier.BRANCH and status not in Venue.ACTIVE:
        for point in venue.points.active().select_for_update():
            _set_status(point, status, by, reason)
    _set_status(venue, status, by, reason)
    return venue


def _set_status(venue: Venue, status: str, by: "User | None", reason: str) -> None:
    old = venue.status
    if old == status:
        return
    venue.status = status
    if venue.is_active and venue.opened_on is None:
        venue.opened_on = timezone.localdate()
    venue.save(update_fields=["status", "opened_on"])
    log_change(venue, action="network.venue_status", by=by, changes={"status": (old, status)}, reason=reason)
    venue_status_changed.send(Venue, venue=venue, old=old, new=status, reason=reason, by=by)


@transaction.atomic
def venue_move(*, venue: Venue, to: Venue, by: "User | None", reason: str = "") -> Venue:
    """Move a service point to another branch of its township (R108). A point in service moves only under a branch in
    service (R23). Raises ValidationError on `parent`."""
    branches = sorted({pk for pk in (venue.parent_id, to.pk) if pk})
    locked = {branch.pk: branch for branch in Venue.objects.select_for_update().filter(pk__in=branches).order_by("pk")}
    venue = Venue.objects.select_for_update().get(pk=venue.pk)
    to = locked[to.pk]
    old = venue.parent
    if venue.tier != Venue.Tier.POINT:
        raise ValidationError({"parent": _("Only a service point has a parent branch.")})
    if to.tier != Venue.Tier.BRANCH:
        raise ValidationError({"parent": _("The parent must be a branch.")})
    if township_id(to.division) != township_id(venue.division):
        raise ValidationError({"parent": _("The branch lies in another township.")})
    if venue.is_active and not to.is_active:
        raise ValidationError({"parent": _("A point in service moves only under a branch in service (R23).")})
    venue.parent = to
    venue.save(update_fields=["parent"])
    changes = {"parent": (old, to)}
    log_change(venue, action="network.venue_move", by=by, changes=changes, reason=reason)
    venue_changed.send(Venue, venue=venue, changes=changes, by=by)
    return venue


@transaction.atomic
def venue_delete(*, venue: Venue, by: "User | None") -> None:
    """Take away a venue that was added by mistake, with its posts; the rooms above take away what they made for it
    (`venue_removing`). Whatever ever served, or has people or points, is closed instead: ValidationError."""
    venue = _locked(venue)
    if venue.opened_on or venue.is_active or Appointment.objects.filter(post__venue=venue).exists():
        raise ValidationError(_("History hangs on this venue: close it instead of deleting it."))
    try:
        log_change(venue, action="network.delete", by=by, deleted=True)
        venue_removing.send(Venue, venue=venue, by=by)
        venue.posts.all().delete()
        venue.delete()
    except ProtectedError as error:
        raise ValidationError(_("Other things refer to this venue: close it instead of deleting it.")) from error
