import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.safestring import mark_safe
from wagtail import hooks
from wagtail.models import Site
from wagtail.test.utils import WagtailPageTestCase
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from common.county import County, CountyError
from common.report import Report
from home import loading
from home.models import HomePage
from network.models import Venue
from pages.core import loading as core_loading
from pages.core.models import StandardPage
from tests.county import NANHUA, QINGSHAN, load_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def page():
    return HomePage.objects.get()


def arrange(page, *blocks):
    page.body = list(blocks)
    page.save()


def test_a_new_database_has_a_front_page(client, page):
    assert Site.objects.get().root_page.specific == page
    html = client.get("/").content.decode()
    assert html.count("<h1") == 1
    assert 'class="empty"' in html


def test_nanhua_s_front_page_is_arranged_from_data_and_then_belongs_to_the_editors(client, page):
    county = County(NANHUA)
    core_loading.load(county, Report())
    loading.load(county, Report())
    page.refresh_from_db()
    assert page.body[0].block_type == "hero"
    assert "家门口的图书馆<br>和文化馆" in client.get("/").content.decode()
    arrange(page, ("notice", "<p>编辑改过</p>"))
    loading.load(county, Report())
    assert "编辑改过" in client.get("/").content.decode()


def test_a_county_without_front_page_data(client, page):
    county = County(QINGSHAN)
    core_loading.load(county, Report())
    loading.load(county, Report())
    assert client.get("/").status_code == 200


def test_an_unknown_block_is_refused():
    county = County(QINGSHAN)
    county.data["front_page"] = [{"block": "carousel"}]
    with pytest.raises(CountyError, match="carousel"):
        loading.load(county, Report())


def test_the_figures_count_active_venues_only(client, page):
    load_network()
    arrange(page, ("network", {"title": "一张网"}))
    Venue.objects.update(status=Venue.Status.OPEN)
    heads = Venue.objects.filter(tier=Venue.Tier.HEAD).count()
    points = Venue.objects.filter(tier=Venue.Tier.POINT)
    assert heads
    assert points.count() > 1
    html = client.get("/").content.decode()
    assert f"<dd>{heads}</dd>" in html
    assert f"<dd>{points.count()}</dd>" in html
    points.update(status=Venue.Status.PLANNED)
    assert client.get("/").content.decode().count("<dd>") == 2


@pytest.mark.parametrize(
    "block",
    [
        ("network", {"title": "没有场馆"}),
        ("latest", {"documents_title": "没有文件", "news_title": "没有新闻"}),
        ("slot", {"slot": "no_such_slot"}),
    ],
)
def test_a_block_without_content_leaves_nothing(client, page, block):
    arrange(page, block)
    html = client.get("/").content.decode()
    assert "没有" not in html
    assert "<section" not in html


def test_rooms_fill_slots(client, page):
    def events_this_week(request):
        return mark_safe("<h2>这一周</h2>")

    def programme_progress(request):
        return None

    arrange(page, ("slot", {"slot": "events_this_week"}), ("slot", {"slot": "programme_progress"}))
    with (
        hooks.register_temporarily("front_page_slots", events_this_week),
        hooks.register_temporarily("front_page_slots", programme_progress),
    ):
        html = client.get("/").content.decode()
    assert html.count('<section class="section">') == 1
    assert "<h2>这一周</h2>" in html


def test_elder_mode_shows_fewer_things(client, page):
    ways = [{"label": "农家书屋", "url": "/site-map/?q=农家书屋"}]
    call = {"title": "欢迎加入", "url": "/accessibility/", "action": "开始申请"}
    arrange(page, ("hero", {"title": "家门口", "text": "免费", "ways_in": ways}), ("call", call))
    normal = client.get("/").content.decode()
    client.cookies["mode"] = "elder"
    elder = client.get("/").content.decode()
    for text in ("农家书屋", "欢迎加入"):
        assert text in normal
        assert text not in elder
    assert "家门口" in elder


def test_the_number_of_queries_is_constant(client, page):
    load_network()
    Venue.objects.update(status=Venue.Status.OPEN)
    arrange(page, ("hero", {"title": "家门口"}), ("network", {"title": "一张网"}))

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/").status_code == 200
        return len(seen)

    queries()
    few = queries()
    pattern = Venue.objects.filter(tier=Venue.Tier.POINT).first()
    for number in range(40):
        pattern.pk, pattern.slug, pattern.plaque = None, f"p{number}", f"点{number}"
        pattern._state.adding = True
        pattern.save()
    assert queries() == few <= 25


def test_what_editors_type_is_escaped(client, page):
    arrange(page, ("call", {"title": "<script>1</script>", "url": "/", "action": "<b>"}))
    html = client.get("/").content.decode()
    assert "<script>1" not in html
    assert "&lt;script&gt;1" in html


class FrontPageTests(WagtailPageTestCase):
    def test_one_front_page_only(self):
        self.assertCanNotCreateAt(HomePage, HomePage)
        self.assertCanNotCreateAt(StandardPage, HomePage)
        self.assertCanCreateAt(HomePage, StandardPage)

    def test_it_opens_for_the_public_and_the_editor(self):
        page = HomePage.objects.get()
        self.assertPageIsRoutable(page)
        self.assertPageIsRenderable(page)
        self.login()
        data = nested_form_data(
            {"title": "首页", "slug": page.slug, "body": streamfield([]), "comments": inline_formset([])}
        )
        self.assertPageIsEditable(page, post_data=data)
        self.assertPageIsPreviewable(page, post_data=data)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("/site-map/?a=1", True),
        ("/", True),
        ("https://www.gov.cn/", True),
        ("/no-such-room/", False),
        ("/draft/", False),
        ("not an address", False),
    ],
)
def test_an_invitation_that_leads_nowhere_is_not_made(client, page, url, shown):
    page.add_child(instance=StandardPage(title="草稿", slug="draft", live=False))
    page.refresh_from_db()
    arrange(page, ("call", {"title": "欢迎加入", "url": url, "action": "开始申请"}))
    assert ("欢迎加入" in client.get("/").content.decode()) == shown
