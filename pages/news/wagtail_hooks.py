from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from network.models import Venue
from pages.core.navigation import MenuLink

from .models import NewsPage

PANEL_ROWS = 3


@hooks.register("public_menu")
def news_link() -> MenuLink:
    return MenuLink(_("News"), "/news/", order=50)


@hooks.register("venue_page_panels", order=30)
def venue_news(venue: Venue, request: HttpRequest) -> SafeString | None:
    """The newest pieces of a venue on its page; nothing where it has none."""
    news = list(NewsPage.objects.published().filter(venue=venue)[:PANEL_ROWS])
    return render_to_string("news/panel.html", {"news": news}, request) if news else None
