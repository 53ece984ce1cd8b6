from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MilestonesConfig(AppConfig):
    """The implementation programme: stages, milestones, evidence 实施步骤 (R33–R41)."""

    name = "workflows.milestones"
    label = "milestones"
    verbose_name = _("Implementation programme")

    def ready(self) -> None:
        from . import flows, receivers  # noqa: F401  the flow makes itself known; what the network announces
