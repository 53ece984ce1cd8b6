from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DiversionsConfig(AppConfig):
    """Reports that staff are diverted from their posts 挪用."""

    name = "workflows.diversions"
    label = "diversions"
    verbose_name = _("Diversions")

    def ready(self) -> None:
        from . import flows  # noqa: F401  the system checks must see the flow
