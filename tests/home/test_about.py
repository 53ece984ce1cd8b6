"""The page about the network, and the page of the notice's clauses."""

import re
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.county import County, CountyError
from common.report import Report
from home import loading
from home.clauses import clauses_load, notice_headings
from home.models import Clause, HomePage, NetworkPage, PolicyPage
from home.picture import label_lines, tall_drawing, wide_drawing
from home.tree import network_tree
from network.models import Venue
from pages.core import loading as core_loading
from pages.core.models import StandardPage
from pages.venues.services import venue_pages_sync
from tests.county import NANHUA, QINGSHAN, load_network

pytestmark = pytest.mark.django_db


@pytest.fixture
def nanhua():
    """The real county's site pages, without its venues."""
    county = County(NANHUA)
    core_loading.load(county, Report())
    loading.load(county, Report())
    return county


@pytest.fixture
def network(client):
    """The invented county with its venues' pages and a page about its network."""
    load_network()
    venue_pages_sync()
    home = HomePage.objects.get()
    return home.add_child(instance=NetworkPage(title="总分馆网络", slug="network"))


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        assert client.get(address).status_code == 200
    return len(seen)


# The network ----------------------------------------------------------------------------------


def test_the_pages_have_their_addresses_and_lie_in_the_site_map_and_the_footer(nanhua, client):
    for address in ("/about/network/", "/about/policy/"):
        assert client.get(address).status_code == 200
        assert f'href="{address}"' in client.get("/site-map/").content.decode().split("<main")[1].split("<footer")[0]
        assert f'href="{address}"' in client.get("/privacy/").content.decode().split("<footer")[1]
        assert f"{address}</loc>" in client.get("/sitemap.xml").content.decode()


def test_the_front_page_leads_to_the_network(nanhua, client):
    block = next(block for block in HomePage.objects.get().body if block.block_type == "network")
    assert client.get(block.value["url"]).status_code == 200
    assert NetworkPage.objects.get().url == block.value["url"]


def test_the_picture_counts_what_the_register_has(network, client, rf):
    Venue.objects.filter(tier="branch").update(status=Venue.Status.OPEN)
    first = Venue.objects.filter(tier="point").first()
    Venue.objects.filter(pk=first.pk).update(status=Venue.Status.OPEN)
    tree = network_tree(rf.get("/"))
    assert len(tree.heads) == 2
    assert tree.open_branches == len(tree.branches) == Venue.objects.filter(tier="branch").count()
    assert (tree.open_points, tree.points) == (1, Venue.objects.filter(tier="point").count())
    body = client.get(network.url).content.decode()
    assert f'<td class="number">1 / {tree.points}</td>' in body
    for drawing in (wide_drawing(tree), tall_drawing(tree)):
        assert len(drawing.dots) == tree.points
        assert Counter(dot.is_open for dot in drawing.dots) == {True: 1, False: tree.points - 1}
        assert len(drawing.wires) == 2  # every branch belongs to both heads


def test_a_closed_venue_is_no_part_of_the_network(network, rf):
    Venue.objects.filter(tier="point").update(status=Venue.Status.CLOSED)
    assert network_tree(rf.get("/")).points == 0


def test_a_branch_of_one_line_is_tied_to_one_head(network, rf):
    one = Venue.objects.filter(tier="branch").first()
    Venue.objects.filter(pk=one.pk).update(culture=False)
    tree = network_tree(rf.get("/"))
    drops = {wire.head: wire.path.count("H") for wire in tall_drawing(tree).wires}
    assert sorted(drops.values()) == [len(tree.branches) - 1, len(tree.branches)]


def test_everything_lies_on_the_sheet(network, rf):
    tree = network_tree(rf.get("/"))
    for drawing in (wide_drawing(tree), tall_drawing(tree)):
        boxes = [*drawing.heads, *drawing.branches]
        assert all(box.x >= 0 and box.x + box.width <= drawing.width for box in boxes)
        assert all(box.y + box.height <= drawing.height for box in boxes)
        assert all(6 <= dot.x <= drawing.width - 6 and dot.y + 6 <= drawing.height for dot in drawing.dots)


def test_a_long_name_is_shortened_not_spilt():
    assert label_lines("五街镇") == ["五街镇"]
    assert label_lines("南华县第一中学图书馆") == ["南华县第一", "中学图书馆"]
    assert label_lines("南华县第一中学高中部图书馆") == ["南华县第一", "中学高中…"]


def test_a_county_with_very_many_branches_gets_the_tall_picture_only(network, client, rf):
    pattern = Venue.objects.filter(tier="branch").first()
    for number in range(14):
        pattern.pk, pattern.slug, pattern.plaque, pattern.name = None, f"b{number}", f"馆{number}", f"学校{number}"
        pattern.kind, pattern._state.adding = Venue.Kind.SCHOOL, True
        pattern.save()
    assert wide_drawing(network_tree(rf.get("/"))) is None
    assert "学校13" in client.get(network.url).content.decode()


def test_nodes_are_links_and_the_picture_says_what_it_is(network, client):
    branch = Venue.objects.filter(tier="branch").first()
    body = client.get(network.url).content.decode()
    assert body.count(f'<a href="{branch.page.url}" aria-label=') == 2  # wide and tall, one of them shown
    assert re.search(r'<svg class="net-drawing net-wide"[^>]* aria-labelledby="net-wide-title net-wide-text"', body)
    assert "<desc" in body
    assert " style=" not in body


def test_without_venues_the_page_says_so(client):
    page = HomePage.objects.get().add_child(instance=NetworkPage(title="网络", slug="network"))
    assert 'class="empty"' in client.get(page.url).content.decode()


def test_the_number_of_queries_is_constant(network, client):
    few = queries(client, network.url)
    pattern = Venue.objects.filter(tier="point").first()
    for number in range(30):
        pattern.pk, pattern.slug, pattern.plaque = None, f"p{number}", f"点{number}"
        pattern._state.adding = True
        pattern.save()
    assert queries(client, network.url) == few <= 16


# The clauses ----------------------------------------------------------------------------------


def test_every_clause_is_answered_once_and_quoted_word_for_word(nanhua):
    notice = (NANHUA / "notice_2019_11.txt").read_text("utf-8")
    given = list(nanhua.rows("requirements.tsv"))
    assert [row["id"] for row in nanhua.rows("fulfilment.tsv")] == [row["id"] for row in given]
    clauses = Clause.objects.all()
    assert [clause.number for clause in clauses] == [f"R{number:02d}" for number in range(1, 127)]
    assert [clause.number for clause in clauses if clause.quote not in notice] == []


def test_what_is_not_fulfilled_names_no_page_and_what_is_partly_says_what_lacks(nanhua):
    for clause in Clause.objects.all():
        if clause.state == Clause.State.NO:
            assert not clause.url, clause.number
        if clause.state == Clause.State.PARTLY:
            assert re.search("尚未|没有", clause.words), clause.number
            assert " not " in clause.words_en or "no measure" in clause.words_en, clause.number


def test_every_address_that_a_clause_names_answers(client):
    call_command("load_county", str(NANHUA), verbosity=0)
    addresses = set(Clause.objects.exclude(url="").values_list("url", flat=True))
    addresses.add(PolicyPage.objects.get().document)
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, 200)
    body = client.get(PolicyPage.objects.get().document).content.decode()
    places = re.findall(r'#(annex-1[-\w]*)"', client.get("/about/policy/").content.decode())
    assert len(places) > 20
    assert [place for place in places if f'id="{place}"' not in body] == []


def test_each_clause_has_an_anchor_and_each_section_its_heading(nanhua, client):
    body = client.get("/about/policy/").content.decode()
    for number in ("R01", "R23", "R126"):
        assert f'id="{number}"' in body
    assert "<span>落实好人员配置</span>" in body
    assert 'id="s-5-3-1"' in body


def test_the_tally_counts_the_clauses(nanhua, client):
    counts = Counter(Clause.objects.values_list("state", flat=True))
    body = client.get("/about/policy/").content.decode()
    for state, number in counts.items():
        assert f"<dd>{number}</dd>" in body
        assert body.count('<li id="R') == 126
        assert len(re.findall(rf'<li id="R\d+" class="{state}">', body)) == number


def test_the_page_speaks_the_reader_s_language(nanhua, client):
    clause = Clause.objects.get(number="R23")
    assert clause.words in client.get("/about/policy/").content.decode()
    client.cookies["django_language"] = "en"
    body = client.get("/about/policy/").content.decode()
    assert clause.words_en.replace("'", "&#x27;") in body
    assert '<q lang="zh-Hans">先镇后村、先分馆后基层服务点</q>' in body


def test_the_clauses_cost_a_constant_number_of_queries(nanhua, client):
    many = queries(client, "/about/policy/")
    Clause.objects.filter(order__gt=10).delete()
    assert queries(client, "/about/policy/") == many <= 14


def test_headings_are_found_in_the_notice():
    headings = dict(
        notice_headings("一、指导思想\n二、基本原则\n(一)政府主导,统筹实施。发挥作用。\n1.总馆的职责。县\n")
    )
    assert headings == {"一": "指导思想", "二": "基本原则", "二(一)": "政府主导,统筹实施", "二(一)1": "总馆的职责"}


def test_another_county_loads_without_these_files(client):
    county = County(QINGSHAN)
    core_loading.load(county, Report())
    loading.load(county, Report())
    assert not NetworkPage.objects.exists()
    assert not Clause.objects.exists()
    page = HomePage.objects.get().add_child(instance=PolicyPage(title="条款", slug="policy"))
    assert 'class="empty"' in client.get(page.url).content.decode()


def test_loading_again_changes_nothing_that_editors_changed(nanhua):
    page = NetworkPage.objects.get()
    page.introduction = "编辑改过"
    page.save()
    loading.load(nanhua, Report())
    assert NetworkPage.objects.get().introduction == "编辑改过"
    assert PolicyPage.objects.count() == 1
    assert Clause.objects.count() == 126


def test_without_an_about_page_they_lie_below_the_front_page(client):
    county = County(NANHUA)
    core_loading.load(county, Report())
    StandardPage.objects.filter(slug="about").delete()
    loading.load(county, Report())
    assert NetworkPage.objects.get().url == "/network/"


HEAD = "id\tstate\tzh\ten\taddress\n"
BROKEN = {
    "nothing says how far": HEAD,
    "no clause": f"{HEAD}R1\tyes\t有\tyes\t/\nR2\tyes\t有\tyes\t/\n",
    "is none of": f"{HEAD}R1\tnearly\t有\tyes\t/\n",
    "is empty": f"{HEAD}R1\tyes\t\tyes\t/\n",
}


@pytest.mark.parametrize(("message", "fulfilment"), BROKEN.items())
def test_files_that_do_not_fit_each_other_are_refused(tmp_path, message, fulfilment):
    with pytest.raises(CountyError, match=message):
        clauses_load(county_of(tmp_path, "先镇后村", fulfilment))
    assert not Clause.objects.exists()


def test_a_quote_that_the_notice_does_not_have_is_refused(tmp_path):
    with pytest.raises(CountyError, match="the notice has no"):
        clauses_load(county_of(tmp_path, "先村后镇", f"{HEAD}R1\tyes\t有\tyes\t/\n"))


def county_of(folder, quote, fulfilment):
    """A county of one clause."""
    (folder / "county.toml").write_text(
        '[policy]\nclauses = "c.tsv"\nfulfilment = "f.tsv"\nnotice = "n.txt"\n', encoding="utf-8"
    )
    (folder / "c.tsv").write_text(f"id\tsection\tquote\nR1\t一\t{quote}\n", encoding="utf-8")
    (folder / "f.tsv").write_text(fulfilment, encoding="utf-8")
    (folder / "n.txt").write_text("一、原则\n按照先镇后村的顺序\n", encoding="utf-8")
    return County(folder)
