"""Administrators invite, deactivate, reactivate and reset; nobody is deleted; links work once."""

import re

import pytest
import time_machine
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse
from post_office.models import Email
from wagtail.models import ModelLogEntry

from accounts import services
from accounts.models import User
from accounts.tokens import make_token, read_token
from common.outbox.models import Sms

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db


def link_in(text: str) -> str:
    found = re.search(r"https?://[^/\s]+(/account/set-password/\S+)", text)
    assert found, text
    return found[1]


def actions(person) -> list[str]:
    return list(ModelLogEntry.objects.for_instance(person).order_by("pk").values_list("action", flat=True))


def test_two_people_without_address_and_number_do_not_collide(make_person):
    make_person(email=None)
    make_person(email="")
    assert User.objects.filter(email=None, mobile=None).count() == 2


def test_an_address_belongs_to_one_person_whatever_its_case(make_person):
    make_person("Li@Example.org")
    assert User.objects.get().email == "li@example.org"
    with pytest.raises(ValidationError, match=r"An account with this address exists already|已"):
        make_person("LI@example.ORG")


def test_nobody_is_deleted_except_sample_people(person, make_person):
    with pytest.raises(ProtectedError), transaction.atomic():
        person.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        User.objects.filter(pk=person.pk).delete()
    assert User.objects.filter(pk=person.pk).exists()
    make_person("sample@example.org", is_sample=True).delete()


# Invitation and reset ---------------------------------------------------------------------------


@pytest.fixture
def invited(make_person, administrator):
    user = make_person("new@example.org", "新人", password=None, verified=False)
    services.person_invite(person=user, by=administrator)
    return user


def test_an_invitation_leads_to_a_password_and_proves_the_address(client, invited):
    mail = Email.objects.get()
    assert mail.to == ["new@example.org"]
    url = link_in(mail.message)
    assert client.get(url).status_code == 200
    response = client.post(url, {"password1": PASSWORD, "password2": PASSWORD})
    assert response.url == reverse("account_login")
    assert EmailAddress.objects.get(user=invited).verified
    response = client.post(reverse("account_login"), {"login": "new@example.org", "password": PASSWORD})
    assert response.url == "/account/"
    assert client.get(url).status_code == 404  # once
    assert actions(invited) == ["accounts.person_created", "accounts.person_invited", "accounts.password_set"]


@pytest.mark.parametrize(
    ("one", "two"),
    [("short", "short"), (PASSWORD, "another one, longer"), ("", ""), ("1234567890123", "1234567890123")],
)
def test_a_bad_password_is_refused_beside_its_field(client, invited, one, two):
    response = client.post(link_in(Email.objects.get().message), {"password1": one, "password2": two})
    assert response.status_code == 200
    assert response.context["form"].errors.keys() <= {"password1", "password2"}
    invited.refresh_from_db()
    assert not invited.has_usable_password()


def test_a_link_expires(client, invited, settings):
    url = link_in(Email.objects.get().message)
    with time_machine.travel("2099-01-01"):
        assert client.get(url).status_code == 404
    assert client.get(url).status_code == 200


def test_a_link_dies_with_deactivation_a_new_address_and_forgery(invited, administrator):
    token = make_token(invited)
    assert read_token(token) == invited
    assert read_token(token[:-1] + ("A" if token[-1] != "A" else "B")) is None
    assert read_token("nonsense") is None
    assert read_token("") is None
    services.person_update(person=invited, by=administrator, changes={"email": "other@example.org"})
    assert read_token(token) is None
    token = make_token(User.objects.get(pk=invited.pk))
    services.person_deactivate(person=invited, by=administrator, reason="x")
    assert read_token(token) is None
    services.person_reactivate(person=invited, by=administrator)
    assert read_token(token) is None


def test_a_person_with_a_password_is_reset_not_invited(person, administrator):
    with pytest.raises(ValidationError):
        services.person_invite(person=person, by=administrator)
    services.person_reset_password(person=person, by=administrator)
    assert link_in(Email.objects.get().message)
    assert person.check_password(PASSWORD)


def test_without_an_address_the_link_goes_by_sms(make_person, administrator, settings):
    user = make_person(email=None, mobile="13800138000")
    services.person_reset_password(person=user, by=administrator)
    assert link_in(Sms.objects.get().text)
    settings.SMS_BACKEND = ""
    with pytest.raises(ValidationError):
        services.person_reset_password(person=user, by=administrator)


def test_mail_speaks_the_persons_language(make_person, administrator):
    user = make_person("en@example.org", "Ann", password=None, language="en")
    services.person_invite(person=user, by=administrator)
    assert "has made an account for you" in Email.objects.get().message


# Deactivation -----------------------------------------------------------------------------------


def test_deactivation_ends_sessions_at_once_and_for_good(client, person, administrator):
    client.force_login(person)
    assert client.get("/account/").status_code == 200
    services.person_deactivate(person=person, by=administrator, reason="left")
    assert client.get("/account/").status_code == 302
    services.person_reactivate(person=person, by=administrator, reason="back")
    assert client.get("/account/").status_code == 302  # the old session does not come back
    entry = ModelLogEntry.objects.for_instance(person).get(action="accounts.person_deactivated")
    assert entry.user == administrator
    assert entry.data == {"changes": {"is_active": [True, False]}, "reason": "left"}


def test_an_inactive_person_cannot_sign_in(client, person, administrator):
    services.person_deactivate(person=person, by=administrator, reason="left")
    client.post(reverse("account_login"), {"login": person.email, "password": PASSWORD})
    assert client.get("/account/").status_code == 302


def test_steps_that_make_no_sense_are_refused(person, administrator):
    with pytest.raises(ValidationError):
        services.person_deactivate(person=administrator, by=administrator, reason="oops")
    with pytest.raises(ValidationError):
        services.person_reactivate(person=person, by=administrator)
    with pytest.raises(ValidationError):
        services.person_reset_two_factor(person=person, by=administrator, reason="x")
    services.person_deactivate(person=person, by=administrator, reason="left")
    for step in (services.person_invite, services.person_reset_password):
        with pytest.raises(ValidationError):
            step(person=person, by=administrator)
    with pytest.raises(ValidationError):
        services.person_deactivate(person=person, by=administrator, reason="again")


def test_a_reset_second_factor_is_gone_told_and_logged(client, person, administrator):
    TOTP.activate(person, "JBSWY3DPEHPK3PXP")
    client.force_login(person)
    services.person_reset_two_factor(person=person, by=administrator, reason="telephone lost")
    assert not Authenticator.objects.exists()
    assert client.get("/account/").status_code == 302
    assert Email.objects.get().to == [person.email]
    assert actions(person)[-1] == "accounts.two_factor_reset"


def test_changes_are_logged_from_to_once(person, administrator):
    services.person_update(person=person, by=administrator, changes={"name": "李雅文", "mobile": "13800138000"})
    services.person_update(person=person, by=administrator, changes={"name": "李雅文"})
    entry = ModelLogEntry.objects.for_instance(person).get(action="accounts.person_changed")
    assert entry.data["changes"] == {"name": ["李雅", "李雅文"], "mobile": [None, "13800138000"]}


# The back office --------------------------------------------------------------------------------

FORM = {"name": "新人", "email": "new@example.org", "mobile": "", "language": "zh-hans", "groups": [], "invite": "on"}


@pytest.fixture
def office(client, administrator):
    client.force_login(administrator)
    return client


def test_an_administrator_invites(office):
    response = office.post("/admin/users/new/", FORM)
    assert response.status_code == 302, response.context["form"].errors
    made = User.objects.get(email="new@example.org")
    assert not made.has_usable_password()
    assert link_in(Email.objects.get().message)
    assert actions(made) == ["accounts.person_created", "accounts.person_invited"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "ADMIN@example.org"}, "email"),
        ({"email": "nonsense"}, "email"),
        ({"name": ""}, "name"),
        ({"mobile": "12345"}, "mobile"),
        ({"email": ""}, None),  # an invitation, but nowhere to send it
    ],
)
def test_a_bad_invitation_says_why_keeps_what_was_typed_and_makes_nobody(office, changes, field):
    response = office.post("/admin/users/new/", FORM | changes)
    assert response.status_code == 200
    form = response.context["form"]
    assert set(form.errors) == {field or "__all__"}
    assert form["language"].value() == "zh-hans"
    assert User.objects.count() == 1


def test_an_administrator_changes_a_person(office, person):
    data = {"name": "李雅文", "email": person.email, "mobile": "+86 138-0013-8000", "language": "en", "groups": []}
    response = office.post(f"/admin/users/edit/{person.pk}/", data)
    assert response.status_code == 302, response.context["form"].errors
    person.refresh_from_db()
    assert (person.name, person.mobile, person.language) == ("李雅文", "13800138000", "en")
    assert actions(person) == ["accounts.person_created", "accounts.person_changed"]


def test_people_are_listed_and_found(office, person):
    assert "李雅" in office.get("/admin/users/").text
    assert "李雅" in office.get("/admin/users/?q=李").text
    assert "李雅" not in office.get("/admin/users/?q=nobody").text
    assert office.get(f"/admin/users/edit/{person.pk}/").status_code == 200
    assert office.get(f"/admin/users/history/{person.pk}/").status_code == 200


def test_the_list_asks_a_constant_number_of_queries(office, make_person, django_assert_max_num_queries):
    make_person("a@example.org")
    with django_assert_max_num_queries(40) as few:
        office.get("/admin/users/")
    for number in range(20):
        make_person(f"p{number}@example.org", f"人{number}")
    with django_assert_max_num_queries(len(few)):
        office.get("/admin/users/")


@pytest.mark.parametrize("name", ["invite", "password", "two-factor", "deactivate", "reactivate"])
def test_each_step_asks_first(office, person, name):
    url = reverse("wagtailusers_users:step", args=[person.pk, name])
    assert office.get(url).status_code == 200
    person.refresh_from_db()
    assert person.is_active
    assert not Email.objects.exists()


def test_an_administrator_deactivates_with_a_reason(office, person):
    url = reverse("wagtailusers_users:step", args=[person.pk, "deactivate"])
    assert office.post(url, {"reason": ""}).status_code == 200
    person.refresh_from_db()
    assert person.is_active
    office.post(url, {"reason": "left the county"})
    person.refresh_from_db()
    assert not person.is_active
    office.post(url, {"reason": "again"})  # answers politely
    assert office.get(reverse("wagtailusers_users:step", args=[person.pk, "nonsense"])).status_code == 302


def test_nobody_deletes_people(office, person):
    assert office.post(f"/admin/users/delete/{person.pk}/").status_code == 302
    for action in ("delete", "set_active_state", "assign_role"):
        url = f"/admin/bulk/accounts/user/{action}/?id={person.pk}&next=/admin/users/"
        office.post(url, {"mark_as_active": "False", "role": ""})
    person.refresh_from_db()
    assert person.is_active


@pytest.mark.parametrize("path", ["", "new/", "edit/{pk}/", "{pk}/deactivate/step/", "{pk}/two-factor/step/"])
def test_an_editor_may_not_touch_people_whatever_its_group_grants(client, make_person, person, path):
    from django.contrib.auth.models import Permission

    editor = make_person("editor@example.org")
    editor.user_permissions.add(
        *Permission.objects.filter(content_type__app_label="wagtailadmin", codename="access_admin"),
        *Permission.objects.filter(content_type__app_label="accounts"),
    )
    client.force_login(editor)
    response = client.post("/admin/users/" + path.format(pk=person.pk), {"name": "X", "reason": "x"})
    assert (response.status_code, response.url) == (302, "/admin/")
    person.refresh_from_db()
    assert (person.name, person.is_active) == ("李雅", True)


def test_wagtails_account_page_knows_one_name(office, administrator):
    page = office.get("/admin/account/")
    assert page.status_code == 200
    assert "name_email-name" in page.text
    assert "first_name" not in page.text
    assert "管理员" in page.text
    assert administrator.username not in page.text
    data = {
        "name_email-name": "新名字",
        "locale-preferred_language": "",
        "theme-theme": "system",
        "theme-contrast": "system",
        "theme-density": "default",
    }
    response = office.post("/admin/account/", data)
    assert response.status_code == 302
    administrator.refresh_from_db()
    assert administrator.name == "新名字"
