"""Who may take which step of an application. Each takes the user and the application."""

from typing import Any

from network.permissions import heads_line, is_bureau, township_of_official
from workflows.core.permissions import is_applicant

from .models import Application, Draft


def works_for_head(user: Any, case: Application) -> bool:
    """Acceptance, site visit, agreement, plaque, trial run: the head institution of one of the case's lines."""
    return bool(heads_line(user) & set(case.lines))


def reviews_for_library(user: Any, case: Application) -> bool:
    """The library's review: its own people, and only when the library line is applied for."""
    return case.library and "library" in heads_line(user)


def reviews_for_culture(user: Any, case: Application) -> bool:
    """The cultural centre's review: its own people, and only when the culture line is applied for."""
    return case.culture and "culture" in heads_line(user)


def speaks_for_township(user: Any, case: Application) -> bool:
    """The opinion of the township where the room is."""
    township = township_of_official(user)
    return township is not None and township.pk == case.township_id


def decides_for_bureau(user: Any, _case: Application) -> bool:
    """Panel and decision: the bureau."""
    return is_bureau(user)


def answers(user: Any, case: Application) -> bool:
    """Corrections and consent: members of the organisation that applies."""
    return is_applicant(user, case)


def may_apply_for(user: Any, organisation: Any) -> bool:
    """Write and submit an application for an organisation: its members, while it is active."""
    return user.is_active and organisation.is_active and user.memberships.filter(organisation=organisation).exists()


def may_edit_draft(user: Any, draft: Draft) -> bool:
    """A draft belongs to the organisation: any of its members may go on with it."""
    return may_apply_for(user, draft.organisation)
