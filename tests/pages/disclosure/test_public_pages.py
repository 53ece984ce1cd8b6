"""What the public sees: catalogue, document, feed."""

import datetime
import json
import re

import pytest
from django.core.files.base import ContentFile
from wagtail.models import PageViewRestriction

from common.report import Report
from network.models import Office
from pages.core.models import SiteDocument
from pages.disclosure import sample
from pages.disclosure.models import Catalogue, DocumentPage
from pages.disclosure.services import notice_import

from .conftest import NOTICE

DAY = datetime.date(2024, 5, 6)


@pytest.fixture
def real(organ):
    """The real notice, published."""
    return notice_import(raw=NOTICE.read_bytes()).page


def titles(response):
    return [document.title for document in response.context["listing"].documents]


def facet(response, name):
    found = next(facet for facet in response.context["listing"].facets if facet.name == name)
    return {choice.label: choice.count for choice in found.choices}


def test_the_document_page_shows_header_text_annex_and_basis(real, client):
    response = client.get(real.url)
    html = response.content.decode()
    assert response.status_code == 200
    for shown in [
        "nhx-/2023-1027116",
        "政府文件",
        "南华县政府办",
        "2019年06月04日",
        "南政办通〔2019〕11号",
        "2019年06月26日",
        "各乡镇人民政府,县级各部门(单位):",
        "2019年6月4日",
        "(此件公开发布)",
        "楚文体联发〔2018〕7号",
        "楚雄彝族自治州财政局",
    ]:
        assert shown in html
    for label in ["索引号", "公文目录", "发文机关", "成文日期", "发文字号", "主题词", "标题", "发布日期"]:
        assert f'<th scope="row">{label}</th>' in html


def test_headings_have_levels_anchors_and_contents(real, client):
    html = client.get(real.url).content.decode()
    assert '<h2 id="annex-1-s-1">一、指导思想</h2>' in html
    assert '<h3 id="annex-1-s-5-9" class="runs-in">' in html
    assert '<h4 id="annex-1-s-5-4-2" class="runs-in">2.总馆的主要职责。</h4>' in html
    anchors = re.findall(r'<a href="#(annex-1[^"]*)"', html)
    assert len(anchors) == 1 + 6 + 19 + 4
    assert all(f'id="{anchor}"' in html for anchor in anchors)


def test_structured_data_description_breadcrumbs(real, client):
    html = client.get(real.url).content.decode()
    data = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)[1])
    assert data["identifier"] == "nhx-/2023-1027116"
    assert data["datePublished"] == "2019-06-26"
    assert '<meta name="description" content="关于印发' in html
    assert re.search(r'<ol class="crumbs">.*/disclosure/.*/disclosure/nhx-/', html, re.DOTALL)


def test_anonymous_pages_set_no_cookie(real, client):
    for address in ["/disclosure/", "/disclosure/nhx-/", real.url, "/disclosure/feed/"]:
        response = client.get(address)
        assert response.status_code == 200
        assert not response.cookies


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("mode", ["normal", "elder"])
def test_both_languages_and_modes(real, client, language, mode):
    client.cookies.load({"django_language": language, "mode": mode})
    for address in ["/disclosure/", "/disclosure/nhx-/", real.url]:
        html = client.get(address).content.decode()
        assert ('data-mode="elder"' in html) == (mode == "elder")
    assert ("Narrow the list" in client.get("/disclosure/").content.decode()) == (language == "en")


def test_facets_count_and_narrow(make_document, client, organ):
    bureau = Office.objects.create(name="南华县文化和旅游局", short_name="县文旅局", kind="bureau", slug="bureau")
    below = Catalogue.objects.get(name="部门文件")
    make_document(title="甲", published_on=DAY)
    make_document(title="乙", published_on=DAY.replace(year=2025), issuer=bureau, catalogue=below)
    make_document(title="草稿", live=False)
    everything = client.get("/disclosure/")
    assert titles(everything) == ["乙", "甲"]
    assert facet(everything, "catalogue")["政府文件"] == 2
    assert facet(everything, "catalogue")["部门文件"] == 1
    assert facet(everything, "organ") == {"南华县政府办": 1, "县文旅局": 1}
    assert facet(everything, "year") == {"2025": 1, "2024": 1}
    assert titles(client.get("/disclosure/", {"catalogue": below.slug})) == ["乙"]
    assert titles(client.get("/disclosure/", {"catalogue": "government-documents"})) == ["乙", "甲"]
    assert titles(client.get("/disclosure/", {"organ": "bureau"})) == ["乙"]
    narrowed = client.get("/disclosure/", {"year": "2024"})
    assert titles(narrowed) == ["甲"]
    assert facet(narrowed, "organ") == {"南华县政府办": 1}
    assert facet(narrowed, "year") == {"2025": 1, "2024": 1}
    assert titles(client.get("/disclosure/", {"year": "2024", "organ": "bureau"})) == []


def test_sorting(make_document, client):
    make_document(title="早", published_on=DAY)
    make_document(title="晚", published_on=DAY.replace(year=2025))
    make_document(title="更早", published_on=DAY.replace(year=2023))
    assert titles(client.get("/disclosure/")) == ["晚", "早", "更早"]
    assert titles(client.get("/disclosure/", {"sort": "oldest"})) == ["更早", "早", "晚"]
    assert titles(client.get("/disclosure/", {"sort": "number"})) == ["早", "晚", "更早"]


def test_paging_keeps_what_was_chosen(make_document, client):
    for number in range(25):
        make_document(title=f"第{number}份", published_on=DAY)
    first = client.get("/disclosure/", {"year": "2024"})
    assert len(titles(first)) == 20
    assert "year=2024&amp;page=2" in first.content.decode()
    assert len(titles(client.get("/disclosure/", {"year": "2024", "page": "2"}))) == 5


@pytest.mark.parametrize(
    "query",
    [
        {"year": "abcd"},
        {"year": "0000"},
        {"year": "２０２４"},
        {"page": "99"},
        {"page": "x"},
        {"sort": "x"},
        {"catalogue": "nothing\x00"},
        {"organ": "' OR 1=1"},
        {"catalogue": "x" * 5000},
    ],
)
def test_odd_queries_are_answered(make_document, client, query):
    make_document(published_on=DAY)
    assert client.get("/disclosure/", query).status_code == 200


def test_an_empty_catalogue_says_what_to_do(organ, client):
    client.cookies.load({"django_language": "en"})
    assert "As soon as a document is published" in client.get("/disclosure/").content.decode()
    assert "Take one of the conditions away" in client.get("/disclosure/", {"year": "1999"}).content.decode()


def test_a_restricted_document_is_listed_nowhere(make_document, client):
    page = make_document(published_on=DAY)
    PageViewRestriction.objects.create(page=page, restriction_type=PageViewRestriction.LOGIN)
    assert titles(client.get("/disclosure/")) == []
    assert page.title not in client.get("/disclosure/feed/").content.decode()


def count_queries(client, address, django_assert_max_num_queries):
    client.get(address)  # warms the caches of sites and content types
    with django_assert_max_num_queries(25) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("address", ["/disclosure/", "/disclosure/nhx-/", "/disclosure/feed/"])
def test_constant_queries_of_lists(make_document, client, address, django_assert_max_num_queries):
    for number in range(2):
        make_document(title=f"甲{number}", published_on=DAY)
    few = count_queries(client, address, django_assert_max_num_queries)
    for number in range(30):
        make_document(title=f"乙{number}", published_on=DAY.replace(year=2000 + number))
    # The pager costs no query; everything else is the same.
    assert count_queries(client, address, django_assert_max_num_queries) == few


def add_attachment(page, number):
    file = SiteDocument(title=f"附表{number}", file=ContentFile(b"%PDF-1.4 " + b"x" * 2048, name=f"table{number}.pdf"))
    file.file_size = file.file.size
    file.save()
    page.attachments.create(document=file)


def test_constant_queries_of_a_document_and_its_files(real, client, django_assert_max_num_queries):
    add_attachment(real, 0)
    real.save_revision().publish()
    few = count_queries(client, real.url, django_assert_max_num_queries)
    page = DocumentPage.objects.get(pk=real.pk)
    for number in range(1, 9):
        add_attachment(page, number)
        page.annexes.create(title=f"附件{number}", body=[])
        page.bases.create(number=f"楚政发〔2018〕{number}号", title="关于某事的通知")
    page.save_revision().publish()
    assert count_queries(client, real.url, django_assert_max_num_queries) == few
    html = client.get(real.url).content.decode()
    assert "附表8" in html
    assert "PDF, 2.0\xa0KB" in html


def test_hits_of_the_search_cost_no_query_each(real, make_document, rf, django_assert_num_queries):
    make_document(title="另一份")
    request = rf.get("/search/")
    real.get_url(request)  # warms the cache of sites
    with django_assert_num_queries(3):  # view restrictions, documents, annexes
        cards = [page.search_card(request) for page in DocumentPage.searchable().order_by("pk")]
    assert cards[0].url == real.url
    assert cards[0].note == "南华县政府办 · 南政办通〔2019〕11号"
    assert "统一标识、统一平台" in "".join(cards[0].texts)


def test_the_feed(real, client):
    response = client.get("/disclosure/feed/")
    assert response["Content-Type"].startswith("application/atom+xml")
    assert real.title in response.content.decode()
    assert "2019-06-26T00:00:00+08:00" in response.content.decode()


def test_the_feed_without_pages(db, client):
    assert client.get("/disclosure/feed/").status_code == 200


def test_what_an_editor_types_is_escaped(make_document, client):
    page = make_document(title="<script>alert(1)</script>", document_number="", addressees='"><img src=x onerror=1>')
    for address in [page.url, "/disclosure/", "/disclosure/feed/"]:
        assert "<script>alert" not in client.get(address).content.decode()
        assert "<img src=x" not in client.get(address).content.decode()


def test_sample_documents_say_so_and_can_be_removed(organ, client):
    Office.objects.create(name="某局", short_name="某局", kind="bureau", slug="bureau")
    sample.load(Report())
    sample.load(Report())
    pages = DocumentPage.objects.filter(is_sample=True)
    assert pages.count() == 3
    for page in pages:
        assert page.live
        assert "示例数据" in client.get(page.url).content.decode()
    sample.remove(Report())
    assert not DocumentPage.objects.exists()
