"""The site in the words of schema.org: who is behind it, and how it is searched."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from pages.core.models import SiteSettings


def site_data(request: HttpRequest) -> dict[str, Any]:
    """The schema.org object of the whole site. Reads the site's settings only."""
    settings = SiteSettings.for_request(request)
    home = request.build_absolute_uri("/")
    return {
        "@type": "WebSite",
        "@id": home,
        "url": home,
        "name": settings.site_title or "文枢",
        "alternateName": settings.site_subtitle,
        "inLanguage": ["zh-Hans", "en"],
        "publisher": {
            "@type": "GovernmentOrganization",
            "name": settings.organiser,
            "telephone": settings.phone,
            "email": settings.email,
        }
        if settings.organiser
        else None,
        "potentialAction": {
            "@type": "SearchAction",
            "target": f"{request.build_absolute_uri(reverse('search'))}?q={{search_term_string}}",
            "query-input": "required name=search_term_string",
        },
    }
