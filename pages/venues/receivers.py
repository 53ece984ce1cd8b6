"""What follows when the network announces something. Each receiver calls one service, in the same transaction."""

from typing import Any

from django.dispatch import receiver
from wagtail.models import Page, TaskState
from wagtail.signals import post_page_move, task_submitted

from network.models import Appointment, Venue
from network.signals import appointment_ended, appointment_started, venue_changed, venue_created, venue_removing

from .moderation import SubmissionNotifier
from .services import editor_groups_update, venue_content_follow, venue_page_follow, venue_page_remove


@receiver([venue_created, venue_changed], dispatch_uid="venue_pages.follow")
def follow_venue(venue: Venue, **_kwargs: Any) -> None:
    venue_page_follow(venue=venue)


@receiver(venue_removing, dispatch_uid="venue_pages.remove")
def remove_venue(venue: Venue, **_kwargs: Any) -> None:
    venue_page_remove(venue=venue)


@receiver([appointment_started, appointment_ended], dispatch_uid="venue_pages.editors")
def follow_appointment(appointment: Appointment, **_kwargs: Any) -> None:
    editor_groups_update(people=[appointment.person])


@receiver(post_page_move, dispatch_uid="venue_pages.content")
def follow_move(instance: Page, **_kwargs: Any) -> None:
    venue_content_follow(page=instance)


notify_submission = SubmissionNotifier()
task_submitted.connect(notify_submission, sender=TaskState, dispatch_uid="venue_pages.submission")
