"""The page around every page: what it says, what it sets, and that it does not fall over."""

import json
import re
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation
from django.views import defaults
from wagtail.models import Page, Site

from common.county import County
from common.report import Report
from pages.core import loading
from pages.core.models import SiteSettings, StandardPage
from tests.county import QINGSHAN

pytestmark = pytest.mark.django_db

PUBLIC = ["/", "/privacy/", "/site-map/", "/accessibility/", "/no-such-page/"]


@pytest.fixture
def site():
    loading.load(County(QINGSHAN), Report())
    site = Site.objects.select_related("root_page").get()
    site.root_page.add_child(
        instance=StandardPage(
            title="隐私说明",
            slug="privacy",
            introduction="我们不记录您是谁。",
            show_in_menus=True,
            body=[("heading", "联系我们"), ("paragraph", "<p>见页脚。</p>")],
        )
    )
    return site


@pytest.mark.parametrize("path", PUBLIC)
def test_an_anonymous_page_sets_no_cookie_and_has_a_strict_policy(client, site, path):
    response = client.get(path)
    assert not response.cookies
    policy = response["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "object-src 'none'" in policy


@pytest.mark.parametrize("path", PUBLIC)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("mode", ["normal", "elder"])
def test_a_page_speaks_its_language_and_has_landmarks(client, site, path, language, mode):
    client.cookies["django_language"] = language
    client.cookies["mode"] = mode
    html = client.get(path).content.decode()
    assert f'<html lang="{"en" if language == "en" else "zh-Hans"}"' in html
    assert ('data-mode="elder"' in html) == (mode == "elder")
    assert html.count("<h1") == 1
    assert html.count("<main") == html.count("<header>") == html.count("<footer") == 1
    assert '<a class="skip" href="#main">' in html
    with translation.override(language):
        assert str(translation.gettext("Skip to content")) in html
    assert '<meta property="og:url" content="http://testserver' in html


def test_the_header_marks_the_section(client, site):
    assert '<a href="/" aria-current="page">' in client.get("/").content.decode()
    assert '<a href="/" aria-current="page">' not in client.get("/privacy/").content.decode()


def test_footer_names_organiser_records_and_pages(client, site):
    SiteSettings.objects.update(
        organiser="青山县文旅局", icp_number="滇ICP备00000000号", security_number="滇公网安备 53232400000000号"
    )
    html = client.get("/privacy/").content.decode()
    for text in ("青山县文旅局", "滇ICP备00000000号", "滇公网安备", "/report-error/?page=/privacy/", "/site-map/"):
        assert text in html
    assert 'href="/privacy/"' in html.split("<footer")[1]


def test_the_remark_on_sample_data_shows_only_with_sample_data(client, site):
    client.cookies["django_language"] = "en"
    remark = "This site shows sample data"
    assert remark not in client.get("/").content.decode()
    SiteSettings.objects.update(has_sample_data=True)
    assert remark in client.get("/").content.decode()


def test_breadcrumbs_lead_back(client, site):
    html = client.get("/privacy/").content.decode()
    crumbs = re.search(r'<ol class="crumbs">(.*?)</ol>', html, re.S)[1]
    assert 'href="/"' in crumbs
    assert 'aria-current="page">隐私说明' in crumbs


def test_headings_of_an_article_have_anchors(client, site):
    html = client.get("/privacy/").content.decode()
    assert '<h2 id="lian-xi-wo-men">' in html or '<h2 id="lianxiwomen">' in html
    assert "data-read-aloud" in html


def test_an_administrator_gets_the_page_and_its_bar(admin_client, site):
    response = admin_client.get("/privacy/")
    assert "wagtail-userbar" in response.content.decode()
    assert "unsafe" not in response["Content-Security-Policy"]


def test_the_number_of_queries_does_not_grow_with_the_pages(client, site):
    client.get("/site-map/")
    with CaptureQueriesContext(connection) as few:
        client.get("/site-map/")
    for number in range(12):
        site.root_page.refresh_from_db()
        site.root_page.add_child(instance=StandardPage(title=f"页{number}", slug=f"p{number}", show_in_menus=True))
    with CaptureQueriesContext(connection) as many:
        client.get("/site-map/")
    assert len(many) == len(few)


def test_error_pages(client, site, rf):
    assert client.get("/no-such-page/").status_code == 404
    request = rf.get("/")
    for view, status in [(defaults.server_error, 500), (partial(defaults.bad_request, exception=None), 400)]:
        response = view(request)
        assert response.status_code == status
        assert "<h1>" in response.content.decode()


def test_the_500_page_asks_the_database_nothing(rf, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert defaults.server_error(rf.get("/")).status_code == 500


def test_robots_sitemap_and_manifest(client, site):
    robots = client.get("/robots.txt").content.decode()
    assert "Disallow: /admin/" in robots
    assert "Sitemap: http://testserver/sitemap.xml" in robots
    sitemap = client.get("/sitemap.xml")
    assert sitemap["Content-Type"].startswith("application/xml")
    assert "/privacy/</loc>" in sitemap.content.decode()
    manifest = json.loads(client.get("/site.webmanifest").content)
    assert manifest["name"] == "青山县文化之家"
    assert {icon["type"] for icon in manifest["icons"]} == {"image/png", "image/svg+xml"}


def test_an_unpublished_page_is_in_no_map(client, site):
    page = StandardPage.objects.get(slug="privacy")
    page.unpublish()
    assert "/privacy/" not in client.get("/sitemap.xml").content.decode()
    assert "隐私说明" not in client.get(reverse("site_map")).content.decode()


def test_a_placeholder_is_always_the_same_and_differs_between_venues(client):
    first = client.get("/pattern/longchuan.svg")
    assert first["Content-Type"] == "image/svg+xml"
    assert "immutable" in first["Cache-Control"]
    assert first.content == client.get("/pattern/longchuan.svg").content
    assert first.content != client.get("/pattern/wujie.svg").content
    assert b"style=" not in first.content
    assert client.get("/pattern/..%2Fx.svg").status_code == 404


def test_the_styleguide_is_there_in_development_only(client, settings):
    assert client.get("/styleguide/").status_code == 404
    settings.DEMO = True
    response = client.get("/styleguide/")
    html = response.content.decode()
    for component in (
        "card", "list", "table", "tag", "notice", "tabs", "pager", "timeline", "stages", "field invalid",
        "progress", "empty", "plaque", "hours", "sheet", "tiers", "facts", "read-aloud", "error", "sample", "search",
    ):  # fmt: skip
        assert re.search(rf'class="(?:[^"]* )?{component}[" ]', html), component
    assert not response.cookies


def test_the_tree_is_sound(site):
    assert Page.find_problems() == ([], [], [], [], [])
