"""A database to measure in: made on DATABASE_URL beside the one that it names, dropped afterwards."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]


def in_scratch_database(measure: Callable[[], None], *, addresses: str = "") -> None:
    """Set Django up with the benchmarks' settings and measure. `addresses` names another URL module than the site's."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.bench"
    sys.path[:0] = [str(ROOT), str(ROOT / "site")]
    django.setup()
    from django.conf import settings
    from django.test.utils import setup_databases, teardown_databases

    if addresses:
        settings.ROOT_URLCONF = addresses
    made = setup_databases(verbosity=0, interactive=False)
    try:
        measure()
    finally:
        teardown_databases(made, verbosity=0)
