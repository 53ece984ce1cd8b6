from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NetworkConfig(AppConfig):
    """Who and where: divisions, offices, venues, posts, opening hours, unified items."""

    name = "network"
    verbose_name = _("Network")
