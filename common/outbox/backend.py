"""Django's EMAIL_BACKEND that queues, so that mails of allauth and Wagtail take the outbox too."""

from collections.abc import Sequence
from email.mime.base import MIMEBase
from typing import Any

from django.core.files.base import ContentFile
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from post_office.models import Email
from post_office.utils import create_attachments

from .queue import mail_row


class QueueBackend(BaseEmailBackend):
    """Writes each message as a row. (post-office's own backend compiles subject and text as a template again.)"""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        with transaction.atomic():
            for message in email_messages:
                if message.recipients():
                    _keep(message)
        return len(email_messages)


def _keep(message: EmailMessage) -> Email:
    html = next((part for part, kind in getattr(message, "alternatives", []) if kind == "text/html"), "")
    headers = dict(message.extra_headers)
    if message.reply_to:
        headers.setdefault("Reply-To", ", ".join(message.reply_to))
    row = mail_row(
        to=list(message.to),
        cc=list(message.cc),
        bcc=list(message.bcc),
        from_email=message.from_email,
        subject=" ".join(str(message.subject).split()),
        text=str(message.body),
        html=str(html),
        headers={key: str(value) for key, value in headers.items()},
    )
    row.attachments.add(*create_attachments(dict(map(_attachment, message.attachments))))
    return row


def _attachment(part: Any) -> tuple[str, dict[str, Any]]:
    if isinstance(part, MIMEBase):
        name, mimetype, content = part.get_filename(), part.get_content_type(), part.get_payload(decode=True)
    else:
        name, content, mimetype = part
    data = content.encode() if isinstance(content, str) else content or b""
    return name or "attachment", {"file": ContentFile(data), "mimetype": mimetype}
