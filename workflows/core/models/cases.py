"""A case 案件: one run of one flow, with what every flow needs to know about it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from viewflow.workflow.models import Process

from common.privatefiles import private_storage


class CaseQuerySet(models.QuerySet["Case"]):
    """Filters that every list, count, chart and export shares."""

    def visible_to(self, user: Any) -> Self:
        """The cases an official may see. The scope is decided in permissions.py and nowhere else."""
        from ..permissions import case_scope

        return self.filter(case_scope(user))

    def of_applicant(self, user: Any) -> Self:
        """The cases of the organisations this person belongs to, and those about themselves. May name one twice."""
        return self.filter(models.Q(organisation__memberships__user=user) | models.Q(person=user))


class Case(Process):
    """What every kind of case shares. A flow's own model inherits from it (multi-table)."""

    class State(models.TextChoices):
        ACTIVE = "active", _("In progress")
        SUSPENDED = "suspended", _("Suspended")
        DONE = "done", _("Completed")
        REFUSED = "refused", _("Refused")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        CANCELLED = "cancelled", _("Cancelled")

    RUNNING = (State.ACTIVE, State.SUSPENDED)

    number = models.CharField(_("reference number"), max_length=20, unique=True)
    check_word = models.CharField(
        _("check word"),
        max_length=8,
        editable=False,
        help_text=_("Whoever knows it and the number may read the status."),
    )
    title = models.CharField(_("title"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.ACTIVE)
    library = models.BooleanField(_("library line"), default=False)
    culture = models.BooleanField(_("culture line"), default=False)
    township = models.ForeignKey(
        "network.Division", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("township")
    )
    office = models.ForeignKey(
        "network.Office", models.PROTECT, null=True, blank=True, related_name="cases", verbose_name=_("office")
    )
    organisation = models.ForeignKey(
        "accounts.Organisation",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases",
        verbose_name=_("organisation"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="cases_about",
        verbose_name=_("person concerned"),
        help_text=_("Acts at the desk, like an applicant, and decides nothing in it."),
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="opened_cases", verbose_name=_("opened by")
    )
    decided_at = models.DateTimeField(
        _("decided"), null=True, blank=True, help_text=_("From here on it cannot be withdrawn.")
    )
    suspended_at = models.DateTimeField(_("suspended"), null=True, blank=True)
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["township", "state"]), models.Index(fields=["state"])]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_running(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self.state in self.RUNNING

    @property
    def lines(self) -> list[str]:
        """The lines that the case touches: "library", "culture" or both."""
        return [line for line in ("library", "culture") if getattr(self, line)]


class CaseSerial(models.Model):
    """The last reference number given, by prefix and year; the row is the lock."""

    prefix = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="workflows_core_serial_once")]

    def __str__(self) -> str:
        return f"{self.prefix}{self.year}"


class CaseFile(models.Model):
    """A paper of a case. Kept outside the public media folder and served only to those who may see the case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="files", verbose_name=_("case"))
    paper = models.CharField(_("paper"), max_length=40, help_text=_("Which paper of the list it is."))
    label = models.CharField(_("title"), max_length=120)
    file = models.FileField(_("file"), storage=private_storage, upload_to="cases/%Y/%m", max_length=120)
    name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)
    internal = models.BooleanField(_("for officials only"), default=False)
    replaced = models.BooleanField(_("replaced by a newer one"), default=False)

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.label}: {self.name}"
