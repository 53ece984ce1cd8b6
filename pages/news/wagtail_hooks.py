from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.ui.components import Component

from network.models import Venue
from network.permissions import duties
from pages.core.navigation import MenuLink
from pages.venues.models import VenuePage

from .models import NewsPage

PANEL_ROWS = 3
MOST_VENUES = 6  # somebody with more posts finds the others in the page tree


@hooks.register("public_menu")
def news_link() -> MenuLink:
    return MenuLink(_("News"), "/news/", order=50)


@hooks.register("venue_page_panels", order=30)
def venue_news(venue: Venue, request: HttpRequest) -> SafeString | None:
    """The newest pieces of a venue on its page; nothing where it has none."""
    news = list(NewsPage.objects.published().filter(venue=venue)[:PANEL_ROWS])
    return render_to_string("news/panel.html", {"news": news}, request) if news else None


class WritePanel(Component):
    """The back office's front page: the venues that one may write for, with the way to a new piece."""

    template_name = "news/write_panel.html"
    order = 90

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        pages = VenuePage.objects.live().filter(
            venue__in=duties(user).filter(post__venue__isnull=False).values("post__venue")
        )
        return {"pages": [page for page in pages[:MOST_VENUES] if page.permissions_for_user(user).can_add_subpage()]}


@hooks.register("construct_homepage_panels")
def write_panel(request: HttpRequest, panels: list[Component]) -> None:  # noqa: ARG001
    panels.append(WritePanel())
