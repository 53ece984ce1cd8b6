"""Editors' rights follow the calendar."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from .services import editor_groups_update


class EditorGroupsMiddleware:
    """Before a page of the back office, put the person into the editors' groups that today's appointments give.

    An appointment that ended yesterday thus gives nothing today, without a nightly job. Public pages are not touched.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(reverse("wagtailadmin_home")) and request.user.is_authenticated:
            editor_groups_update(people=[request.user])
        return self.get_response(request)
