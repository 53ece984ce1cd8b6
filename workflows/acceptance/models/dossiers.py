"""The acceptance dossier 验收档案: a file that the worker makes, and who took it away."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.privatefiles import private_storage
from workflows.milestones.models import Programme


class DossierQuerySet(models.QuerySet["Dossier"]):
    """Filters that screen and worker share."""

    def pending(self) -> Self:
        """Those that the worker still has to finish."""
        return self.filter(state__in=[Dossier.State.WAITING, Dossier.State.RUNNING])


class Dossier(models.Model):
    """One making of a programme's dossier: asked for on a screen, made by `make_dossiers`, kept privately."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        RUNNING = "running", _("Being made")
        DONE = "done", _("Ready")
        FAILED = "failed", _("Failed")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="dossiers", verbose_name=_("programme"))
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    asked_at = models.DateTimeField(_("asked"), auto_now_add=True)
    touched_at = models.DateTimeField(_("last sign of the worker"), null=True, editable=False)
    made, total = (
        models.PositiveIntegerField(_("milestones packed"), default=0),
        models.PositiveIntegerField(_("milestones"), default=0),
    )
    finished_at = models.DateTimeField(_("finished"), null=True)
    file = models.FileField(_("file"), storage=private_storage, upload_to="dossiers/%Y", max_length=120, blank=True)
    size = models.BigIntegerField(_("size"), default=0)
    sha256 = models.CharField(_("checksum"), max_length=64, blank=True)
    files = models.PositiveIntegerField(_("papers and photos"), default=0)
    missing = models.PositiveIntegerField(_("missing or damaged files"), default=0)
    error = models.TextField(_("what went wrong"), blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("acceptance dossier")
        verbose_name_plural = _("acceptance dossiers")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state"])]

    def __str__(self) -> str:
        return f"{self.programme} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def is_pending(self) -> bool:
        """Whether the worker has still to finish it."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def name(self) -> str:
        """The name to save it under."""
        return f"dossier-{self.programme.slug}-{self.asked_at:%Y%m%d-%H%M}.zip"


class DossierDownload(models.Model):
    """Who took a dossier away, and when."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="downloads", verbose_name=_("acceptance dossier"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("who"))
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("download of a dossier")
        verbose_name_plural = _("downloads of dossiers")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.by} {self.at:%Y-%m-%d %H:%M}"
