"""A request as it reaches our views, with what the middleware has put there."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class SiteRequest(HttpRequest):
    """`elder_mode`: the visitor chose elder mode 长者模式. `htmx`: whether and how htmx asked."""

    elder_mode: bool
    htmx: HtmxDetails
