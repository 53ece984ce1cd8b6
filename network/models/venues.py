"""Venues 场馆: head institutions, branches and service points."""

import datetime as dt
from typing import Self

from django.db import models
from django.db.models import Case, FloatField, OuterRef, Prefetch, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

HOURS_HORIZON = 60  # days ahead in which the next opening is looked for


class Service(models.Model):
    """A service that venues offer (data: 借阅、自习、排练……). Basic services carry no fee 免费开放."""

    slug = models.SlugField(_("address part"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class AccessibilityFeature(models.Model):
    """What a venue has for people with disabilities 无障碍设施 (data: 坡道、无障碍卫生间……)."""

    slug = models.SlugField(_("address part"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=40, unique=True)
    name_en = models.CharField(_("English name"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("accessibility feature")
        verbose_name_plural = _("accessibility features")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name


class VenueQuerySet(models.QuerySet["Venue"]):
    """Filters that more than one caller needs."""

    def active(self) -> Self:
        """Venues that serve the public: in trial or open."""
        return self.filter(status__in=Venue.ACTIVE)

    def of_township(self, township: int) -> Self:
        """The venues of the township with this primary key: its own and those of its villages and communities."""
        return self.filter(Q(division_id=township) | Q(division__parent_id=township))

    def with_score(self) -> Self:
        """Annotates `unified_score` (0 to 6), to sort and filter by; see `UnifiedItem.score`."""
        from .unified import SCORES, UnifiedItem

        shown = UnifiedItem.objects.filter(venue=OuterRef("pk")).exclude(evidence="").order_by().values("venue")
        cases = [When(state=state, then=Value(score)) for state, score in SCORES.items()]
        total = shown.annotate(total=Sum(Case(*cases, output_field=FloatField()))).values("total")
        return self.annotate(unified_score=Coalesce(Subquery(total), Value(0.0)))

    def with_hours(self, day: dt.date) -> Self:
        """With what `network.hours` needs from this day on, in three queries however many venues there are."""
        from .hours import Closure, DatedHours

        dated = DatedHours.objects.filter(date__gte=day - dt.timedelta(days=7)).filter(
            date__lte=day + dt.timedelta(days=HOURS_HORIZON)
        )
        closures = Closure.objects.filter(last_day__gte=day - dt.timedelta(days=7))
        return self.prefetch_related(
            "weekly_hours", Prefetch("dated_hours", queryset=dated), Prefetch("closures", queryset=closures)
        )


class Venue(models.Model):
    """A node of the network 节点. The tier is an attribute, never derived from the administrative level (R47)."""

    class Tier(models.TextChoices):
        HEAD = "head", _("Head institution")
        BRANCH = "branch", _("Branch")
        POINT = "point", _("Service point")

    class Kind(models.TextChoices):
        COUNTY_LIBRARY = "county_library", _("County library")
        COUNTY_CENTRE = "county_centre", _("County cultural centre")
        TOWNSHIP_CENTRE = "township_centre", _("Township culture centre")
        VILLAGE_CENTRE = "village_centre", _("Village or community culture centre")
        FARM_BOOKHOUSE = "farm_bookhouse", _("Farm bookhouse")
        SCHOOL = "school", _("School library")
        UNIT = "unit", _("Unit's library")
        ENTERPRISE = "enterprise", _("Enterprise library")
        STAFF_READING_ROOM = "staff_reading_room", _("Staff reading room")
        ACTIVITY_ROOM = "activity_room", _("Cultural activity room")
        INTERNET_VENUE = "internet_venue", _("Internet venue")

    class Status(models.TextChoices):
        PLANNED = "planned", _("Planned")
        PREPARING = "preparing", _("Preparing")
        TRIAL = "trial", _("Trial run")
        OPEN = "open", _("In service")
        SUSPENDED = "suspended", _("Suspended")
        CLOSED = "closed", _("Closed for good")

    class Operator(models.TextChoices):
        SELF = "self", _("Self-run")
        COMMISSIONED = "commissioned", _("Commissioned operator")
        CHAIN = "chain", _("Chain operator")

    class Class(models.TextChoices):
        FIRST = "1", _("Class 1")
        SECOND = "2", _("Class 2")
        THIRD = "3", _("Class 3")

    ACTIVE = (Status.TRIAL, Status.OPEN)

    name = models.CharField(_("name"), max_length=80, help_text=_("The institution's own name."))
    plaque = models.CharField(
        _("plaque"), max_length=80, unique=True, help_text=_("The exact text of the plaque (R90–R92).")
    )
    plaque_is_local = models.BooleanField(
        _("plaque by local decision"), default=False, help_text=_("The notice has no rule for this kind of venue.")
    )
    slug = models.SlugField(_("address part"), max_length=60)
    tier = models.CharField(_("tier"), max_length=10, choices=Tier.choices)
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    library = models.BooleanField(_("library line"), default=False)
    culture = models.BooleanField(_("culture line"), default=False)
    division = models.ForeignKey("network.Division", models.PROTECT, related_name="venues", verbose_name=_("division"))
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="points", verbose_name=_("parent branch")
    )
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.PLANNED, db_index=True)
    operator = models.CharField(_("operated by"), max_length=15, choices=Operator.choices, default=Operator.SELF)
    pilot = models.BooleanField(_("pilot"), default=False)
    venue_class = models.CharField(_("class"), max_length=1, choices=Class.choices, blank=True)
    opened_on = models.DateField(_("in service since"), null=True, blank=True)

    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    directions = models.TextField(_("how to get there"), blank=True)
    latitude = models.DecimalField(_("latitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    longitude = models.DecimalField(_("longitude"), max_digits=9, decimal_places=6, null=True, blank=True)
    floor_area = models.DecimalField(_("floor area (m²)"), max_digits=8, decimal_places=1, null=True, blank=True)
    seats = models.PositiveIntegerField(_("seats"), null=True, blank=True)
    stock = models.PositiveIntegerField(_("stock (volumes)"), null=True, blank=True)
    services = models.ManyToManyField(Service, blank=True, related_name="venues", verbose_name=_("services"))
    accessibility = models.ManyToManyField(
        AccessibilityFeature, blank=True, related_name="venues", verbose_name=_("accessibility")
    )
    has_sample_facts = models.BooleanField(
        _("shows sample data"),
        default=False,
        help_text=_("Address, telephone, hours or facilities are invented for demonstration; the public page says so."),
    )
    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    objects = VenueQuerySet.as_manager()

    class Meta:
        verbose_name = _("venue")
        verbose_name_plural = _("venues")
        ordering = ["division__code", "pk"]
        indexes = [models.Index(fields=["tier", "status"]), models.Index(fields=["parent", "status"])]
        constraints = [
            models.UniqueConstraint(
                fields=["division", "slug"],
                name="network_venue_address_once",
                violation_error_message=_("Another venue of this division has this address part."),
            ),
            models.CheckConstraint(
                condition=Q(library=True) | Q(culture=True),
                name="network_venue_has_a_line",
                violation_error_message=_("A venue belongs to the library line, the culture line or both."),
            ),
            models.CheckConstraint(
                condition=Q(tier="point", parent__isnull=False) | (~Q(tier="point") & Q(parent__isnull=True)),
                name="network_point_has_a_branch",
                violation_error_message=_(
                    "A service point belongs to exactly one branch; heads and branches have none."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(kind="internet_venue") | Q(tier="point"),
                name="network_internet_venue_is_point",
                violation_error_message=_("An internet venue can only be a service point (R83)."),
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                # one of them unknown would make the comparison unknown, which a database lets pass
                | Q(latitude__isnull=False, longitude__isnull=False)
                & Q(latitude__gte=-90, latitude__lte=90, longitude__gte=-180, longitude__lte=180),
                name="network_venue_coordinates",
                violation_error_message=_("Give latitude and longitude together, in degrees."),
            ),
        ]

    def __str__(self) -> str:
        return self.plaque

    @property
    def is_active(self) -> bool:
        """Whether the venue serves the public: in trial or open."""
        return self.status in self.ACTIVE

    @property
    def score(self) -> float:
        """How many of the six unified items are shown with evidence, 0 to 6. Prefetch `unified_items` for lists."""
        return sum(item.score for item in self.unified_items.all())
