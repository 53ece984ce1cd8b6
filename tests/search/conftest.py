"""A small corpus of real text: the notice, the county's villages, and traps for a search."""

import csv
from pathlib import Path

import pytest
from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, Site
from wagtail.search.backends import get_search_backend

from pages.core.models import StandardPage
from search.text import FIELD_END, canonical

ROOT = Path(__file__).resolve().parents[2]
NOTICE = (ROOT / "data/nanhua/notice_2019_11.txt").read_text(encoding="utf-8")

TRAPS = [
    ("分馆", "馆制"),  # a phrase must not begin in the title and end in the text
    ("甲", "本馆设有分馆。馆制另定。"),  # nor run over a full stop
    ("圖書館總館開放時間", "龍川鎮的圖書館總館,週一閉館。"),
    ("Interlib 系统", "统一的图书馆集群管理系统(interlib)为基础平台,ＷＩＦＩ免费,Wi-Fi 覆盖。"),
    ("文号", "南政办通〔2019〕11号;南政办通〔2019〕111号;楚文体联发[2018]7号;南政发(2020)3号"),
    ("数字", "2019年6月4日,电话 0878-7221234,面积 1200㎡,①号楼,½"),
    ("馆", "馆"),
    ("表情", "读书😀节🎉开幕,二〇一九年,々"),
    ("彝文", "ꆈꌠꁱꂷ 彝族 左脚舞"),
    ("生僻", "𠮷野家 \U00030000 㐀㐁"),
    ("运算", 'a"b OR c AND d NEAR(e f) col:g h* -i 100% under_score c++'),
    ("Café lóngchuān", "naïve façade"),
    ("重复", "活动" * 400),
]


def village_names() -> list[str]:
    """The names of the county's divisions as the statistics office writes them."""
    with (ROOT / "data/nanhua/nanhua_divisions.csv").open(encoding="utf-8-sig") as file:
        return [row["name"] for row in csv.DictReader(file)]


def texts() -> list[tuple[str, str]]:
    """(title, introduction) of every page of the corpus."""
    paragraphs = [line.strip() for line in NOTICE.splitlines() if line.strip()]
    names = village_names()
    return [
        ("关于印发南华县公共图书馆文化馆总分馆制建设实施方案的通知", NOTICE),
        *((paragraph[:40], paragraph) for paragraph in paragraphs),
        *((name, f"{name}文化服务点,属于南华县{names[number % 10 + 3]}。") for number, name in enumerate(names)),
        *TRAPS,
    ]


def make_pages(pages: list[StandardPage]) -> list[StandardPage]:
    """Publish many pages below the front page in a few statements, and index them."""
    root = Site.objects.get(is_default_site=True).root_page
    content_type = ContentType.objects.get_for_model(StandardPage)
    for number, page in enumerate(pages, start=root.numchild + 1):
        page.path, page.depth = Page._get_path(root.path, root.depth + 1, number), root.depth + 1
        page.slug, page.url_path = f"p{number}", f"{root.url_path}p{number}/"
        page.content_type, page.locale_id, page.draft_title = content_type, root.locale_id, page.title
    names = [field.attname for field in Page._meta.local_fields if field.attname != "id"]
    parents = Page.objects.bulk_create(Page(**{name: getattr(page, name) for name in names}) for page in pages)
    for page, parent in zip(pages, parents, strict=True):
        page.pk = page.page_ptr_id = parent.pk
        page.save_base(raw=True)
    Page.objects.filter(pk=root.pk).update(numchild=root.numchild + len(pages))
    get_search_backend().add_bulk(StandardPage, pages)
    return pages


@pytest.fixture
def corpus(db) -> dict[int, str]:
    """Published pages; {primary key: canonical text}."""
    pages = make_pages([StandardPage(title=title, introduction=introduction) for title, introduction in texts()])
    return {page.pk: FIELD_END.join([canonical(page.title), canonical(page.introduction)]) for page in pages}


@pytest.fixture
def everything(corpus):
    """A queryset of the corpus."""
    return Page.objects.filter(pk__in=list(corpus))
