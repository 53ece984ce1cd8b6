"""Places on the front page that other rooms fill.

    @hooks.register("front_page_slots")
    def events_this_week(request: HttpRequest) -> SafeString | None:
        return render_to_string("events/front_slot.html", {...}, request)
    events_this_week.label = _("Events of this week")

An editor chooses the slot by the function's name and puts it where it belongs. A slot that has nothing to show returns
None and leaves no gap.
"""

from collections.abc import Callable

from django.http import HttpRequest
from django.utils.safestring import SafeString
from wagtail import hooks

Slot = Callable[[HttpRequest], SafeString | None]


def slots() -> dict[str, Slot]:
    """The registered slots by name, in order."""
    return {hook.__name__: hook for hook in hooks.get_hooks("front_page_slots")}


def slot_choices() -> list[tuple[str, str]]:
    """What an editor may choose from."""
    return [(name, str(getattr(slot, "label", name))) for name, slot in slots().items()]


def render_slot(name: str, request: HttpRequest) -> SafeString | None:
    """The slot's HTML; None when it has nothing to show or its room is not installed."""
    slot = slots().get(name)
    return slot(request) if slot else None
