import datetime as dt

import pytest
from wagtail.models import Site

from accounts.models import User
from common.report import Report
from network.models import Appointment, Post, Venue
from pages.core import loading as core_loading
from pages.news import loading
from pages.news.models import NewsPage
from pages.venues.services import editor_groups_update, venue_pages_sync
from tests.county import load_network


@pytest.fixture
def site(db):
    """The invented county with its venues' pages, the list of news and the approval by the heads."""
    county = load_network()
    core_loading.load(county, Report())
    venue_pages_sync()
    loading.load(county, Report())
    return Site.objects.get()


@pytest.fixture
def branch(site):
    return Venue.objects.filter(tier="branch").first()


def appoint(venue, name):
    """Somebody with an account who holds a post at `venue` from today."""
    person = User.objects.create_user(username=name, name=name, email=f"{name}@example.org", password="x")
    post = Post.objects.filter(venue=venue).first() or Post.objects.create(venue=venue, title="branch_staff")
    Appointment.objects.create(post=post, person=person, since=dt.date(2020, 1, 1))
    editor_groups_update(people=[person])
    return person


@pytest.fixture
def editor(branch):
    return appoint(branch, "editor")


@pytest.fixture
def head(site):
    return appoint(Venue.objects.get(kind="county_library"), "head")


@pytest.fixture
def make_news(site, branch):
    """A function that puts a piece below a venue's page; published unless told otherwise."""

    def make(title="书车进村", venue=branch, live=True, **fields):
        page = NewsPage(title=title, introduction="一句话。", body=[("paragraph", "<p>正文</p>")], live=live, **fields)
        venue.page.add_child(instance=page)
        if live:
            page.save_revision().publish()
        return page

    return make
