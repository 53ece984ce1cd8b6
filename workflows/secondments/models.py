"""Secondments 下派上挂 (R102–R107): one case a posting, and its monthly log."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import BaseGenericSetting, register_setting

from network.models import Appointment, Post, Venue
from workflows.core.models import Case


class SecondmentQuerySet(models.QuerySet["Secondment"]):
    """Filters that the guards, the board and the reports share."""

    def overlapping(self, first_day: dt.date, last_day: dt.date) -> Self:
        """Those whose term shares a day with this one, both ends included."""
        return self.filter(first_day__lte=last_day, last_day__gte=first_day)

    def standing(self) -> Self:
        """Those that led to an appointment, running or over."""
        return self.filter(standing=True)


class Secondment(Case):
    """One posting: down, a head's member of staff as deputy head of a branch; up, a branch's person to learn at a head.

    `person` (of Case) is who is sent; `township` is the branch's. The term is `first_day` to `last_day`, both included;
    after an early return `last_day` is the day it really ended. What the bureau approved stays beside it, because the
    appointment may move the term a little (`rules.appointment_problems`). `standing`: the appointment was made.

    A case begins with a nomination, or with a need 需求 that a township or a branch states: until somebody is nominated
    for it, `person`, `home` and `nominated_by` are empty.
    """

    class Direction(models.TextChoices):
        DOWN = "down", _("down, to a branch")
        UP = "up", _("up, to a head institution")

    class Line(models.TextChoices):
        LIBRARY = "library", _("library line")
        CULTURE = "culture", _("culture line")

    class Grade(models.TextChoices):
        EXCELLENT = "excellent", _("excellent")
        COMPETENT = "competent", _("competent")
        BASIC = "basic", _("basically competent")
        FAILED = "failed", _("not competent")

    direction = models.CharField(_("direction"), max_length=5, choices=Direction.choices)
    line = models.CharField(_("line"), max_length=10, choices=Line.choices)
    branch = models.ForeignKey(Venue, models.PROTECT, related_name="+", verbose_name=_("branch that receives or sends"))
    home = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("home post"))
    venue = models.ForeignKey(Venue, models.PROTECT, related_name="secondments", verbose_name=_("receiving venue"))
    full_time = models.BooleanField(_("full-time"), default=True)
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    need = models.TextField(_("need"), max_length=2000)
    nominated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("nominated by"),
    )
    cover_plan = models.TextField(_("cover of the home post"), max_length=2000, blank=True)
    mentor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("mentor")
    )
    study_plan = models.TextField(_("study plan"), max_length=2000, blank=True)
    publish = models.BooleanField(_("agrees to name, post and term being public"), default=False)
    opinion = models.CharField(_("receiving side's opinion"), max_length=10, blank=True)

    approved_first_day = models.DateField(_("first day that was approved"), null=True, blank=True)
    approved_last_day = models.DateField(_("last day that was approved"), null=True, blank=True)
    standing = models.BooleanField(_("appointed"), default=False, editable=False)
    appointment = models.OneToOneField(
        Appointment, models.PROTECT, null=True, related_name="secondment", verbose_name=_("appointment")
    )
    home_later = models.ForeignKey(
        Appointment, models.SET_NULL, null=True, related_name="+", verbose_name=_("home appointment given back")
    )
    handover_on = models.DateField(_("handed over on"), null=True, blank=True)
    handover_note = models.TextField(_("handover"), max_length=2000, blank=True)
    midterm_view_grade = models.CharField(
        _("township's view at mid-term"), max_length=10, choices=Grade.choices, blank=True
    )
    midterm_view = models.TextField(_("township's view at mid-term, in words"), max_length=2000, blank=True)
    midterm_grade = models.CharField(_("mid-term review"), max_length=10, choices=Grade.choices, blank=True)
    midterm_text = models.TextField(_("mid-term findings"), max_length=4000, blank=True)
    renewal_until = models.DateField(_("renewal asked until"), null=True, blank=True)
    returned_on = models.DateField(_("return decided on"), null=True, blank=True)
    next_venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("rotates to")
    )
    report = models.TextField(_("final report"), max_length=6000, blank=True)
    final_view_grade = models.CharField(
        _("township's view of the term"), max_length=10, choices=Grade.choices, blank=True
    )
    final_view = models.TextField(_("township's view of the term, in words"), max_length=2000, blank=True)
    appraisal_grade = models.CharField(_("appraisal"), max_length=10, choices=Grade.choices, blank=True)
    appraisal_text = models.TextField(_("appraisal in words"), max_length=4000, blank=True)
    reminded = models.SmallIntegerField(null=True, editable=False)

    # Where the flow goes next. Written by the step's handler, read by the gateways.
    outcome = models.CharField(max_length=10, blank=True, editable=False)

    objects = SecondmentQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("secondment")
        verbose_name_plural = _("secondments")
        indexes = [models.Index(fields=["first_day", "last_day"]), models.Index(fields=["venue", "line"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="secondments_term_order",
                violation_error_message=_("The last day cannot be before the first day."),
            ),
            models.CheckConstraint(
                condition=Q(standing=False) | Q(appointment__isnull=False, home__isnull=False),
                name="secondments_standing_is_appointed",
            ),
        ]

    @property
    def post_title(self) -> str:
        """What the person is appointed to: deputy branch head (R105) or trainee (R107)."""
        down = self.direction == self.Direction.DOWN
        return Post.Title.DEPUTY_BRANCH_HEAD if down else Post.Title.TRAINEE

    @property
    def from_need(self) -> bool:
        """Whether a township or a branch stated a need first; otherwise whoever opened the case nominated in it."""
        return self.nominated_by_id != self.opened_by_id

    def months(self) -> list[dt.date]:
        """The first days of the calendar months that the term touches, in order."""
        found, month = [], self.first_day.replace(day=1)
        while month <= self.last_day:
            found.append(month)
            month = (month + dt.timedelta(days=32)).replace(day=1)
        return found


class LogEntry(models.Model):
    """One month of a posting in the person's own words."""

    secondment = models.ForeignKey(Secondment, models.PROTECT, related_name="log", verbose_name=_("secondment"))
    month = models.DateField(_("month"), help_text=_("Its first day."))
    days = models.PositiveSmallIntegerField(_("days at the post"), validators=[MaxValueValidator(31)])
    work = models.TextField(_("what was done"), max_length=4000)
    problems = models.TextField(_("problems and proposals"), max_length=2000, blank=True)
    written_at = models.DateTimeField(_("written"), auto_now=True)

    class Meta:
        verbose_name = _("monthly log entry")
        verbose_name_plural = _("monthly log")
        ordering = ["month"]
        constraints = [models.UniqueConstraint(fields=["secondment", "month"], name="secondments_one_entry_a_month")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"


@register_setting(icon="group")
class SecondmentSettings(BaseGenericSetting):
    """The county's own figures for secondments."""

    shift_days = models.PositiveSmallIntegerField(
        _("days by which an appointment may move the approved term"),
        default=30,
        validators=[MaxValueValidator(366)],
        help_text=_("The first day, earlier or later; the last day moves with it at most."),
    )
    final_days = models.PositiveSmallIntegerField(
        _("days before the end from which the term is reported on"),
        default=60,
        validators=[MinValueValidator(1), MaxValueValidator(366)],
        help_text=_("For the final report, and for the township's view of the term."),
    )

    class Meta:
        verbose_name = _("rules of secondments")
