"""Opening a page in one of the ways visitors do, and noting what the browser complains about."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Page, Request, Route

from .conftest import Site
from .pages_table import PublicPage

PHONE, DESKTOP = 390, 1280
HEIGHTS = {PHONE: 844, DESKTOP: 900}
LANGUAGES = {"zh": "zh-hans", "en": "en"}


@dataclass
class Visit:
    """An open page and what went wrong while it loaded: script errors, console errors, requests to other hosts."""

    page: Page
    complaints: list[str] = field(default_factory=list)


@contextmanager
def visiting(
    browser: Browser,
    site: Site,
    shown: PublicPage,
    *,
    width: int = DESKTOP,
    language: str = "zh",
    elder: bool = False,
    **options: Any,
) -> Iterator[Visit]:
    """Open a page as a new visitor.

    `width` is the window's in CSS pixels, `language` "zh" or "en", `elder` chooses elder mode 长者模式; `options` go to
    Playwright's browser context (`java_script_enabled=False`, `color_scheme="dark"`). Asserts the expected status.
    """
    cookies = [{"name": "django_language", "value": LANGUAGES[language], "url": site.url}]
    if elder:
        cookies.append({"name": "mode", "value": "elder", "url": site.url})
    context = browser.new_context(viewport={"width": width, "height": HEIGHTS[width]}, **options)
    try:
        context.add_cookies(cookies)  # type: ignore[arg-type]
        page = context.new_page()
        visit = Visit(page)
        own_address = site.url + shown.address

        def refuse_foreign(route: Route, request: Request) -> None:
            if urlsplit(request.url).scheme in ("data", "blob") or request.url.startswith(f"{site.url}/"):
                route.continue_()
            else:
                visit.complaints.append(f"request to another site: {request.url}")
                route.abort()

        def note(message: ConsoleMessage) -> None:
            # The browser reports the status of an error page itself as an error: that one is meant.
            meant = shown.status >= 400 and message.location.get("url") == page.url
            if message.type in ("error", "warning") and not meant:
                visit.complaints.append(f"console: {message.text} ({message.location.get('url')})")

        context.route("**/*", refuse_foreign)
        page.on("console", note)
        page.on("pageerror", lambda error: visit.complaints.append(f"script error: {error}"))
        response = page.goto(own_address, wait_until="load")
        assert response is not None
        assert response.status == shown.status, f"{shown.address} answered {response.status}"
        yield visit
    finally:
        context.close()
