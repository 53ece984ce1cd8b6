"""What the room does when something below changes: call its own services, nothing else."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from network.signals import appointment_ended, appointment_started

from .services import editor_groups_sync


@receiver([appointment_started, appointment_ended])
def follow_appointment(appointment: Any, **kwargs: Any) -> None:  # noqa: ARG001
    """An official's appointment opens and closes the pages of the office."""
    editor_groups_sync(user=appointment.person)


@receiver(user_logged_in)
def follow_calendar(user: Any, **kwargs: Any) -> None:  # noqa: ARG001
    """Appointments also begin and end by date."""
    editor_groups_sync(user=user)
