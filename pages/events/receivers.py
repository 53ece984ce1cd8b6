"""Facts announced below, followed here: each receiver calls one service, in the same transaction."""

from typing import Any

from .models import EventPage
from .services import occurrences_sync


def follow_publication(instance: EventPage, **_kwargs: Any) -> None:
    """Receiver of Wagtail's `page_published`: the calendar shows what the page says now."""
    occurrences_sync(event=instance)
