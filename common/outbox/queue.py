"""Writing messages into the outbox."""

from typing import Any

from django.conf import settings
from django.core.mail.message import make_msgid
from django.template import Context
from django.template.exceptions import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils import translation
from post_office.models import PRIORITY, STATUS, Email

from .models import Sms


class SmsNotConfiguredError(RuntimeError):
    """No SMS service is configured (SMS_BACKEND is empty). Ask `sms_is_configured()` before offering SMS."""


def mail_queue(
    *,
    to: str,
    subject: Any,
    template: str,
    context: dict[str, Any],
    language: str | None = None,
) -> Email:
    """Write a mail to one address `to`, in the caller's transaction, and return its row.

    `template` names `templates/email/<template>.txt`; beside it may stand `<template>.html` (extending
    `email/base.html`), otherwise the text is set in the site's look. `subject` may be a lazy translation: it and the
    templates speak `language` (a code of LANGUAGES; None: the site's default). To `context` come `site_name`,
    `base_url` (without a closing slash) and `subject`. Raises ValidationError for an impossible address.
    """
    with translation.override(language or settings.LANGUAGE_CODE):
        line = " ".join(str(subject).split())
        full = context | {
            "subject": line,
            "site_name": settings.WAGTAIL_SITE_NAME,
            "base_url": settings.WAGTAILADMIN_BASE_URL.rstrip("/"),
        }
        text = _text_body(template, full)
        html = _html_body(template, full | {"text": text})
    return mail_row(to=[to], subject=line, text=text, html=html)


def mail_row(*, to: list[str], subject: str, text: str, html: str = "", **fields: Any) -> Email:
    """Write a finished mail. A retry carries the same Message-ID, by which mail servers drop a duplicate."""
    return Email.objects.create(
        from_email=fields.pop("from_email", None) or settings.DEFAULT_FROM_EMAIL,
        to=to,
        subject=subject,
        message=text,
        html_message=html,
        message_id=make_msgid(domain=settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].rstrip(">") or "localhost"),
        status=STATUS.queued,
        priority=PRIORITY.medium,
        **fields,
    )


def sms_is_configured() -> bool:
    """Whether text messages can be sent at all."""
    return bool(settings.SMS_BACKEND)


def sms_queue(*, to: str, text: str) -> Sms:
    """Write a text message to the mobile number `to`, in the caller's transaction. Raises SmsNotConfiguredError."""
    if not sms_is_configured():
        raise SmsNotConfiguredError("SMS_BACKEND is empty")
    return Sms.objects.create(to=to, text=text)


def _text_body(template: str, context: dict[str, Any]) -> str:
    rendered = get_template(f"email/{template}.txt").template.render(Context(context, autoescape=False))  # type: ignore[attr-defined]
    return rendered.strip() + "\n"  # a plain str again: the HTML body must escape it


def _html_body(template: str, context: dict[str, Any]) -> str:
    try:
        found = get_template(f"email/{template}.html")
    except TemplateDoesNotExist:
        found = get_template("email/from_text.html")
    return found.render(context)
