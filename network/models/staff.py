"""Posts 岗位 (the slots) and appointments 任职 (one person's dated holding)."""

import datetime as dt
import math
from decimal import Decimal
from typing import Self

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from .venues import Venue


class Post(models.Model):
    """A slot at a venue or an office, in three tiers: head director → branch head, liaison → point staff (R95)."""

    class Title(models.TextChoices):
        HEAD_DIRECTOR = "head_director", _("Head director")
        HEAD_STAFF = "head_staff", _("Head institution staff")
        BRANCH_HEAD = "branch_head", _("Branch head")
        DEPUTY_BRANCH_HEAD = "deputy_branch_head", _("Deputy branch head")
        LIAISON = "liaison", _("Branch liaison")
        BRANCH_STAFF = "branch_staff", _("Branch staff")
        POINT_STAFF = "point_staff", _("Service point staff")
        TRAINEE = "trainee", _("Seconded trainee")
        OFFICIAL = "official", _("Official")

    class ExOfficio(models.TextChoices):
        COUNTY_DIRECTOR = "county_director", _("Director of the county institution")
        CENTRE_DIRECTOR = "centre_director", _("Director of the township centre")
        CENTRE_STAFF = "centre_staff", _("Staff of the township centre")
        VILLAGE_INSTRUCTOR = "village_instructor", _("Village cultural instructor")

    venue = models.ForeignKey(
        "network.Venue", models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("venue")
    )
    office = models.ForeignKey(
        "network.Office", models.PROTECT, null=True, blank=True, related_name="posts", verbose_name=_("office")
    )
    title = models.CharField(pgettext_lazy("post", "title"), max_length=20, choices=Title.choices)
    ex_officio = models.CharField(
        _("ex officio"),
        max_length=20,
        choices=ExOfficio.choices,
        blank=True,
        help_text=_("Who holds it by office (R96–R98)."),
    )
    full_time = models.BooleanField(
        _("full-time"), default=True, help_text=_("Full-time and dedicated 专职专用 (R99, R100).")
    )
    published = models.BooleanField(_("shown to the public"), default=True)
    temporary = models.BooleanField(
        _("for one term"),
        default=False,
        editable=False,
        help_text=_("Made for one secondment: when the term is over nobody misses its holder."),
    )
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["venue", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(venue__isnull=False, office__isnull=True) | Q(venue__isnull=True, office__isnull=False),
                name="network_post_somewhere",
                violation_error_message=_("A post belongs to a venue or to an office."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.venue or self.office} {self.get_title_display()}"


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    """Filters that more than one caller needs."""

    def on(self, day: dt.date) -> Self:
        """Appointments that are active on this day."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=day), status=Appointment.Status.ACTIVE, since__lte=day)

    def overlapping(self, since: dt.date, until: dt.date | None) -> Self:
        """Active appointments that share a day with this term (`until` None: open-ended)."""
        found = self.filter(Q(until__isnull=True) | Q(until__gte=since), status=Appointment.Status.ACTIVE)
        return found.filter(since__lte=until) if until else found


class Appointment(models.Model):
    """One person's dated holding of a post.

    `until` is the last day (None: open-ended). At most one active full-time appointment per person at a time (R99): a
    lock on the person in the service, and an exclusion constraint on PostgreSQL.
    """

    class Status(models.TextChoices):
        ACTIVE = "active", pgettext_lazy("appointment", "Active")
        SUSPENDED = "suspended", _("Suspended")
        ENDED = "ended", _("Ended")

    class Basis(models.TextChoices):
        EX_OFFICIO = "ex_officio", _("Ex officio")
        CONTRACT = "contract", _("Contract")
        SECONDMENT = "secondment", _("Secondment")
        ASSIGNED = "assigned", _("Assigned")

    post = models.ForeignKey(Post, models.PROTECT, related_name="appointments", verbose_name=_("post"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments", verbose_name=_("person")
    )
    full_time = models.BooleanField(_("full-time"), default=True)
    basis = models.CharField(_("basis"), max_length=12, choices=Basis.choices, default=Basis.ASSIGNED)
    since = models.DateField(_("since"))
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("Last day; empty for open-ended."))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.ACTIVE)
    resumes = models.ForeignKey(
        "self",
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="resumed_by",
        verbose_name=_("continues after an interruption"),
    )
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["-since", "-pk"]
        indexes = [models.Index(fields=["person", "status"]), models.Index(fields=["post", "status"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")),
                name="network_appointment_order",
                violation_error_message=_("The last day cannot be before the first day."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.post}"

    def is_active_on(self, day: dt.date) -> bool:
        """Whether it is in force on this day; the same as `AppointmentQuerySet.on`, for rows already fetched."""
        begun = self.since <= day and (self.until is None or day <= self.until)
        return begun and self.status == self.Status.ACTIVE

    @property
    def state_today(self) -> str:
        """The status in words as it stands today: the calendar ends an appointment before a timer writes it down."""
        today = timezone.localdate()
        if self.status == self.Status.ACTIVE and self.since > today:
            return gettext("To come")
        if self.until and self.until < today:
            return str(self.Status.ENDED.label)
        return self.get_status_display()


class StaffingNorm(models.Model):
    """How many people a venue of one tier needs (R93, R94): the county's figures, as data.

    Needed is the largest of: the minimum, one for every so many people served, one for every so many square metres.
    """

    tier = models.CharField(_("tier"), max_length=10, choices=Venue.Tier.choices, unique=True)
    minimum = models.PositiveSmallIntegerField(_("at least"), default=1)
    people = models.PositiveIntegerField(
        _("people served by one post"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    area = models.PositiveIntegerField(
        _("square metres kept by one post"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("staffing norm")
        verbose_name_plural = _("staffing norms")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_tier_display()

    def needed(self, population: int | None, area: Decimal | None) -> int:
        """The posts that a venue needs; what is not known about it does not raise the figure."""
        figures = [self.minimum]
        if self.people and population:
            figures.append(math.ceil(population / self.people))
        if self.area and area:
            figures.append(math.ceil(area / self.area))
        return max(figures)
