"""`make bench`: the test settings, and a bare flow to measure against (benchmarks/bare)."""

from .test import *  # noqa: F403
from .test import INSTALLED_APPS

INSTALLED_APPS = ["benchmarks.bare", *INSTALLED_APPS]
SILENCED_SYSTEM_CHECKS = ["workflows_core.E003"]  # the bare flow is bare on purpose
