"""Mail and SMS are rows of the caller's transaction; the worker sends them, backs off and gives up visibly."""

import smtplib
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth.models import Permission
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from post_office.models import STATUS, Attachment, Email, Log
from wagtail.models import ModelLogEntry

from common.outbox import SmsNotConfiguredError, mail_queue, sms_is_configured, sms_queue, worker
from common.outbox.models import Sms
from common.outbox.sms import LocmemBackend, SmsBackend, SmsRefusedError

pytestmark = pytest.mark.django_db


class DownBackend(EmailBackend):
    """A mail server that cannot be reached."""

    def open(self):
        raise ConnectionRefusedError(111, "Connection refused")


class RefusingBackend(EmailBackend):
    """A mail server that knows nobody but good@example.org, and is out of breath for late@example.org."""

    def send_messages(self, messages):
        for message in messages:
            if message.to == ["late@example.org"]:
                raise smtplib.SMTPRecipientsRefused({"late@example.org": (450, b"try later")})
            if message.to != ["good@example.org"]:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        return super().send_messages(messages)


class RefusingSms(SmsBackend):
    def send(self, *, to, text):
        raise SmsRefusedError("unknown number")


class DownSms(SmsBackend):
    def send(self, *, to, text):
        raise TimeoutError("no answer")


@pytest.fixture
def sms(settings):
    settings.SMS_BACKEND = "common.outbox.sms.LocmemBackend"
    LocmemBackend.sent.clear()
    return LocmemBackend.sent


def queue(to="li@example.org", subject="Hello", text="Good day", language=None):
    return mail_queue(to=to, subject=subject, template="plain", context={"body": text}, language=language)


def html_of(message):
    return message.alternatives[0].content


def test_mail_is_sent_by_the_worker_and_not_before():
    row = queue()
    assert mail.outbox == []
    assert worker.send_due() == worker.Outcome(sent=1)
    (message,) = mail.outbox
    assert message.to == ["li@example.org"]
    assert message.subject == "Hello"
    assert message.body == "Good day\n"
    assert message.extra_headers["Message-ID"] == row.message_id
    assert worker.send_due() == worker.Outcome()
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_mail_of_a_change_that_failed_does_not_exist():
    def change():
        with transaction.atomic():
            queue()
            raise RuntimeError("the change failed")

    with pytest.raises(RuntimeError):
        change()
    assert not Email.objects.exists()


def test_text_stays_text_and_html_is_escaped():
    queue(
        subject="<b>\nBcc: x@example.org",
        text="<script>alert(1)</script> & {{ settings }} https://example.org/?a=1&b=2",
    )
    worker.send_due()
    (message,) = mail.outbox
    html = html_of(message)
    assert message.subject == "<b> Bcc: x@example.org"
    assert message.body.startswith("<script>alert(1)</script> & {{ settings }}")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert 'href="https://example.org/?a=1&amp;b=2"' in html
    assert settings.WAGTAIL_SITE_NAME in html


@pytest.mark.parametrize(
    ("language", "subject", "lang"),
    [("zh-hans", "简体中文", "zh-hans"), ("en", "Simplified Chinese", "en"), (None, "简体中文", "zh-hans")],
)
def test_a_mail_speaks_the_recipients_language(language, subject, lang):
    queue(subject=gettext_lazy("Simplified Chinese"), language=language)
    row = Email.objects.get()
    assert row.subject == subject
    assert f'<html lang="{lang}">' in row.html_message


def test_an_impossible_address_is_refused():
    with pytest.raises(ValidationError):
        queue(to="not an address")


def test_a_server_that_is_down_costs_nothing_but_time(settings):
    queue(to="one@example.org")
    queue(to="two@example.org")
    settings.OUTBOX_EMAIL_BACKEND = f"{__name__}.DownBackend"
    assert worker.send_due() == worker.Outcome(put_off=1)  # the second was not even tried
    assert "Connection refused" in Log.objects.get().message
    settings.OUTBOX_EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert worker.send_due() == worker.Outcome(sent=1)  # the first has its pause
    with time_machine.travel(timezone.now() + timedelta(seconds=61), tick=False):
        assert worker.send_due() == worker.Outcome(sent=1)
    assert sorted(message.to[0] for message in mail.outbox) == ["one@example.org", "two@example.org"]


def test_the_pauses_grow_and_in_the_end_the_mail_is_given_up(settings):
    settings.OUTBOX_EMAIL_BACKEND = f"{__name__}.DownBackend"
    row = queue()
    start = timezone.now()
    with time_machine.travel(start, tick=False) as clock:
        for pause in worker.PAUSES:
            assert worker.send_due() == worker.Outcome(put_off=1)
            row.refresh_from_db()
            assert row.scheduled_time == timezone.now() + pause
            clock.shift(pause - timedelta(seconds=1))
            assert worker.send_due() == worker.Outcome()
            clock.shift(timedelta(seconds=1))
        assert worker.send_due() == worker.Outcome(given_up=1)
        assert timezone.now() - start > timedelta(days=3)
    row.refresh_from_db()
    assert row.status == STATUS.failed
    assert row.logs.count() == len(worker.PAUSES) + 1


def test_an_unknown_recipient_is_given_up_at_once_and_stops_nobody_else(settings):
    settings.OUTBOX_EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    bad, late, _good = queue(to="bad@example.org"), queue(to="late@example.org"), queue(to="good@example.org")
    assert worker.send_due() == worker.Outcome(sent=1, put_off=1, given_up=1)
    bad.refresh_from_db()
    late.refresh_from_db()
    assert (bad.status, late.status) == (STATUS.failed, STATUS.requeued)


def test_a_worker_that_died_leaves_a_row_that_comes_due_again():
    row = queue()
    claimed = worker._claim(Email)  # and here the worker dies
    assert claimed == row
    assert worker.send_due() == worker.Outcome()
    with time_machine.travel(timezone.now() + worker.LEASE + timedelta(seconds=1), tick=False):
        assert worker.send_due() == worker.Outcome(sent=1)
    assert mail.outbox[0].extra_headers["Message-ID"] == row.message_id


def test_djangos_own_mails_take_the_outbox_with_everything_they_carry(settings):
    settings.EMAIL_BACKEND = "common.outbox.backend.QueueBackend"
    message = EmailMultiAlternatives(
        "{% load x %} {{ y",
        "{% plain",
        "Site <site@example.org>",
        ["to@example.org"],
        cc=["cc@example.org"],
        bcc=["bcc@example.org"],
        reply_to=["answer@example.org"],
        headers={"X-Room": "7"},
    )
    message.attach_alternative("<p>{{ html }}</p>", "text/html")
    message.attach("活动.ics", "BEGIN:VCALENDAR", "text/calendar")
    assert message.send() == 1
    assert mail.outbox == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    worker.send_due()
    (sent,) = mail.outbox
    assert (sent.subject, sent.body, sent.from_email) == ("{% load x %} {{ y", "{% plain", "Site <site@example.org>")
    assert (sent.to, sent.cc, sent.bcc) == (["to@example.org"], ["cc@example.org"], ["bcc@example.org"])
    assert sent.extra_headers["Reply-To"] == "answer@example.org"
    assert sent.extra_headers["X-Room"] == "7"
    assert html_of(sent) == "<p>{{ html }}</p>"
    assert [(part.filename, part.mimetype) for part in sent.attachments] == [("活动.ics", "text/calendar")]
    assert str(settings.MEDIA_ROOT) not in Attachment.objects.get().file.path


def test_sms_waits_like_mail(sms):
    sms_queue(to="13800138000", text="您的验证码是 123456")
    assert sms == []
    assert worker.send_due() == worker.Outcome(sent=1)
    assert sms == [("13800138000", "您的验证码是 123456")]


def test_without_a_service_no_sms_is_accepted(settings):
    settings.SMS_BACKEND = ""
    assert not sms_is_configured()
    with pytest.raises(SmsNotConfiguredError):
        sms_queue(to="13800138000", text="x")
    assert not Sms.objects.exists()


@pytest.mark.parametrize(
    ("backend", "outcome", "error"),
    [
        ("RefusingSms", worker.Outcome(given_up=1), "SmsRefusedError: unknown number"),
        ("DownSms", worker.Outcome(put_off=1), "TimeoutError: no answer"),
    ],
)
def test_sms_failures_are_told_apart(settings, backend, outcome, error):
    settings.SMS_BACKEND = f"{__name__}.{backend}"
    row = sms_queue(to="13800138000", text="x")
    assert worker.send_due() == outcome
    row.refresh_from_db()
    assert row.error == error


def test_console_sms_prints(settings, capsys):
    settings.SMS_BACKEND = "common.outbox.sms.ConsoleBackend"
    sms_queue(to="13800138000", text="您好")
    worker.send_due()
    assert capsys.readouterr().out == "SMS to 13800138000: 您好\n"


def test_old_messages_are_deleted_by_the_command_with_their_attachments(settings, sms, capsys):
    settings.EMAIL_BACKEND = "common.outbox.backend.QueueBackend"
    with time_machine.travel(timezone.now() - timedelta(days=settings.OUTBOX_KEEP_DAYS + 1)):
        message = EmailMultiAlternatives("Old", "x", to=["a@example.org"])
        message.attach("a.txt", "a", "text/plain")
        message.send()
        sms_queue(to="13800138000", text="x")
    queue(subject="New")
    call_command("send_outbox")
    assert [row.subject for row in Email.objects.all()] == ["New"]
    assert not Attachment.objects.exists()
    assert not Sms.objects.exists()
    assert capsys.readouterr().out == "sent 1, put off 0, given up 0\n"


# The back office --------------------------------------------------------------------------------


@pytest.fixture
def given_up(settings):
    settings.OUTBOX_EMAIL_BACKEND = f"{__name__}.RefusingBackend"
    row = queue(to="bad@example.org", text="secret link")
    worker.send_due()
    row.refresh_from_db()
    return row


def test_administrators_see_the_outbox_without_its_texts(admin_client, given_up):
    listed = admin_client.get("/admin/outbox/mail/")
    shown = admin_client.get(f"/admin/outbox/mail/inspect/{given_up.pk}/")
    for page in (listed, shown):
        assert page.status_code == 200
        assert "bad@example.org" in page.text
        assert "secret link" not in page.text
    assert "no such user" in listed.text
    assert reverse("outbox_retry_mail", args=[given_up.pk]) in listed.text
    assert admin_client.get("/admin/outbox/sms/").status_code == 200


def test_an_administrator_sends_again_and_the_log_knows(admin_client, given_up):
    url = reverse("outbox_retry_mail", args=[given_up.pk])
    assert admin_client.get(url).status_code == 200
    given_up.refresh_from_db()
    assert given_up.status == STATUS.failed  # looking changes nothing
    admin_client.post(url)
    assert ModelLogEntry.objects.get().action == "common.outbox.retry"
    given_up.refresh_from_db()
    assert given_up.status == STATUS.requeued
    assert given_up.scheduled_time is None
    before = given_up.last_updated
    admin_client.post(url)  # twice does no harm
    given_up.refresh_from_db()
    assert given_up.last_updated == before


@pytest.mark.parametrize("action", ["create", "edit/{pk}", "delete/{pk}"])
def test_nobody_writes_edits_or_deletes_messages(admin_client, given_up, action):
    response = admin_client.get(f"/admin/outbox/mail/{action.format(pk=given_up.pk)}/")
    assert response.status_code in (302, 403, 404)
    assert Email.objects.filter(pk=given_up.pk).exists()


@pytest.mark.parametrize("address", ["/admin/outbox/mail/", "/admin/outbox/sms/", "/admin/outbox/mail/{pk}/retry/"])
def test_an_editor_may_not_see_the_outbox(client, django_user_model, given_up, address):
    editor = django_user_model.objects.create_user(email="editor@example.org", password="x", name="Editor")
    editor.user_permissions.add(*Permission.objects.filter(content_type__app_label__in=["wagtailadmin", "post_office"]))
    client.force_login(editor)
    response = client.post(address.format(pk=given_up.pk))
    assert response.status_code in (302, 403)
    if response.status_code == 302:
        assert response.url == "/admin/"
    given_up.refresh_from_db()
    assert given_up.status == STATUS.failed
