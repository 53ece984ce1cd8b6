import pytest
from wagtail.models import Page, Site

from home.models import HomePage
from pages.venues.services import venue_pages_sync
from tests.county import NANHUA, load_network


@pytest.fixture
def front_page(db):
    """The site with its front page."""
    page = Page.objects.get(depth=1).add_child(instance=HomePage(title="首页", slug="home-of-tests"))
    Site.objects.update(root_page=page)
    Site.clear_site_root_paths_cache()
    yield page
    Site.clear_site_root_paths_cache()


@pytest.fixture
def qingshan(front_page):
    """The invented county with the pages of its venues: two townships, five points."""
    load_network()
    venue_pages_sync()


@pytest.fixture
def nanhua(front_page):
    """The real county with the pages of its 140 venues."""
    load_network(NANHUA)
    venue_pages_sync()
