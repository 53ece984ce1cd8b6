"""The public board: what it lists, what it does not show, what it costs; the venue's panel, the front page."""

import datetime as dt

import pytest
import time_machine
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site
from wagtail.test.utils import WagtailPageTestCase

from common.county import County
from common.report import Report
from home.models import HomePage
from network.models import Division
from tests.county import NANHUA
from tests.workflows.milestones.plan import PLAN, make_programme, milestone
from tests.workflows.world import venue
from workflows.milestones.models import Milestone, Programme, ProgrammePage
from workflows.milestones.selectors.public import stages_of_venue
from workflows.milestones.services.plan import plan_make
from workflows.milestones.wagtail_hooks import programme_of_venue, programme_progress

State = Milestone.State
CHARTS = ["/programme/timeline.svg", "/programme/townships.svg"]


def add_page(**more):
    root = Site.objects.select_related("root_page").get().root_page
    return root.add_child(instance=ProgrammePage(title="实施进度", slug="programme", **more))


@pytest.fixture
def page(programme):
    return add_page(introduction="走到了哪一步")


def confirm(row, on, **more):
    Milestone.objects.filter(pk=row.pk).update(state=State.DONE, done_on=on, confirmed_on=on, **more)


def read(client, address="/programme/"):
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# What it shows ----------------------------------------------------------------------------------
def test_everybody_sees_stages_townships_and_the_clauses(client, world, programme, page):
    html = read(client)
    assert html.count("<h1") == 1
    assert html.count("<caption") == html.count("<table") >= 3
    assert html.count("<picture>") == 2
    for text in (programme.name, "推进", "甲镇", "R31"):
        assert text in html


def test_the_pictures_have_sizes_words_and_a_table_beside_them(client, world, page):
    html = read(client)
    for part in html.split("<picture>")[1:]:
        picture, rest = part.split("</picture>")
        assert picture.count("width=") == picture.count("height=") == 2
        assert 'alt="' in picture
        assert 'alt=""' not in picture
        assert "<table" in rest


@time_machine.travel("2026-05-20 12:00+08:00", tick=False)
def test_what_was_confirmed_this_month_is_listed_by_item_and_township(client, world, programme, page):
    for place in [world.branch, *world.points[:2]]:
        confirm(milestone(programme, "survey", place), dt.date(2026, 5, 4))
    confirm(milestone(programme, "measures"), dt.date(2026, 5, 6), back_dated=True)
    confirm(milestone(programme, "summary", world.library), dt.date(2026, 4, 30))
    context = client.get("/programme/").context
    found = [(row.item.code, row.place.key, row.count, row.back_dated) for row in context["finished"]]
    assert found == [("measures", "county", 1, 1), ("survey", world.township.pk, 3, 0)]
    assert context["this_month"]


def test_years_after_the_plan_the_page_says_so_and_when_things_were_really_done(client, world, programme, page):
    with time_machine.travel("2031-05-20 12:00+08:00", tick=False):
        row = milestone(programme, "survey", world.branch)
        Milestone.objects.filter(pk=row.pk).update(
            state=State.DONE, done_on=dt.date(2026, 4, 2), confirmed_on=dt.date(2031, 5, 4), back_dated=True
        )
        first = Milestone.objects.filter(item__stage__number=1)
        first.update(last_day=dt.date(2026, 4, 30), planned_last_day=dt.date(2026, 4, 30))
        moved = milestone(programme, "survey", world.points[0])
        Milestone.objects.filter(pk=moved.pk).update(last_day=dt.date(2026, 6, 30))  # before the whole plan's end
        answer = client.get("/programme/")
    html = answer.content.decode()
    assert "计划时限已于2026年12月31日届满" in html
    assert "补录：截至2026年4月完成" in html
    assert (answer.context["bent"], answer.context["moved"]) == (True, True)
    assert "锯齿线" in html


@time_machine.travel("2026-05-20 12:00+08:00", tick=False)
def test_within_the_plan_s_time_nothing_is_over_and_no_time_is_drawn_shorter(client, world, programme, page):
    html = read(client)
    assert "届满" not in html
    assert "锯齿线" not in html


@time_machine.travel("2026-05-20 12:00+08:00", tick=False)
def test_in_a_month_without_any_the_last_ones_are_shown(client, world, programme, page):
    confirm(milestone(programme, "summary", world.library), dt.date(2026, 3, 30))
    context = client.get("/programme/").context
    assert [row.place.key for row in context["finished"]] == ["heads"]
    assert not context["this_month"]


def test_an_accepted_programme_says_so(client, world, programme, page):
    Programme.objects.update(state=Programme.State.ACCEPTED)
    html = read(client)
    assert "accepted" in html or "已通过上级验收" in html


def test_sample_data_says_so(client, world, programme, page):
    assert 'class="sample"' not in read(client)
    Programme.objects.update(is_sample=True)
    assert 'class="sample"' in read(client)


def test_elder_mode_has_fewer_things(client, world, programme, page):
    client.cookies["mode"] = "elder"
    html = read(client)
    assert html.count("<table") == 2
    assert "elder=1" in html


def test_english_names_the_programme_in_english(client, world, programme, page):
    Programme.objects.update(name_en="Building the network")
    client.cookies["django_language"] = "en"
    html = read(client)
    assert "Building the network" in html
    assert "lang=en" in html


# What it does not show --------------------------------------------------------------------------
@pytest.mark.parametrize("hidden", [{"public": False}, {"state": Programme.State.DRAFT}])
def test_what_is_not_public_is_not_there(client, world, programme, page, hidden):
    Programme.objects.update(**hidden)
    assert client.get("/programme/test/").status_code == 404
    for address in [*CHARTS, "/programme/test/timeline.svg"]:
        assert client.get(address).status_code == 404
    assert programme.name not in read(client)


def test_before_any_programme_the_page_says_what_comes(client, world):
    add_page()
    assert 'class="empty"' in read(client)


def test_an_older_programme_keeps_an_address_and_its_own_pictures(client, world, programme, page):
    make_programme(PLAN, slug="newer", name="第二期")
    assert "第二期" in read(client)
    html = read(client, "/programme/test/")
    assert f"<h1>{programme.name}</h1>" in html
    assert "/programme/test/timeline.svg" in html
    assert client.get("/programme/nothing/").status_code == 404
    assert client.get("/programme/test/nothing.svg").status_code == 404


def test_it_is_the_same_for_everybody_and_sets_no_cookie(client, world, programme, page):
    answer = client.get("/programme/")
    assert not answer.cookies
    assert "unsafe" not in answer["Content-Security-Policy"]
    picture = client.get(CHARTS[0])
    assert not picture.cookies
    assert picture["Cache-Control"].startswith("public")


# The pictures -----------------------------------------------------------------------------------
@pytest.mark.parametrize("address", CHARTS)
def test_a_picture_s_address_says_its_language_and_look(client, world, programme, page, address):
    Programme.objects.get().stages.update(name_en="Stage in English")
    answers = {
        query: client.get(f"{address}?{query}")
        for query in ("", "lang=en", "narrow=1", "elder=1", "lang=xx", "lang=zh-hans")
    }
    assert {answer["Content-Type"] for answer in answers.values()} == {"image/svg+xml"}
    assert answers["lang=xx"]["ETag"] == answers[""]["ETag"] == answers["lang=zh-hans"]["ETag"]
    assert len({answers[query]["ETag"] for query in ("", "narrow=1", "elder=1")}) == 3
    if "timeline" in address:
        assert "Stage in English" in answers["lang=en"].content.decode()


def test_a_picture_changes_its_etag_only_with_what_it_shows(client, world, programme, page):
    first = client.get(CHARTS[1])
    assert client.get(CHARTS[1], HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    confirm(milestone(programme, "signage", world.branch), dt.date(2026, 5, 4))
    assert client.get(CHARTS[1], HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 200


# Cost -------------------------------------------------------------------------------------------
def test_it_asks_as_often_with_many_venues_as_with_few(client, world, programme, page):
    def asked():
        counts = []
        for address in ["/programme/", *CHARTS]:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    confirm(milestone(programme, "signage", world.branch), dt.date(2026, 5, 4))
    asked()
    few = asked()
    for number in range(10, 25):
        place = Division.objects.create(
            code=f"9900010{number}", name=f"{number}村", level="village", slug=f"n{number}", parent=world.township
        )
        venue(f"n{number}", "point", "village_centre", place, parent=world.branch, library=True, culture=True)
    plan_make(programme=programme)
    Milestone.objects.filter(item__code="survey").update(
        state=State.DONE, done_on="2026-05-04", confirmed_on="2026-05-04"
    )
    assert asked() == few


# Elsewhere on the site --------------------------------------------------------------------------
def test_a_venue_s_page_shows_its_part_in_one_question(world, programme, django_assert_num_queries):
    confirm(milestone(programme, "signage", world.branch), dt.date(2026, 5, 4))
    Milestone.objects.filter(pk=milestone(programme, "training", world.branch).pk).update(state=State.VOID)
    older = make_programme(PLAN, slug="hidden", public=False)
    assert older.milestones.exists()
    with django_assert_num_queries(1):
        rows = stages_of_venue(world.branch)
    assert [(row.stage.number, row.done, row.total, row.share) for row in rows] == [(1, 0, 1, 0), (2, 1, 1, 100)]
    request = RequestFactory().get("/")
    assert "1 / 1" in programme_of_venue(world.branch, request)
    request.elder_mode = True
    assert programme_of_venue(world.branch, request) is None


def test_a_venue_without_milestones_has_no_panel(world, programme, django_assert_num_queries):
    programme.milestones.all().delete()
    with django_assert_num_queries(1):
        assert programme_of_venue(world.branch, RequestFactory().get("/")) is None


def test_the_front_page_shows_the_newest_public_programme(client, world, programme):
    home = HomePage.objects.get()
    home.body = [("slot", {"slot": "programme_progress"})]
    home.save()
    assert "/programme/" in read(client, "/")
    Programme.objects.update(public=False)
    assert "/programme/" not in read(client, "/")
    assert programme_progress(RequestFactory().get("/")) is None


def test_the_page_is_in_the_sitemap_and_found_by_its_title(client, world, page):
    assert "/programme/</loc>" in client.get("/sitemap.xml").content.decode()
    assert "/programme/" in read(client, "/search/?q=实施进度")


def test_loading_the_county_makes_the_page_once(db):
    from network import loading as network_loading
    from workflows.milestones import loading

    county, report = County(NANHUA), Report()
    network_loading.load(county, report)
    loading.load(county, report)
    page = ProgrammePage.objects.get()
    assert (page.url, page.show_in_menus) == ("/programme/", True)
    page.introduction = "编辑改过"
    page.save()
    loading.load(county, report)
    assert ProgrammePage.objects.get().introduction == "编辑改过"


class ProgrammePageTests(WagtailPageTestCase):
    def test_only_one_below_the_front_page(self):
        self.assertCanCreateAt(HomePage, ProgrammePage)
        page = add_page()
        self.assertPageIsRoutable(page)
        self.assertPageIsRenderable(page)
        self.assertAllowedSubpageTypes(ProgrammePage, [])
