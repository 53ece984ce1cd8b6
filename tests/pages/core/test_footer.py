import pytest
from wagtail.models import PageViewRestriction, Site

from pages.core.models import StandardPage

pytestmark = pytest.mark.django_db


def test_the_footer_names_no_private_page_nor_one_below_it(client):
    root = Site.objects.get(is_default_site=True).root_page
    open_page, private = (
        root.add_child(instance=StandardPage(title=title, show_in_menus=True)) for title in ("公开页", "内部页")
    )
    private.add_child(instance=StandardPage(title="内部下级页", show_in_menus=True))
    PageViewRestriction.objects.create(page=private, restriction_type="login")
    body = client.get(open_page.url).content.decode()
    assert "公开页" in body
    assert "内部" not in body
