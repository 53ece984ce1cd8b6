"""Facts announced below, followed here: each receiver calls one service, in the same transaction."""

from typing import Any

from django.dispatch import receiver
from wagtail.signals import page_published

from network.models import Closure
from network.signals import closure_announced, closure_withdrawn

from .closings import closure_follow
from .models import EventPage
from .services import occurrences_sync


@receiver(page_published, sender=EventPage, dispatch_uid="events.publication")
def follow_publication(instance: EventPage, **_kwargs: Any) -> None:
    """The calendar shows what the page says now."""
    occurrences_sync(event=instance)


@receiver([closure_announced, closure_withdrawn], dispatch_uid="events.closure")
def follow_closure(closure: Closure, **_kwargs: Any) -> None:
    """What a closure cancels, its withdrawal brings back."""
    closure_follow(closure=closure)
