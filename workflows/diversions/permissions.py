"""Who may do what about a report of diversion."""

from typing import Any

from network.permissions import has_duty, held_by, is_bureau

from .models import Diversion


def reports(user: Any) -> bool:
    """File a report: anybody in the network, which is whoever holds a post today or is of the bureau."""
    return bool(user.is_authenticated and user.is_active) and has_duty(user)


def handles(user: Any, case: Diversion) -> bool:
    """Examine and decide: the bureau, never the reporter, nor whoever works at the venue concerned."""
    if not is_bureau(user) or user.pk == case.person_id:
        return False
    return case.venue_id is None or all(row.post.venue_id != case.venue_id for row in held_by(user))


def sees_reports(user: Any) -> bool:
    """The reports by venue: the bureau alone."""
    return is_bureau(user)
