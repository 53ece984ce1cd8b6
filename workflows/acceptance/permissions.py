"""Who may do what about an acceptance. Each takes the user first."""

from typing import Any

from network.permissions import heads_line, is_bureau, township_of_official

from .models import Rectification


def sets_thresholds(user: Any) -> bool:
    """Thresholds are the bureau's to set."""
    return user.is_authenticated and is_bureau(user)


def starts(user: Any) -> bool:
    """Start an acceptance, and write its rectification list: the bureau leads (R42)."""
    return user.is_authenticated and is_bureau(user)


def leads(user: Any, _case: Any) -> bool:
    """Pre-acceptance, rectification list, the superior's decision: the bureau."""
    return is_bureau(user)


def reports_for_library(user: Any, _case: Any) -> bool:
    """The library's summary report and self-check: its own people."""
    return "library" in heads_line(user)


def reports_for_culture(user: Any, _case: Any) -> bool:
    """The cultural centre's summary report and self-check: its own people."""
    return "culture" in heads_line(user)


def answers_for_township(user: Any, case: Rectification) -> bool:
    """Answer a township's item: officials of that township."""
    township = township_of_official(user)
    return township is not None and township.pk == case.item.township_id


def answers_for_head(user: Any, case: Rectification) -> bool:
    """Answer a head institution's item: its own people."""
    return case.item.line in heads_line(user)


def ticks_township_item(user: Any, case: Rectification) -> bool:
    """Tick off a township's item: either head institution, never who answered."""
    return bool(heads_line(user)) and not _answered(user, case)


def ticks_head_item(user: Any, case: Rectification) -> bool:
    """Tick off a head institution's item: the bureau, never who answered."""
    return is_bureau(user) and not _answered(user, case)


def _answered(user: Any, case: Rectification) -> bool:
    return user.pk in case.answered_by


def takes_dossier(user: Any) -> bool:
    """Have the dossier made and take it away: the bureau and the head institutions. It holds every township's
    evidence, so that a township cannot."""
    return user.is_authenticated and (is_bureau(user) or bool(heads_line(user)))
