"""How a case ends: plaque, trial run and opening, or a refusal."""

from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from common.changes import Changes
from network.models import NetworkSettings, Venue
from network.naming import pinyin_slug, plaque_for
from network.services import venue_create
from workflows.core.fields import case_set
from workflows.core.models import Case
from workflows.core.notices import notice_send
from workflows.core.services import case_close

from .. import rules
from ..models import Application


def plaque_proposed(application: Application) -> str:
    """The plaque's text from the county's templates (R90–R92)."""
    text, _local = plaque_for(_venue_of(application), NetworkSettings.load())
    return text


def plaque_record(application: Application, *, plaque: str) -> Changes:
    """The text of the plaque that was put up."""
    plaque = plaque.strip()
    if not plaque:
        raise ValidationError({"plaque": _("Give the exact text of the plaque.")})
    if Venue.objects.filter(plaque=plaque).exists():
        raise ValidationError({"plaque": _("Another venue carries this plaque.")})
    return case_set(application, plaque=plaque)


def trial_record(application: Application, *, trial_until: date | None) -> Changes:
    """The trial run begins, or goes on, until a day."""
    if trial_until is None or trial_until <= timezone.localdate():
        raise ValidationError({"trial_until": _("Give a day to come.")})
    return case_set(application, trial_until=trial_until, outcome="")


def opening_record(application: Application, *, decision: str) -> Changes:
    """The end of the trial run: open, extend it, or refuse."""
    return case_set(application, outcome=decision)


def _venue_of(application: Application) -> Venue:
    """The venue that the application would become, unsaved."""
    return Venue(**_venue_fields(application))


def _venue_fields(application: Application) -> dict[str, Any]:
    point = application.tier == Venue.Tier.POINT
    return {
        "name": application.venue_name,
        "slug": pinyin_slug(application.venue_name) or application.number.lower(),
        "tier": application.tier,
        "kind": application.kind,
        "library": application.library,
        "culture": application.culture,
        "division": application.division,
        "parent": rules.branch_of(application.division) if point else None,
        "operator": application.operator,
        "address": application.address,
        "phone": application.contact_phone,
        "floor_area": application.floor_area,
        "seats": application.seats,
        "stock": application.stock,
        "is_sample": application.is_sample,
    }


def application_open(application: Application, *, by: Any) -> Changes:
    """Open: the venue with its posts, its editors' group and its published page, all or nothing.

    The register's own service makes the venue and its posts; the rooms above it follow in the same transaction.
    Whatever fails rolls all of it back, and the task is still there.
    """
    with transaction.atomic():
        _text, local = plaque_for(_venue_of(application), NetworkSettings.load())
        fields = _venue_fields(application) | {"plaque": application.plaque, "plaque_is_local": local}
        venue = venue_create(**fields, status=Venue.Status.OPEN, by=by)
        if not venue.page.live:
            raise ValidationError(_("The venue's page could not be published."))
        changes = case_set(application, venue=venue, outcome="open")
        case_close(application, Case.State.DONE)
    return changes


def application_refuse(application: Application) -> None:
    """The case ends with a refusal; the reason stands in the decision log."""
    if application.decided_at is None:
        case_set(application, decided_at=timezone.now())
    case_close(application, Case.State.REFUSED)


def outcome_tell(application: Application, *, everyone: bool) -> None:
    """Tell the applicant the outcome; at an opening also everybody who had a part in the case."""
    people = [row.user for row in application.organisation.memberships.select_related("user")]  # type: ignore[union-attr]
    if everyone:
        people += [row.actor for row in application.decisions.select_related("actor")]
    notice_send(dict.fromkeys(people), "outcome", application)
