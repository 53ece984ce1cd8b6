from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ApplicationsConfig(AppConfig):
    """Becoming a branch or a service point."""

    name = "workflows.applications"
    label = "applications"
    verbose_name = _("Applications")

    def ready(self) -> None:
        from . import flows  # noqa: F401  the system checks must see the flow
