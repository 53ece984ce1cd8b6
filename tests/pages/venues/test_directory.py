"""The directory: filters, paging, a constant number of queries."""

import pytest
import time_machine
from bs4 import BeautifulSoup

from network.models import Venue

from .conftest import TUESDAY, add_points

MOST_QUERIES = 25


def listed(client, query="", **headers):
    """The links of the results."""
    soup = BeautifulSoup(client.get(f"/venues/{query}", **headers).content, "html.parser")
    return [link.get_text(strip=True) for link in soup.select(".venue-group .list a")]


def soup_of(client, query=""):
    return BeautifulSoup(client.get(f"/venues/{query}").content, "html.parser")


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?tier=nonsense",
        "?township=nowhere",
        "?page=999",
        "?page=x",
        "?page=-1",
        "?q=" + "长" * 99,
        "?open=on",
        "?q=%00",
        "?q=%25",
    ],
)
def test_any_question_gets_an_answer(qingshan, client, query):
    assert client.get(f"/venues/{query}").status_code == 200


def test_all_venues_by_township_the_branch_first(qingshan, client):
    soup = soup_of(client)
    groups = [heading.get_text(strip=True) for heading in soup.select(".venue-group h2")]
    assert groups[1:] == ["青石镇", "云水苗族乡"]
    assert listed(client)[2:6] == ["青山县文化分馆·青石镇", "东门社区", "中村", "钟村"]
    assert len(listed(client)) == Venue.objects.count()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=中村", ["中村"]),
        ("?q=书香", ["东门社区", "中村", "钟村", "上村", "渡河村"]),
        ("?q=dong men", ["东门社区"]),
        ("?q=图书馆", ["青山县图书馆（总馆）"]),
        ("?tier=branch", ["青山县文化分馆·青石镇", "青山县文化分馆·云水苗族乡"]),
        ("?kind=county_centre", ["青山县文化馆（总馆）"]),
        ("?township=qingshi&tier=point", ["东门社区", "中村", "钟村"]),
        ("?q=没有", []),
    ],
)
def test_filters(qingshan, client, query, found):
    assert listed(client, query) == found


def test_filter_by_line(qingshan, client):
    names = listed(client, "?line=library&tier=head")
    assert names == list(Venue.objects.filter(tier="head", library=True).values_list("plaque", flat=True))


def test_open_now_knows_the_hour(point, centre, client):
    # Heads have no hours here: nobody knows theirs.
    with time_machine.travel(TUESDAY, tick=False):
        assert listed(client, "?open=on") == [centre.plaque, point.division.short_name]
    with time_machine.travel(TUESDAY.replace(hour=13), tick=False):
        assert listed(client, "?open=on") == []
        assert "14:00" in soup_of(client).select_one(".tag.soon").get_text()


def test_active_filters_are_links_that_remove_one(qingshan, client):
    links = {link.get("href") for link in soup_of(client, "?q=村&tier=point&page=2").select(".active-filters a")}
    assert links == {"?tier=point", "?q=%E6%9D%91", "?"}


def test_a_value_that_is_no_choice_is_said_and_filters_nothing(qingshan, client):
    soup = soup_of(client, "?tier=nonsense")
    assert soup.select_one(".field-error")
    assert len(listed(client, "?tier=nonsense")) == Venue.objects.count()


def test_nothing_found_says_what_to_do(qingshan, client):
    empty = soup_of(client, "?q=没有").select_one(".empty")
    assert empty.select_one("a")["href"] == "?"


def test_htmx_gets_the_results_alone(qingshan, client):
    answer = client.get("/venues/?q=中村", headers={"HX-Request": "true"})
    assert b"<html" not in answer.content
    assert "HX-Request" in answer["Vary"]
    whole = client.get("/venues/?q=中村", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert b"<html" in whole.content


def test_what_was_typed_stays_text(qingshan, client):
    html = client.get("/venues/", {"q": '"><script>x</script>'}).content.decode()
    assert "<script>x" not in html


def test_pages_keep_the_filters(centre, client):
    add_points(centre, 60)
    soup = soup_of(client, "?tier=point&q=村")
    assert len(soup.select(".venue-group .list a")) == 40
    following = soup.select_one(".pager a[rel=next]")["href"]
    assert {"tier=point", "page=2"} <= set(following.lstrip("?").split("&"))


def test_elder_mode_shows_fewer(centre, client):
    add_points(centre, 30)
    client.cookies["mode"] = "elder"
    assert len(listed(client)) == 15
    assert not soup_of(client).select("details")


@pytest.mark.parametrize("query", ["", "?q=村&line=library", "?open=on", "?township=qingshi"])
def test_queries_stay_the_same_at_140_and_1400_venues(centre, client, query, django_assert_max_num_queries):
    counts = []
    with time_machine.travel(TUESDAY, tick=False):
        client.get("/venues/")  # content types and the site are asked for once in a process
        for township, more in ((centre, 140 - Venue.objects.count()), (other_township(centre), 1260)):
            add_points(township, more)
            with django_assert_max_num_queries(MOST_QUERIES) as queries:
                assert client.get(f"/venues/{query}").status_code == 200
            counts.append(len(queries))
    assert Venue.objects.count() == 1400
    assert counts[0] == counts[1]


def other_township(centre):
    return Venue.objects.filter(tier="branch").exclude(pk=centre.pk).get()
