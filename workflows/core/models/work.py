"""Work items, deadlines, delegation."""

from datetime import date, datetime, timedelta
from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class WorkItemQuerySet(models.QuerySet["WorkItem"]):
    """Filters that the inbox, the clocks and the counts share."""

    def open(self) -> Self:
        """Somebody's turn."""
        return self.filter(state=WorkItem.State.OPEN)

    def visible_to(self, user: Any) -> Self:
        """The items of the cases that an official may see."""
        from ..permissions import case_scope

        return self.filter(case_scope(user, prefix="case__"))

    def overdue(self, day: date) -> Self:
        """Open, the clock running, and past the last day."""
        return self.open().filter(paused_at=None, due_on__lt=day)


class WorkItem(models.Model):
    """One row per human task, written in the task's own transaction. It feeds inbox, counts, clocks and statistics."""

    class Role(models.TextChoices):
        APPLICANT = "applicant", _("Applicant")
        TOWNSHIP = "township", _("Township government")
        HEAD = "head", _("Head institution")
        BUREAU = "bureau", _("Bureau")

    class State(models.TextChoices):
        OPEN = "open", _("Open")
        DONE = "done", _("Done")
        CANCELLED = "cancelled", _("Cancelled")

    task = models.OneToOneField("viewflow.Task", models.CASCADE, related_name="work_item", verbose_name=_("task"))
    case = models.ForeignKey("workflows_core.Case", models.CASCADE, related_name="work_items", verbose_name=_("case"))
    flow = models.CharField(_("flow"), max_length=40)
    node = models.CharField(_("step"), max_length=60)
    role = models.CharField(_("whose turn"), max_length=10, choices=Role.choices)
    line = models.CharField(_("line"), max_length=10, blank=True, help_text=_("Empty: either line."))
    township = models.ForeignKey(
        "network.Division", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("township")
    )
    office = models.ForeignKey(
        "network.Office", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("office")
    )
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="work_items",
        verbose_name=_("assigned to"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State.choices, default=State.OPEN)
    judges = models.BooleanField(
        _("decides"), default=False, help_text=_("Counts for: nobody decides two successive steps.")
    )
    step = models.PositiveSmallIntegerField(_("place in the order of deciding steps"), default=1)
    opened_at = models.DateTimeField(_("since"), default=timezone.now)
    due_on = models.DateField(_("due"), null=True, blank=True)
    remind_on = models.DateField(_("remind on"), null=True, blank=True)
    escalate_on = models.DateField(_("escalate on"), null=True, blank=True)
    paused_at = models.DateTimeField(_("clock stopped"), null=True, blank=True)
    paused_for = models.DurationField(_("clock was stopped for"), default=timedelta)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("on behalf of"),
    )
    decision = models.CharField(_("decision"), max_length=30, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True, editable=False)
    reminded_at = models.DateTimeField(null=True, blank=True, editable=False)
    escalated_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = WorkItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("work item")
        verbose_name_plural = _("work items")
        ordering = ["due_on", "pk"]
        indexes = [
            models.Index(fields=["due_on", "id"], condition=Q(state="open"), name="workitem_open_due"),
            models.Index(fields=["role", "township"], condition=Q(state="open"), name="workitem_open_township"),
            models.Index(fields=["role", "line"], condition=Q(state="open"), name="workitem_open_line"),
            models.Index(fields=["assignee", "due_on"], condition=Q(state="open"), name="workitem_open_assignee"),
            models.Index(fields=["case", "step"]),
            models.Index(fields=["closed_by", "-closed_at"]),
            models.Index(fields=["id"], condition=Q(state="open", announced_at=None), name="workitem_unannounced"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", closed_at=None) | (~Q(state="open") & Q(closed_at__isnull=False)),
                name="workflows_core_item_closed_when_not_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}/{self.node}"

    @property
    def is_open(self) -> bool:
        """Whether it still is somebody's turn."""
        return self.state == self.State.OPEN

    def waited(self, now: datetime | None = None) -> timedelta:
        """How long it has been (or was) somebody's turn, without the time when the clock stood."""
        until = self.closed_at or self.paused_at or now or timezone.now()
        return max(until - self.opened_at - self.paused_for, timedelta())


class DeadlineRule(models.Model):
    """How many working days a step may take. Made from the flow's own figures, then the county's to change."""

    flow = models.CharField(_("flow"), max_length=40, editable=False)
    node = models.CharField(_("step"), max_length=60, editable=False)
    workdays = models.PositiveSmallIntegerField(
        _("working days"), validators=[MinValueValidator(1), MaxValueValidator(250)]
    )
    remind_before = models.PositiveSmallIntegerField(
        _("remind, working days before"), default=1, validators=[MaxValueValidator(60)]
    )
    escalate_after = models.PositiveSmallIntegerField(
        _("escalate, working days after"), default=2, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )

    class Meta:
        verbose_name = _("deadline")
        verbose_name_plural = _("deadlines")
        ordering = ["flow", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["flow", "node"], name="workflows_core_deadline_once"),
            models.CheckConstraint(
                condition=Q(remind_before__lt=F("workdays")),
                name="workflows_core_reminder_after_the_start",
                violation_error_message=_("The reminder must come after the step begins."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.flow}/{self.node}"


class Delegation(models.Model):
    """Holiday cover: on these days the delegate may do the principal's work, and the log says for whom."""

    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_given", verbose_name=_("absent person")
    )
    delegate = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_held", verbose_name=_("covered by")
    )
    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("arranged by")
    )
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(_("ended early"), null=True, blank=True)

    class Meta:
        verbose_name = _("holiday cover")
        verbose_name_plural = _("holiday cover")
        ordering = ["-first_day", "-pk"]
        indexes = [models.Index(fields=["delegate", "last_day"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=F("first_day")),
                name="workflows_core_delegation_order",
                violation_error_message=_("The last day cannot be before the first day."),
            ),
            models.CheckConstraint(
                condition=~Q(principal=F("delegate")),
                name="workflows_core_delegation_to_another",
                violation_error_message=_("Choose somebody else."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.principal} → {self.delegate} {self.first_day}–{self.last_day}"
