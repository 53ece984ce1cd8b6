"""Sending what waits in the outbox.

A worker claims one row in a short transaction of its own (on PostgreSQL passing over rows that another worker holds):
it counts the attempt and moves `scheduled_time` ahead by LEASE, so nobody else takes the row. Then it sends outside of
any transaction, and notes the outcome. A worker that dies between sending and noting leaves a row that comes due again
after LEASE; that mail goes out twice at worst, with the same Message-ID.
"""

import logging
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from post_office.models import STATUS, Email, Log
from post_office.utils import cleanup_expired_mails

from .models import Sms
from .sms import SmsBackend, SmsRefusedError, get_backend

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=15)
# Pauses after the first, second … failure. Together nearly four days: a mail server may be down over a weekend.
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 360, 720, 1440, 1440, 1440)]
WAITING = [STATUS.queued, STATUS.requeued]


class ServerDownError(Exception):
    """The service itself cannot be reached: the rest of the queue need not be tried now."""


@dataclass
class Outcome:
    """How many messages of one run were sent, put off and given up."""

    sent: int = 0
    put_off: int = 0
    given_up: int = 0


def send_due() -> Outcome:
    """Send every message that is due and count what became of them."""
    outcome = Outcome()
    transport = get_connection(settings.OUTBOX_EMAIL_BACKEND)
    try:
        _drain(Email, lambda row: _send_mail(row, transport), outcome)
    finally:
        transport.close()
    if settings.SMS_BACKEND:
        service = get_backend()
        _drain(Sms, lambda row: _send_sms(row, service), outcome)
    return outcome


def purge(*, days: int) -> int:
    """Delete messages written more than `days` days ago, with their attachments. Returns how many."""
    before = timezone.now() - timedelta(days=days)
    mails, _attachments = cleanup_expired_mails(before)
    texts, _per_model = Sms.objects.filter(created__lt=before).delete()
    return int(mails) + texts


def retry(row: Email | Sms) -> bool:
    """Put a message that was given up back into the queue; False when it is not given up (any more)."""
    changed = (
        type(row)
        ._default_manager.filter(pk=row.pk, status=STATUS.failed)
        .update(status=STATUS.requeued, scheduled_time=None, number_of_retries=0, last_updated=timezone.now())
    )
    return bool(changed)


def _drain(model: type[models.Model], send: Callable[[Any], None], outcome: Outcome) -> None:
    while row := _claim(model):
        try:
            send(row)
        except ServerDownError as error:
            _put_off(row, error.__cause__ or error, outcome)
            return
        except Exception as error:  # noqa: BLE001 - whatever a service raises, the row must not be lost
            _put_off(row, error, outcome)
        else:
            _update(row, status=STATUS.sent)
            outcome.sent += 1


def _claim(model: type[models.Model]) -> Any:
    """The next due row, ours for LEASE; None when nothing is due."""
    now = timezone.now()
    due = Q(scheduled_time__isnull=True) | Q(scheduled_time__lte=now)
    with transaction.atomic():
        rows = model._default_manager.select_for_update(skip_locked=True)
        row: Any = rows.filter(due, status__in=WAITING).order_by("pk").first()
        if row is not None:
            row.number_of_retries = (row.number_of_retries or 0) + 1
            row.scheduled_time = now + LEASE
            _update(row, number_of_retries=row.number_of_retries, scheduled_time=row.scheduled_time)
    return row


def _send_mail(row: Email, transport: BaseEmailBackend) -> None:
    message = row.prepare_email_message()
    try:
        transport.open()  # does nothing while the connection stands
    except OSError as error:  # smtplib's exceptions are OSErrors too
        raise ServerDownError from error
    try:
        transport.send_messages([message])
    except Exception:
        transport.close()  # a broken conversation must not spoil the next message
        raise


def _send_sms(row: Sms, service: SmsBackend) -> None:
    service.send(to=row.to, text=row.text)


def _put_off(row: Any, error: BaseException, outcome: Outcome) -> None:
    attempt = row.number_of_retries
    reason = f"{type(error).__name__}: {error}"[:2000]
    if _is_final(error) or attempt > len(PAUSES):
        changes: dict[str, Any] = {"status": STATUS.failed}
        outcome.given_up += 1
        logger.error("outbox: gave up %s %s: %s", type(row).__name__, row.pk, reason)
    else:
        changes = {"status": STATUS.requeued, "scheduled_time": timezone.now() + PAUSES[attempt - 1]}
        outcome.put_off += 1
        logger.warning("outbox: put off %s %s: %s", type(row).__name__, row.pk, reason)
    if isinstance(row, Email):
        Log.objects.create(email=row, status=STATUS.failed, message=reason, exception_type=type(error).__name__)
    else:
        changes["error"] = reason
    _update(row, **changes)


def _is_final(error: BaseException) -> bool:
    """Whether trying again is useless: every recipient refused for good (5xx), or the SMS service says never."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(500 <= code < 600 for code, _text in error.recipients.values())
    return isinstance(error, SmsRefusedError)


def _update(row: Any, **changes: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(last_updated=timezone.now(), **changes)
