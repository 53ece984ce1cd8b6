"""Occurrences 场次: one row a date, so that a month is one query."""

from datetime import date, datetime, timedelta
from typing import Self

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.models import PageViewRestriction

from network.models import Venue
from pages.events.schedule import MAX_LENGTH, local


class OccurrenceQuerySet(models.QuerySet["Occurrence"]):
    """Reads of occurrences that more than one caller needs."""

    def public(self) -> Self:
        """Those of published events, neither they nor a page above them restricted.

        Which pages are restricted is asked beforehand (a handful, mostly none): a subquery would look through every
        page of the site for each row.
        """
        found = self.filter(event__live=True)
        for path in PageViewRestriction.objects.values_list("page__path", flat=True):
            found = found.exclude(event__path__startswith=path)
        return found

    def between(self, start: datetime, end: datetime) -> Self:
        """Those that are running at some time in [start, end): not only those that start in it."""
        return self.running_after(start).filter(starts_at__lt=end)

    def upcoming(self, moment: datetime) -> Self:
        """Those not over at `moment`, the next one first."""
        return self.running_after(moment).order_by("starts_at", "pk")

    def running_after(self, moment: datetime) -> Self:
        """Those not over at `moment`.

        None lasts longer than MAX_LENGTH, so what can still run began within it: the index need not be read from the
        first event ever.
        """
        return self.filter(starts_at__gt=moment - MAX_LENGTH - timedelta(days=1), ends_at__gt=moment)

    def with_free_places(self) -> Self:
        """Those that somebody could still come to."""
        return self.exclude(status=Occurrence.Status.CANCELLED).filter(
            Q(capacity__isnull=True) | Q(taken__lt=F("capacity"))
        )


class Occurrence(models.Model):
    """One date of an event. `key`, the day it was first planned for, is its identity for ever: registrations and
    RECURRENCE-ID hold on to it when the date is moved.
    """

    class Status(models.TextChoices):
        SCHEDULED = "scheduled", _("Takes place")
        MOVED = "moved", pgettext_lazy("event", "Moved")
        CANCELLED = "cancelled", _("Cancelled")

    event = models.ForeignKey("events.EventPage", models.CASCADE, related_name="occurrences", verbose_name=_("event"))
    venue = models.ForeignKey("network.Venue", models.PROTECT, related_name="occurrences", verbose_name=_("venue"))
    key = models.DateField(_("planned for"))
    starts_at = models.DateTimeField(_("starts"))
    ends_at = models.DateTimeField(_("ends"))
    status = models.CharField(_("status"), max_length=10, choices=Status.choices, default=Status.SCHEDULED)
    reason = models.CharField(_("reason"), max_length=100, blank=True)
    place = models.CharField(_("place"), max_length=100, blank=True)
    capacity = models.PositiveIntegerField(_("places"), null=True, blank=True)
    taken = models.PositiveIntegerField(_("places taken"), default=0)
    walk_ins = models.PositiveIntegerField(
        _("came without registering"), default=0, validators=[MaxValueValidator(100_000)]
    )
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = OccurrenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("occurrence")
        verbose_name_plural = _("occurrences")
        ordering = ["starts_at", "pk"]
        indexes = [
            models.Index(fields=["starts_at", "ends_at"]),
            models.Index(fields=["venue", "starts_at"]),
            models.Index(fields=["ends_at"]),
        ]
        constraints = [
            models.UniqueConstraint(fields=["event", "key"], name="events_occurrence_once"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="events_occurrence_order"),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(taken__lte=F("capacity")), name="events_never_overbooked"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} {timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"

    @property
    def free(self) -> int | None:
        """How many places are left; None where there is no limit."""
        return None if self.capacity is None else max(self.capacity - self.taken, 0)

    @property
    def where(self) -> str:
        """The venue, and the room or other place the editor named."""
        return place_text(self.venue, self.place)

    @property
    def is_elsewhere(self) -> bool:
        """Whether it takes place in another room or place than the event's other dates."""
        return self.place != self.event.place

    @property
    def state(self) -> str:
        """Its status as people read it: what only changed its place was not put off."""
        if self.status == self.Status.MOVED and not self.was:
            return gettext("New place")
        return str(self.get_status_display())

    @property
    def registration_window(self) -> tuple[datetime, datetime]:
        """From when until when people may register."""
        return (
            self.starts_at - timedelta(days=self.event.opens_days_before),
            self.starts_at - timedelta(hours=self.event.closes_hours_before),
        )

    @property
    def takes_registrations_now(self) -> bool:
        """Whether people may register at this moment; registering.check_open says why not."""
        opens, closes = self.registration_window
        due = opens <= timezone.now() < min(closes, self.starts_at)
        return self.event.takes_registrations and self.status != self.Status.CANCELLED and due

    @property
    def opens_later(self) -> bool:
        """Whether people may register some day, but not yet."""
        comes = self.event.takes_registrations and self.status != self.Status.CANCELLED
        return comes and timezone.now() < self.registration_window[0]

    @property
    def first_day(self) -> date:
        """The local day on which it starts."""
        return timezone.localdate(self.starts_at)

    @property
    def last_day(self) -> date:
        """The local day on which it ends: what ends at midnight ends the evening before."""
        return timezone.localdate(self.ends_at - timedelta(microseconds=1))

    @property
    def lasts_days(self) -> bool:
        """Whether it goes on for several days, like an exhibition; a night's concert does not."""
        return self.last_day > self.first_day and self.ends_at - self.starts_at > timedelta(days=1)

    @property
    def is_over(self) -> bool:
        """Whether it has ended."""
        return self.ends_at <= timezone.now()

    @property
    def was(self) -> datetime | None:
        """Its former start (wall-clock), where it was moved to another time."""
        if self.status != self.Status.MOVED:
            return None
        start, end = self.event.span(self.key)
        return start if (local(start), local(end)) != (self.starts_at, self.ends_at) else None


def place_text(venue: Venue, place: str) -> str:
    """A venue, and the room or other place the editor named."""
    return " ".join(part for part in (venue.plaque, place) if part)
