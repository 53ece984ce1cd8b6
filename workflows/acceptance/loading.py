"""Loads what a county asks of the acceptance criteria. Loading again leaves alone what the bureau changed."""

from decimal import Decimal

from common.county import COUNTY_FILE, County, CountyError
from common.report import Report

from .figures import FigureName
from .models import Threshold


def load(county: County, report: Report) -> None:
    """Add a threshold for every figure of `[acceptance.at_least]` the first time. Raises CountyError."""
    wanted = county.get("acceptance.at_least", {})
    for name, value in wanted.items():
        if name not in FigureName.values:
            known = ", ".join(FigureName.values)
            raise CountyError(COUNTY_FILE, None, f"acceptance.at_least: “{name}” is none of: {known}")
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise CountyError(COUNTY_FILE, None, f"acceptance.at_least: “{name}” is not a number from 0 on")
    basis = county.get("acceptance.basis", "")
    if wanted and not basis:
        raise CountyError(COUNTY_FILE, None, "acceptance.basis: say where the figures come from")
    if not wanted or Threshold.objects.exists():
        return  # the bureau may have taken one away on purpose
    rows = [Threshold(figure=name, at_least=Decimal(str(value)), basis=basis) for name, value in wanted.items()]
    Threshold.objects.bulk_create(rows)
    report.step(f"acceptance: {len(rows)} thresholds")
