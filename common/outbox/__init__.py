"""The outbox 发件箱: mail and SMS are rows, written in the caller's transaction and sent later by `send_outbox`.

A message exists exactly when the change it speaks of was committed, and none is lost while a mail server is down.
Mail rows are django-post-office's (it keeps MIME parts, attachments and the log of attempts); SMS rows are `Sms`.
post-office's own sender is not used: it locks by a file on one machine, notes a whole batch of mails as sent only at
its end, and retries at one fixed interval. `worker.py` claims rows in the database and backs off instead.
"""

from .queue import SmsNotConfiguredError, mail_queue, sms_is_configured, sms_queue

__all__ = ["SmsNotConfiguredError", "mail_queue", "sms_is_configured", "sms_queue"]
