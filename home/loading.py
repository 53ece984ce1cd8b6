"""Loads the front page ([front_page] of county.toml) and the pages on network and notice ([about], [policy])."""

from typing import Any

from wagtail.models import Page

from common.county import COUNTY_FILE, County, CountyError
from common.report import Report
from pages.core.prose import read_prose

from .clauses import clauses_load
from .models import Clause, HomePage, NetworkPage, PolicyPage

BLOCKS = ("hero", "notice", "latest", "slot", "network", "call")


def load(county: County, report: Report) -> None:
    """Arrange the front page, make the pages about the network and the notice, and take in the notice's clauses."""
    load_front_page(county, report)
    if county.get("policy.clauses"):
        report.step(f"{clauses_load(county)} clauses of the notice")
    else:
        Clause.objects.all().delete()
    for page_type, key in ((NetworkPage, "network"), (PolicyPage, "policy")):
        if county.get(f"about.{key}") and not page_type.objects.exists():
            add_about_page(county, page_type, key)
            report.step(f"page: {key}")


def add_about_page(county: County, page_type: type[NetworkPage | PolicyPage], key: str) -> None:
    """Add the page whose text [about] names, below the standard page `about.parent` or else the front page.

    Raises CountyError for a malformed text. What editors change later stays.
    """
    prose = read_prose(county.folder / county.require(f"about.{key}"))
    home = HomePage.objects.get()
    above = home.get_children().filter(slug=county.get("about.parent", "")).first()
    parent: Page = above.specific if above else home
    page = page_type(
        title=prose.title,
        slug=prose.slug,
        introduction=prose.introduction,
        search_description=prose.introduction,
        body=prose.body,
        show_in_menus=True,
    )
    if isinstance(page, PolicyPage):
        page.document = county.get("policy.document", "")
    parent.add_child(instance=page)


def load_front_page(county: County, report: Report) -> None:
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
