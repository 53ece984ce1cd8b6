"""Facts announced below, followed here: each receiver calls one service, in the same transaction."""

from typing import Any

from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished, post_page_move

from network.models import Closure
from network.signals import closure_announced, closure_withdrawn
from pages.venues.services import venue_content_follow

from .closings import closure_follow
from .models import EventPage
from .services import event_withdraw, occurrences_sync


@receiver(page_published, sender=EventPage, dispatch_uid="events.publication")
def follow_publication(instance: EventPage, **_kwargs: Any) -> None:
    """The calendar shows what the page says now."""
    occurrences_sync(event=instance)


@receiver(page_unpublished, sender=EventPage, dispatch_uid="events.withdrawal")
def follow_withdrawal(instance: EventPage, **_kwargs: Any) -> None:
    """Who registered for an event that nobody can see any more is told."""
    event_withdraw(event=instance)


@receiver(post_page_move, sender=EventPage, dispatch_uid="events.move")
def follow_move(instance: EventPage, **_kwargs: Any) -> None:
    """An event below another venue's page takes place there."""
    venue_content_follow(page=instance)  # whichever receiver comes first
    event = EventPage.objects.get(pk=instance.pk)
    if event.live:
        occurrences_sync(event=event)


@receiver([closure_announced, closure_withdrawn], dispatch_uid="events.closure")
def follow_closure(closure: Closure, **_kwargs: Any) -> None:
    """What a closure cancels, its withdrawal brings back."""
    closure_follow(closure=closure)
