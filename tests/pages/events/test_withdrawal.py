"""An event that is taken off the site: who registered is told, and nothing that happened is lost."""

from datetime import datetime

import pytest
from django.core.management import call_command
from django.db.models import ProtectedError
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email
from wagtail.models import Page

from accounts.models import User
from pages.events.models import EventPage, Registration
from pages.events.registering import registration_cancel, registration_create

pytestmark = pytest.mark.django_db


@pytest.fixture
def dance(make_event):
    return make_event(takes_registrations=True, capacity=1)


@pytest.fixture
def admin(client):
    client.force_login(User.objects.create_superuser("admin@example.org", "x", name="管理员"))
    return client


def register(row, number):
    return registration_create(
        occurrence=row.pk, name=f"人{number}", mobile=f"1380000000{number}", email=f"{number}@example.org"
    )


def told(number):
    return [mail.subject for mail in Email.objects.filter(to=f"{number}@example.org").order_by("pk")]


def test_unpublishing_tells_everybody_who_holds_a_place_or_waits(dance, admin):
    first, second = dance.occurrences.all()[:2]
    register(first, 1), register(first, 2), register(second, 3)
    registration_cancel(registration=register(second, 4))
    admin.post(reverse("wagtailadmin_pages:unpublish", args=[dance.pk]))
    for number in (1, 2, 3):
        assert told(number)[-1] == "活动撤下：左脚舞公益课"
    assert told(4)[-1] == "报名已取消：左脚舞公益课"
    assert set(dance.occurrences.values_list("status", "reason")) == {("cancelled", "场馆已撤下该活动")}
    mail = Email.objects.filter(to="1@example.org").last()
    assert "/events/registration/" not in mail.message
    assert mail.message.count("撤下") == 1


def test_the_past_stays_and_nobody_is_told_of_it(dance, monday):
    register(dance.occurrences.first(), 1)
    monday.move_to(datetime(2026, 11, 25, 12, tzinfo=timezone.get_default_timezone()))
    dance.unpublish()
    assert len(told(1)) == 1
    assert dance.occurrences.first().status == "scheduled"


def test_publishing_again_brings_the_dates_back_and_says_so(dance):
    row = dance.occurrences.first()
    register(row, 1)
    dance.unpublish()
    dance.unpublish()
    EventPage.objects.get(pk=dance.pk).save_revision().publish()
    row.refresh_from_db()
    assert (row.status, row.reason) == ("scheduled", "")
    assert told(1)[1:] == ["活动撤下：左脚舞公益课", "活动恢复举行：左脚舞公益课"]


def test_an_interrupted_withdrawal_is_completed_by_the_timer(dance):
    register(dance.occurrences.first(), 1)
    EventPage.objects.filter(pk=dance.pk).update(live=False)
    for _ in range(2):
        call_command("extend_events")
    assert told(1)[1:] == ["活动撤下：左脚舞公益课"]


def test_the_link_still_shows_the_registration_and_leads_nowhere_dead(dance, client):
    registration = register(dance.occurrences.first(), 1)
    address = reverse("event_registration", args=[registration.token])
    assert dance.url in client.get(address).content.decode()
    dance.unpublish()
    page = client.get(address).content.decode()
    assert "场馆已撤下这项活动" in page
    assert dance.url not in page
    assert ".ics" not in page


def test_nobody_deletes_an_event_for_which_people_registered(dance, admin):
    register(dance.occurrences.first(), 1)
    alone = reverse("wagtailadmin_pages:delete", args=[dance.pk])
    many = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "delete"]) + f"?id={dance.pk}"
    for address in (alone, many):
        answer = admin.post(address, follow=True)
        assert "左脚舞公益课" in answer.context["messages"]._loaded_messages[0].message
        assert Registration.objects.get().occurrence.event_id == dance.pk
    with pytest.raises(ProtectedError):
        Page.objects.get(pk=dance.pk).delete()


def test_an_event_without_registrations_is_deleted(dance, admin):
    admin.post(reverse("wagtailadmin_pages:delete", args=[dance.pk]))
    assert not EventPage.objects.exists()
