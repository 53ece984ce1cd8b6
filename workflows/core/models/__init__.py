"""Cases and the work on them."""

from .cases import Case, CaseFile, CaseSerial
from .log import Comment, Decision, Message, Notice
from .work import DeadlineRule, Delegation, WorkItem

__all__ = [
    "Case",
    "CaseFile",
    "CaseSerial",
    "Comment",
    "DeadlineRule",
    "Decision",
    "Delegation",
    "Message",
    "Notice",
    "WorkItem",
]
