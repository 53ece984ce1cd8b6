"""The public menu: each room registers its own entry, the header shows them in order.

    @hooks.register("public_menu")
    def news_link() -> MenuLink:
        return MenuLink(_("News"), "/news/", order=50)

A hook takes no argument on purpose: the menu is the same for everybody, so that a page can be cached. It may return
None while there is nothing to link to.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from django.utils.functional import Promise
from wagtail import hooks


@dataclass(frozen=True)
class MenuLink:
    """One entry: `label` (translated, lazy is fine), `url` (a path), `order` (smaller comes first)."""

    label: str | Promise
    url: str
    order: int = 100
    current: bool = False


def menu_links(path: str) -> list[MenuLink]:
    """The entries in order, the section that `path` lies in marked as current (the deepest match wins)."""
    found: Iterable[MenuLink | None] = (hook() for hook in hooks.get_hooks("public_menu"))
    links = sorted((link for link in found if link), key=lambda link: link.order)
    here = max((link.url for link in links if path.startswith(link.url)), key=len, default=None)
    return [replace(link, current=link.url == here) for link in links]
