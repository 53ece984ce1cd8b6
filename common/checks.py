"""System checks of what every room needs."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from .workdays import read_holidays


@register()
def check_holidays_file(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """The holidays file, where there is one, can be read."""
    try:
        read_holidays(Path(settings.HOLIDAYS_FILE))
    except (ValueError, OSError) as error:
        return [Error(f"The holidays file is malformed: {error}", id="common.E001")]
    return []
