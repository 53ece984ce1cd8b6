"""Events 活动, their occurrences 场次 and the registrations 报名 for them."""

from .calendar import EventIndexPage
from .kinds import Audience, EventKind
from .occurrences import Occurrence
from .pages import EventAttachment, EventChange, EventPage
from .registrations import Registration

__all__ = [
    "Audience",
    "EventAttachment",
    "EventChange",
    "EventIndexPage",
    "EventKind",
    "EventPage",
    "Occurrence",
    "Registration",
]
