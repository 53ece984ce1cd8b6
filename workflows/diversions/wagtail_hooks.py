"""The way to the report, at the desk of everybody in the network."""

from django.http import HttpRequest
from django.template.loader import render_to_string
from wagtail import hooks

from .permissions import reports


@hooks.register("desk_panels", order=900)
def way_to_report(request: HttpRequest) -> str:
    return render_to_string("diversions/panel.html", request=request) if reports(request.user) else ""
