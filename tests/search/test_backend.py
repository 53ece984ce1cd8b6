"""The backend answers as a plain scan of the folded text does, on whatever database the tests run."""

import random
import re

import pytest
from django.core.management import call_command
from modelsearch.query import MATCH_ALL, And, Not, Or, Phrase, PlainText
from wagtail.models import Page
from wagtail.search.backends import get_search_backend

from pages.core.models import StandardPage
from search.query import parse
from search.terms import Every, found_in, read, split_terms
from search.text import canonical

from .conftest import NOTICE, texts, village_names

QUERIES = [
    "分馆", "总分馆", "总分馆制", "总分馆制建设实施方案", "馆制", "馆", "县", "图书馆", "文化馆", "文化服务点",
    "文化活动中心", "文化活动室", "公共文化服务保障法", "乡镇", "村(社区)", "龙川镇", "白衣", "中村", "中村村",
    "小村", "阿咪期苴", "咪黑们", "笪家屯", "五顶山乡", "新村村民委员会", "南政办通〔2019〕11号",
    "南政办通[2019]11号", "南政办通(2019)11号", "南政办通〔2019〕11號", "南政办通 2019", "〔2019〕11号", "11号",
    "111号", "1号", "楚文体联发〔2018〕7号", "2019", "201", "2019年", "2019年6月4日", "2019年4月—2020年5月",
    "interlib", "INTERLIB", "ｉｎｔｅｒ", "inter", "lib", "wifi", "Wi-Fi", "圖書館", "總館開放", "龍川鎮",
    "週一閉館", "周一闭馆", "下派上挂", "下派上挂,专兼结合", "挪用", "云南文化云·楚雄云", "农家书屋", "读书节",
    "读书", "😀", "二〇一九", "〇", "々", "𠮷野家", "𠮷", "\U00030000", "㐀", "ꆈꌠ", "彝族", "1200", "m2", "0878",
    "0878-7221234", "7221234", "cafe", "café", "longchuan", "lóngchuān", "naive", "活动活动活动", "不存在的词语",
    "分馆馆制", "分馆。馆制", "图书馆 文化馆", "图书馆、文化馆", "分馆 interlib", "南华县 村民委员会 斗华",
]  # fmt: skip


def found(query, queryset, **options) -> set[int]:
    return {page.pk for page in queryset.search(query, **options)}


def scan(corpus: dict[int, str], query: str) -> set[int]:
    """What a substring scan finds: every term's needle in the page's text."""
    terms = split_terms(query)
    return {pk for pk, text in corpus.items() if terms and all(term.needle in text for term in terms)}


def test_there_are_enough_queries_and_most_find_something(corpus):
    hits = [scan(corpus, query) for query in QUERIES]
    assert len(QUERIES) >= 60
    assert sum(bool(hit) for hit in hits) >= 60


def test_hits_are_those_of_a_scan(corpus, everything):
    wrong = {query: (scan(corpus, query) ^ found(query, everything)) for query in QUERIES}
    assert {query: pks for query, pks in wrong.items() if pks} == {}


def test_counts_are_those_of_a_scan(corpus, everything):
    wrong = [query for query in QUERIES if everything.search(query).count() != len(scan(corpus, query))]
    assert wrong == []


def test_one_run_of_chinese_is_a_substring(corpus, everything):
    """Every piece of the corpus's own Chinese, cut anywhere, against Python's `in`, without our needles."""
    pages = {page.pk: canonical(page.title) + "\n" + canonical(page.specific.introduction) for page in everything}
    pick = random.Random(11)
    stretches = re.findall(r"[\u4e00-\u9fff]{8,}", NOTICE)
    for length in (1, 2, 3, 4, 5, 7):
        for _ in range(12):
            stretch = pick.choice(stretches)
            start = pick.randrange(len(stretch) - length)
            piece = stretch[start : start + length]
            assert found(piece, everything) == {pk for pk, text in pages.items() if piece in text}, piece


def test_every_village_is_found_by_its_name(corpus, everything):
    for name in village_names()[3:]:
        assert found(name, everything) == scan(corpus, name) != set()


@pytest.mark.parametrize(
    ("typed", "yes", "no"),
    [
        ("图书馆 -文化馆", "图书馆", "文化馆"),
        ("分馆 －2019年", "分馆", "2019年"),
        ('村 -"村民委员会"', "村", "村民委员会"),
    ],
)
def test_negation_takes_away(corpus, everything, typed, yes, no):
    expected = scan(corpus, yes) - scan(corpus, no)
    node = parse(typed).every
    assert {pk for pk, text in corpus.items() if found_in(node, text)} == expected
    query = And([PlainText(yes), Not(PlainText(no))])
    assert found(query, everything) == expected
    assert found(Not(PlainText(no)), everything) == set(corpus) - scan(corpus, no)
    assert found(Or([PlainText("笪家屯"), Not(PlainText(no))]), everything) == scan(corpus, "笪家屯") | (
        set(corpus) - scan(corpus, no)
    )


def test_all_and_nothing(corpus, everything):
    assert found(MATCH_ALL, everything) == set(corpus)
    assert found(Not(MATCH_ALL), everything) == set()
    assert everything.search("!!!").count() == 0
    assert list(everything.search("!!!")) == []


def test_any_instead_of_all(corpus, everything):
    assert found("笪家屯 不存在的词", everything) == set()
    assert found("笪家屯 不存在的词", everything, operator="or") == scan(corpus, "笪家屯") != set()


def test_a_phrase_ends_with_whole_words(everything):
    assert found(Phrase("inter"), everything) == set()
    assert found(Phrase("interlib 系统"), everything) == found("interlib系统", everything) != set()


def test_fields_are_exact(corpus):
    pages = StandardPage.objects.filter(pk__in=list(corpus))
    for query in ["分馆", "总分馆制", "馆", "interlib", "南政办通〔2019〕11号", "白衣村民委员会", "馆制"]:
        needle = split_terms(query)[0].needle
        in_title = {page.pk for page in pages if needle in canonical(page.title)}
        in_text = {page.pk for page in pages if needle in canonical(page.introduction)}
        assert found(query, pages, fields=["title"]) == in_title, query
        assert found(query, pages, fields=["introduction"]) == in_text, query
        assert found(query, pages, fields=["title", "introduction"]) == in_title | in_text, query
        assert found(query, pages, fields=["body"]) == set(), query
    seen = {page.pk: canonical(page.introduction) for page in pages}
    apart = {pk for pk, text in seen.items() if "图书馆" in text and "文化馆" not in text}
    assert found(And([PlainText("图书馆"), Not(PlainText("文化馆"))]), pages, fields=["introduction"]) == apart


def test_a_hit_in_the_title_comes_first(everything):
    titles = [page.title for page in everything.search("总分馆制建设实施方案")]
    assert set(titles[:2]) == {
        "南华县公共图书馆文化馆总分馆制建设实施方案",
        "关于印发南华县公共图书馆文化馆总分馆制建设实施方案的通知",
    }
    assert everything.search("笪家屯")[0].title == "笪家屯社区居民委员会"


def test_results_slice_score_and_order(everything):
    results = everything.search("文化")
    assert [page.pk for page in results[2:5]] == [page.pk for page in results][2:5]
    scored = list(results.annotate_score("worth"))
    assert [page.worth for page in scored] == sorted((page.worth for page in scored), reverse=True)
    by_title = [page.title for page in everything.order_by("title").search("文化", order_by_relevance=False)]
    assert by_title == [page.title for page in everything.order_by("title") if page in set(results)]


def test_facets_count(everything):
    counts = everything.search("文化").facet("content_type_id")
    assert sum(counts.values()) == everything.search("文化").count()


def test_names_are_found_while_typing(corpus, everything):
    hits = {page.title for page in everything.autocomplete("白衣")}
    assert hits == {title for title, _ in texts() if "白衣" in title}


def test_changes_are_found_at_once(corpus, everything):
    page = everything.search("笪家屯")[0].specific
    page.title, page.introduction = "改了名字", "新的内容"
    page.save()
    assert page not in everything.search("笪家屯社区居民委员会文化服务点")
    assert [hit.pk for hit in everything.search("改了名字")] == [page.pk]
    page.delete()
    assert Page.objects.search("改了名字").count() == 0
    backend = get_search_backend()
    backend.get_index_for_model(Page).delete_stale_entries()
    assert found("龙川镇", everything) != set()


def test_rebuilding_finds_the_same(corpus, everything):
    get_search_backend().reset_indexes()
    assert everything.search("文化").count() == 0
    call_command("wagtail_update_index", verbosity=0)
    assert found("文化", everything) == scan(corpus, "文化")


def test_a_long_text_is_found_to_its_end(everything):
    """200,000 characters: past every limit of tsvector, and the same word more than 256 times."""
    pick = random.Random(7)
    common = [chr(code) for code in range(0x4E00, 0x9FA5)]
    words = [f"{pick.choice(common)}{pick.choice(common)}{pick.choice(common)}活动" for _ in range(40_000)]
    text = "".join(words) + "此处是全文之末尾"
    assert len(text) > 200_000
    root = Page.objects.get(depth=2)
    page = root.add_child(instance=StandardPage(title="长文", slug="long", introduction=text))
    decoy = root.add_child(instance=StandardPage(title="短文", slug="short", introduction="全文之。末尾,活动"))
    queryset = Page.objects.filter(pk__in=[page.pk, decoy.pk])
    assert found("全文之末尾", queryset) == {page.pk}
    assert found(text[150_000:150_012], queryset) == {page.pk}
    assert found(text[30_000:30_007], queryset) == {page.pk}
    assert found("活动", queryset) == {page.pk, decoy.pk}
    assert found("末尾", queryset) == {page.pk, decoy.pk}


def test_read_refuses_what_is_no_query():
    class Strange:
        pass

    with pytest.raises(NotImplementedError):
        read(Strange())  # type: ignore[arg-type]
    assert read(PlainText("分馆")) == Every(tuple(split_terms("分馆")))
