"""Opening hours 开放时间: weekly, dated exceptions, closures. Times are local (Asia/Shanghai)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class WeeklyHours(models.Model):
    """One span on one kind of day. Several rows make a day with a noon break; no row means closed on that day."""

    class Day(models.IntegerChoices):
        MONDAY = 0, _("Monday")
        TUESDAY = 1, _("Tuesday")
        WEDNESDAY = 2, _("Wednesday")
        THURSDAY = 3, _("Thursday")
        FRIDAY = 4, _("Friday")
        SATURDAY = 5, _("Saturday")
        SUNDAY = 6, _("Sunday")
        HOLIDAY = 7, _("Public holidays")
        MAKEUP_WORKDAY = 8, _("Make-up workdays")

    venue = models.ForeignKey("network.Venue", models.CASCADE, related_name="weekly_hours", verbose_name=_("venue"))
    day = models.PositiveSmallIntegerField(
        _("day"),
        choices=Day.choices,
        help_text=_("Without rows of their own, public holidays and make-up workdays follow the day of the week."),
    )
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("weekly hours")
        verbose_name_plural = _("weekly hours")
        ordering = ["day", "opens"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes__gt=F("opens")),
                name="network_weekly_hours_order",
                violation_error_message=_("Closing time must be after opening time."),
            ),
            models.UniqueConstraint(fields=["venue", "day", "opens"], name="network_weekly_hours_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_day_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class DatedHours(models.Model):
    """What holds on one date instead of the weekly hours. Both times empty: closed on that date."""

    venue = models.ForeignKey("network.Venue", models.CASCADE, related_name="dated_hours", verbose_name=_("venue"))
    date = models.DateField(_("date"))
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    class Meta:
        verbose_name = _("hours on a date")
        verbose_name_plural = _("hours on dates")
        ordering = ["date", "opens"]
        indexes = [models.Index(fields=["venue", "date"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(opens__isnull=True, closes__isnull=True) | Q(closes__gt=F("opens")),
                name="network_dated_hours_order",
                violation_error_message=_(
                    "Give both times, closing after opening, or leave both empty for a closed day."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date}"

    def details(self) -> str:
        """The date with its hours (– when closed) and the reason, as the log keeps it."""
        hours = f"{self.opens:%H:%M}–{self.closes:%H:%M}" if self.opens and self.closes else "–"
        return f"{self.date} {hours} {self.reason}".strip()


class Closure(models.Model):
    """A closure announced in advance 闭馆: whole days, first and last included."""

    venue = models.ForeignKey("network.Venue", models.CASCADE, related_name="closures", verbose_name=_("venue"))
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200)
    announced_at = models.DateTimeField(_("announced"), auto_now_add=True)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["first_day"]
        indexes = [models.Index(fields=["venue", "last_day"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="network_closure_order",
                violation_error_message=_("The last day cannot be before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_day}–{self.last_day}"
