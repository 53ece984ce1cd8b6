"""A venue's page shows what is known, marks what is sample data, and stays quiet about the rest."""

import datetime as dt
import json

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.utils.safestring import mark_safe
from wagtail import hooks

from network.models import Closure, DatedHours, Division, Post, Service, UnifiedItem, Venue
from network.services.staff import appointment_suspend

from .conftest import TUESDAY, add_points, appoint, opened

MOST_QUERIES = 27


@pytest.fixture
def now():
    with time_machine.travel(TUESDAY, tick=False):
        yield TUESDAY


def soup_of(client, venue):
    answer = client.get(venue.page.get_url())
    assert answer.status_code == 200
    return BeautifulSoup(answer.content, "html.parser")


def text_of(client, venue):
    return soup_of(client, venue).select_one("main").get_text(" ", strip=True)


def data_of(client, venue):
    return json.loads(soup_of(client, venue).select_one('script[type="application/ld+json"]').string)


def change(venue, **fields):
    Venue.objects.filter(pk=venue.pk).update(**fields)
    venue.refresh_from_db()
    return venue


def test_the_plaque_is_the_heading(point, client):
    headings = soup_of(client, point).select("h1")
    assert [heading.get_text() for heading in headings] == [point.plaque]


def test_a_bare_venue_shows_neither_none_nor_empty_headings(qingshan, client):
    for venue in Venue.objects.all():
        soup = soup_of(client, venue)
        assert "None" not in soup.select_one("main").get_text()
        for heading in soup.select("main :is(h2, h3)"):
            assert heading.get_text(strip=True)
            assert heading.find_next(["p", "ul", "dl", "table", "a"])
        assert not soup.select("main aside, .hours, .contact-head, .offers, .six, .staff")


def test_hours_of_the_week_with_today_marked(point, client, now):
    soup = soup_of(client, point)
    rows = soup.select(".hours tr")
    assert len(rows) == 7
    assert [row["class"] for row in rows if row.get("class")] == [["today"]]
    assert "9:00–12:00" in rows[1].get_text()
    assert rows[1] == soup.select_one(".hours .today")
    assert "36" in text_of(client, point)


@pytest.mark.parametrize(
    ("hour", "tone", "word"),
    [(8, "soon", "9:00"), (10, "open", "12:00"), (13, "soon", "14:00"), (18, "closed", "9:00")],
)
def test_open_now_or_opens_when(point, client, hour, tone, word):
    with time_machine.travel(TUESDAY.replace(hour=hour), tick=False):
        tag = soup_of(client, point).select_one(".hours-head .tag")
    assert tone in tag["class"]
    assert word in tag.get_text()


def test_closures_and_other_hours_are_announced_until_they_are_over(point, client, now):
    today = now.date()
    Closure.objects.create(
        venue=point, first_day=today - dt.timedelta(9), last_day=today - dt.timedelta(8), reason="已过"
    )
    Closure.objects.create(venue=point, first_day=today, last_day=today + dt.timedelta(2), reason="设备检修")
    DatedHours.objects.create(
        venue=point, date=today + dt.timedelta(10), opens=dt.time(9), closes=dt.time(11), reason="年终盘点"
    )
    announced = soup_of(client, point).select_one(".announced").get_text(" ", strip=True)
    assert "设备检修" in announced
    assert "年终盘点" in announced
    assert "9:00–11:00" in announced
    assert "已过" not in announced


def test_a_coming_holiday_is_announced_with_its_hours(point, client):
    with time_machine.travel(dt.datetime(2026, 9, 25, 10, tzinfo=TUESDAY.tzinfo), tick=False):
        announced = soup_of(client, point).select_one(".announced").get_text(" ", strip=True)
    assert "国庆" in announced


@pytest.mark.parametrize("status", ["planned", "preparing", "trial", "suspended", "closed"])
def test_a_notice_for_each_status_but_open(point, client, status):
    change(point, status=status)
    soup = soup_of(client, point)
    assert soup.select_one(".notice")
    assert bool(soup.select_one(".hours")) == (status == "trial")


def test_no_notice_while_simply_open(point, client):
    assert not soup_of(client, point).select(".notice")


def test_contact(point, client):
    change(point, phone="0878-722 1234", address="东门街 1 号", latitude="25.190000", longitude="101.270000")
    soup = soup_of(client, point)
    assert soup.select_one('a[href="tel:08787221234"]')
    assert soup.select_one('a[href="geo:25.190000,101.270000"]')
    assert "东门街 1 号" in text_of(client, point)


def test_facts_from_the_register_are_text_not_markup(point, client):
    change(point, address="<b>街</b>", directions='<script>alert("x")</script>')
    html = client.get(point.page.get_url()).content.decode()
    assert "<b>街" not in html
    assert "<script>alert" not in html


def test_a_township_shows_its_network_and_its_people(centre, client, now):
    Division.objects.filter(pk=centre.division_id).update(population=84955, population_year=2020)
    soup = soup_of(client, centre)
    groups = {heading.contents[0].strip(): heading.small.get_text() for heading in soup.select(".below h3")}
    assert list(groups.values()) == ["1", "2"]
    names = [link.get_text() for link in soup.select(".points a")]
    assert names == ["东门社区", "中村", "钟村"]
    assert "84,955" in text_of(client, centre)


def test_a_head_names_its_branches_by_township(centre, client):
    head = Venue.objects.filter(tier="head").first()
    assert [link.get_text() for link in soup_of(client, head).select(".points a")] == ["青石镇", "云水苗族乡"]


def test_a_point_names_its_branch_and_a_branch_its_heads(point, centre, client):
    assert f'href="{centre.page.get_url()}"' in client.get(point.page.get_url()).content.decode()
    html = client.get(centre.page.get_url()).content.decode()
    for head in Venue.objects.filter(tier="head"):
        assert head.page.get_url() in html


def test_only_published_posts_and_only_who_holds_them_today(point, client, now):
    appoint(point, "现任")
    appoint(point, "卸任", until=dt.date(2026, 11, 23))
    appoint(point, "未到任", since=dt.date(2026, 11, 25))
    hidden = appoint(point, "不公开")
    Post.objects.filter(appointments__person=hidden).update(published=False)
    suspended = appoint(point, "暂离")
    appointment_suspend(appointment=suspended.appointments.get(), by=None, reason="下派")
    text = text_of(client, point)
    assert "现任" in text
    for name in ("卸任", "未到任", "不公开", "暂离"):
        assert name not in text


def test_six_items_count_only_with_evidence(point, client):
    for item, state, evidence in [("signage", "yes", "照片"), ("platform", "partly", "账号"), ("training", "yes", "")]:
        UnifiedItem.objects.filter(venue=point, item=item).update(state=state, evidence=evidence)
    soup = soup_of(client, point)
    assert [item["class"] for item in soup.select(".six li")] == [["yes"], ["partly"], ["no"], ["no"], ["no"], ["no"]]
    assert (
        soup.select_one("svg.score")["aria-label"].startswith("6 项中的 1.5")
        or "1.5" in soup.select_one("svg.score")["aria-label"]
    )


def test_sample_facts_are_marked(point, client):
    assert not soup_of(client, point).select(".sample")
    change(point, has_sample_facts=True)
    assert soup_of(client, point).select(".sample")


def test_services_in_the_language_of_the_visitor(point, client):
    point.services.add(Service.objects.create(slug="rehearsal", name="排练厅", name_en="Rehearsal room"))
    assert "排练厅" in text_of(client, point)
    client.cookies["django_language"] = "en"
    assert "Rehearsal room" in text_of(client, point)


def test_elder_mode_keeps_to_hours_and_contact(point, client):
    UnifiedItem.objects.filter(venue=point).update(state="yes", evidence="照片")
    appoint(point, "现任")
    assert soup_of(client, point).select(".six, .staff")
    client.cookies["mode"] = "elder"
    soup = soup_of(client, point)
    assert not soup.select(".six, .staff, .venue-picture")
    assert soup.select(".hours")


def test_rooms_above_add_panels_in_their_order(point, client):
    def second(venue, request):
        return mark_safe(f'<p class="panel">2 {venue.slug}</p>')

    def nothing(venue, request):
        return None

    def first(venue, request):
        return mark_safe('<p class="panel">1</p>')

    with (
        hooks.register_temporarily("venue_page_panels", second, order=20),
        hooks.register_temporarily("venue_page_panels", nothing),
        hooks.register_temporarily("venue_page_panels", first, order=10),
    ):
        panels = [panel.get_text() for panel in soup_of(client, point).select(".panel")]
    assert panels == ["1", f"2 {point.slug}"]


def test_pages_set_no_cookie(qingshan, client):
    for venue in Venue.objects.all():
        assert not client.get(venue.page.get_url()).cookies


# JSON-LD -------------------------------------------------------------------------------------------
def test_structured_data_of_a_library_line(point, centre, client, now):
    change(point, phone="0878-7221234", address="东门街 1 号")
    Closure.objects.create(venue=point, first_day=now.date(), last_day=now.date(), reason="检修")
    data = data_of(client, point)
    assert data["@type"] == "Library"
    assert data["name"] == point.plaque
    assert data["telephone"] == "0878-7221234"
    assert data["address"]["streetAddress"] == "东门街 1 号"
    assert [one["name"] for one in data["parentOrganization"]] == [centre.plaque]
    assert {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": "https://schema.org/Tuesday",
        "opens": "09:00",
        "closes": "12:00",
    } in data["openingHoursSpecification"]
    assert data["openingHoursSpecification"][-1]["validFrom"] == "2026-11-24"
    assert "geo" not in data


def test_structured_data_of_a_cultural_centre(qingshan, client):
    centre = Venue.objects.get(kind="county_centre")
    assert data_of(client, centre)["@type"] == ["CivicStructure", "Organization"]


def test_sample_facts_are_not_published_as_facts(point, client):
    change(point, phone="0878-7221234", address="东门街 1 号", latitude=25, longitude=101, has_sample_facts=True)
    data = data_of(client, point)
    assert data["name"] == point.plaque
    assert not {"telephone", "address", "geo", "openingHoursSpecification", "email"} & set(data)


def test_an_invented_venue_publishes_no_structured_data(point, client):
    change(point, is_sample=True)
    assert not soup_of(client, point).select('script[type="application/ld+json"]')


def test_a_suspended_venue_publishes_no_hours(point, client):
    change(point, status="suspended")
    assert "openingHoursSpecification" not in data_of(client, point)


def test_a_hostile_name_does_not_end_the_script(point, client):
    change(point, plaque="</script><script>alert(1)</script>")
    assert data_of(client, point)["name"] == "</script><script>alert(1)</script>"


# Figures -------------------------------------------------------------------------------------------
@pytest.mark.parametrize("which", ["head", "branch", "point"])
def test_queries_do_not_grow_with_the_network(point, centre, client, which, django_assert_max_num_queries):
    venue = {"head": Venue.objects.filter(tier="head").first(), "branch": centre, "point": point}[which]
    address = venue.page.get_url()
    opened(other_township(centre))
    appoint(venue, "甲")
    client.get(address)
    counts = []
    for township, more in ((centre, 140 - Venue.objects.count()), (other_township(centre), 1260)):
        add_points(township, more)
        with django_assert_max_num_queries(MOST_QUERIES) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
        appoint(venue, "乙")
    assert Venue.objects.count() == 1400
    assert counts[0] == counts[1]


def other_township(centre):
    return Venue.objects.filter(tier="branch").exclude(pk=centre.pk).get()
