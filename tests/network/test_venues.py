"""Venues are added, changed, moved and deleted."""

import pytest

from network import services
from network.models import Division, Service, Venue

from .steps import errors, log_of, set_status

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]
Status = Venue.Status


def school(branch, **fields):
    values = {
        "name": "青石中学",
        "tier": Venue.Tier.BRANCH,
        "kind": Venue.Kind.SCHOOL,
        "library": True,
        "division": branch.division,
        "by": None,
    }
    return services.venue_create(**values | fields)


def test_a_new_venue_gets_plaque_address_posts_and_items(branch, heard):
    venue = school(branch)
    assert (venue.plaque, venue.plaque_is_local) == ("青山县图书馆青石中学分馆", True)
    assert venue.slug == "qingshizhongxue"
    assert venue.unified_items.count() == 6
    posts = list(venue.posts.order_by("pk"))
    assert [post.title for post in posts] == ["branch_head", "liaison", "branch_staff"]
    assert not any(post.ex_officio for post in posts)  # a school's own people
    assert [name for name, _ in heard] == ["venue_created"]
    assert [entry.action for entry in log_of(venue)] == ["network.create"]


def test_a_social_point_takes_the_local_template_of_points(branch):
    venue = school(branch, name="星空网吧", tier="point", kind="internet_venue", parent=branch)
    assert (venue.plaque, venue.plaque_is_local) == ("青石镇星空网吧服务点", True)


def test_a_new_point_opens_under_the_guard(branch):
    values = {"name": "书屋", "tier": "point", "kind": "farm_bookhouse", "parent": branch, "status": "open"}
    assert "status" in errors(lambda: school(branch, **values))
    assert not Venue.objects.filter(name="书屋").exists()
    set_status(branch, Status.OPEN)
    assert school(branch, **values).status == "open"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"kind": "internet_venue"}, "tier"),
        ({"library": False}, "library"),
        ({"tier": "head"}, "kind"),
        ({"kind": "county_library"}, "kind"),
        ({"tier": "point"}, "parent"),
        ({"kind": "village_centre"}, "division"),
        ({"plaque": "随便写", "kind": "township_centre", "culture": True}, "plaque"),
        ({"slug": "qingshi"}, "slug"),
        ({"name": "x" * 81}, "name"),
        ({"latitude": 1}, "__all__"),
    ],
)
def test_a_misshapen_venue_is_refused_beside_its_field(branch, fields, field):
    assert field in errors(lambda: school(branch, **fields))
    assert Venue.objects.count() == 9


def test_two_venues_of_a_township_do_not_share_an_address(branch, point):
    assert "slug" in errors(lambda: school(branch, slug=point.slug))


def test_a_branch_has_no_parent_and_a_points_parent_is_a_branch(branch, point):
    assert "parent" in errors(lambda: school(branch, parent=branch))
    assert "parent" in errors(lambda: school(branch, tier="point", parent=point))


def test_changing_facts_logs_from_and_to_once(branch, bureau, heard):
    lending = Service.objects.get()
    services.venue_update(venue=branch, changes={"phone": "123", "seats": None, "services": [lending]}, by=bureau)
    branch.refresh_from_db()
    assert branch.phone == "123"
    assert list(branch.services.all()) == [lending]
    (entry,) = log_of(branch)
    assert entry.user == bureau
    assert entry.data == {"changes": {"phone": ["", "123"], "services": [[], ["借阅"]]}}
    assert entry.message == "修改：电话：空 → 123；服务项目：空 → 借阅"
    assert heard[0][1]["changes"].keys() == {"phone", "services"}
    services.venue_update(venue=branch, changes={"phone": "123", "services": [lending]}, by=bureau)
    assert len(log_of(branch)) == 1


def test_changing_neither_status_nor_parent_nor_tier_by_the_way(branch):
    for field in ("status", "parent", "tier", "is_sample", "pk"):
        with pytest.raises(KeyError):
            services.venue_update(venue=branch, changes={field: "x"}, by=None)


def test_a_wrong_fact_is_refused(branch):
    assert "email" in errors(lambda: services.venue_update(venue=branch, changes={"email": "x"}, by=None))
    assert "__all__" in errors(lambda: services.venue_update(venue=branch, changes={"latitude": 1}, by=None))


def test_the_plaque_stays_word_for_word(branch):
    def change(**changes):
        return services.venue_update(venue=branch, changes=changes, by=None)

    assert errors(lambda: change(plaque="青石镇分馆"))["plaque"] == ["牌子须为：青山县文化分馆·青石镇"]


def test_a_branch_with_points_does_not_leave_their_township(branch):
    other = Division.objects.get(name="云水苗族乡")
    problems = errors(lambda: services.venue_update(venue=branch, changes={"division": other}, by=None))
    assert "division" in problems


def test_a_point_moves_within_its_township_only(branch, point, heard):
    target = school(branch)
    heard.clear()
    moved = services.venue_move(venue=point, to=target, by=None, reason="就近")
    assert moved.parent == target
    assert log_of(point)[0].data["changes"]["parent"] == [str(branch), str(target)]
    assert [name for name, _ in heard] == ["venue_changed"]
    elsewhere = Venue.objects.get(division__name="云水苗族乡", tier="branch")
    assert "parent" in errors(lambda: services.venue_move(venue=point, to=elsewhere, by=None))
    assert "parent" in errors(lambda: services.venue_move(venue=point, to=point, by=None))
    assert "parent" in errors(lambda: services.venue_move(venue=target, to=branch, by=None))


def test_an_open_point_moves_only_under_an_open_branch(branch, point):
    target = school(branch)
    set_status(branch, Status.OPEN)
    set_status(point, Status.OPEN)
    assert "parent" in errors(lambda: services.venue_move(venue=point, to=target, by=None))
    set_status(target, Status.TRIAL)
    services.venue_move(venue=point, to=target, by=None)
    set_status(branch, Status.CLOSED, reason="撤并")  # its only active point moved away


def test_only_a_venue_without_history_is_deleted(branch, point, make_person):
    mistake = school(branch)
    pk = mistake.pk
    services.venue_delete(venue=mistake, by=None)
    assert not Venue.objects.filter(pk=pk).exists()
    assert errors(lambda: services.venue_delete(venue=branch, by=None))  # it has points
    make_person(at=point)
    assert errors(lambda: services.venue_delete(venue=point, by=None))
    served = school(branch)
    set_status(served, Status.OPEN)
    set_status(served, Status.SUSPENDED, reason="x")
    assert errors(lambda: services.venue_delete(venue=served, by=None))
    assert Venue.objects.filter(pk__in=[branch.pk, point.pk, served.pk]).count() == 3
