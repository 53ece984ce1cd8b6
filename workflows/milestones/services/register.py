"""Confirmed answers of the survey become facts of the venues' register (R34)."""

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from common.changes import Changes
from network.models import Venue
from network.services import venue_update

from ..models import Evidence, SurveyQuestion
from ..selectors.survey import diff_mark, register_diff
from ..selectors.withdrawal import written_by


@transaction.atomic
def register_take_over(
    *, evidence: Evidence, by: Any, fields: Collection[str] | None = None, mark: str = ""
) -> Changes:
    """Write what a confirmed survey says into the register. The comparison is made anew under the venue's lock.

    Args:
        evidence: the one that is confirmed.
        by: who confirms; the register's log names them, and the case's number as the reason.
        fields: of network.Venue, to take over; None for every one that differs. Others that differ are left out.
        mark: `diff_mark` of the comparison that they looked at; empty when nobody looked (batches).

    Returns:
        For the decision log: field → (from, to) for what was written, and `left_out` with the names of what was not.

    Raises:
        ValidationError: on `take_over`, when the register changed since they looked; on a field, what it refuses.
    """
    if evidence.milestone.venue_id is None or not evidence.answers:
        return {}
    venue = Venue.objects.select_for_update().get(pk=evidence.milestone.venue_id)
    rows = register_diff(evidence, venue)
    if mark and mark != diff_mark(rows):
        raise ValidationError({"take_over": register_changed()})
    differing = [row for row in rows if row.changed]
    taken = [row for row in differing if fields is None or row.name in fields]
    if taken:
        with override(settings.LANGUAGE_CODE):  # it is kept, so it is content
            reason = _("Survey, case %(number)s") % {"number": evidence.case.number}
        venue_update(venue=venue, changes={row.name: row.new for row in taken}, by=by, reason=reason)
    changes: Changes = {row.name: (row.old, row.new) for row in taken}
    if left := [str(row.question) for row in differing if row not in taken]:
        changes["left_out"] = (None, _(", ").join(left))
    return changes


@transaction.atomic
def register_turn_back(*, evidence: Evidence, by: Any) -> Changes:
    """A confirmed survey was withdrawn: what it wrote into the register goes back to what was there before, as far as
    the register still says what the survey wrote. What was changed since stays, and so does everything when the
    register refuses the earlier values today.

    Args:
        evidence: withdrawn; its case's decision log knows the earlier values.
        by: who withdrew it; the register's log names them, and the case's number as the reason.

    Returns:
        For the decision log: field → (from, to) for what went back, `register_kept` with the names of what did not.
    """
    if evidence.milestone.venue_id is None:
        return {}
    venue = Venue.objects.select_for_update().get(pk=evidence.milestone.venue_id)
    rows = written_by(evidence, venue)
    back = [row for row in rows if row.goes_back]
    if back and not _turned_back(venue, {row.name: row.before for row in back}, evidence, by):
        back = []
    changes: Changes = {row.name: (row.now, row.before) for row in back}
    if kept := [str(SurveyQuestion.Feeds(row.name).label) for row in rows if row not in back]:
        changes["register_kept"] = (None, _(", ").join(kept))
    return changes


def _turned_back(venue: Venue, values: dict[str, Any], evidence: Evidence, by: Any) -> bool:
    with override(settings.LANGUAGE_CODE):
        reason = _("Survey withdrawn, case %(number)s") % {"number": evidence.case.number}
    try:
        with transaction.atomic():
            venue_update(venue=venue, changes=values, by=by, reason=reason)
    except ValidationError:
        return False
    return True


def register_changed() -> str:
    """Said to a confirmer who looked at an older comparison."""
    return _("The register was changed meanwhile. Look at the comparison again, then confirm.")
