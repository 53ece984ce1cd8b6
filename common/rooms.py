"""Finding what each room (app) contributes: its `loading.py`, its `sample.py`."""

from collections.abc import Iterator
from importlib import import_module
from types import ModuleType

from django.apps import apps
from django.utils.module_loading import module_has_submodule


def room_modules(name: str) -> Iterator[ModuleType]:
    """The modules called `name` of the installed apps, lowest room first (INSTALLED_APPS lists the highest first)."""
    for app in reversed(list(apps.get_app_configs())):
        if app.module and module_has_submodule(app.module, name):
            yield import_module(f"{app.name}.{name}")
