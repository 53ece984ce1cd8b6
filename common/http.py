"""A request as it reaches our views, with what the middleware has put there."""

from typing import Any

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class SiteRequest(HttpRequest):
    """`elder_mode`: the visitor chose elder mode 长者模式. `htmx`: whether and how htmx asked.

    `user` is a person where the view lets nobody else in, so it is not said here that it may be a stranger.
    """

    elder_mode: bool
    htmx: HtmxDetails
    user: Any
