"""Every address of the site. Addresses that stay are listed in docs/architecture.md."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from .health import HealthView

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz/", HealthView.as_view()),
    # One sign-in, with its second factor: Wagtail's own would ask for a password only.
    path("admin/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/", include(wagtaildocs_urls)),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("", include("common.urls")),
    path("", include("pages.core.urls")),
    path("", include("pages.venues.urls")),
    path("", include("pages.disclosure.urls")),
    path("", include("pages.news.urls")),
    path("", include("pages.events.urls")),
    path("", include("workflows.secondments.urls")),
    path("", include("workflows.diversions.urls")),
    path("", include("workflows.milestones.urls")),
    path("", include("workflows.core.urls")),
    path("", include("workflows.applications.urls")),
    path("", include("search.urls")),
]
if settings.SERVE_MEDIA:
    urlpatterns += [re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT})]
urlpatterns += [path("", include(wagtail_urls))]  # last: Wagtail answers for everything else
