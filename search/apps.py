from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    """One search box, Chinese text."""

    name = "search"
    verbose_name = _("Search")

    def ready(self) -> None:
        from .indexing import connect_followers

        connect_followers()
