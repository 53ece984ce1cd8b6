from django.apps import AppConfig


class CommonConfig(AppConfig):
    """What every room needs and no library gives whole."""

    name = "common"
