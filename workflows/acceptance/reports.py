"""One summary report, handed in once (R39): it is the evidence of the head institution's own milestone, and the
acceptance refers to the same bytes. Whichever comes first takes the upload; the other finds it there."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.privatefiles import CheckedFile
from network.models import Venue
from workflows.core.models import CaseFile
from workflows.core.services import LostRace, case_file_add, case_file_share
from workflows.milestones.models import Evidence, Milestone, Programme
from workflows.milestones.services.evidence import evidence_hand_in

from .models import Acceptance, Statement

CLAUSE = "R39"
State = Milestone.State
SHOWN = (State.HANDED_IN, State.CHECKED, State.DONE)  # not returned, withdrawn or blocked


def report_milestone(programme: Programme, line: str) -> Milestone | None:
    """The milestone that asks the line's head institution for its summary report; a programme may have none."""
    at_head = {"venue__tier": Venue.Tier.HEAD, f"venue__{line}": True}
    rows = programme.milestones.standing().filter(item__clause=CLAUSE, **at_head)
    return rows.with_place().order_by("pk").first()


def report_document(milestone: Milestone | None) -> CaseFile | None:
    """The document that stands as the milestone's evidence now."""
    if milestone is None or milestone.state not in SHOWN:
        return None
    evidence = Evidence.objects.filter(milestone=milestone, withdrawn_at=None).exclude(files=None)
    newest = evidence.order_by("-pk").first()
    return newest.files.select_related("case").order_by("pk").first() if newest else None


def report_take(case: Acceptance, *, line: str, checked: CheckedFile | None, by: Any) -> CaseFile:
    """The report's document for the acceptance: what stands as the milestone's evidence, or a new one that becomes it.

    Args:
        case: locked; the milestone and its own case are locked after it.
        line: whose report.
        checked: the upload, where nothing stands yet.
        by: who hands it in.

    Raises:
        ValidationError: there is no document, two are there, or the milestone does not take it.
        PermissionDenied: a colleague has claimed the milestone.
    """
    with override(settings.LANGUAGE_CODE):  # it is kept, so it is content
        label = f"{Statement.Kind.REPORT.label} · {Statement.Line(line).label}"
    milestone = report_milestone(case.programme, line)
    standing = report_document(milestone)
    if checked is None and standing is None:
        raise ValidationError({"paper": _("Add the report as a document.")})
    if checked and standing:
        raise ValidationError(_("A report has been handed in meanwhile: look at it. Yours was not saved."))
    if checked and milestone is None:
        return case_file_add(case=case, checked=checked, paper=f"report-{line}", label=label, by=by)
    if checked and milestone:
        standing = _hand_in(milestone, checked, label, case, by)
    assert standing is not None  # nothing else is left  # noqa: S101
    return case_file_share(case=case, file=standing, paper=f"report-{line}", label=label)


def _hand_in(milestone: Milestone, checked: CheckedFile, label: str, case: Acceptance, by: Any) -> CaseFile:
    with override(settings.LANGUAGE_CODE):
        note = _("Handed in with the acceptance %(number)s.") % {"number": case.number}
    today = timezone.localdate()
    handed = evidence_hand_in(milestone=milestone, by=by, done_on=today, note=note, files=[(checked, label)])
    if isinstance(handed, LostRace):
        raise ValidationError({"paper": handed.message})
    return handed.files.get()
