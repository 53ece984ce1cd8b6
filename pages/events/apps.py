from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Event calendars 活动日历."""

    name = "pages.events"
    label = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from . import receivers  # noqa: F401
