"""What the steps of every flow write into their case."""

from typing import Any

from common.changes import Changes, fields_set

from .models import Case


def case_set(case: Case, **values: Any) -> Changes:
    """Set fields of a locked case; returns what changed for the decision log, without `outcome`, the gateways' own."""
    changes = fields_set(case, **values)
    changes.pop("outcome", None)
    return changes
