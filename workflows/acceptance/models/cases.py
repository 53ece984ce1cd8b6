"""The case of an acceptance, and what is handed in, measured and decided in it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from workflows.core.models import Case, CaseFile
from workflows.milestones.models import Programme


class Acceptance(Case):
    """One acceptance of one programme 验收, from the heads' summary reports to the superior's decision (R39–R41)."""

    programme = models.ForeignKey(Programme, models.PROTECT, related_name="acceptances", verbose_name=_("programme"))
    unfinished = models.PositiveIntegerField(_("unfinished milestones of earlier stages at the start"), default=0)
    why_now = models.TextField(_("why it starts although they are unfinished"), max_length=1000, blank=True)
    # Where the flow goes next. Written by the step's handler, read by the gateways.
    outcome = models.CharField(max_length=20, blank=True, editable=False)

    class Meta:
        verbose_name = _("acceptance")
        verbose_name_plural = _("acceptances")


class Statement(models.Model):
    """What a head institution says: its summary report 总结 (R39), its self-check 自查 (R40). One each a line."""

    class Kind(models.TextChoices):
        REPORT = "report", _("Summary report")
        SELF_CHECK = "self_check", _("Self-check")

    class Line(models.TextChoices):
        LIBRARY = "library", _("Library")
        CULTURE = "culture", _("Cultural centre")

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="statements", verbose_name=_("acceptance"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    line = models.CharField(_("line"), max_length=10, choices=Line.choices)
    text = models.TextField(_("text"), max_length=8000)
    paper = models.ForeignKey(
        CaseFile, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("paper")
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("statement")
        verbose_name_plural = _("statements")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["acceptance", "kind", "line"], name="acceptance_statement_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_line_display()}"


class Snapshot(models.Model):
    """The criteria as they were measured at a decision. What changes in the registers later changes nothing here."""

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="snapshots", verbose_name=_("acceptance"))
    node = models.CharField(_("step"), max_length=60)
    figures = models.JSONField(_("figures"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("snapshot of the criteria")
        verbose_name_plural = _("snapshots of the criteria")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.node} {self.at:%Y-%m-%d %H:%M}"


class Inspection(models.Model):
    """The superior's inspection and acceptance 上级检查验收 as recorded by the bureau (R41)."""

    acceptance = models.ForeignKey(Acceptance, models.CASCADE, related_name="inspections", verbose_name=_("acceptance"))
    organ = models.CharField(_("organ"), max_length=80)
    document_number = models.CharField(_("document number"), max_length=60)
    on = models.DateField(_("day of the document"))
    passed = models.BooleanField(_("accepted"))
    reasons = models.TextField(_("reasons"), max_length=4000, blank=True)
    paper = models.ForeignKey(CaseFile, models.PROTECT, related_name="+", verbose_name=_("superior's document"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by"))
    at = models.DateTimeField(_("recorded"), auto_now_add=True)

    class Meta:
        verbose_name = _("inspection by the superior")
        verbose_name_plural = _("inspections by the superior")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(passed=True) | ~Q(reasons=""), name="acceptance_failure_has_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.organ} {self.document_number}"
