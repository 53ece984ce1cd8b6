"""The calendar as readers see it: months, weeks, days, the agenda, filters, and the same by htmx."""

from datetime import date, time

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Site

from network.models import Venue
from pages.events.models import Audience, EventChange, EventIndexPage, EventPage, Occurrence
from pages.venues.models import VenuePage

pytestmark = pytest.mark.django_db
Change = EventChange.Change
MOST_QUERIES = 15


@pytest.fixture
def calendar(branch_page):
    """The calendar's page at /events/."""
    return Site.objects.get().root_page.add_child(instance=EventIndexPage(title="活动", slug="events"))


@pytest.fixture
def dance(make_event, calendar):
    """The dance class, one date moved and one cancelled."""
    return make_event(
        changes=[
            EventChange(day=date(2026, 11, 28), change=Change.CANCELLED, reason="老师请假"),
            EventChange(day=date(2026, 12, 5), change=Change.MOVED, new_day=date(2026, 12, 6), reason="场地让路"),
        ]
    )


def html(client, address, status=200, **headers):
    response = client.get(address, headers=headers)
    assert response.status_code == status
    return response.content.decode()


def cell(text, day):
    """What a sheet shows on `day`."""
    start = text.index(f'datetime="{day}"')
    end = text.find('<time datetime="20', start + 1)
    return text[start : end if end > 0 else len(text)]


def test_the_month_shows_every_date_and_says_what_became_of_it(client, dance):
    november = html(client, "/events/")
    assert "左脚舞公益课" in cell(november, "2026-11-24")
    assert "已取消" in cell(november, "2026-11-28")
    assert "左脚舞公益课" not in cell(november, "2026-11-26")
    december = html(client, "/events/2026/12/")
    assert "左脚舞公益课" not in cell(december, "2026-12-05")
    assert "已改期" in cell(december, "2026-12-06")


def test_a_township_leads_to_the_head_institutions_and_they_can_be_chosen(client, dance, branch_page):
    library = Venue.objects.get(kind=Venue.Kind.COUNTY_LIBRARY)
    page = branch_page.get_parent().add_child(instance=VenuePage(title="总馆", slug="library", venue=library))
    show = page.add_child(instance=EventPage(
        title="全县汇演", kind=dance.kind, introduction="x",
        first_day=date(2026, 11, 27), starts=time(19), ends=time(21),
    ))  # fmt: skip
    show.save_revision().publish()
    heads, township = library.division.slug, dance.venue.division.slug
    ours = html(client, f"/events/?township={township}&free=on")
    assert show.title not in ours
    assert f"/events/2026/11/?township={heads}&amp;free=on" in ours
    theirs = html(client, f"/events/?township={heads}")
    assert show.title in theirs
    assert dance.title not in theirs
    assert "总馆也有活动" not in theirs
    feed = client.get(f"/events/{heads}/feed.ics").content.decode()
    assert (show.title in feed, dance.title in feed) == (True, False)


def test_an_exhibition_stands_on_all_its_days(client, calendar, make_event):
    make_event(
        title="地方文献展", all_day=True, starts=None, ends=None, repeat="",
        first_day=date(2026, 11, 20), last_day=date(2026, 12, 2),
    )  # fmt: skip
    week = html(client, "/events/week/2026-11-25/")
    assert week.count("地方文献展") == 7
    assert "地方文献展" in html(client, "/events/2026/12/02/")
    assert "地方文献展" not in html(client, "/events/2026/12/03/")


def test_read_down_a_phone_an_exhibition_is_named_on_its_first_day_and_today(client, calendar, make_event):
    make_event(
        title="地方文献展", all_day=True, starts=None, ends=None, repeat="",
        first_day=date(2026, 11, 20), last_day=date(2026, 12, 3),
    )  # fmt: skip
    month = BeautifulSoup(html(client, "/events/2026/11/"), "html.parser")
    days = month.select(".month-day:not(.nothing, .outside)")
    named = [day for day in days if day.select(".entries li:not(.goes-on)")]
    assert [day.select_one("time")["datetime"] for day in named] == ["2026-11-20", "2026-11-23"]
    assert "11月20日 – 12月3日" in named[0].text
    assert len(month.select(".only-goes-on:not(.outside)")) == 9
    following = BeautifulSoup(html(client, "/events/2026/12/"), "html.parser")
    (first,) = [day for day in following.select(".month-day:not(.outside)") if day.select(".entries li:not(.goes-on)")]
    assert first.select_one("time")["datetime"] == "2026-12-01"


def test_the_agenda_has_everything_from_a_day_on_once(client, dance):
    assert html(client, "/events/agenda/").count("左脚舞公益课") == 6
    assert html(client, "/events/agenda/?from=2026-12-07").count("左脚舞公益课") == 2
    assert html(client, "/events/agenda/?from=yesterday").count("左脚舞公益课") == 6


def test_this_weekend(client, dance, make_event):
    make_event(title="周日读书会", repeat="", first_day=date(2026, 11, 29), starts=time(10), ends=time(11))
    weekend = html(client, "/events/weekend/")
    assert "左脚舞公益课" in weekend
    assert "周日读书会" in weekend
    assert "周日读书会" not in html(client, "/events/2026/11/28/")


@pytest.mark.parametrize(
    "address",
    ["2026/13/", "2026/2/30/", "1999/1/", "99999/1/", "week/2026-02-30/", "week/20261123/", "week/soon/"],
)
def test_a_date_that_does_not_exist_is_not_found(client, calendar, address):
    html(client, f"/events/{address}", 404)


@pytest.mark.parametrize(
    ("address", "previous", "following"),
    [
        ("2015/01/", None, "2015/02/"),
        ("2100/12/", "2100/11/", None),
        ("2015/01/01/", None, "2015/01/02/"),
        ("2100/12/31/", "2100/12/30/", None),
        ("week/2015-01-01/", None, "week/2015-01-05/"),
        ("week/2015-01-05/", "week/2015-01-01/", "week/2015-01-12/"),
        ("week/2100-12-31/", "week/2100-12-20/", None),
        ("agenda/?from=2015-01-05", None, None),
    ],
)
def test_no_step_leads_beyond_the_calendar(client, calendar, address, previous, following):
    soup = BeautifulSoup(html(client, f"/events/{address}"), "html.parser")
    for way, expected in (("prev", previous), ("next", following)):
        link = soup.select_one(f"a[rel={way}]")
        assert (link and link["href"]) == (expected and f"/events/{expected}")
    for link in soup.select("#calendar a[href^='/events/']"):
        html(client, link["href"])


def test_filters(client, dance, make_event, kind):
    children = Audience.objects.create(slug="children", name="少年儿童")
    make_event(title="故事会", line="library", repeat="", takes_registrations=True, capacity=1, audiences=[children])
    Occurrence.objects.filter(event__title="故事会").update(taken=1)
    dance.refresh_from_db()
    township = dance.venue.division.slug

    def titles(query):
        text = html(client, f"/events/agenda/?{query}")
        return {title for title in ("左脚舞公益课", "故事会") if title in text}

    both = {"左脚舞公益课", "故事会"}
    assert titles("") == titles(f"kind={kind.slug}") == titles(f"venue={dance.venue_id}") == both
    assert titles(f"township={township}") == both
    assert titles("audience=children") == titles("line=library&audience=children") == {"故事会"}
    assert titles("line=culture") == {"左脚舞公益课"}
    assert titles("free=on") == {"左脚舞公益课"}
    assert titles("kind=nothing&township=nowhere&venue=x") == both


def test_filters_stay_while_one_moves_through_time(client, dance, kind):
    text = html(client, f"/events/2026/11/?kind={kind.slug}")
    assert f'href="/events/2026/12/?kind={kind.slug}"' in text
    assert f'href="/events/feed.ics?kind={kind.slug}"' in text


def test_htmx_gets_the_sheet_alone(client, dance):
    part = html(client, "/events/2026/12/", **{"HX-Request": "true"})
    assert "<html" not in part
    assert "左脚舞公益课" in part
    assert client.get("/events/2026/12/").headers["Vary"].count("HX-Request") == 1


def test_elder_mode_begins_with_the_agenda(client, dance):
    client.cookies["mode"] = "elder"
    text = html(client, "/events/")
    assert "month-days" not in text
    assert "左脚舞公益课" in text
    assert 'name="kind"' not in text


def test_an_empty_month_says_what_to_do(client, calendar):
    assert 'class="empty"' in html(client, "/events/2026/7/")
    assert 'href="/events/2026/07/"' in html(client, "/events/2026/7/?line=library")


def test_what_is_not_published_is_nowhere(client, dance):
    dance.unpublish()
    assert "左脚舞公益课" not in html(client, "/events/agenda/")


@pytest.mark.parametrize("address", ["2026/11/", "week/2026-11-23/", "agenda/", "weekend/", "2026/11/24/"])
def test_queries_stay_the_same(client, calendar, make_event, address):
    event = make_event()
    counts = []
    for number in (1, 60):
        copies(event, number)
        html(client, f"/events/{address}")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            html(client, f"/events/{address}")
        counts.append(len(queries))
    assert counts[0] == counts[1] <= MOST_QUERIES


def copies(event, number):
    """`number` more dates in the week of the dance class, under keys of long ago."""
    start = event.occurrences.first()
    taken = Occurrence.objects.count()
    Occurrence.objects.bulk_create(
        Occurrence(
            event=event, venue=event.venue, key=date.fromordinal(700_000 + taken + i),
            starts_at=start.starts_at, ends_at=start.ends_at,
        )
        for i in range(number)
    )  # fmt: skip


@pytest.mark.parametrize("address", ["2026/11/", "agenda/"])
def test_sample_events_are_marked(client, dance, address):
    assert 'class="sample"' not in html(client, f"/events/{address}")
    EventPage.objects.update(is_sample=True)
    assert 'class="sample"' in html(client, f"/events/{address}")
