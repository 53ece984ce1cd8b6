"""What is handed in for a milestone, what is asked of the bureau meanwhile, and what the leading group resolves."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.core.models import CaseFile

from .milestones import Milestone, MilestoneCase


class Evidence(models.Model):
    """One handing-in 佐证材料: the day it was done, a note, a survey's answers, papers and photos.

    `answers`: question's key → value, as the survey's form cleaned them. A withdrawn one stays, with who and why.
    """

    class Source(models.TextChoices):
        FORM = "form", _("form")
        GRID = "grid", _("grid")
        SHEET = "sheet", _("spreadsheet")

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="evidence", verbose_name=_("milestone"))
    case = models.ForeignKey(MilestoneCase, models.PROTECT, related_name="evidence", verbose_name=_("case"))
    done_on = models.DateField(_("done on"))
    note = models.TextField(_("note"), max_length=2000, blank=True)
    answers = models.JSONField(_("answers"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    files = models.ManyToManyField(CaseFile, blank=True, related_name="evidence", verbose_name=_("papers and photos"))
    source = models.CharField(_("handed in by"), max_length=6, choices=Source.choices, default=Source.FORM)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_why = models.TextField(_("why it was withdrawn"), max_length=1000, blank=True)

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        ordering = ["pk"]
        indexes = [models.Index(fields=["milestone"], condition=Q(withdrawn_at=None), name="milestones_valid_evidence")]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | (Q(withdrawn_by__isnull=False) & ~Q(withdrawn_why="")),
                name="milestones_withdrawn_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.done_on}"


class DateMove(models.Model):
    """A request to move a milestone's last day 调整时限: needs a reason, and somebody else's approval."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="date_moves", verbose_name=_("milestone"))
    case = models.ForeignKey(MilestoneCase, models.PROTECT, related_name="date_moves", verbose_name=_("case"))
    old = models.DateField(_("from"))
    new = models.DateField(_("to"))
    reason = models.TextField(_("reason"), max_length=1000)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    approved = models.BooleanField(_("approved"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True)

    class Meta:
        verbose_name = _("moved date")
        verbose_name_plural = _("moved dates")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved=None, decided_by=None)
                | (Q(approved__isnull=False) & Q(decided_by__isnull=False) & ~Q(decided_by=models.F("asked_by"))),
                name="milestones_date_approved_by_another",
            ),
            models.UniqueConstraint(
                fields=["milestone"], condition=Q(approved=None), name="milestones_one_open_date_request"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.milestone}: {self.old} → {self.new}"


class GroupIssue(models.Model):
    """What blocks a milestone and goes before the leading group 领导小组 (R57, R58, R117), with its resolution."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="issues", verbose_name=_("milestone"))
    case = models.ForeignKey(MilestoneCase, models.PROTECT, related_name="issues", verbose_name=_("case"))
    problem = models.TextField(_("what blocks it"), max_length=2000)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("raised by")
    )
    raised_at = models.DateTimeField(_("raised"), auto_now_add=True)
    met_on = models.DateField(_("leading group met on"), null=True, blank=True)
    resolution = models.TextField(_("resolution"), max_length=4000, blank=True)
    minutes = models.ForeignKey(
        CaseFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("minutes")
    )
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("recorded by")
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)

    class Meta:
        verbose_name = _("leading group's issue")
        verbose_name_plural = _("leading group's issues")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(resolved_at=None)
                | (Q(met_on__isnull=False) & Q(resolved_by__isnull=False) & ~Q(resolution="")),
                name="milestones_resolution_is_recorded",
            ),
            models.UniqueConstraint(
                fields=["milestone"], condition=Q(resolved_at=None), name="milestones_one_open_issue"
            ),
        ]

    def __str__(self) -> str:
        return self.problem[:40]
