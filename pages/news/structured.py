"""schema.org data of a piece of news, for search engines."""

from typing import Any

from django.http import HttpRequest

from pages.core.models import SiteSettings

from .models import NewsPage


def news_data(page: NewsPage, request: HttpRequest, *, image: str) -> dict[str, Any]:
    """What schema.org knows of `page`; `image` is the absolute address of its picture, or empty."""
    settings = SiteSettings.for_request(request)
    return {
        "@type": "NewsArticle",
        "mainEntityOfPage": page.get_full_url(request),
        "headline": page.title,
        "description": page.introduction,
        "inLanguage": "zh-Hans",
        "datePublished": page.date,
        "dateModified": page.last_published_at,
        "image": image,
        "author": {"@type": "Organization", "name": page.venue.plaque},
        "publisher": {"@type": "GovernmentOrganization", "name": settings.organiser or settings.site_title},
        "isAccessibleForFree": True,
    }
