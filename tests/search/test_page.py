"""The results page: what it shows, to whom, and that nothing typed breaks it. Runs on both databases."""

import datetime
from urllib.parse import parse_qs

import pytest
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from wagtail.models import Page, PageViewRestriction, Site

from common.pinyin import pinyin_keys
from network.models import Service, Venue
from pages.core.models import StandardPage
from search.models import MissedSearch
from search.services import MOST_A_DAY, missed_search_forget
from tests.pages.disclosure.conftest import make_document, office, organ  # noqa: F401
from tests.pages.venues.conftest import front_page, qingshan  # noqa: F401

from .conftest import make_pages

URL = "/search/"


@pytest.fixture
def root(db):
    Site.clear_site_root_paths_cache()
    return Site.objects.get(is_default_site=True).root_page


def add(parent, title, introduction="", **fields):
    slug = f"s{Page.objects.count()}"
    return parent.add_child(instance=StandardPage(title=title, slug=slug, introduction=introduction, **fields))


def search(client, q, **parameters):
    response = client.get(URL, {"q": q, **parameters})
    assert response.status_code == 200
    return response


def titles(response):
    return ["".join(part.text for part in hit.title) for hit in response.context.get("hits", [])]


def suggested(client, q):
    response = client.get(reverse("search_suggestions"), {"q": q}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return titles(response)


def test_a_hit_has_its_title_passage_and_address(client, root):
    page = add(root, "关于本站", "本站介绍<b>总分馆</b>制。")
    html = search(client, "总分馆").content.decode()
    assert f'href="{page.url}"' in html or f'href="{page.get_url()}"' in html
    assert "本站介绍&lt;b&gt;<mark>总分馆</mark>&lt;/b&gt;制。" in html
    assert "noindex" in html


def test_an_anonymous_answer_sets_no_cookie(client, root):
    assert not search(client, "什么").cookies
    assert not client.get(reverse("search_suggestions"), {"q": "什么"}).cookies


def test_tabs_count_each_kind(client, root, qingshan, make_document):  # noqa: F811
    add(root, "青山的页面")
    make_document(title="青山的文件")
    make_document(title="青山的草稿", live=False)
    response = search(client, "青山")
    counts = {parse_qs(tab.url[1:]).get("kind", ["all"])[0]: tab.label.split()[-1] for tab in response.context["tabs"]}
    counts = {kind: int(count) for kind, count in counts.items()}
    assert counts["documents"] == counts["pages"] == 1
    assert counts["venues"] > 3
    assert counts["all"] * 2 == sum(counts.values())
    assert titles(search(client, "青山", kind="documents")) == ["青山的文件"]
    assert titles(search(client, "青山", kind="无此类")) == titles(response)


def test_several_words_mean_all_and_else_any_which_is_said(client, root):
    add(root, "图书馆开放时间")
    add(root, "文化馆")
    assert titles(search(client, "图书馆 开放")) == ["图书馆开放时间"]
    response = search(client, "图书馆 文化馆")
    assert set(titles(response)) == {"图书馆开放时间", "文化馆"}
    assert "没有内容同时包含" in response.content.decode()


def test_newest_first_and_days(client, organ, make_document):  # noqa: F811
    for year in (2021, 2023, 2022):
        make_document(title=f"通知{year}", published_on=datetime.date(year, 5, 1))
    assert titles(search(client, "通知", kind="documents", order="newest")) == ["通知2023", "通知2022", "通知2021"]
    assert titles(search(client, "通知", kind="documents", since="2022-05-01", until="2022-12-31")) == ["通知2022"]
    assert search(client, "通知", kind="documents", since="2022-05-01").context["total"] == 2
    backwards = search(client, "通知", kind="documents", since="2023-01-01", until="2022-01-01")
    assert backwards.context["form"].errors["until"]
    assert len(titles(backwards)) == 3
    assert len(titles(search(client, "通知", kind="documents", since="昨天"))) == 3


def test_pages_of_results(client, root):
    make_pages([StandardPage(title=f"翻页{number}") for number in range(45)])
    first, last = search(client, "翻页"), search(client, "翻页", page=3)
    assert (len(titles(first)), len(titles(last))) == (20, 5)
    assert not set(titles(first)) & set(titles(last))
    assert titles(search(client, "翻页", page="999")) == titles(last)
    assert titles(search(client, "翻页", page="x")) == titles(first)


@pytest.mark.parametrize("words", ["隐私", "隐 私"])
def test_what_is_not_public_never_shows(client, root, words):
    open_page = add(root, "隐私政策 隐 私")
    add(root, "隐私草稿 隐 私", live=False)
    locked = add(root, "隐私内部 隐 私")
    below = add(locked, "隐私内部之下 隐 私")
    PageViewRestriction.objects.create(page=locked, restriction_type=PageViewRestriction.LOGIN)
    response = search(client, words)
    assert titles(response) == [open_page.title]
    assert response.context["tabs"][0].label == "全部 1"
    assert suggested(client, words) == [open_page.title]
    assert titles(search(client, "隐私内部之下")) == []
    assert [hit.title[0].text for hit in search(client, "隐私内部之下的").context["nearest"]] != [below.title]
    assert search(client, "隐私内部之不").context["closest"] in ("", "隐私")


def test_publishing_moving_restricting_and_deleting_count_at_once(client, root):
    page = add(root, "活动报名须知", live=False)
    assert titles(search(client, "报名须知")) == []
    page.save_revision().publish()
    assert titles(search(client, "报名须知")) == ["活动报名须知"]
    page.refresh_from_db()
    page.introduction = "请提前三天预约。"
    page.save_revision()
    assert titles(search(client, "提前三天")) == []  # a draft
    page.get_latest_revision().publish()
    assert titles(search(client, "提前三天")) == ["活动报名须知"]
    section = add(root, "栏目")
    Page.objects.get(pk=page.pk).move(section, pos="last-child")
    assert f"/{section.slug}/" in search(client, "报名须知").content.decode()
    restriction = PageViewRestriction.objects.create(page=section, restriction_type=PageViewRestriction.GROUPS)
    assert titles(search(client, "报名须知")) == []
    restriction.delete()
    assert titles(search(client, "报名须知")) == ["活动报名须知"]
    Page.objects.get(pk=section.pk).specific.unpublish()
    assert titles(search(client, "栏目")) == []
    Page.objects.get(pk=page.pk).delete()
    assert titles(search(client, "报名须知")) == []


def test_a_venue_is_found_by_its_facts_and_by_pinyin(client, qingshan):  # noqa: F811
    venue = Venue.objects.filter(tier="branch").select_related("division").first()
    title = venue.page.title
    assert title in titles(search(client, venue.plaque))
    assert title in titles(search(client, venue.division.short_name))
    assert titles(search(client, "滨河路八号")) == []
    venue.address = "滨河路八号"
    venue.save()
    assert titles(search(client, "滨河路八号")) == [title]
    venue.services.add(Service.objects.create(slug="zixi", name="通宵自习室"))
    assert titles(search(client, "通宵自习")) == [title]
    spoken, initials = pinyin_keys(venue.division.short_name).split()[:2]
    assert title in suggested(client, spoken[:-1])
    assert title in suggested(client, initials)
    assert title in titles(search(client, spoken))


@pytest.mark.parametrize("pages", [3, 30])
def test_the_number_of_queries_is_constant(client, root, pages, django_assert_max_num_queries):
    make_pages([StandardPage(title=f"查询{number}", introduction="内容") for number in range(pages)])
    search(client, "查询")
    with django_assert_max_num_queries(16):
        search(client, "查询")
    with django_assert_max_num_queries(10):
        suggested(client, "查询")


def test_what_was_meant(client, root):
    add(root, "南华县公共图书馆总分馆制建设实施方案")
    response = search(client, "南华县公共图书管总分馆制建设实施方安")
    assert ["".join(p.text for p in hit.title) for hit in response.context["nearest"]] == [
        "南华县公共图书馆总分馆制建设实施方案"
    ]
    add(root, "别的题目", "每周三有文化活动讲座。")
    assert search(client, "文化活动讲坐").context["closest"] == "文化活动讲"


def test_nothing_to_look_for_is_a_short_message(client, root):
    for text in ["", "   ", "***", "😀", "-分馆", "\0"]:
        response = search(client, text)
        assert "怎样搜索" in response.content.decode()
    assert "排除" in search(client, "-分馆").content.decode()


@pytest.mark.parametrize("path", [URL, "/search/suggestions/"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    q=st.one_of(
        st.text(),
        st.lists(
            st.sampled_from(
                [
                    *[
                        '"',
                        "*",
                        "-",
                        "%",
                        "😀",
                        "NEAR(",
                        "OR",
                        "AND",
                        "NOT",
                        'a"b',
                        "col:",
                        "title:",
                        "(",
                        "〔",
                        "'",
                        "\\",
                        "{",
                        "}",
                        "^",
                        "+",
                        ":",
                        ";",
                        "--",
                        "/*",
                        "分馆",
                        "馆",
                        "2019",
                    ],
                    *(" ", "\0", "\ue000", "\x02"),
                ]
            )
        ).map("".join),
    )
)
def test_nothing_typed_breaks_it(client, root, path, q):
    assert client.get(path, {"q": q, "kind": q, "page": q, "since": q, "order": q}).status_code == 200
    assert client.get(path, {"q": f"{q}分馆 2019", "kind": "documents"}).status_code == 200


@pytest.mark.parametrize("q", ["长" * 10_000, "a " * 5_000, "“" * 10_000, "-" * 10_000, "x" * 10_000])
def test_ten_thousand_characters(client, root, q):
    response = search(client, q)
    assert "只搜索了前 200 个字" in response.content.decode()


def test_searches_in_vain_are_counted(client, root):
    add(root, "有的内容")
    for text in ["没有这个词", "沒有這個詞", "有的内容", "没有这个词"]:
        search(client, text)
    assert list(MissedSearch.objects.values_list("text", "times")) == [("没有这个词", 3)]


@pytest.mark.parametrize("text", ["13987654321", "0878-7221234 电话", "532324199001011234", "zhang@example.org", "***"])
def test_what_may_name_a_person_is_not_kept(client, root, text):
    search(client, text)
    assert not MissedSearch.objects.exists()


def test_counts_are_bounded_and_forgotten(client, root):
    today = datetime.date(2026, 11, 22)
    MissedSearch.objects.bulk_create(MissedSearch(day=today, text=f"词{number}") for number in range(3))
    MissedSearch.objects.create(day=datetime.date(2025, 1, 1), text="旧")
    assert missed_search_forget(today=today) == 1
    assert MissedSearch.objects.count() == 3
    assert MOST_A_DAY > 3


def test_only_answers_to_reading(client, root):
    assert client.post(URL, {"q": "分馆"}).status_code == 405


def test_suggestions_without_javascript_are_a_page(client, root):
    add(root, "建议一下")
    html = client.get("/search/suggestions/", {"q": "建议"}).content.decode()
    assert "<html" in html
    assert "<mark>建议</mark>一下" in html
