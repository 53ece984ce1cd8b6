"""A visitor's choices for reading: language and elder mode 长者模式.

Both live in cookies that are set only when somebody chooses, so that an anonymous page stays cacheable: it varies on
these two and on nothing else. Accept-Language is ignored on purpose (few variants, and the county's site speaks Chinese
until asked otherwise).
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET

MODE_COOKIE = "mode"
ELDER = "elder"
YEAR = 365 * 24 * 3600


class PreferencesMiddleware:
    """Activate the chosen language and set `request.elder_mode` (bool)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language
        request.elder_mode = request.COOKIES.get(MODE_COOKIE) == ELDER  # type: ignore[attr-defined]
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


@require_GET
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember `lang` (a code of LANGUAGES) or `mode` ("elder", "normal") and go back to `next`."""
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)

    def remember(name: str, value: str) -> None:
        response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)

    language, mode = request.GET.get("lang"), request.GET.get("mode")
    if language in dict(settings.LANGUAGES):
        remember(settings.LANGUAGE_COOKIE_NAME, language)
    if mode == ELDER:
        remember(MODE_COOKIE, mode)
    elif mode:
        response.delete_cookie(MODE_COOKIE)
    return response
