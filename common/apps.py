from django.apps import AppConfig


class CommonConfig(AppConfig):
    """What every room needs and no library gives whole."""

    name = "common"

    def ready(self) -> None:
        from . import checks  # noqa: F401
