"""Editors' rights follow the calendar."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from .services import editor_groups_update


def follow_calendar(request: HttpRequest) -> None:
    """Put a signed-in person into the editors' groups that today's appointments give, and out of the others."""
    if request.user.is_authenticated:
        editor_groups_update(people=[request.user])


class EditorGroupsMiddleware:
    """Before a page of the back office, ask the calendar (`follow_calendar`).

    An appointment that ended yesterday thus gives nothing today, without a nightly job. Public pages are not touched,
    but for those and the files that are only for some groups (`wagtail_hooks`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(reverse("wagtailadmin_home")):
            follow_calendar(request)
        return self.get_response(request)
