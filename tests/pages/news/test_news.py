import datetime as dt
import xml.etree.ElementTree as ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from common.report import Report
from network.models import Venue
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
