"""Pages that belong to a venue because they lie below its page: news, events."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from pages.core.models import BasePage

from .pages import VenuePage


class VenueContentPage(BasePage):
    """A page that speaks for the venue above it. Abstract.

    The venue is kept in a column, so that lists filter by it and ask no question per row; the place in the tree decides
    it, at every save and after every move (services.venue_content_follow).
    """

    venue = models.ForeignKey(
        "network.Venue", models.PROTECT, editable=False, related_name="%(class)ss", verbose_name=_("venue")
    )

    class Meta:
        abstract = True

    def _set_core_field_defaults(self) -> None:
        self.venue_id = venue_above(self) or self.venue_id
        super()._set_core_field_defaults()


def venue_above(page: Page) -> int | None:
    """The primary key of the venue whose page is `page`'s parent; None while `page` has no parent yet."""
    parent = getattr(page, "_cached_parent_obj", None) or (page.get_parent() if page.path else None)
    if parent is None:
        return None
    return VenuePage.objects.filter(pk=parent.pk).values_list("venue_id", flat=True).first()
