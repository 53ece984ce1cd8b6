"""A visitor's choices for reading: language, elder mode 长者模式, text size, contrast.

All live in cookies that are set only when somebody chooses. Language and elder mode change the HTML, so a cached page
varies on these two and on nothing else. Text size and contrast change only `/preferences.css`, a stylesheet that every
page links to and that is made for each visitor: the HTML stays the same for everybody. Accept-Language is ignored on
purpose (few variants, and the county's site speaks Chinese until asked otherwise).
"""

import hashlib
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.templatetags.static import static
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_GET

MODE_COOKIE = "mode"
ELDER = "elder"
TEXT_COOKIE = "text"
TEXT_SIZES = {"large": "125%", "larger": "150%"}  # of the size that browser and mode give; "normal" is no cookie
CONTRAST_COOKIE = "contrast"
HIGH = "high"
YEAR = 365 * 24 * 3600

# parameter of /preferences/ → (its cookie, the values that are remembered); any other value forgets the choice
CHOICES: dict[str, tuple[str, frozenset[str]]] = {
    "mode": (MODE_COOKIE, frozenset({ELDER})),
    "text": (TEXT_COOKIE, frozenset(TEXT_SIZES)),
    "contrast": (CONTRAST_COOKIE, frozenset({HIGH})),
}


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


@never_cache
@require_GET
def preferences(request: HttpRequest) -> HttpResponse:
    """Remember `lang` (a code of LANGUAGES), `mode`, `text` or `contrast` (see CHOICES) and go back to `next`.

    `reset` forgets all of them but the language.
    """
    target = request.GET.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)

    def remember(name: str, value: str) -> None:
        response.set_cookie(name, value, max_age=YEAR, samesite="Lax", secure=request.is_secure(), httponly=True)

    language = request.GET.get("lang")
    if language in dict(settings.LANGUAGES):
        remember(settings.LANGUAGE_COOKIE_NAME, language)
    for parameter, (cookie, values) in CHOICES.items():
        value = request.GET.get(parameter)
        if value in values:
            remember(cookie, value)
        elif value or "reset" in request.GET:
            response.delete_cookie(cookie)
    return response


def _preferences_css(request: HttpRequest) -> str:
    """The stylesheet for this visitor's text size and contrast; empty while nothing was chosen."""
    rules = []
    if request.COOKIES.get(CONTRAST_COOKIE) == HIGH:
        rules.append(f'@import url("{static("wenshu/css/contrast.css")}");')
    if size := TEXT_SIZES.get(request.COOKIES.get(TEXT_COOKIE, "")):
        rules.append(f"html{{font-size:{size}}}")
    return "".join(rules)


def _etag(request: HttpRequest) -> str:
    return f'"{hashlib.sha256(_preferences_css(request).encode()).hexdigest()[:16]}"'


@require_GET
@condition(etag_func=_etag)
def preferences_css(request: HttpRequest) -> HttpResponse:
    """A few bytes of CSS that depend on the visitor, so that no page has to. Revalidated, never shared."""
    response = HttpResponse(_preferences_css(request), content_type="text/css; charset=utf-8")
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


@never_cache
@require_GET
def accessible_browsing(request: HttpRequest) -> HttpResponse:
    """无障碍浏览: every switch for reading on one page, as plain links."""
    chosen = {
        "mode": ELDER if request.elder_mode else "normal",  # type: ignore[attr-defined]
        "text": request.COOKIES.get(TEXT_COOKIE, "normal"),
        "contrast": request.COOKIES.get(CONTRAST_COOKIE, "normal"),
    }
    return render(request, "accessible_browsing.html", {"chosen": chosen})
