"""Kinds of event and audiences: registers of the bureau."""

import pytest
from django.contrib.auth.models import Group
from wagtail.models import ModelLogEntry

from accounts.models import User
from network.models import Appointment, Post
from pages.events.models import Audience, EventKind

pytestmark = pytest.mark.django_db
REGISTERS = ["/admin/events/eventkind/", "/admin/events/audience/"]
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def bureau(client):
    person = User.objects.create(username="bureau", name="局里人")
    person.groups.add(Group.objects.get(name="bureau"))
    client.force_login(person, BACKEND)
    return client


@pytest.fixture
def editor(client, branch_page):
    person = User.objects.create(username="editor", name="分馆人")
    post = Post.objects.create(venue=branch_page.venue, title=Post.Title.OFFICIAL)
    Appointment.objects.create(post=post, person=person, since="2026-01-01")
    client.force_login(person, BACKEND)
    return client


@pytest.mark.parametrize("register", REGISTERS)
def test_the_bureau_adds_changes_and_the_log_says_so(bureau, register):
    model = EventKind if "kind" in register else Audience
    page = bureau.get(f"{register}create/")
    assert page.status_code == 200
    bureau.post(f"{register}create/", {"name": "读书会", "name_en": "Book club", "slug": "book-club"})
    row = model._default_manager.get(slug="book-club")
    bureau.post(f"{register}edit/{row.pk}/", {"name": "共读会", "name_en": "Book club", "slug": "book-club"})
    row.refresh_from_db()
    assert row.name == "共读会"
    actions = list(ModelLogEntry.objects.for_instance(row).order_by("pk").values_list("action", flat=True))
    assert actions == ["network.create", "network.edit"]


@pytest.mark.parametrize("register", REGISTERS)
def test_a_name_that_is_taken_is_said_beside_the_field(bureau, register):
    words = {"name": "读书会", "name_en": "", "slug": "book-club"}
    bureau.post(f"{register}create/", words)
    answer = bureau.post(f"{register}create/", words)
    assert answer.status_code == 200
    assert {"name", "slug"} <= set(answer.context["form"].errors)


@pytest.mark.parametrize("register", REGISTERS)
def test_an_editor_chooses_terms_and_does_not_keep_them(editor, register):
    for address in (register, f"{register}create/"):
        assert editor.get(address).status_code in (302, 403)
    editor.post(f"{register}create/", {"name": "读书会", "name_en": "", "slug": "book-club"})
    assert not EventKind.objects.filter(slug="book-club").exists()
    assert not Audience.objects.filter(slug="book-club").exists()


def test_what_an_event_uses_cannot_be_deleted(bureau, make_event):
    event = make_event()
    audience = Audience.objects.create(slug="families", name="亲子")
    event.audiences.add(audience)
    event.save()
    bureau.post(f"/admin/events/audience/delete/{audience.pk}/")
    bureau.post(f"/admin/events/eventkind/delete/{event.kind_id}/")
    assert Audience.objects.filter(pk=audience.pk).exists()
    assert EventKind.objects.filter(pk=event.kind_id).exists()


def test_what_nothing_uses_can_be_deleted(bureau):
    audience = Audience.objects.create(slug="nobody", name="无人")
    bureau.post(f"/admin/events/audience/delete/{audience.pk}/")
    assert not Audience.objects.filter(pk=audience.pk).exists()
