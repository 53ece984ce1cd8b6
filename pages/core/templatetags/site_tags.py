"""What base.html and the components need."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.core.paginator import Page as PaginatorPage
from django.db.models import CharField, Exists, ExpressionWrapper, F, OuterRef
from django.http import Http404, HttpRequest
from django.templatetags.static import static
from django.urls import NoReverseMatch, Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from wagtail.models import Page, PageViewRestriction, Site

from common.pinyin import pinyin_slug

from ..navigation import MenuLink, menu_links

register = template.Library()


@register.simple_tag(takes_context=True)
def public_menu(context: dict[str, Any]) -> list[MenuLink]:
    """The header's entries, the current section marked: a page type names its own (`section`)."""
    request = context.get("request")
    section = getattr(context.get("page"), "section", "")
    return menu_links(section or (request.path if request else ""))


@register.simple_tag(takes_context=True)
def footer_pages(context: dict[str, Any]) -> list[Page]:
    """Pages of the two levels below the front page that editors put "in menus": about, the network, privacy."""
    request = context.get("request")
    site = Site.find_for_request(request) if request else None
    if site is None:
        return []
    root = site.root_page
    pages = root.get_descendants().live().in_menu().filter(depth__lte=root.depth + 2)
    # As public() would, with the pages below a private one, but in one question instead of two.
    private = PageViewRestriction.objects.annotate(asked=ExpressionWrapper(OuterRef("path"), CharField())).filter(
        asked__startswith=F("page__path")
    )
    return list(pages.filter(~Exists(private)).order_by("path"))


@register.simple_tag(takes_context=True)
def page_ancestors(context: dict[str, Any]) -> list[Page]:
    """The pages above this one, front page first; none on the front page and outside the page tree."""
    page = context.get("page")
    if not isinstance(page, Page) or not page.pk or page.depth <= 2:
        return []
    return list(page.get_ancestors().filter(depth__gte=2))


@register.simple_tag(takes_context=True)
def canonical_url(context: dict[str, Any]) -> str:
    """This page's one address, without query string."""
    request = context.get("request")
    return request.build_absolute_uri(request.path) if request else ""


@register.simple_tag(takes_context=True)
def preference_url(context: dict[str, Any], name: str, value: str) -> str:
    """An address that remembers the choice `name`=`value` and comes back to this page."""
    request: HttpRequest = context["request"]
    return f"{reverse('preferences')}?{urlencode({name: value, 'next': request.get_full_path()})}"


@register.simple_tag(takes_context=True)
def query_with(context: dict[str, Any], **changes: object) -> str:
    """The query string of this request with `changes`; a value of None or "" leaves the parameter out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def page_range(page_obj: PaginatorPage) -> Iterable[int | str]:
    """The page numbers that a pager shows, with gaps."""
    return page_obj.paginator.get_elided_page_range(page_obj.number, on_each_side=2, on_ends=1)


@register.simple_tag
def url_if_exists(name: str, *args: object) -> str:
    """The address of a named view, or nothing while no room provides it."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def is_served(context: dict[str, Any], url: str) -> bool:
    """Whether an address that an editor or a county's data gave leads anywhere: a view, a live page, another site."""
    parts = urlsplit(url)
    if parts.scheme or parts.netloc:
        return True
    try:
        match = resolve(parts.path)
    except Resolver404:
        return False
    if match.url_name != "wagtail_serve":
        return True
    site = Site.find_for_request(context["request"])
    try:
        site.root_page.specific.route(context["request"], [part for part in parts.path.split("/") if part])
    except Http404:
        return False
    return True


@register.simple_tag
def other_language() -> dict[str, str]:
    """The language that the header offers: code for the cookie, tag for `lang`, its own name."""
    if get_language() == "en":
        return {"code": "zh-hans", "tag": "zh-Hans", "name": "中文"}
    return {"code": "en", "tag": "en", "name": "English"}


@register.simple_tag(takes_context=True)
def absolute_static(context: dict[str, Any], path: str) -> str:
    """A static file's address with scheme and host, as social cards need it."""
    request = context.get("request")
    return request.build_absolute_uri(static(path)) if request else static(path)


@register.filter
def anchor(text: object) -> str:
    """An id for a heading: its pinyin."""
    return pinyin_slug(str(text)) or "section"


@register.filter
def percent(value: float | None) -> str:
    """0.625 → 62 %; None says "unknown"."""
    return _("unknown") if value is None else f"{round(value * 100)} %"
