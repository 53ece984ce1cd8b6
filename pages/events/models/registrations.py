"""Registrations 报名: personal data, deleted after a set time."""

import secrets

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.mobile import validate_mobile

CURRENT_VALUES = ["registered", "waiting", "attended", "absent"]


def make_token() -> str:
    """An unguessable word for the link by which a guest sees and cancels a registration (128 bits)."""
    return secrets.token_urlsafe(16)


class Registration(models.Model):
    """One person's (or family's, or group's) place at one occurrence, or in its waiting list 候补.

    Creation and then the primary key order the waiting list. A row that `purge_registrations` has emptied keeps its
    status and places, for the numbers of the year; nobody can be read out of it (`forgotten_at`).
    """

    class Status(models.TextChoices):
        REGISTERED = "registered", _("Registered")
        WAITING = "waiting", _("On the waiting list")
        CANCELLED = "cancelled", _("Cancelled")
        ATTENDED = "attended", _("Attended")
        ABSENT = "absent", _("Did not come")

    OPEN = (Status.REGISTERED, Status.WAITING)  # can still be cancelled
    HOLDING = (Status.REGISTERED, Status.ATTENDED, Status.ABSENT)
    CURRENT = (*HOLDING, Status.WAITING)

    occurrence = models.ForeignKey("events.Occurrence", models.PROTECT, related_name="registrations")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="registrations"
    )
    name = models.CharField(pgettext_lazy("person", "name"), max_length=40)
    mobile = models.CharField(_("mobile number"), max_length=11, validators=[validate_mobile])
    email = models.EmailField(_("e-mail"), blank=True)
    language = models.CharField(max_length=10, default="zh-hans")
    places = models.PositiveSmallIntegerField(_("places"), default=1)
    for_child = models.BooleanField(_("for a child under 14, by its guardian"), default=False)
    status = models.CharField(_("status"), max_length=10, choices=Status.choices)
    token = models.CharField(max_length=32, unique=True, default=make_token, editable=False)
    created_at = models.DateTimeField(_("registered at"), auto_now_add=True)
    reminded_at = models.DateTimeField(null=True, editable=False)
    forgotten_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("registration")
        verbose_name_plural = _("registrations")
        ordering = ["created_at", "pk"]
        indexes = [models.Index(fields=["occurrence", "status"])]
        constraints = [
            models.CheckConstraint(condition=Q(places__gte=1), name="events_registration_places"),
            models.UniqueConstraint(
                fields=["occurrence", "mobile"],
                condition=Q(status__in=CURRENT_VALUES) & ~Q(mobile=""),
                name="events_one_registration_each",
                violation_error_message=_("This number is registered already."),
            ),
            models.UniqueConstraint(
                fields=["occurrence", "person"],
                condition=Q(status__in=CURRENT_VALUES, person__isnull=False),
                name="events_one_registration_a_person",
                violation_error_message=_("You are registered already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} – {self.occurrence}"
