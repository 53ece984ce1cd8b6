import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import ModelLogEntry

from network.models import (
    Appointment,
    Closure,
    DatedHours,
    Office,
    Service,
    Venue,
    WeeklyHours,
)
from network.services import appointment_create

from .screens import posted, url

pytestmark = pytest.mark.django_db
Status = Venue.Status
SECTIONS = ("hours", "closures", "items", "status")


# Saving -------------------------------------------------------------------------------------------
def test_a_branchs_editor_changes_facts_and_nothing_else(sign_in, people, branch):
    client = sign_in("branch")
    address = url("venue", "edit", branch.pk)
    form = client.get(address).context["form"]
    assert {"phone", "services"} <= form.fields.keys()
    assert not {"plaque", "slug", "kind", "status", "library", "division"} & form.fields.keys()
    client.post(address, {"phone": "123", "plaque": "改牌", "status": "open", "services": [Service.objects.get().pk]})
    branch.refresh_from_db()
    assert (branch.phone, branch.plaque, branch.status) == ("123", "青山县文化分馆·青石镇", "preparing")
    (entry,) = ModelLogEntry.objects.for_instance(branch)
    assert (entry.action, entry.user) == ("network.edit", people["branch"])
    assert entry.data == {"changes": {"phone": ["", "123"], "services": [[], ["借阅"]]}}


def test_a_broken_rule_is_shown_beside_its_field_and_nothing_typed_is_lost(sign_in, branch):
    client = sign_in("bureau")
    address = url("venue", "edit", branch.pk)
    data = posted(client.get(address)) | {"plaque": "错牌子", "phone": "567"}
    response = client.post(address, data)
    assert response.status_code == 200
    assert response.context["form"].errors["plaque"] == ["牌子须为：青山县文化分馆·青石镇"]
    assert 'value="567"' in response.content.decode()
    branch.refresh_from_db()
    assert branch.phone == ""
    assert not ModelLogEntry.objects.for_instance(branch).exists()


def test_the_bureau_adds_a_school_as_a_branch(sign_in, branch):
    client = sign_in("bureau")
    data = posted(client.get(url("venue", "create"))) | {
        "name": "青石中学",
        "tier": "branch",
        "kind": "school",
        "library": "on",
        "division": branch.division_id,
    }
    response = client.post(url("venue", "create"), data)
    assert response.status_code == 302, response.context["form"].errors
    venue = Venue.objects.get(name="青石中学")
    assert (venue.plaque, venue.slug, venue.status) == ("青山县图书馆青石中学分馆", "qingshizhongxue", "planned")
    assert [entry.action for entry in ModelLogEntry.objects.for_instance(venue)] == ["network.create"]
    response = client.post(url("venue", "create"), data | {"kind": "internet_venue"})
    assert "tier" in response.context["form"].errors


def test_deleting_is_refused_where_history_hangs(sign_in, branch):
    client = sign_in("bureau")
    for model, row in (("venue", branch), ("division", branch.division), ("office", Office.objects.first())):
        response = client.post(url(model, "delete", row.pk), follow=True)
        assert response.status_code == 200
        assert "历史" in response.content.decode(), model
        assert type(row).objects.filter(pk=row.pk).exists()


def test_a_service_is_added_changed_and_deleted_with_one_entry_each(sign_in):
    client = sign_in("bureau")
    client.post(url("service", "create"), {"name": "自习", "slug": "study", "name_en": ""})
    service = Service.objects.get(slug="study")
    client.post(url("service", "edit", service.pk), {"name": "自习室", "slug": "study", "name_en": ""})
    client.post(url("service", "delete", service.pk))
    assert not Service.objects.filter(slug="study").exists()
    entries = ModelLogEntry.objects.filter(label__in=["自习", "自习室"]).order_by("timestamp", "pk")
    assert [entry.action for entry in entries] == ["network.create", "network.edit", "network.delete"]
    assert entries[1].data == {"changes": {"name": ["自习", "自习室"]}}


def test_appointing_and_ending_in_the_back_office(sign_in, people, branch):
    post = branch.posts.get(title="branch_head")
    client = sign_in("head")
    data = {"post": post.pk, "person": people["member"].pk, "since": "2026-11-01", "basis": "assigned"}
    response = client.post(url("appointment", "create"), data)
    assert "full_time" in response.context["form"].errors  # the post is full-time (R99)
    client.post(url("appointment", "create"), data | {"full_time": "on"})
    held = Appointment.objects.get(person=people["member"])
    address = url("appointment", "edit", held.pk)
    assert "reason" in client.post(address, {"action": "end"}).context["form"].errors
    client.post(address, {"action": "end", "reason": "调任"})
    held.refresh_from_db()
    assert held.status == "ended"
    actions = [entry.action for entry in ModelLogEntry.objects.for_instance(held).order_by("timestamp", "pk")]
    assert actions == ["network.appointment_create", "network.appointment_end"]
    assert client.get(address).status_code == 302  # what has ended stays as it is


def test_a_head_does_not_appoint_at_itself(sign_in, people, library):
    post = library.posts.get(title="head_director")
    data = {"post": post.pk, "person": people["member"].pk, "since": "2026-11-01", "basis": "assigned"}
    response = sign_in("head").post(url("appointment", "create"), data | {"full_time": "on"})
    assert "post" in response.context["form"].errors
    assert not Appointment.objects.filter(person=people["member"]).exists()


def test_resuming_against_the_rules_is_explained(sign_in, people, branch):
    head, staff = branch.posts.filter(full_time=True, title__in=["branch_head", "branch_staff"]).order_by("pk")
    today = timezone.localdate()
    home = appointment_create(post=head, person=people["member"], since=today, by=None)
    Appointment.objects.filter(pk=home.pk).update(status="suspended")
    appointment_create(post=staff, person=people["member"], since=today, by=None)
    response = sign_in("bureau").post(url("appointment", "edit", home.pk), {"action": "resume", "reason": "回"})
    assert response.status_code == 200
    assert "R99" in str(response.context["form"].errors)


# Sections -----------------------------------------------------------------------------------------
def section(name, venue):
    return reverse(f"network_venue_{name}", args=[venue.pk])


def formset(prefix, *rows, initial=0):
    data = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": initial}
    for number, row in enumerate(rows):
        data |= {f"{prefix}-{number}-{name}": value for name, value in row.items()}
    return data


def test_hours_are_set_changed_and_taken_away(sign_in, branch):
    client = sign_in("branch")
    monday = {"day": "0", "opens": "09:00", "closes": "12:00"}
    dated = {"date": "2026-12-31", "opens": "", "closes": "", "reason": "盘点"}
    data = formset("weekly", monday, {"day": "", "opens": "", "closes": ""}) | formset("dated", dated)
    assert client.post(section("hours", branch), data).status_code == 302
    assert WeeklyHours.objects.filter(venue=branch).count() == 1
    assert DatedHours.objects.get(venue=branch).reason == "盘点"
    response = client.get(section("hours", branch))
    assert response.context["total"] == 3
    assert response.context["shortfall"] == 37
    data = formset("weekly", monday | {"DELETE": "on"}, initial=1) | formset("dated", dated, initial=1)
    client.post(section("hours", branch), data)
    assert not WeeklyHours.objects.filter(venue=branch).exists()
    assert DatedHours.objects.filter(venue=branch).count() == 1


@pytest.mark.parametrize(
    "rows",
    [
        [{"day": "0", "opens": "09:00", "closes": "12:00"}, {"day": "0", "opens": "11:00", "closes": "13:00"}],
        [{"day": "0", "opens": "12:00", "closes": "09:00"}],
        [{"day": "0", "opens": "25:00", "closes": "26:00"}],
        [{"day": "9", "opens": "09:00", "closes": "12:00"}],
        [{"day": "0", "opens": "09:00", "closes": ""}],
    ],
)
def test_wrong_hours_are_shown_and_kept_on_the_page(sign_in, branch, rows):
    response = sign_in("branch").post(section("hours", branch), formset("weekly", *rows) | formset("dated"))
    assert response.status_code == 200
    weekly = response.context["weekly"]
    assert weekly.total_error_count() > 0
    assert rows[0]["opens"] in response.content.decode()
    assert not WeeklyHours.objects.exists()


def test_a_closure_is_announced_and_withdrawn(sign_in, branch):
    client = sign_in("branch")
    today = timezone.localdate()
    day = today + dt.timedelta(days=3)
    response = client.post(section("closures", branch), {"first_day": day, "last_day": today, "reason": "换展"})
    assert "last_day" in response.context["form"].errors
    client.post(section("closures", branch), {"first_day": day, "last_day": day, "reason": "换展"})
    closure = Closure.objects.get()
    assert "换展" in client.get(section("closures", branch)).content.decode()
    for nonsense in ("x", "0", "9" * 30):
        assert client.post(section("closures", branch), {"withdraw": nonsense}).status_code == 404
    client.post(section("closures", branch), {"withdraw": closure.pk})
    assert not Closure.objects.exists()


def test_a_closure_of_another_venue_is_not_withdrawn_from_here(sign_in, branch, library):
    day = timezone.localdate()
    closure = Closure.objects.create(venue=library, first_day=day, last_day=day, reason="x")
    assert sign_in("branch").post(section("closures", branch), {"withdraw": closure.pk}).status_code == 404
    assert Closure.objects.exists()


def test_items_are_judged(sign_in, branch, people):
    client = sign_in("head")
    items = list(branch.unified_items.all())
    data = {f"item-{item.pk}-state": "no" for item in items} | {f"item-{item.pk}-evidence": "" for item in items}
    data |= {f"item-{items[0].pk}-state": "yes", f"item-{items[0].pk}-evidence": "照片三张"}
    assert client.post(section("items", branch), data).status_code == 302
    assert branch.score == 1
    assert branch.unified_items.get(pk=items[0].pk).checked_by == people["head"]
    assert branch.unified_items.filter(checked_by=None).count() == 5  # the others were not touched


def test_the_guard_is_explained_in_the_back_office(sign_in, branch, point):
    client = sign_in("bureau")
    response = client.post(section("status", point), {"status": "open"})
    assert "R23" in str(response.context["form"].errors["status"])
    client.post(section("status", branch), {"status": "open"})
    client.post(section("status", point), {"status": "open"})
    response = client.post(section("status", branch), {"status": "suspended", "reason": ""})
    assert response.context["form"].errors.keys() == {"status", "reason"}
    client.post(section("status", branch), {"status": "suspended", "reason": "修缮", "with_points": "on"})
    assert set(Venue.objects.filter(pk__in=[branch.pk, point.pk]).values_list("status", flat=True)) == {"suspended"}


def test_a_point_is_moved(sign_in, branch, point):
    target = Venue.objects.create(
        name="校", plaque="校", slug="xiao", tier="branch", kind="school", library=True, division=branch.division
    )
    elsewhere = Venue.objects.get(division__name="云水苗族乡", tier="branch")
    client = sign_in("bureau")
    response = client.post(section("status", point), {"parent": elsewhere.pk})
    assert "parent" in response.context["move"].errors
    client.post(section("status", point), {"parent": target.pk})
    point.refresh_from_db()
    assert point.parent == target


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_of_no_venue_is_not_found(sign_in, name):
    assert sign_in("bureau").get(reverse(f"network_venue_{name}", args=[0])).status_code == 404


def test_the_back_office_shows_history_in_words(sign_in, branch):
    client = sign_in("bureau")
    client.post(section("status", branch), {"status": "trial", "reason": "验收合格"})
    text = client.get(url("venue", "history", branch.pk)).content.decode()
    assert "状态变更：状态：筹备 → 试运行（理由：验收合格）" in text


@pytest.mark.parametrize("number", ["99999999999999999999", "x", "-1", "😀", "\x00", "0"])
def test_a_malformed_service_is_an_error_beside_its_field(sign_in, branch, number):
    response = sign_in("bureau").post(url("venue", "edit", branch.pk), {"services": [number], "phone": "0878-1"})
    assert response.status_code == 200
    assert "services" in response.context["form"].errors
    assert response.context["form"]["phone"].value() == "0878-1"
