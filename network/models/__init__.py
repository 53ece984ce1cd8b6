"""The network 总分馆网络: who and where."""

from .divisions import Division
from .hours import Closure, DatedHours, WeeklyHours
from .offices import Office
from .staff import Appointment, Post
from .unified import UnifiedItem
from .venues import AccessibilityFeature, Service, Venue

__all__ = [
    "AccessibilityFeature",
    "Appointment",
    "Closure",
    "DatedHours",
    "Division",
    "Office",
    "Post",
    "Service",
    "UnifiedItem",
    "Venue",
    "WeeklyHours",
]
