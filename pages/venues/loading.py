"""Loads the pages of the county's venues."""

from common.county import County
from common.report import Report

from .services import venue_pages_sync


def load(county: County, report: Report) -> None:  # noqa: ARG001
    """Bring the pages of all venues in step with the register, which the rooms below have just loaded."""
    synced = venue_pages_sync()
    report.step(f"venue pages: {synced.created} made, {synced.moved} moved, {synced.renamed} renamed")
