"""What the clock remembers: which milestones were told of, which monthly reports there are."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.privatefiles import private_storage

from .milestones import Milestone
from .programme import Programme


class MilestoneReminder(models.Model):
    """One threshold of one milestone that was told of. A moved last day begins anew: it is part of the key."""

    class Kind(models.TextChoices):
        SOON_30 = "soon_30", _("due within 30 days")
        SOON_7 = "soon_7", _("due within 7 days")
        OVERDUE = "overdue", _("overdue")
        ESCALATED = "escalated", _("overdue for long: told the bureau")

    milestone = models.ForeignKey(Milestone, models.CASCADE, related_name="reminders", verbose_name=_("milestone"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    last_day = models.DateField(_("last day"))
    sent_at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("reminder of a milestone")
        verbose_name_plural = _("reminders of milestones")
        constraints = [
            models.UniqueConstraint(fields=["milestone", "kind", "last_day"], name="milestones_reminded_once"),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.get_kind_display()}"


class MonthlyReport(models.Model):
    """The report of one month 月报 of one programme. `month` is its first day; the files are private."""

    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="monthly_reports", verbose_name=_("programme")
    )
    month = models.DateField(_("month"))
    as_of = models.DateField(_("as of"))
    pdf = models.FileField(_("PDF"), storage=private_storage, upload_to="reports/%Y", max_length=120, blank=True)
    csv = models.FileField(_("CSV"), storage=private_storage, upload_to="reports/%Y", max_length=120)
    made_at = models.DateTimeField(_("made"), auto_now=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
        help_text=_("Empty: the clock."),
    )

    class Meta:
        verbose_name = _("monthly report")
        verbose_name_plural = _("monthly reports")
        ordering = ["-month"]
        constraints = [models.UniqueConstraint(fields=["programme", "month"], name="milestones_report_once")]

    def __str__(self) -> str:
        return f"{self.programme} {self.month:%Y-%m}"
