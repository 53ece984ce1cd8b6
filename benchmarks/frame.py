"""The site's addresses and one more: an empty page of the back office, to know what the frame itself asks."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from config.urls import urlpatterns as site


def empty(request: HttpRequest) -> HttpResponse:
    """Menus and furniture alone."""
    trail = [{"url": "", "label": "x"}]
    return render(request, "wagtailadmin/generic/base.html", {"header_title": "x", "breadcrumbs_items": trail})


urlpatterns = [path("admin/frame/", empty), *site]
