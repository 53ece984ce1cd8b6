"""Atom feed of the news."""

from datetime import datetime
from typing import Any

from django.contrib.syndication.views import Feed
from django.http import HttpRequest
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from pages.core.models import SiteSettings

from .models import NewsPage

ENTRIES = 30


class NewsFeed(Feed):
    """The newest pieces of all venues, at /feed/."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> SiteSettings:
        return SiteSettings.for_request(request)

    def title(self, site: SiteSettings) -> str:
        return f"{site.site_title} – {_('News')}"

    def subtitle(self, site: SiteSettings) -> str:
        return site.site_subtitle

    def link(self) -> str:
        return "/news/"

    def feed_url(self) -> str:
        return reverse("news_feed")

    def items(self) -> list[NewsPage]:
        return list(NewsPage.objects.published()[:ENTRIES])

    def item_title(self, item: NewsPage) -> str:
        return item.title

    def item_description(self, item: NewsPage) -> str:
        return item.introduction

    def item_link(self, item: NewsPage) -> str:
        return item.url

    def item_author_name(self, item: NewsPage) -> str:
        return item.venue.plaque

    def item_pubdate(self, item: NewsPage) -> datetime | None:
        return item.first_published_at

    def item_updateddate(self, item: NewsPage) -> datetime | None:
        return item.last_published_at
