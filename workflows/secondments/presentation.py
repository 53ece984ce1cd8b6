"""How a secondment is shown: the same groups on the case page, at the desk and in the dossier."""

from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from network.models import Post

from .models import Secondment

Group = tuple[str, list[tuple[str, Any]]]


def facts(case: Secondment, *, internal: bool = True) -> list[Group]:
    """Groups of (label, value); what is empty is left out. Without `internal`, all but who nominated."""
    groups = [
        (_("Posting"), _posting(case, internal=internal)),
        (_("Preparation"), _preparation(case)),
        (_("Course"), _course(case)),
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
        (_("Home post"), case.home),
        (_("Receiving venue"), case.venue),
        (_("Post"), Post.Title(case.post_title).label),
        (_("Full-time or part-time"), _("full-time") if case.full_time else _("part-time")),
        (_("Term"), term_text(case)),
        (_("Nominated by"), case.opened_by if internal else ""),
    ]


def _preparation(case: Secondment) -> list[tuple[str, Any]]:
    return [
        (_("Need"), case.need),
        (_("Cover of the home post"), case.cover_plan),
        (_("Mentor"), case.mentor),
        (_("Study plan"), case.study_plan),
        (_("Agrees to name, post and term being public"), _("yes") if case.publish else _("no")),
    ]


def _course(case: Secondment) -> list[tuple[str, Any]]:
    return [
        (_("Handed over on"), _day(case.handover_on)),
        (_("Handover"), case.handover_note),
        (_("Mid-term review"), case.get_midterm_grade_display()),
        (_("Mid-term findings"), case.midterm_text),
        (_("Renewal asked until"), _day(case.renewal_until)),
        (_("Return decided on"), _day(case.returned_on)),
        (_("Rotates to"), case.next_venue),
        (_("Final report"), case.report),
        (_("Appraisal"), case.get_appraisal_grade_display()),
        (_("Appraisal in words"), case.appraisal_text),
    ]


def _day(day: Any) -> str:
    return date_format(day, "DATE_FORMAT") if day else ""
