import datetime as dt
import re
import xml.etree.ElementTree as ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import PageViewRestriction

from common.report import Report
from network.models import Venue
from pages.core.models import SiteImage
from pages.news import loading, sample
from pages.news.models import PER_PAGE, NewsIndexPage, NewsPage

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_piece_speaks_for_the_venue_above_it(make_news, branch):
    assert make_news().venue == branch


def test_a_moved_piece_speaks_for_its_new_venue(make_news):
    piece, other = make_news(), Venue.objects.filter(tier="branch").last()
    piece.move(other.page, pos="last-child")
    piece.refresh_from_db()
    assert piece.venue == other


def test_the_address_is_pinyin(make_news, branch):
    assert make_news().url == f"/venues/{branch.slug}/shuchejincun/"


def test_a_piece_shows_its_text_its_venue_and_others(make_news, client, branch):
    make_news("另一条")
    body = client.get(make_news().url).content.decode()
    assert "正文" in body
    assert branch.plaque in body
    assert "另一条" in body


def test_elder_mode_leaves_the_others_out(make_news, client):
    make_news("另一条")
    client.cookies["mode"] = "elder"
    assert "另一条" not in client.get(make_news().url).content.decode()


def test_the_list_is_newest_first_and_hides_drafts_and_private_pieces(make_news, client):
    make_news("旧的", date=dt.date(2020, 1, 1))
    make_news("新的", date=dt.date(2026, 1, 1))
    make_news("草稿", live=False)
    PageViewRestriction.objects.create(page=make_news("内部"), restriction_type="login")
    body = client.get("/news/").content.decode()
    assert body.index("新的") < body.index("旧的")
    assert "草稿" not in body
    assert "内部" not in body


def test_the_list_filters_by_township(make_news, client):
    branches = Venue.objects.filter(tier="branch")
    make_news("甲镇的事", venue=branches[0])
    make_news("乙乡的事", venue=branches[1])
    body = client.get(f"/news/?township={branches[1].division.slug}").content.decode()
    assert "乙乡的事" in body
    assert "甲镇的事" not in body


@pytest.mark.parametrize("query", ["?township=nowhere", "?page=999", "?page=x", "?township=%00"])
def test_the_list_answers_any_question(make_news, client, query):
    make_news()
    assert client.get(f"/news/{query}").status_code == 200


def test_an_empty_list_says_so(site, client):
    assert 'class="empty"' in client.get("/news/").content.decode()


def test_the_list_asks_the_same_number_of_questions_however_long(make_news, client):
    def queries():
        client.get("/news/")
        with CaptureQueriesContext(connection) as captured:
            client.get("/news/")
        return len(captured)

    make_news("一")
    few = queries()
    for number in range(PER_PAGE):
        make_news(f"第{number}条")
    assert queries() == few <= 25


def test_the_feed_is_atom_with_full_addresses(make_news, client, branch):
    make_news()
    response = client.get("/feed/")
    assert response["Content-Type"].startswith("application/atom+xml")
    feed = ElementTree.fromstring(response.content)
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "书车进村"
    assert entry.find(f"{ATOM}link").get("href").startswith("http")
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == branch.plaque
    assert entry.findtext(f"{ATOM}updated")


def test_an_empty_feed_is_still_a_feed(site, client):
    assert ElementTree.fromstring(client.get("/feed/").content).tag == f"{ATOM}feed"


def test_loading_again_makes_nothing_twice(site):
    loading.load(None, Report())
    assert NewsIndexPage.objects.count() == 1


def test_samples_come_and_go_and_say_what_they_are(site, client):
    sample.load(Report())
    sample.load(Report())
    pieces = NewsPage.objects.filter(is_sample=True)
    assert pieces.count() == 2  # the invented county has two branches
    assert "示例数据" in client.get(pieces[0].url).content.decode()
    sample.remove(Report())
    assert not NewsPage.objects.exists()


# On the venue's page, and for machines --------------------------------------------------------


def test_the_venue_s_page_shows_its_own_three_newest(make_news, client, branch):
    assert "本馆新闻" not in client.get(branch.page.url).content.decode()
    for day in range(1, 5):
        make_news(f"第{day}条", date=dt.date(2026, 1, day))
    make_news("别处的事", venue=Venue.objects.filter(tier="branch").last())
    make_news("草稿", live=False)
    body = client.get(branch.page.url).content.decode().partition("本馆新闻")[2]
    assert body.index("第4条") < body.index("第3条") < body.index("第2条")
    assert not any(title in body for title in ("第1条", "别处的事", "草稿"))


def test_a_venue_s_page_asks_the_same_number_of_questions_however_much_news(make_news, client, branch):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            client.get(branch.page.url)
        return len(captured)

    make_news("一")
    queries()
    few = queries()
    for number in range(5):
        make_news(f"第{number}条")
    assert queries() == few <= 25


def test_invented_news_says_so_in_every_list(make_news, client, branch):
    make_news("编的", is_sample=True)
    for address in ("/news/", branch.page.url):
        assert "示例数据" in client.get(address).content.decode().partition("<main")[2].partition("<footer")[0]


def test_a_piece_has_a_social_card_with_its_picture_and_words(make_news, client):
    picture = SiteImage.objects.create(title="书车", description="一辆书车停在村口", file=get_test_image_file())
    body = client.get(make_news(picture=picture).url).content.decode()
    card = re.search(r'<meta property="og:image" content="(http://testserver/media/[^"]+)"', body)
    assert card
    assert '<meta property="og:description" content="一句话。">' in body
    assert 'rel="alternate" type="application/atom+xml"' in body


def test_an_invented_piece_is_not_published_as_a_fact(make_news, client):
    assert "NewsArticle" in client.get(make_news().url).content.decode()
    assert "NewsArticle" not in client.get(make_news("编的", is_sample=True).url).content.decode()
