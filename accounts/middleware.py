"""Two-factor sign-in for the back office."""

from collections.abc import Callable

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

SECOND_FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class BackOfficeTwoFactor:
    """Lets nobody into the back office without a second factor (where BACK_OFFICE_TWO_FACTOR is on).

    Who has one is asked for it at every sign-in by allauth; who has none is led to set one up. It guards a path and
    not views, so that no view of Wagtail's or of a room's can be forgotten.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.BACK_OFFICE_TWO_FACTOR or not request.path.startswith(reverse("wagtailadmin_home")):
            return self.get_response(request)
        person = request.user
        if person.is_authenticated and not get_adapter().is_mfa_enabled(person, SECOND_FACTORS):
            messages.warning(request, _("The back office needs two-factor sign-in. Set up an authenticator app first."))
            return redirect("mfa_activate_totp")
        return self.get_response(request)
