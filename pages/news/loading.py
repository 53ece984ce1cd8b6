"""The list of news at /news/, and the approval of what venues publish."""

from wagtail.models import Site

from common.county import County
from common.report import Report
from pages.venues.models import VenueIndexPage
from pages.venues.moderation import workflow_ensure

from .models import NewsIndexPage

TITLE = "新闻"  # content: the site's content is Chinese


def load(county: County, report: Report) -> None:  # noqa: ARG001 - every room's loading is called alike
    """Make the page at /news/ and the approval by the head institution, once."""
    root = Site.objects.select_related("root_page").get(is_default_site=True).root_page
    if not NewsIndexPage.objects.exists():
        root.add_child(instance=NewsIndexPage(title=TITLE, slug="news"))
        report.step("list of news")
    if VenueIndexPage.objects.exists():
        workflow_ensure()
