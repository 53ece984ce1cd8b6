from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    """The front page: it reads from every room and no room reads from it."""

    name = "home"
    verbose_name = _("Front page")
