from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    """What every flow stands on: cases, work items, the decision log, deadlines, the inbox."""

    name = "workflows.core"
    label = "workflows_core"
    verbose_name = _("Workflows")

    def ready(self) -> None:
        from . import checks  # noqa: F401
        from .deadlines import deadline_rules_create

        post_migrate.connect(deadline_rules_create, sender=self)
