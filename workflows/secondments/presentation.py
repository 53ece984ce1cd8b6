"""How a secondment is shown: the same groups on the case page, at the desk and in the dossier."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from network.models import Post

from .models import LogEntry, Secondment

Group = tuple[str, list[tuple[str, Any]]]


def facts(case: Secondment, *, internal: bool = True) -> list[Group]:
    """Groups of (label, value); what is empty is left out. Without `internal`, without who nominated and the log."""
    groups = [
        (_("Posting"), _posting(case, internal=internal)),
        (_("Preparation"), _preparation(case)),
        (_("Course"), _course(case)),
        (_("Monthly log"), _log(case) if internal else []),  # at the desk it has a place of its own
    ]
    shown = [(title, [(label, value) for label, value in pairs if value not in (None, "")]) for title, pairs in groups]
    return [(title, pairs) for title, pairs in shown if pairs]


def term_text(case: Secondment) -> str:
    """The term in words."""
    return f"{_day(case.first_day)} – {_day(case.last_day)}"


def _posting(case: Secondment, *, internal: bool) -> list[tuple[str, Any]]:
    return [
        (_("Person"), case.person),
        (_("Direction"), case.get_direction_display()),
        (_("Line"), case.get_line_display()),
        (_("Branch"), case.branch if case.direction == Secondment.Direction.UP else ""),
        (_("Home post"), case.home),
        (_("Receiving venue"), case.venue),
        (_("Post"), Post.Title(case.post_title).label),
        (_("Full-time or part-time"), _("full-time") if case.full_time else _("part-time")),
        (_("Term"), term_text(case)),
        (_("Term that was approved"), _approved(case)),
        (_("Need stated by"), case.opened_by if internal and case.from_need else ""),
        (_("Nominated by"), case.nominated_by if internal else ""),
    ]


def _approved(case: Secondment) -> str:
    """Where the appointment, a renewal or an early return made another term of it."""
    first, last = case.approved_first_day, case.approved_last_day
    moved = (first, last) != (case.first_day, case.last_day)
    return f"{_day(first)} – {_day(last)}" if case.standing and first and moved else ""


def _preparation(case: Secondment) -> list[tuple[str, Any]]:
    return [
        (_("Need"), case.need),
        (_("Cover of the home post"), case.cover_plan),
        (_("Mentor"), case.mentor),
        (_("Study plan"), case.study_plan),
        (_("Agrees to name, post and term being public"), _consent(case)),
    ]


def _consent(case: Secondment) -> str:
    """Nothing before the person was asked."""
    if case.publish:
        return _("yes")
    return _("no") if case.standing else ""


def _course(case: Secondment) -> list[tuple[str, Any]]:
    return [
        (_("Handed over on"), _day(case.handover_on)),
        (_("Handover"), case.handover_note),
        (_("Township's view at mid-term"), case.get_midterm_view_grade_display()),
        (_("Township's view at mid-term, in words"), case.midterm_view),
        (_("Mid-term review"), case.get_midterm_grade_display()),
        (_("Mid-term findings"), case.midterm_text),
        (_("Renewal asked until"), _day(case.renewal_until)),
        (_("Return decided on"), _day(case.returned_on)),
        (_("Rotates to"), case.next_venue),
        (_("Final report"), case.report),
        (_("Township's view of the term"), case.get_final_view_grade_display()),
        (_("Township's view of the term, in words"), case.final_view),
        (_("Appraisal"), case.get_appraisal_grade_display()),
        (_("Appraisal in words"), case.appraisal_text),
    ]


def _log(case: Secondment) -> list[tuple[str, Any]]:
    return [(date_format(row.month, "YEAR_MONTH_FORMAT"), _entry(row)) for row in case.log.all()]


def _entry(row: LogEntry) -> str:
    days = ngettext("%(days)s day at the post", "%(days)s days at the post", row.days) % {"days": row.days}
    return "; ".join(text for text in (days, row.work, row.problems) if text)


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""
