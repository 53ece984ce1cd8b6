"""Who may write and publish government documents."""

from typing import Any

from wagtail.models import Page, PagePermissionTester

from network.models import Office
from network.permissions import duties, is_bureau


def holds_office(user: Any, office: Office) -> bool:
    """Whether `user` works for `office` today."""
    return duties(user).filter(post__office=office).exists()


def writes_documents(user: Any, office: Office) -> bool:
    """Whether `user` may write and publish the documents of `office`.

    The bureau may for every organ; an official of an office, while the appointment lasts, for that office.
    """
    return is_bureau(user) or holds_office(user, office)


class DocumentPermissionTester(PagePermissionTester):
    """Wagtail's permissions on a page, which last no longer than the appointment they come from."""

    def __init__(self, user: Any, page: Page, office: Office) -> None:
        super().__init__(user, page)
        if user.is_active and not user.is_superuser and not writes_documents(user, office):
            self.permissions: set[str] = set()
