import pytest
from wagtail.models import Site

from common.county import County, CountyError
from common.report import Report
from pages.core import loading, sample
from pages.core.models import SiteImage, SiteSettings, StandardPage
from pages.core.prose import read_prose
from tests.county import NANHUA, QINGSHAN

HEAD = "title: 隐私说明\nslug: privacy\nintroduction: 一句话\n\n"


@pytest.fixture
def write(tmp_path):
    def write(text: str | bytes):
        path = tmp_path / "page.md"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_headings_paragraphs_and_lists(write):
    prose = read_prose(write(f"{HEAD}开头。\n\n## 一\n第一行，\n第二行。\n\n另一段 <b>。\n- 甲\n- 乙\n\n## 二\n完。"))
    assert (prose.title, prose.slug, prose.introduction) == ("隐私说明", "privacy", "一句话")
    assert prose.body == [
        ("paragraph", "<p>开头。</p>"),
        ("heading", "一"),
        ("paragraph", "<p>第一行，第二行。</p><p>另一段 &lt;b&gt;。</p><ul><li>甲</li><li>乙</li></ul>"),
        ("heading", "二"),
        ("paragraph", "<p>完。</p>"),
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "title"),
        ("title: x\nslug: y\n\n正文", "introduction"),
        ("title: x\nauthor: y\n", "2: expected one of"),
        ("标题\n", "1: expected one of"),
        ("title: x\nslug: 隐私\nintroduction: z\n\n", "address part"),
        ("标题".encode("gbk"), "UTF-8"),
    ],
)
def test_a_malformed_page_is_named_with_its_fault(write, text, message):
    with pytest.raises(CountyError, match=message):
        read_prose(write(text))


@pytest.mark.django_db
def test_the_county_s_pages_are_made_once_and_then_belong_to_the_editors(client):
    loading.load(County(NANHUA), Report())
    slugs = set(StandardPage.objects.values_list("slug", flat=True))
    assert {"privacy", "accessibility-statement", "about"} <= slugs
    page = StandardPage.objects.get(slug="privacy")
    page.introduction = "编辑改过"
    page.save_revision().publish()
    loading.load(County(NANHUA), Report())
    assert StandardPage.objects.count() == len(slugs)
    assert StandardPage.objects.get(slug="privacy").introduction == "编辑改过"
    html = client.get("/privacy/").content.decode()
    assert "不满十四周岁" in html
    assert "监护人" in html
    assert "个人信息保护法" in html


@pytest.mark.django_db
def test_a_county_without_pages_gets_none(client):
    loading.load(County(QINGSHAN), Report())
    assert not StandardPage.objects.exists()


@pytest.mark.django_db
def test_sample_data_is_announced_and_taken_back():
    site = Site.objects.get()
    sample.load(Report())
    assert SiteSettings.for_site(site).has_sample_data
    SiteImage.objects.create(title="真", description="真", file="x.png", width=1, height=1)
    SiteImage.objects.create(title="例", description="例", file="y.png", width=1, height=1, is_sample=True)
    sample.remove(Report())
    assert not SiteSettings.for_site(site).has_sample_data
    assert [image.title for image in SiteImage.objects.all()] == ["真"]
