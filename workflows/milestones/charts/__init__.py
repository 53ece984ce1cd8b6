"""The programme's charts as SVG. A chart's data are plain words, numbers and days, so that equal data give equal bytes:
they are drawn once, kept in Django's cache, and their digest is the picture's ETag.

matplotlib is imported when the first chart is drawn, not before.
"""

import hashlib
from importlib import import_module

from django.core.cache import cache

from .data import Axis, Bar, ChartData, GanttData, Look, TimelineData, TownshipsData

__all__ = [
    "Axis",
    "Bar",
    "ChartData",
    "GanttData",
    "Look",
    "TimelineData",
    "TownshipsData",
    "chart_of",
    "digest_of",
]

EDITION = 3  # counts up when a drawing changes, so that no old one comes from the cache
KEPT = 24 * 60 * 60  # seconds
MODULES: dict[type[ChartData], str] = {TimelineData: "timeline", TownshipsData: "townships", GanttData: "gantt"}


def digest_of(data: ChartData, look: Look) -> str:
    """A digest of everything that a chart shows."""
    return hashlib.sha256(repr((EDITION, data, look)).encode()).hexdigest()[:32]


def chart_of(data: ChartData, look: Look) -> bytes:
    """A chart's SVG, drawn or from the cache."""
    key = f"chart-{digest_of(data, look)}"
    svg = cache.get(key)
    if svg is None:
        svg = import_module(f".{MODULES[type(data)]}", __name__).draw(data, look).svg(elder=look.elder)
        cache.set(key, svg, KEPT)
    return svg
