"""The back office: who may write documents, and what editors are told."""

import datetime

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse
from django.utils import timezone
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from accounts.models import User
from network.models import Appointment, Office, Post
from network.signals import appointment_ended, appointment_started
from pages.disclosure.models import Catalogue, DocumentPage
from pages.disclosure.permissions import writes_documents
from pages.disclosure.services import editor_groups_sync

BACKEND = "django.contrib.auth.backends.ModelBackend"


def day(offset: int) -> datetime.date:
    """So many days from today: asked when needed, for a run of the tests may pass midnight."""
    return timezone.localdate() + datetime.timedelta(days=offset)


def person(name, **fields):
    return User.objects.create_user(username=name, name=name, email=f"{name}@example.org", password="x", **fields)


def appoint(user, office, **fields):
    post = Post.objects.create(office=office, title=Post.Title.OFFICIAL)
    dates = {"since": day(-30)} | fields
    appointment = Appointment.objects.create(post=post, person=user, **dates)
    appointment_started.send(sender=Appointment, appointment=appointment, by=None)
    return appointment


@pytest.fixture
def official(organ):
    """An official of the county office, appointed and in office."""
    user = person("official")
    appoint(user, organ.office)
    return user


@pytest.fixture
def desk(official, client):
    """The official's browser."""
    client.force_login(official, BACKEND)
    client.cookies.load({"django_language": "en"})
    return client


def form(organ, **fields):
    data = {
        "title": "关于做好农家书屋管理工作的通知",
        "catalogue": str(Catalogue.objects.get(name="政府文件").pk),
        "issuer": str(organ.office.pk),
        "made_on": "2024-03-01",
        "document_number": "南政办通[2024]3号",
        "subject_words": "",
        "published_on": "",
        "paper_title": "",
        "addressees": "",
        "remark": "",
        "decision": "open",
        "decision_basis": "条例第二十条",
        "body": streamfield([("heading", {"level": "1", "text": "一、总体要求"})]),
        "annexes": inline_formset([]),
        "bases": inline_formset([]),
        "attachments": inline_formset([]),
        "comments": inline_formset([]),
    }
    return nested_form_data(data | fields)


def add(desk, organ, **fields):
    return desk.post(
        reverse("wagtailadmin_pages:add", args=["disclosure", "documentpage", organ.pk]), form(organ, **fields)
    )


def errors(response):
    return response.context["form"].errors


def test_an_official_publishes_a_document(desk, organ):
    response = add(desk, organ, **{"action-publish": "1"})
    assert response.status_code == 302
    page = DocumentPage.objects.get()
    assert page.live
    assert page.document_number == "南政办通〔2024〕3号"
    assert desk.get(page.url).status_code == 200


def test_a_draft_needs_neither_decision_nor_catalogue(desk, organ):
    assert add(desk, organ, catalogue="", decision="", decision_basis="").status_code == 302
    page = DocumentPage.objects.get()
    assert not page.live
    assert page.slug == page.index_number.number
    assert desk.get(reverse("wagtailadmin_pages:view_draft", args=[page.pk])).status_code == 200


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"decision": ""}, "decision"),
        ({"decision": "closed"}, "decision"),
        ({"decision": "on_request"}, "decision"),
        ({"decision_basis": "  "}, "decision_basis"),
        ({"catalogue": ""}, "catalogue"),
        ({"issuer": ""}, "issuer"),
        ({"document_number": "南政办通2024年3号"}, "document_number"),
        ({"document_number": "南政办通〔2024〕003号"}, "document_number"),
    ],
)
def test_publishing_is_refused_with_a_message_beside_the_field(desk, organ, fields, field):
    response = add(desk, organ, **{"action-publish": "1"}, **fields)
    assert response.status_code == 200
    assert set(errors(response)) == {field}
    assert "关于做好农家书屋管理工作的通知" in response.content.decode()  # nothing typed is lost
    assert not DocumentPage.objects.exists()


def test_a_bad_number_is_refused_in_a_draft_too(desk, organ):
    assert "document_number" in errors(add(desk, organ, document_number="第3号"))


def test_a_number_in_use_is_refused_beside_the_field(desk, organ, make_document):
    make_document(document_number="南政办通〔2024〕3号")
    assert set(errors(add(desk, organ))) == {"document_number"}
    assert DocumentPage.objects.count() == 1


def test_a_published_document_is_edited_through_a_draft(desk, organ):
    add(desk, organ, **{"action-publish": "1"})
    page = DocumentPage.objects.get()
    response = desk.post(
        reverse("wagtailadmin_pages:edit", args=[page.pk]), form(organ, title="新标题", decision="", decision_basis="")
    )
    assert response.status_code == 302
    page.refresh_from_db()
    assert page.live
    assert page.decision == "open"
    assert page.get_latest_revision_as_object().decision == ""


def test_preview(desk, organ):
    address = reverse("wagtailadmin_pages:preview_on_add", args=["disclosure", "documentpage", organ.pk])
    assert desk.post(address, form(organ, decision="")).json()["is_valid"]
    assert "一、总体要求" in desk.get(f"{address}?mode=").content.decode()


def test_the_editor_has_no_field_for_the_address(desk, organ):
    html = desk.get(reverse("wagtailadmin_pages:add", args=["disclosure", "documentpage", organ.pk])).content.decode()
    assert 'name="slug"' not in html
    assert 'name="decision_basis"' in html
    assert f'<option value="{organ.office.pk}" selected>' in html  # the organ issues its own documents


def test_copying_is_refused(desk, organ, make_document):
    page = make_document()
    response = desk.get(reverse("wagtailadmin_pages:copy", args=[page.pk]), follow=True)
    assert "Documents are not copied" in response.content.decode()


# Who may ------------------------------------------------------------------------------------------
def addresses(organ, page):
    return [
        reverse("wagtailadmin_pages:add", args=["disclosure", "documentpage", organ.pk]),
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
    ]


def may(client, organ, page):
    return {client.get(address).status_code == 200 for address in addresses(organ, page)}


def test_the_bureau_may(client, organ, make_document):
    user = person("bureau-official")
    user.groups.add(Group.objects.get(name="bureau"))
    client.force_login(user, BACKEND)
    assert may(client, organ, make_document()) == {True}


def test_an_official_of_the_office_may(desk, organ, make_document):
    assert may(desk, organ, make_document()) == {True}


def test_others_may_not(client, organ, make_document):
    page = make_document()
    assert may(client, organ, page) == {False}
    other = Office.objects.create(name="某镇人民政府", short_name="某镇", kind="township", slug="town")
    user = person("township")
    appoint(user, other)
    client.force_login(user, BACKEND)
    assert may(client, organ, page) == {False}
    assert not writes_documents(user, organ.office)


@pytest.mark.parametrize("how", ["over", "suspended"])
def test_permission_ends_with_the_appointment(client, organ, make_document, how):
    """Even while the group still names the person."""
    fields = {"until": day(-1)} if how == "over" else {"status": how}
    page = make_document()
    user = person("former")
    appointment = appoint(user, organ.office)
    Appointment.objects.filter(pk=appointment.pk).update(**fields)
    assert user.groups.filter(name="documents nhx-").exists()
    client.force_login(user, BACKEND)
    user.groups.add(Group.objects.get(name="documents nhx-"))
    assert may(client, organ, page) == {False}


def test_the_group_follows_the_appointment(official, organ):
    assert official.groups.filter(name="documents nhx-").exists()
    appointment = official.appointments.get()
    appointment.status = Appointment.Status.ENDED
    appointment.save()
    appointment_ended.send(sender=Appointment, appointment=appointment, by=None)
    assert not official.groups.filter(name="documents nhx-").exists()


def test_the_group_follows_the_calendar(client, organ):
    user = person("soon")
    appointment = appoint(user, organ.office, since=day(1))
    assert not user.groups.exists()
    Appointment.objects.filter(pk=appointment.pk).update(since=day(0))
    client.force_login(user, BACKEND)
    assert user.groups.filter(name="documents nhx-").exists()


def test_the_bureau_group_is_left_to_the_bureau(organ):
    user = person("both")
    user.groups.add(Group.objects.get(name="bureau"))
    editor_groups_sync(user=user)
    assert user.groups.filter(name="bureau").exists()


@pytest.mark.parametrize("parent", ["x", "长" * 500, "99999999999999999999", "\x00"])
def test_a_malformed_parent_of_a_catalogue_entry_is_an_error_beside_its_field(admin_client, parent):
    data = {"name": "新目录", "slug": "xin", "parent": parent, "position": "0"}
    response = admin_client.post("/admin/snippets/disclosure/catalogue/add/", data)
    assert response.status_code == 200
    assert "parent" in response.context["form"].errors
