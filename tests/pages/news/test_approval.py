"""A venue's editor submits, the head of its line decides; both are told what to do."""

import json

import pytest
from django.core import mail
from django.urls import reverse
from wagtail.models import TaskState

from accounts.models import User
from network.models import Appointment, Venue
from pages.news.models import NewsPage

from .conftest import appoint

pytestmark = pytest.mark.django_db


def form_data(title="书车进村", **extra):
    return {
        "title": title,
        "date": "2026-11-20",
        "introduction": "一句话。",
        "body-count": "1",
        "body-0-type": "paragraph",
        "body-0-value": json.dumps({"blocks": [{"key": "a", "text": "正文", "type": "unstyled"}], "entityMap": {}}),
        "body-0-order": "0",
        "body-0-id": "",
        "body-0-deleted": "",
        "slug": "",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    } | extra


@pytest.fixture
def submitted(client, editor, branch):
    """A piece that the editor wrote and submitted in the back office."""
    client.force_login(editor)
    address = reverse("wagtailadmin_pages:add", args=["news", "newspage", branch.page.pk])
    response = client.post(address, form_data(**{"action-submit": "1"}))
    assert response.status_code == 302, response.context["form"].errors
    return NewsPage.objects.get()


def decide(client, person, page, action, **data):
    state = TaskState.objects.get(status="in_progress")
    client.force_login(person)
    return client.post(
        reverse("wagtailadmin_pages:workflow_action", args=[page.pk, action, state.pk]),
        data,
    )


def test_the_editor_cannot_publish_alone(client, editor, branch):
    client.force_login(editor)
    address = reverse("wagtailadmin_pages:add", args=["news", "newspage", branch.page.pk])
    client.post(address, form_data(**{"action-publish": "1"}))
    assert not NewsPage.objects.filter(live=True).exists()


def test_submitting_tells_the_head_and_nobody_else(client, head, editor, branch, submitted):
    assert not submitted.live
    assert [message.to for message in mail.outbox] == [["head@example.org"]]
    assert reverse("wagtailadmin_pages:edit", args=[submitted.pk]) in mail.outbox[0].body


def test_the_head_approves_and_it_is_published(client, head, submitted):
    decide(client, head, submitted, "approve")
    submitted.refresh_from_db()
    assert submitted.live
    assert mail.outbox[-1].to == ["editor@example.org"]


def test_the_head_returns_it_with_a_reason(client, head, submitted):
    decide(client, head, submitted, "reject", comment="请补充时间地点")
    submitted.refresh_from_db()
    assert not submitted.live
    assert mail.outbox[-1].to == ["editor@example.org"]
    assert "请补充时间地点" in mail.outbox[-1].body


def test_returning_without_a_reason_is_refused(client, head, submitted):
    decide(client, head, submitted, "reject", comment="")
    assert TaskState.objects.get().status == "in_progress"


def test_another_branch_decides_nothing(client, submitted):
    other = appoint(Venue.objects.filter(tier="branch").last(), "other")
    decide(client, other, submitted, "approve")
    submitted.refresh_from_db()
    assert not submitted.live


def test_the_head_of_another_line_decides_nothing(client, editor, branch, submitted):
    Venue.objects.filter(pk=branch.pk).update(culture=False, library=True)
    other = appoint(Venue.objects.get(kind="county_centre"), "culture")
    decide(client, other, submitted, "approve")
    submitted.refresh_from_db()
    assert not submitted.live
    assert not TaskState.objects.reviewable_by(other).exists()


def test_the_head_sees_what_waits(client, head, submitted):
    assert TaskState.objects.reviewable_by(head).count() == 1
    client.force_login(head)
    assert "书车进村" in client.get(reverse("wagtailadmin_home")).content.decode()


def test_whose_appointment_ended_decides_nothing(client, head, submitted):
    Appointment.objects.filter(person=head).update(status="ended", until="2020-12-31")
    decide(client, head, submitted, "approve")
    submitted.refresh_from_db()
    assert not submitted.live


def test_an_editor_changes_only_the_own_subtree(client, editor, make_news):
    elsewhere = make_news(venue=Venue.objects.filter(tier="branch").last())
    client.force_login(editor)
    response = client.get(reverse("wagtailadmin_pages:edit", args=[elsewhere.pk]))
    assert response.status_code == 302


def test_the_big_button_submits_for_whom_cannot_publish(client, editor, branch):
    address = reverse("wagtailadmin_pages:add", args=["news", "newspage", branch.page.pk])

    def first_button(person):
        client.force_login(person)
        return client.get(address).context["action_menu"].default_item.name

    assert first_button(editor) == "action-submit"
    assert first_button(User.objects.create_superuser("root", "root@example.org", "x", name="root")) != "action-submit"


def test_the_front_page_of_the_back_office_leads_to_a_new_piece(client, editor, head, branch):
    address = reverse("wagtailadmin_pages:add", args=["news", "newspage", branch.page.pk])
    client.force_login(editor)
    assert address in client.get(reverse("wagtailadmin_home")).content.decode()
    client.force_login(head)  # writes for the own house
    assert address not in client.get(reverse("wagtailadmin_home")).content.decode()
