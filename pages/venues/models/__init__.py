"""The public pages of venues, what lies below them, and who approves it."""

from .belonging import VenueContentPage
from .moderation import HeadApprovalTask
from .pages import EditorGroup, RegisterPage, VenueIndexPage, VenuePage

__all__ = ["EditorGroup", "HeadApprovalTask", "RegisterPage", "VenueContentPage", "VenueIndexPage", "VenuePage"]
