"""Back-office access by appointment: whoever holds a post today may enter, and may no longer the day after it ends."""

from typing import Any

from django.contrib.auth.backends import BaseBackend

from .permissions import has_duty

ADMIN_ACCESS = "wagtailadmin.access_admin"


class AppointmentBackend(BaseBackend):
    """Grants access to the back office. What somebody may do inside is a matter of permissions.py and page permissions.

    Signs nobody in (`authenticate` and `get_user` stay empty).
    """

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return perm == ADMIN_ACCESS and has_duty(user_obj)
