import datetime as dt

import pytest
from wagtail.models import Page, Site

from accounts.models import User
from home.models import HomePage
from network.models import Division, Post, Venue, WeeklyHours
from network.services.staff import appointment_create
from pages.venues.models import VenuePage
from pages.venues.services import venue_pages_sync
from tests.county import NANHUA, load_network

TUESDAY = dt.datetime(2026, 11, 24, 10, 0, tzinfo=dt.timezone(dt.timedelta(hours=8)))


@pytest.fixture
def front_page(db):
    """The site's front page, with a fresh memory of where the site begins."""
    Site.clear_site_root_paths_cache()
    yield HomePage.objects.get()
    Site.clear_site_root_paths_cache()


@pytest.fixture
def qingshan(front_page):
    """The invented county with the pages of its venues: two townships, five points."""
    load_network()
    venue_pages_sync()


@pytest.fixture
def nanhua(front_page):
    """The real county with the pages of its 140 venues."""
    load_network(NANHUA)
    venue_pages_sync()


@pytest.fixture
def centre(qingshan):
    """A township's centre, in service, open 9–12 and 14–17 from Tuesday to Sunday."""
    venue = Venue.objects.filter(tier="branch").first()
    return opened(venue)


@pytest.fixture
def point(centre):
    """A village's point below `centre`, in service at the same hours."""
    return opened(centre.points.order_by("pk").last())


@pytest.fixture
def editor(point):
    """Somebody who holds a post at `point`."""
    return appoint(point, "白衣编辑")


def opened(venue):
    Venue.objects.filter(pk=venue.pk).update(status="open")
    give_hours([venue])
    venue.refresh_from_db()
    return venue


def give_hours(venues):
    spans = [(dt.time(9), dt.time(12)), (dt.time(14), dt.time(17))]
    WeeklyHours.objects.bulk_create(
        WeeklyHours(venue=venue, day=day, opens=opens, closes=closes)
        for venue in venues
        for day in range(1, 7)
        for opens, closes in spans
    )


def appoint(venue, name, **terms):
    """A new person with a post at `venue`."""
    person = User.objects.create(name=name)
    post = Post.objects.create(venue=venue, title=Post.Title.POINT_STAFF, full_time=False)
    appointment_create(post=post, person=person, since=terms.pop("since", dt.date(2026, 1, 1)), by=None, **terms)
    return person


def add_points(centre, number):
    """`number` more villages below a township, each with an open point and its page: quick, for counting queries."""
    township, parent_page = centre.division, centre.page
    last = len(Page.objects.child_of(parent_page))
    villages = Division.objects.bulk_create(
        Division(
            code=f"7{township.code[-3:]}{i:06}",  # twelve digits at most: PostgreSQL minds
            name=f"新{i}村民委员会",
            level="village",
            parent=township,
            slug=f"xin{i}",
        )
        for i in range(number)
    )
    venues = Venue.objects.bulk_create(
        Venue(
            name=f"新{i}村文化室",
            plaque=f"{township.name}新{i}村书香驿站",
            slug=village.slug,
            tier="point",
            kind="village_centre",
            library=True,
            culture=True,
            division=village,
            parent=centre,
            status="open",
        )
        for i, village in enumerate(villages)
    )
    give_hours(venues)
    template = VenuePage.objects.get(pk=parent_page.pk)
    pages = Page.objects.bulk_create(
        Page(
            path=Page._get_path(parent_page.path, parent_page.depth + 1, last + 1 + i),
            depth=parent_page.depth + 1,
            title=venue.plaque,
            draft_title=venue.plaque,
            slug=venue.slug,
            url_path=f"{parent_page.url_path}{venue.slug}/",
            content_type_id=template.content_type_id,
            locale_id=template.locale_id,
        )
        for i, venue in enumerate(venues)
    )
    rows = [VenuePage(page_ptr_id=page.pk, venue=venue) for page, venue in zip(pages, venues, strict=True)]
    VenuePage._base_manager._insert(rows, fields=VenuePage._meta.local_concrete_fields, using="default")
    Page.objects.filter(pk=parent_page.pk).update(numchild=last + number)
    return venues
