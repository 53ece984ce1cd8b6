"""Loads the front page's blocks from [front_page] of county.toml."""

from typing import Any

from common.county import COUNTY_FILE, County, CountyError
from common.report import Report

from .models import HomePage

BLOCKS = ("hero", "notice", "latest", "slot", "network", "call")


def load(county: County, report: Report) -> None:
    """Arrange an empty front page as county.toml says; one that editors have arranged stays as it is.

    Raises CountyError for a block of an unknown kind.
    """
    page = HomePage.objects.first()
    if page is None or page.body:
        return
    page.body = [_block(table) for table in county.tables("front_page", "block")]
    title = county.get("site.title") or county.require("name")
    page.seo_title, page.search_description = title, county.get("site.description", "")
    page.save_revision().publish()
    report.step("front page arranged")


def _block(table: dict[str, Any]) -> tuple[str, Any]:
    """One block as the StreamField takes it."""
    kind = table["block"]
    if kind not in BLOCKS:
        raise CountyError(COUNTY_FILE, None, f"front_page: “{kind}” is none of {', '.join(BLOCKS)}")
    value = {name: text for name, text in table.items() if name != "block"}
    return kind, value.get("text", "") if kind == "notice" else value
