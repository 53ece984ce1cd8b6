"""wagtail.users with our pages for people (a module of its own: an app's `apps.py` should hold one config)."""

from wagtail.users.apps import WagtailUsersAppConfig


class UsersAppConfig(WagtailUsersAppConfig):
    user_viewset = "accounts.user_admin.PeopleViewSet"

    def ready(self) -> None:
        super().ready()

        from wagtail.permissions import register_permission_policy

        from .models import User
        from .user_admin import PeoplePolicy

        register_permission_policy(User, PeoplePolicy(User))
