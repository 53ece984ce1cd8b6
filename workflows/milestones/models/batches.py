"""Many milestones at once: what one official hands in or decides, row by row, before and while the worker takes it."""

from typing import Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.privatefiles import private_storage

from .evidence import Evidence
from .milestones import Milestone
from .programme import PlanItem, Programme


class BatchQuerySet(models.QuerySet["Batch"]):
    """Filters that the screens and the worker share."""

    def of(self, user: object) -> Self:
        """One's own: nobody sees another's."""
        return self.filter(made_by=user)

    def waiting(self) -> Self:
        """Those that the worker has to go on with, the oldest first."""
        return self.filter(state__in=[Batch.State.QUEUED, Batch.State.RUNNING]).order_by("queued_at", "pk")


class Batch(models.Model):
    """Evidence for many milestones 批量报送, or one decision about many of them 批量审核.

    It is checked row by row while it is a draft; the worker then takes it in its maker's name, and asks again for every
    row whether they may. `total` are the rows to take, `finished` and `failed` those that were. `language`: of the
    messages.
    """

    class Kind(models.TextChoices):
        HAND_IN = "hand_in", _("Evidence for many")
        CHECK = "check", _("Check of many")
        CONFIRM = "confirm", _("Confirmation of many")

    class State(models.TextChoices):
        DRAFT = "draft", _("To be looked at")
        QUEUED = "queued", _("Waiting for the worker")
        RUNNING = "running", _("Being taken")
        DONE = "done", _("Finished by the worker")
        FAILED = "failed", _("Failed: nothing was taken")
        CANCELLED = "cancelled", _("Cancelled")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="batches", verbose_name=_("programme"))
    item = models.ForeignKey(
        PlanItem, models.CASCADE, null=True, blank=True, related_name="batches", verbose_name=_("plan item")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    source = models.CharField(_("handed in by"), max_length=6, choices=Evidence.Source.choices, blank=True)
    decision = models.CharField(_("decision"), max_length=10, blank=True)
    reason = models.TextField(_("reason"), max_length=1000, blank=True)
    all_or_nothing = models.BooleanField(_("all or nothing"), default=False)
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.DRAFT)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), auto_now_add=True)
    queued_at = models.DateTimeField(_("given to the worker"), null=True, blank=True)
    begun_at = models.DateTimeField(_("being taken in one go since"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)
    total = models.PositiveIntegerField(_("rows to take"), default=0)
    finished = models.PositiveIntegerField(_("rows taken"), default=0)
    failed = models.PositiveIntegerField(_("rows refused by the worker"), default=0)
    left_empty = models.PositiveIntegerField(_("rows in which nothing was filled in"), default=0)
    remarks = models.JSONField(_("remarks"), default=list, blank=True)
    file = models.FileField(
        _("spreadsheet"), storage=private_storage, upload_to="batches/%Y/%m", max_length=120, blank=True
    )
    file_name = models.CharField(_("file name"), max_length=150, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["made_by", "-id"], name="milestones_batches_of"),
            models.Index(
                fields=["queued_at"], condition=Q(state__in=["queued", "running"]), name="milestones_batches_waiting"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished__lte=models.F("total") - models.F("failed")), name="milestones_batch_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def is_waiting(self) -> bool:
        """Whether the worker still has to do something."""
        return self.state in (self.State.QUEUED, self.State.RUNNING)

    @property
    def taken(self) -> int:
        """How many rows the worker is through with."""
        return self.finished + self.failed


class BatchRow(models.Model):
    """One row: what was typed, the milestone it is for, and what became of it.

    `values`: done_on (ISO), note and answers of what is handed in; work_item of what is decided about. `turn`: rows
    with a smaller one are taken first (branches before their points). `sample`: drawn to be opened and looked at before
    the batch can be decided; `fine` says what the look found.
    """

    class State(models.TextChoices):
        OK = "ok", _("in order")
        REFUSED = "refused", _("not in order")
        DONE = "done", _("taken")
        FAILED = "failed", _("refused by the worker")

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows", verbose_name=_("batch"))
    sheet = models.CharField(_("sheet"), max_length=40, blank=True)
    number = models.PositiveIntegerField(_("row"))
    place = models.CharField(_("place as typed"), max_length=160, blank=True)
    milestone = models.ForeignKey(
        Milestone, models.CASCADE, null=True, blank=True, related_name="batch_rows", verbose_name=_("milestone")
    )
    turn = models.PositiveSmallIntegerField(_("turn"), default=0)
    values = models.JSONField(_("values"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.OK)
    message = models.TextField(_("what to know"), max_length=2000, blank=True)
    sample = models.BooleanField(_("drawn as a sample"), default=False)
    fine = models.BooleanField(_("found in order"), null=True)
    looked_at = models.DateTimeField(_("looked at"), null=True, blank=True)

    class Meta:
        verbose_name = _("row of a batch")
        verbose_name_plural = _("rows of a batch")
        ordering = ["batch", "sheet", "number", "pk"]
        indexes = [models.Index(fields=["batch", "state", "turn", "number"], name="milestones_rows_by_turn")]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "milestone"], condition=~Q(state="refused"), name="milestones_once_a_batch"
            ),
            models.CheckConstraint(
                condition=Q(state="refused") | Q(milestone__isnull=False), name="milestones_row_has_a_milestone"
            ),
            models.CheckConstraint(
                condition=Q(fine=None, looked_at=None) | Q(sample=True, fine__isnull=False, looked_at__isnull=False),
                name="milestones_sample_is_looked_at",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.place}"


class BatchFile(models.Model):
    """A checked paper or photo of a batch: for one row, or for all (an attendance list). The cases share its bytes."""

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="files", verbose_name=_("batch"))
    row = models.ForeignKey(
        BatchRow, models.CASCADE, null=True, blank=True, related_name="files", verbose_name=_("row")
    )
    label = models.CharField(_("title"), max_length=120, blank=True)
    file = models.FileField(_("file"), storage=private_storage, upload_to="batches/%Y/%m", max_length=120)
    name = models.CharField(_("file name"), max_length=150)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("checksum"), max_length=64)
    # Since then its bytes are only those of the cases that refer to them; where none does, there are none.
    purged_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("file of a batch")
        verbose_name_plural = _("files of a batch")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
