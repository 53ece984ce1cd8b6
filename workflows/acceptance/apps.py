from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcceptanceConfig(AppConfig):
    """The acceptance of a programme 验收: criteria, the way to the superior's decision, the dossier (R39–R41)."""

    name = "workflows.acceptance"
    label = "acceptance"
    verbose_name = _("Final acceptance")

    def ready(self) -> None:
        from workflows.milestones.views.frame import TABS, Tab

        from . import flows  # noqa: F401  the system checks must see the flow

        TABS.append(Tab("criteria", _("Criteria"), "acceptance_criteria", 80))
        TABS.append(Tab("acceptance", _("Final acceptance"), "acceptance_home", 82))
