"""Copies of events: a new event like an old one."""

from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.coreutils import find_available_slug

from accounts.models import User

from .models import EventPage


@transaction.atomic
def event_duplicate(*, event: EventPage, by: User) -> EventPage:
    """A draft like `event` beside it: an identity of its own, no registrations, no changes of single dates."""
    parent = event.get_parent()
    title = _("%(title)s (copy)") % {"title": event.title[:240]}
    attributes = {
        "title": title,
        "draft_title": title,
        "slug": find_available_slug(parent, f"{event.slug[:240]}-2"),
        "cancelled": False,
        "cancel_reason": "",
    }
    return event.copy(
        update_attrs=attributes, exclude_fields=["changes"], copy_revisions=False, keep_live=False, user=by
    )
