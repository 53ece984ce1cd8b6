"""Who may read the reports of the search."""

from django.contrib.auth.models import AnonymousUser
from wagtail.permission_policies.pages import PagePermissionPolicy

from accounts.models import User


def reads_reports(user: User | AnonymousUser) -> bool:
    """Whoever writes pages somewhere: what people look for in vain is for them to add."""
    return PagePermissionPolicy().user_has_any_permission(user, ["add", "change", "publish"])
