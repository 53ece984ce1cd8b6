"""A milestone 节点任务: one plan item at one place; and the case in which its evidence is handed in and judged."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from network.models import Division, Office, Venue
from workflows.core.models import Case

from .programme import PlanItem, Programme


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    """Filters that boards, clocks and reports share."""

    def standing(self) -> Self:
        """Those that count: not made void by a venue that closed."""
        return self.exclude(state=Milestone.State.VOID)

    def unfinished(self) -> Self:
        """Those that somebody still has to bring to an end."""
        return self.exclude(state__in=[Milestone.State.VOID, Milestone.State.DONE])

    def overdue(self, day: dt.date) -> Self:
        """Unfinished, and past their last day."""
        return self.unfinished().filter(last_day__lt=day)

    def with_place(self) -> Self:
        """With what every list shows of them, in the same query."""
        return self.select_related("item__stage", "venue__division", "township", "office")


class Milestone(models.Model):
    """One plan item at one venue, or once for the county (then without venue and township).

    `township` is the venue's, empty for heads and the county; `office` owns it: a township government, or the bureau
    (a head institution's own have none). `last_day` may move; `planned_last_day` remembers the plan's. `done_on` is the
    day on which it really was finished, which may lie before the day of its record: `back_dated` marks that.
    """

    class State(models.TextChoices):
        NOT_STARTED = "not_started", _("Not started")
        IN_PROGRESS = "in_progress", _("In progress")
        HANDED_IN = "handed_in", _("Evidence handed in")
        CHECKED = "checked", _("Checked by the head institution")
        DONE = "done", _("Confirmed and done")
        BLOCKED = "blocked", _("Blocked")
        VOID = "void", _("No longer applies")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="milestones", verbose_name=_("programme"))
    item = models.ForeignKey(PlanItem, models.PROTECT, related_name="milestones", verbose_name=_("plan item"))
    venue = models.ForeignKey(
        Venue, models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("venue")
    )
    township = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("township")
    )
    office = models.ForeignKey(
        Office, models.PROTECT, null=True, blank=True, related_name="milestones", verbose_name=_("owner office")
    )
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"))
    planned_last_day = models.DateField(_("last day as planned"))
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.NOT_STARTED)
    done_on = models.DateField(_("done on"), null=True, blank=True)
    confirmed_on = models.DateField(_("confirmed on"), null=True, blank=True)
    back_dated = models.BooleanField(_("recorded afterwards"), default=False)
    # What the venue's unified item was before this milestone showed it.
    unified_was = models.CharField(max_length=8, blank=True, editable=False)
    void_reason = models.CharField(_("why it no longer applies"), max_length=200, blank=True)
    case = models.OneToOneField(
        "milestones.MilestoneCase",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="current_of",
        verbose_name=_("case"),
        help_text=_("The newest; an earlier one is over."),
    )

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["item__stage__number", "item__order", "pk"]
        indexes = [
            models.Index(fields=["programme", "township", "state"]),
            models.Index(fields=["programme", "state", "last_day"]),
            models.Index(fields=["programme", "confirmed_on"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["item", "venue"], name="milestones_once_a_venue"),
            models.UniqueConstraint(fields=["item"], condition=Q(venue=None), name="milestones_once_a_county"),
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False, confirmed_on__isnull=False)
                | (~Q(state="done") & Q(confirmed_on=None)),
                name="milestones_done_has_its_day",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.place} · {self.item}"

    @property
    def place(self) -> str:
        """The venue's name, or the county's for what is once for the county."""
        return str(self.venue) if self.venue else _("the county")  # type: ignore[return-value]

    def is_overdue(self, day: dt.date) -> bool:
        """Whether it is past its last day on this day and still unfinished."""
        return self.state not in (self.State.DONE, self.State.VOID) and self.last_day < day

    def slack(self, day: dt.date) -> int:
        """Days between its end (the day it was done; this day while it is unfinished) and its last day.

        Negative: so many days late.
        """
        return (self.last_day - (self.done_on or day)).days


class MilestoneCase(Case):
    """From the first evidence of a milestone to its confirmation. Withdrawn evidence opens another one."""

    milestone = models.ForeignKey(Milestone, models.PROTECT, related_name="cases", verbose_name=_("milestone"))
    # Where the flow goes next. Written by the step's handler, read by the gateways.
    outcome = models.CharField(max_length=20, blank=True, editable=False)

    class Meta:
        verbose_name = _("milestone's case")
        verbose_name_plural = _("milestones' cases")

    # Read once for an instance, which every step loads anew under its lock: a list of colleagues asks for each of them.

    @cached_property
    def evidence_by(self) -> set[int]:
        """Who handed in what stands in this case."""
        return set(self.evidence.filter(withdrawn_at=None).values_list("by", flat=True))

    @cached_property
    def move_asked_by(self) -> set[int]:
        """Who asked for the other last day that waits for a decision."""
        return set(self.date_moves.filter(approved=None).values_list("asked_by", flat=True))
