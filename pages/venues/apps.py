from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VenuesConfig(AppConfig):
    """The public pages of venues."""

    name = "pages.venues"
    label = "venue_pages"
    verbose_name = _("Venue pages")

    def ready(self) -> None:
        from . import receivers  # noqa: F401
