from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SecondmentsConfig(AppConfig):
    """People sent down to branches and taken up to the heads 下派上挂."""

    name = "workflows.secondments"
    label = "secondments"
    verbose_name = _("Secondments")

    def ready(self) -> None:
        from . import flows, receivers  # noqa: F401  the system checks must see the flow
