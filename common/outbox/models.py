from django.db import models
from django.utils.translation import gettext_lazy as _
from post_office.models import STATUS, Email


class Mail(Email):
    """post-office's mail under our name (its own texts are not in Chinese)."""

    class Meta:
        proxy = True
        verbose_name = _("mail")
        verbose_name_plural = _("mails")


class Sms(models.Model):
    """One text message to one mobile number.

    The names and values of the sending fields are those of post-office's Email, so that one worker drives both.
    """

    class Status(models.IntegerChoices):
        SENT = STATUS.sent, _("sent")
        FAILED = STATUS.failed, _("given up")
        QUEUED = STATUS.queued, _("waiting")
        REQUEUED = STATUS.requeued, _("waiting after a failure")

    to = models.CharField(_("mobile number"), max_length=20)
    text = models.TextField(_("text"))
    status = models.PositiveSmallIntegerField(_("status"), choices=Status.choices, default=Status.QUEUED)
    scheduled_time = models.DateTimeField(_("not before"), null=True, blank=True)
    number_of_retries = models.PositiveIntegerField(_("attempts"), default=0)
    error = models.TextField(_("last error"), blank=True)
    created = models.DateTimeField(_("written"), auto_now_add=True)
    last_updated = models.DateTimeField(_("last change"), auto_now=True)

    class Meta:
        verbose_name = _("text message")
        verbose_name_plural = _("text messages")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["status", "scheduled_time"], name="common_sms_due")]

    def __str__(self) -> str:
        return self.to
