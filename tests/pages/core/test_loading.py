import pytest
from wagtail.models import Page, Site

from common.county import County, CountyError
from common.report import Report
from home.models import HomePage
from pages.core import loading
from pages.core.models import SiteSettings
from tests.county import QINGSHAN

pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return County(QINGSHAN)


def test_the_front_page_is_the_root_and_the_welcome_page_is_gone(county, client):
    loading.load(county, Report())
    site = Site.objects.get()
    assert isinstance(site.root_page.specific, HomePage)
    assert Page.objects.filter(depth=2).count() == 1
    assert client.get("/").status_code == 200


def test_loading_again_leaves_what_editors_changed(county):
    loading.load(county, Report())
    SiteSettings.objects.update(site_title="另一个名字")
    loading.load(county, Report())
    assert SiteSettings.objects.get().site_title == "另一个名字"
    assert HomePage.objects.count() == 1


def test_a_county_without_a_site_title_is_refused(county):
    del county.data["site"]
    with pytest.raises(CountyError, match=r"site\.title"):
        loading.load(county, Report())
