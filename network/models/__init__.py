"""The network 总分馆网络: who and where."""

from .divisions import Division
from .hours import Closure, DatedHours, WeeklyHours
from .offices import Office
from .rules import NetworkSettings
from .staff import Appointment, Post, StaffingNorm
from .unified import UnifiedItem
from .venues import AccessibilityFeature, Service, Venue

__all__ = [
    "AccessibilityFeature",
    "Appointment",
    "Closure",
    "DatedHours",
    "Division",
    "NetworkSettings",
    "Office",
    "Post",
    "Service",
    "StaffingNorm",
    "UnifiedItem",
    "Venue",
    "WeeklyHours",
]
