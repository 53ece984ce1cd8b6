"""What is recorded at each step, from acceptance to agreement."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.changes import Changes
from common.privatefiles import CheckedFile
from network.models import Venue
from workflows.core.fields import case_set
from workflows.core.services import case_file_add

from .. import rules
from ..models import Application
from .corrections import corrections_ask


def _not_after_today(day: date | None, field: str) -> date:
    if day is None:
        raise ValidationError({field: _("Give the date.")})
    if day > timezone.localdate():
        raise ValidationError({field: _("The day has not come yet.")})
    return day


def acceptance_record(application: Application, *, decision: str, corrections: Mapping[str, str], by: Any) -> Changes:
    """Accept, send back for correction (which items, and what is wrong with each), or refuse."""
    if decision == "correct":
        corrections_ask(application, corrections=corrections, by=by)
    return case_set(application, outcome=decision)


def opinion_record(application: Application, *, decision: str) -> Changes:
    """The township's opinion. It advises; it does not decide."""
    return case_set(application, opinion=decision)


def review_record(
    application: Application, *, line: str, decision: str, corrections: Mapping[str, str], by: Any
) -> Changes:
    """The review of one head institution."""
    if decision == "correct":
        corrections_ask(application, corrections=corrections, by=by)
    return case_set(application, **{f"{line}_review": decision})


def reviews_settle(application: Application) -> None:
    """After the reviews of all lines: one refusal refuses; one correction goes back to the applicant."""
    given = [getattr(application, f"{line}_review") for line in application.lines]
    outcome = next((worst for worst in ("refuse", "correct") if worst in given), "approve")
    case_set(application, outcome=outcome)


def visit_record(
    application: Application,
    *,
    visited_on: date | None,
    visitors: str,
    checklist: Mapping[str, Any],
    note: str,
    photos: list[CheckedFile],
    by: Any,
) -> Changes:
    """The site visit: when, who, what was found, photos."""
    day = _not_after_today(visited_on, "visited_on")
    with override(settings.LANGUAGE_CODE):  # it is kept, so it is content
        label = _("Site visit")
    for number, photo in enumerate(photos, 1):
        paper = f"visit-{timezone.localdate():%Y%m%d}-{number}"
        case_file_add(case=application, checked=photo, paper=paper, label=label, by=by, internal=True)
    return case_set(application, visited_on=day, visitors=visitors, checklist=dict(checklist), visit_note=note)


def panel_record(application: Application, *, decision: str, panel_on: date | None, members: str) -> Changes:
    """The panel: approve, refuse, or a service point instead of a branch (the applicant must consent)."""
    day = _not_after_today(panel_on, "panel_on")
    if decision == "convert" and application.tier == Venue.Tier.POINT:
        raise ValidationError({"decision": _("It already applies to become a service point.")})
    if decision == "convert" and rules.branch_of(application.division) is None:
        raise ValidationError({"decision": _("The township's own branch is not in service yet.")})
    return case_set(application, outcome=decision, panel_on=day, panel_members=members)


def conversion_answer(application: Application, *, decision: str) -> Changes:
    """The applicant agrees to become a service point (all papers are kept), or declines."""
    tier = Venue.Tier.POINT if decision == "agree" else application.tier
    return case_set(application, outcome=decision, tier=tier)


def decision_record(application: Application, *, decision: str) -> Changes:
    """The bureau's decision. From here on the case cannot be withdrawn."""
    return case_set(application, outcome=decision, decided_at=timezone.now())


def agreement_record(
    application: Application, *, agreement_on: date | None, paper: CheckedFile | None, by: Any
) -> Changes:
    """The signed agreement and its date."""
    day = _not_after_today(agreement_on, "agreement_on")
    if paper is None:
        raise ValidationError({"agreement": _("Upload the signed agreement.")})
    with override(settings.LANGUAGE_CODE):
        label = _("Agreement")
    case_file_add(case=application, checked=paper, paper="agreement", label=label, by=by)
    return case_set(application, agreement_on=day)
