from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """What every page type shares: base page, blocks, images, documents, site settings."""

    name = "pages.core"
    label = "pages_core"
    verbose_name = _("Pages")
