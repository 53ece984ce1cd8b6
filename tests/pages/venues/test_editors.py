"""Who edits which page: groups that follow the appointments, and the calendar."""

import datetime as dt

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone
from wagtail.documents import get_document_model
from wagtail.models import Collection, CollectionViewRestriction, GroupPagePermission, PageViewRestriction

from accounts.models import User
from network.models import Venue
from network.services.staff import appointment_create, appointment_end, appointment_suspend
from pages.venues.models import EditorGroup, VenueIndexPage, VenuePage
from pages.venues.services import editor_groups_update, venue_pages_sync

from .conftest import TUESDAY, appoint


def edits(client, person, venue):
    """The answer to opening the page of `venue` in the editor."""
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client.get(reverse("wagtailadmin_pages:edit", args=[venue.page.pk]))


def may(person, venue):
    return VenuePage.objects.get(venue=venue).permissions_for_user(User.objects.get(pk=person.pk)).can_edit()


@pytest.fixture
def neighbour(point):
    return point.parent.points.exclude(pk=point.pk).first()


@pytest.fixture
def administrator(db):
    return User.objects.create(name="管理员", is_superuser=True)


def test_a_group_for_every_venue(qingshan):
    assert EditorGroup.objects.count() == Venue.objects.count()
    for row in EditorGroup.objects.select_related("venue__page", "group"):
        rights = GroupPagePermission.objects.filter(group=row.group).values_list("page_id", "permission__codename")
        assert set(rights) == {(row.venue.page.pk, "add_page"), (row.venue.page.pk, "change_page")}


def test_a_second_sync_makes_no_second_group(qingshan):
    before = Group.objects.count()
    venue_pages_sync()
    assert Group.objects.count() == before


def test_an_editor_edits_their_venue_and_no_other(editor, point, neighbour, centre, client):
    assert may(editor, point)
    assert not may(editor, neighbour)
    assert not may(editor, centre)
    assert edits(client, editor, point).status_code == 200
    assert edits(client, editor, neighbour).status_code == 302


def test_a_branch_edits_its_points_too(centre, point):
    assert may(appoint(centre, "分馆编辑"), point)


def test_saving_another_venues_page_is_refused(editor, neighbour, client):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    client.post(reverse("wagtailadmin_pages:edit", args=[neighbour.page.pk]), {"introduction": "越权"})
    neighbour.page.refresh_from_db()
    assert neighbour.page.introduction == ""
    assert neighbour.page.latest_revision is None


def test_an_editor_saves_a_draft_and_cannot_publish(editor, point, client):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    form = {
        "introduction": "白族绣坊在二楼。",
        "picture": "",
        "body-count": "0",
        "seo_title": "",
        "search_description": "",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
        "action-publish": "1",
        "title": "改掉的牌子",
        "slug": "changed",
    }
    client.post(reverse("wagtailadmin_pages:edit", args=[point.page.pk]), form)
    page = VenuePage.objects.get(venue=point)
    draft = page.get_latest_revision_as_object()
    assert draft.introduction == "白族绣坊在二楼。"
    assert page.introduction == ""
    assert (draft.title, draft.slug) == (page.title, page.slug) == (point.plaque, point.slug)


def test_the_editor_shows_the_register_and_a_preview(editor, point, client):
    html = edits(client, editor, point).content.decode()
    assert point.plaque in html
    assert 'name="slug"' not in html
    assert 'name="title"' not in html
    preview = reverse("wagtailadmin_pages:preview_on_edit", args=[point.page.pk])
    client.post(
        preview, {"introduction": "预览", "body-count": "0", "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0"}
    )
    assert "预览" in client.get(preview).content.decode()


def test_an_appointment_opens_and_its_end_closes(point):
    person = appoint(point, "甲")
    appointment = person.appointments.get()
    assert may(person, point)
    appointment_end(
        appointment=appointment, by=None, last_day=timezone.localdate() - dt.timedelta(days=1), reason="调离"
    )
    assert not may(person, point)


def test_a_suspended_appointment_gives_nothing(editor, point):
    appointment_suspend(appointment=editor.appointments.get(), by=None, reason="下派")
    assert not may(editor, point)


def test_what_ends_by_the_calendar_is_gone_at_the_next_request(point, client):
    with time_machine.travel(TUESDAY, tick=False):
        person = appoint(point, "期满", until=TUESDAY.date())
        other = appoint(point.parent.points.exclude(pk=point.pk).first(), "另一馆")
        appointment_create(
            post=point.posts.last(), person=other, since=TUESDAY.date() + dt.timedelta(1), full_time=False, by=None
        )
        assert edits(client, person, point).status_code == 200
        assert edits(client, other, point).status_code == 302
    with time_machine.travel(TUESDAY + dt.timedelta(days=1), tick=False):
        assert may(person, point), "only a request or an appointment looks at the calendar"
        assert edits(client, person, point).status_code == 302
        assert not may(person, point)
        assert edits(client, other, point).status_code == 200


def test_a_deactivated_person_leaves_the_groups(editor, point):
    User.objects.filter(pk=editor.pk).update(is_active=False)
    editor_groups_update(people=[editor])
    assert not editor.groups.exists()


def test_other_groups_are_left_alone(editor):
    bureau = Group.objects.create(name="bureau-of-tests")
    editor.groups.add(bureau)
    editor_groups_update(people=[editor], day=dt.date(2000, 1, 1))
    assert list(editor.groups.all()) == [bureau]


def test_a_new_plaque_renames_the_group(point):
    Venue.objects.filter(pk=point.pk).update(plaque="青山县新牌子书香驿站")
    venue_pages_sync()
    assert "新牌子" in EditorGroup.objects.get(venue=point).group.name


def test_editors_add_pictures(editor, client):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get(reverse("wagtailimages:add")).status_code == 200


def test_a_visitor_without_a_post_edits_nothing(point, client):
    person = User.objects.create(name="读者")
    assert not may(person, point)
    assert edits(client, person, point).status_code == 302


@pytest.mark.parametrize("action", ["delete", "unpublish", "move", "copy"])
def test_nobody_removes_or_moves_a_venues_page(administrator, point, client, action):
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    for page in (point.page, VenueIndexPage.objects.get()):
        client.post(reverse(f"wagtailadmin_pages:{action}", args=[page.pk]))
        page.refresh_from_db()
        assert page.live
    assert VenuePage.objects.filter(venue=point).count() == 1


def test_nobody_adds_a_venues_page_by_hand(administrator, point, client):
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("wagtailadmin_pages:add", args=["venue_pages", "venuepage", VenueIndexPage.objects.get().pk])
    assert client.get(address).status_code == 302


def test_the_first_page_of_the_back_office_leads_to_what_an_editor_writes(editor, point, neighbour, client):
    client.force_login(editor, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("wagtailadmin_home")).content.decode()
    for app, model in (("news", "newspage"), ("events", "eventpage")):
        assert reverse("wagtailadmin_pages:add", args=[app, model, point.page.pk]) in page
        assert reverse("wagtailadmin_pages:add", args=[app, model, neighbour.page.pk]) not in page


# Pages and files that are only for a venue's editors ------------------------------------------------
def test_a_page_for_a_venue_s_editors_closes_at_midnight(point, client, visits):
    PageViewRestriction.objects.create(page=point.page, restriction_type="groups").groups.add(point.editor_group.group)
    assert visits(point.page.url) == [200, 302]


def test_a_file_for_a_venue_s_editors_closes_at_midnight(point, client, visits):
    inner = Collection.get_first_root_node().add_child(name="内部")
    CollectionViewRestriction.objects.create(collection=inner, restriction_type="groups").groups.add(
        point.editor_group.group
    )
    paper = get_document_model().objects.create(title="排班表", file=ContentFile(b"x", "roster.txt"), collection=inner)
    assert visits(paper.url) == [200, 302]


@pytest.fixture
def visits(point, client):
    """What somebody whose term ends on Tuesday is answered a second before midnight in the county, and at midnight."""
    with time_machine.travel(TUESDAY, tick=False):
        person = appoint(point, "期满", until=TUESDAY.date())
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")

    def visit(url):
        answers = []
        for moment in (TUESDAY.replace(hour=23, minute=59, second=59), TUESDAY.replace(hour=0) + dt.timedelta(days=1)):
            with time_machine.travel(moment, tick=False):
                answers.append(client.get(url).status_code)
        return answers

    return visit
