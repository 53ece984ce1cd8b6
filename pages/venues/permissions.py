"""Who may do what with a venue's page."""

from wagtail.models import Page, PagePermissionTester


class RegisterPageTester(PagePermissionTester):
    """Permissions on a page that the register owns: nobody, not even an administrator, removes, moves or copies it.

    A venue that has closed for good keeps its page, with a notice, so that links to it live.
    """

    def can_delete(self, ignore_bulk: bool = False) -> bool:
        return False

    def can_unpublish(self) -> bool:
        return False

    def can_move(self) -> bool:
        return False

    def can_move_to(self, destination: Page) -> bool:
        return False

    def can_copy(self) -> bool:
        return False

    def can_copy_to(self, destination: Page, recursive: bool = False) -> bool:
        return False
