"""Sign-up, sign-in, second factor, mobile numbers, rate limits, cookies."""

import re
from importlib import import_module

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core import mail
from django.core.cache import cache
from django.urls import reverse
from post_office.models import Email

from accounts.models import User
from common.outbox.models import Sms

from .conftest import PASSWORD

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SIGNUP = {
    "name": "李雅",
    "phone": "138 0013 8000",
    "email": "li@example.org",
    "password1": PASSWORD,
    "password2": PASSWORD,
    "consent": "on",
}


@pytest.fixture(autouse=True)
def no_limits_from_before():
    cache.clear()


@pytest.fixture
def email_only(settings):
    """An installation without an SMS service (the pages for numbers exist, since addresses are wired at start)."""
    base = import_module("config.settings.base")
    for name, value in base.sign_in_settings("").items():
        setattr(settings, name, value)


def sign_in(client, login="li@example.org", password=PASSWORD, **extra):
    return client.post(reverse("account_login"), {"login": login, "password": password, **extra})


def code_from_sms() -> str:
    return found(r"[A-Z0-9]{3,}-?[A-Z0-9]{3,}", Sms.objects.latest("pk").text)


def found(pattern: str, text: object) -> str:
    match = re.search(pattern, str(text))
    assert match, text
    return match[0]


def html_of(message):
    return message.alternatives[0].content


# With e-mail only -------------------------------------------------------------------------------


def test_sign_up_by_address_needs_the_link_in_the_mail(client, email_only):
    data = {key: value for key, value in SIGNUP.items() if key != "phone"}
    response = client.post(reverse("account_signup"), data)
    assert response.url == reverse("account_email_verification_sent")
    person = User.objects.get()
    assert (person.name, person.email, person.mobile, person.language) == ("李雅", "li@example.org", None, "zh-hans")
    assert sign_in(client).url == reverse("account_email_verification_sent")  # not yet
    message = mail.outbox[0]
    assert "文枢" in html_of(message)
    link = found(r"/account/confirm-email/\S+", message.body)
    client.post(link)
    assert EmailAddress.objects.get().verified
    assert sign_in(client).url == "/account/"


def test_without_an_sms_service_nothing_asks_for_a_number(client, email_only):
    page = client.get(reverse("account_signup"))
    assert "phone" not in page.context["form"].fields
    assert "account_request_login_code" not in page.text
    assert sign_in(client, login="13800138000").status_code == 200


def test_signing_up_twice_tells_nobody_that_the_address_is_known(client, email_only, person):
    data = {key: value for key, value in SIGNUP.items() if key != "phone"}
    response = client.post(reverse("account_signup"), data)
    assert response.url == reverse("account_email_verification_sent")
    assert User.objects.count() == 1
    assert mail.outbox[0].to == ["li@example.org"]


@pytest.mark.parametrize("missing", ["name", "email", "password1", "password2", "consent"])
def test_what_is_missing_is_said_beside_its_field(client, email_only, missing):
    data = {key: value for key, value in SIGNUP.items() if key not in ("phone", missing)}
    response = client.post(reverse("account_signup"), data)
    assert missing in response.context["form"].errors
    assert not User.objects.exists()


def test_sign_up_can_be_closed(client, settings):
    settings.SIGNUP_OPEN = False
    assert "phone" not in client.get(reverse("account_signup")).text
    client.post(reverse("account_signup"), SIGNUP)
    assert not User.objects.exists()
    assert reverse("account_signup") not in client.get(reverse("account_login")).text


# With a mobile number ---------------------------------------------------------------------------


def test_sign_up_by_number_needs_the_code(client):
    response = client.post(reverse("account_signup"), SIGNUP | {"email": ""})
    assert response.url == reverse("account_verify_phone"), response.context["form"].errors
    person = User.objects.get()
    assert (person.email, person.mobile, person.mobile_verified) == (None, "13800138000", False)
    assert client.post(response.url, {"code": "WRONG1"}).status_code == 200
    assert client.post(response.url, {"code": code_from_sms()}).url == "/account/"
    person.refresh_from_db()
    assert person.mobile_verified
    client.logout()
    assert sign_in(client, login="13800138000").url == "/account/"


def test_sign_in_by_a_code_on_the_telephone(client, make_person):
    make_person(email=None, mobile="13800138000", mobile_verified=True)
    response = client.post(reverse("account_request_login_code"), {"phone": "+86 13800138000"})
    assert response.url == reverse("account_confirm_login_code")
    assert client.post(response.url, {"code": code_from_sms()}).url == "/account/"


def test_a_number_that_is_taken_makes_no_second_account(client, make_person):
    make_person("other@example.org", mobile="13800138000", mobile_verified=True)
    client.post(reverse("account_signup"), SIGNUP)
    assert User.objects.count() == 1
    assert "already" in Sms.objects.get().text or "已" in Sms.objects.get().text


@pytest.mark.parametrize("number", ["12345", "+1 202 555 0100", "23800138000", "１３８", "\x00", "1" * 200])
def test_a_bad_number_is_refused(client, number):
    response = client.post(reverse("account_signup"), SIGNUP | {"phone": number})
    assert "phone" in response.context["form"].errors
    assert not User.objects.exists()


def test_staff_without_a_number_sign_in_by_address(client, person):
    assert sign_in(client).url == "/account/"


# Limits, cookies, one sign-in -------------------------------------------------------------------


def test_guessing_a_password_is_limited(client, person):
    for _attempt in range(12):
        sign_in(client, password="wrong password")
    response = sign_in(client)
    assert response.status_code in (200, 429)
    assert client.get("/account/").status_code == 302


def test_a_session_begins_only_with_signing_in(client, person):
    assert "sessionid" not in client.get(reverse("account_login")).cookies
    assert "sessionid" not in client.get(reverse("account_signup")).cookies
    assert not client.get("/venues/").cookies
    response = sign_in(client)
    assert "sessionid" in response.cookies
    assert response.cookies["sessionid"]["httponly"]


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_sign_in_leads_nowhere_else(client, person, target):
    assert sign_in(client, next=target).url == "/account/"


def test_the_back_office_has_no_sign_in_of_its_own(client, administrator):
    response = client.get("/admin/login/?next=/admin/pages/")
    assert (response.status_code, response.url) == (302, "/account/login/?next=/admin/pages/")
    client.post("/admin/login/", {"username": administrator.username, "password": PASSWORD})
    assert client.get("/admin/").url.startswith("/account/login/")
    assert client.get("/admin/password_reset/").status_code == 404
    assert sign_in(client, "admin@example.org", next="/admin/").url == "/admin/"


def test_who_follows_a_link_into_the_back_office_without_its_rights_is_told_so_and_not_sent_in_circles(client, person):
    assert sign_in(client, next="/admin/pages/").url == "/admin/pages/"
    page = client.get("/admin/pages/", follow=True)
    assert [address for address, _status in page.redirect_chain] == ["/account/login/?next=/admin/pages/", "/account/"]
    assert [str(message) for message in page.context["messages"]]


# The second factor ------------------------------------------------------------------------------


def totp_code() -> str:
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(SECRET, counter))


@pytest.fixture
def two_factor(settings):
    settings.BACK_OFFICE_TWO_FACTOR = True


def test_the_back_office_asks_for_a_second_factor_to_be_set_up(client, administrator, two_factor):
    client.force_login(administrator)
    for address in ("/admin/", "/admin/users/", "/admin/api/main/pages/", "/admin/outbox/mail/"):
        assert client.get(address).url == reverse("mfa_activate_totp")
    assert client.post("/admin/users/new/", {"name": "X"}).url == reverse("mfa_activate_totp")
    TOTP.activate(administrator, SECRET)
    assert client.get("/admin/").status_code == 200


def test_a_person_sets_up_an_authenticator(client, administrator, two_factor):
    sign_in(client, "admin@example.org")
    url = client.get("/admin/").url
    response = client.get(url)
    assert response.url.startswith(reverse("account_reauthenticate"))
    assert client.post(response.url, {"password": PASSWORD}).url == url
    page = client.get(url)
    assert "data:image/svg+xml" in page.text
    code = format_hotp_value(hotp_value(page.context["form"].secret, next(iter(yield_hotp_counters_from_time()))))
    assert client.post(url, {"code": code}).url == reverse("mfa_view_recovery_codes")
    codes = client.get(reverse("mfa_view_recovery_codes"))
    assert codes.status_code == 200
    assert client.get("/admin/").status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client, administrator, two_factor):
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    RecoveryCodes.activate(administrator)
    client.force_login(administrator)
    assert client.get("/admin/").url == reverse("mfa_activate_totp")


def test_who_has_a_second_factor_is_asked_for_it(client, administrator, two_factor):
    TOTP.activate(administrator, SECRET)
    response = sign_in(client, "admin@example.org", next="/admin/")
    assert response.url.startswith(reverse("mfa_authenticate"))
    assert client.get("/admin/").url.startswith("/account/login/")
    assert client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert client.post(reverse("mfa_authenticate"), {"code": totp_code()}).url == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_the_public_needs_no_second_factor(client, person, two_factor):
    client.force_login(person)
    assert client.get("/account/").status_code == 200


def test_production_asks_for_a_second_factor():
    import os
    import subprocess
    import sys

    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.production",
        "SECRET_KEY": "x" * 60,
        "ALLOWED_HOSTS": "wenshu.example",
        "DATABASE_URL": "sqlite:///:memory:",
        "PYTHONPATH": "site",
    }
    code = (
        "from django.conf import settings as s;"
        "print(s.BACK_OFFICE_TWO_FACTOR, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY,"
        " s.EMAIL_BACKEND, s.OUTBOX_EMAIL_BACKEND, s.ACCOUNT_LOGIN_METHODS)"
    )
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [
        *["True"] * 4,
        "common.outbox.backend.QueueBackend",
        "django.core.mail.backends.smtp.EmailBackend",
        "{'email'}",
    ]


# Every page of the account draws in the site's look ----------------------------------------------

PUBLIC = [
    "account_login",
    "account_signup",
    "account_reset_password",
    "account_reset_password_done",
    "account_request_login_code",
    "account_email_verification_sent",
    "account_inactive",
    "account_reset_password_from_key_done",
]
OWN = [
    "account",
    "account_details",
    "account_email",
    "account_change_phone",
    "account_change_password",
    "account_logout",
    "mfa_index",
    "account_reauthenticate",
    "organisation_new",
]


@pytest.mark.parametrize("name", PUBLIC + OWN)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_account_page_is_in_the_sites_look(client, person, name, language):
    client.cookies["django_language"] = language
    if name in OWN:
        sign_in(client)
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert 'id="main"' in page.text
    assert page.text.count("<h1") == 1
    assert "style=" not in page.text.split('id="main"')[1].split("<footer")[0]


@pytest.mark.parametrize("name", [*OWN, "mfa_activate_totp", "mfa_generate_recovery_codes"])
def test_own_pages_are_not_for_strangers(client, name):
    response = client.get(reverse(name))
    assert response.url == "/" or response.url.startswith(reverse("account_login"))


def test_details_are_changed_and_bad_ones_refused(client, person):
    client.force_login(person)
    assert client.post(reverse("account_details"), {"name": "", "language": "xx"}).context["form"].errors.keys() == {
        "name",
        "language",
    }
    client.post(reverse("account_details"), {"name": "李雅文", "language": "en", "is_superuser": "on"})
    person.refresh_from_db()
    assert (person.name, person.language, person.is_superuser) == ("李雅文", "en", False)


def test_a_new_address_counts_only_when_it_is_proven(client, person):
    sign_in(client)
    client.post(reverse("account_email"), {"email": "new@example.org", "action_add": ""})
    person.refresh_from_db()
    assert person.email == "li@example.org"
    (body,) = (str(message.body) for message in mail.outbox if "confirm-email" in message.body)
    link = found(r"/account/confirm-email/\S+", body)
    client.post(link)
    person.refresh_from_db()
    assert person.email == "new@example.org"
    assert not Email.objects.exists()  # these tests send allauth's mails directly; test_outbox sends them through it


def test_allauths_mails_take_the_outbox(client, person, settings):
    settings.EMAIL_BACKEND = "common.outbox.backend.QueueBackend"
    client.post(reverse("account_reset_password"), {"email": "li@example.org"})
    assert mail.outbox == []
    row = Email.objects.get()
    assert row.to == ["li@example.org"]
    assert "/account/password/reset/key/" in row.message
    assert "/account/password/reset/key/" in row.html_message
