"""Every venue has its page, in the right place, with an address that lives on."""

import pytest
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Site

from home.models import HomePage
from network.models import Division, Venue
from network.services.venues import venue_create, venue_delete, venue_update
from network.signals import venue_changed, venue_created
from pages.core.models import StandardPage
from pages.venues.models import EditorGroup, VenueIndexPage, VenuePage
from pages.venues.services import venue_index_ensure, venue_pages_sync


def change(venue, **fields):
    """Change a venue past the register's rules of plaques and townships, and announce it as its services do."""
    for name, value in fields.items():
        setattr(venue, name, value)
    venue.save()
    venue_changed.send(sender=Venue, venue=venue, changes={}, by=None)


def path_of(venue):
    return VenuePage.objects.get(venue=venue).get_url()


def test_the_real_county_has_140_pages_at_their_addresses(nanhua, client):
    assert VenuePage.objects.live().count() == 140
    for plaque, url in {
        "南华县图书馆和文化馆龙川镇分馆": "/venues/longchuan/",
        "南华县龙川镇白衣村文化服务点": "/venues/longchuan/baiyi/",
    }.items():
        page = VenuePage.objects.get(title=plaque)
        assert page.get_url() == url
        assert plaque in client.get(url).content.decode()
    assert Page.find_problems() == ([], [], [], [], [])


def test_points_lie_below_their_township(qingshan):
    for page in VenuePage.objects.select_related("venue__parent__page"):
        expected = page.venue.parent.page.pk if page.venue.parent else VenueIndexPage.objects.get().pk
        assert page.get_parent().pk == expected


def test_a_second_sync_changes_nothing(qingshan, django_assert_max_num_queries):
    before = list(VenuePage.objects.values_list("pk", "path", "slug", "title").order_by("pk"))
    with django_assert_max_num_queries(25):
        synced = venue_pages_sync()
    assert (synced.created, synced.moved, synced.renamed) == (0, 0, 0)
    assert list(VenuePage.objects.values_list("pk", "path", "slug", "title").order_by("pk")) == before


def test_a_new_plaque_renames_the_page(point):
    change(point, plaque="青山县新牌子文化服务点")
    page = VenuePage.objects.get(venue=point)
    assert (page.title, page.draft_title) == ("青山县新牌子文化服务点", "青山县新牌子文化服务点")


def test_an_old_address_leads_to_the_new_one(point, client, django_capture_on_commit_callbacks):
    old = path_of(point)
    with django_capture_on_commit_callbacks(execute=True):
        venue_update(venue=point, changes={"slug": "renamed"}, by=None)
    assert path_of(point).endswith("/renamed/")
    response = client.get(old)
    assert response.status_code == 301
    assert response["Location"].endswith(path_of(point))


def test_a_renamed_centre_takes_its_points_along(centre, point, client, django_capture_on_commit_callbacks):
    old = path_of(point)
    with django_capture_on_commit_callbacks(execute=True):
        venue_update(venue=centre, changes={"slug": "new-centre"}, by=None)
    assert path_of(point) == f"/venues/new-centre/{point.slug}/"
    assert client.get(old)["Location"].endswith(path_of(point))


def test_a_point_that_changes_its_branch_moves(centre, point, client, django_capture_on_commit_callbacks):
    other = Venue.objects.filter(tier="branch").exclude(pk=centre.pk).get()
    old = path_of(point)
    with django_capture_on_commit_callbacks(execute=True):
        change(point, parent=other)
    assert path_of(point) == f"/venues/{other.slug}/{point.slug}/"
    assert client.get(old)["Location"].endswith(path_of(point))
    assert Page.find_problems() == ([], [], [], [], [])


def test_two_venues_of_one_name_get_two_addresses(centre, point):
    village = (
        Division.objects.filter(parent=centre.division, venues__isnull=False).exclude(pk=point.division_id).first()
    )
    school = Venue.objects.create(
        name="小学图书馆",
        plaque="小学分馆",
        slug=point.slug,
        tier="branch",
        kind="school",
        library=True,
        division=village,
    )
    venue_created.send(sender=Venue, venue=school, by=None)
    assert path_of(school) == f"/venues/{centre.slug}/{point.slug}-2/"
    assert venue_pages_sync().renamed == 0


def test_a_point_of_a_school_branch_lies_below_the_township(centre, point):
    school = Venue.objects.create(
        name="小学",
        plaque="小学分馆",
        slug="xiaoxue",
        tier="branch",
        kind="school",
        library=True,
        division=point.division,
    )
    change(point, parent=school)
    assert path_of(point) == f"/venues/{centre.slug}/{point.slug}/"


def test_a_branch_of_the_county_lies_below_the_directory(qingshan):
    county = Division.objects.get(level="county")
    branch = Venue.objects.create(
        name="企业书屋", plaque="企业分馆", slug="qiye", tier="branch", kind="enterprise", culture=True, division=county
    )
    venue_created.send(sender=Venue, venue=branch, by=None)
    assert path_of(branch) == "/venues/qiye/"


def test_nothing_happens_before_there_is_a_directory(front_page):
    division = Division.objects.create(code="99", name="县", level="county", slug="xian")
    head = Venue.objects.create(
        name="馆", plaque="总馆", slug="guan", tier="head", kind="county_library", library=True, division=division
    )
    venue_created.send(sender=Venue, venue=head, by=None)
    assert not VenuePage.objects.exists()


def test_the_directory_moves_below_a_new_front_page(qingshan, front_page):
    other = Page.objects.get(depth=1).add_child(instance=HomePage(title="新首页", slug="other-home"))
    Site.objects.update(root_page=other)
    Site.clear_site_root_paths_cache()
    assert venue_index_ensure().get_parent().pk == other.pk
    assert VenueIndexPage.objects.count() == 1


def test_an_old_draft_does_not_bring_back_the_old_name(point, django_capture_on_commit_callbacks):
    page = VenuePage.objects.get(venue=point)
    page.introduction = "草稿"
    revision = page.save_revision()
    change(point, plaque="青山县改名文化服务点", slug="gaiming")
    revision.refresh_from_db()
    revision.publish()
    page = VenuePage.objects.get(venue=point)
    assert (page.title, page.slug, page.introduction) == ("青山县改名文化服务点", "gaiming", "草稿")
    assert page.url_path.endswith("/gaiming/")


def test_a_closed_venue_keeps_its_page_with_a_notice(point, client):
    Venue.objects.filter(pk=point.pk).update(status="closed")
    response = client.get(path_of(point))
    assert response.status_code == 200
    assert gettext("This venue has closed for good. This page stays as a record.") in response.content.decode()


def test_no_redirect_is_made_when_nothing_moves(qingshan):
    venue_pages_sync()
    assert not Redirect.objects.exists()


def beginners(branch):
    """A venue that was added by mistake."""
    return venue_create(
        name="青石小学图书室",
        tier="point",
        kind="school",
        library=True,
        division=branch.division,
        parent=branch,
        by=None,
    )


def test_a_venue_added_by_mistake_goes_with_its_page_and_editors(centre):
    before = Group.objects.count()
    mistake = beginners(centre)
    group, page = mistake.editor_group.group, mistake.page
    venue_delete(venue=mistake, by=None)
    assert not VenuePage.objects.filter(pk=page.pk).exists()
    assert not Group.objects.filter(pk=group.pk).exists()
    assert Group.objects.count() == before
    assert Page.find_problems() == ([], [], [], [], [])


def test_a_venue_stays_while_pages_lie_below_its_own(centre):
    mistake = beginners(centre)
    mistake.page.add_child(instance=StandardPage(title="说明"))
    with pytest.raises(ValidationError, match=gettext("Pages lie below this venue's page: move or delete them first.")):
        venue_delete(venue=mistake, by=None)
    assert VenuePage.objects.filter(venue=mistake).exists()
    assert EditorGroup.objects.filter(venue=mistake).exists()
