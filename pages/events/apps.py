from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EventsConfig(AppConfig):
    """Event calendars 活动日历."""

    name = "pages.events"
    label = "events"
    verbose_name = _("Events")

    def ready(self) -> None:
        from wagtail.signals import page_published

        from .models import EventPage
        from .receivers import follow_publication

        page_published.connect(follow_publication, sender=EventPage)
