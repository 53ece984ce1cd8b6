"""All writes of reports of diversion; the steps run under the case's lock."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.changes import Changes
from workflows.core.models import Case
from workflows.core.notices import notice_send
from workflows.core.services import case_close, case_file_add

from . import permissions
from .models import Diversion


def since_problem(since: date | None) -> str:
    """What is wrong with the day since when; empty when nothing is."""
    if since is None:
        return _("Give the day.")
    return _("The day has not come yet.") if since > timezone.localdate() else ""


def problems(facts: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a report: field → message. It says where and who, from the register or in words."""
    found = {}
    if problem := since_problem(facts.get("since")):
        found["since"] = problem
    venue, post = facts.get("venue"), facts.get("post")
    if venue is None and not str(facts.get("place") or "").strip():
        found["place"] = _("Choose a venue, or write where it is.")
    if post is None and not str(facts.get("who") or "").strip():
        found["who"] = _("Choose a post, or write who it is.")
    if post is not None and (venue is None or post.venue_id != venue.pk):
        found["post"] = _("This post is at another venue.")
    return found


def report_fill(case: Diversion, *, facts: Mapping[str, Any], by: Any) -> None:
    """Fill a new report.

    Args:
        case: unsaved, with number and check word.
        facts: venue (None when it is not in the register: then place), post (None when unknown: then who), since,
            account.
        by: who reports.

    Raises:
        ValidationError: by field, as `problems` says.
        PermissionDenied: they are not in the network.
    """
    if not permissions.reports(by):
        raise PermissionDenied
    if found := problems(facts):
        raise ValidationError(found)
    for name in ("venue", "post", "since"):
        setattr(case, name, facts.get(name))
    for name in ("place", "who", "account"):
        setattr(case, name, str(facts.get(name) or "").strip())
    case.person = case.opened_by = by
    case.is_sample = by.is_sample
    with override(settings.LANGUAGE_CODE):  # it is kept, so it is content
        case.title = (_("Report of diversion: %(venue)s") % {"venue": case.where})[:200]
    case.clean_fields(exclude=["process_ptr", "case_ptr", "flow_class", "number", "check_word"])


def evidence_keep(case: Diversion, *, paper: Any, by: Any) -> None:
    """Keep what the reporter handed in, with the saved case."""
    if paper is not None:
        with override(settings.LANGUAGE_CODE):
            label = _("Evidence")
        case_file_add(case=case, checked=paper, paper="evidence", label=label, by=by)


def finding_record(case: Diversion, *, decision: str, findings: str) -> Changes:
    """What the bureau found."""
    if not (findings := findings.strip()):
        raise ValidationError({"findings": _("Write what was found.")})
    case.finding, case.findings = decision, findings
    case.save(update_fields=["finding", "findings"])
    return {"finding": ("", decision)}


def decision_record(case: Diversion, *, decision: str) -> Changes:
    """The bureau's decision; a founded report is not dismissed."""
    if decision == Diversion.Decision.DISMISS and case.finding == Diversion.Finding.FOUNDED:
        raise ValidationError({"decision": _("The report is founded: decide a measure.")})
    if decision != Diversion.Decision.DISMISS and case.finding != Diversion.Finding.FOUNDED:
        raise ValidationError({"decision": _("The report is not founded: no measure.")})
    case.decision, case.decided_at = decision, timezone.now()
    case.save(update_fields=["decision", "decided_at"])
    return {"decision": ("", decision)}


def report_close(case: Diversion) -> None:
    """Close, and tell the reporter."""
    case_close(case, Case.State.DONE)
    notice_send([case.person], "outcome", case)
