"""Registers of wagtail-modeladmin whose addresses hold a number: whatever else somebody types there is not found."""

from django.http import Http404, HttpRequest, HttpResponse
from wagtail_modeladmin.options import ModelAdmin

from .typed import key_of


class NumberedAdmin(ModelAdmin):
    """Asks for the number before the database is asked, which refuses with an error what is none."""

    def edit_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().edit_view(request, _number(instance_pk))

    def delete_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().delete_view(request, _number(instance_pk))

    def inspect_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().inspect_view(request, _number(instance_pk))

    def history_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        return super().history_view(request, _number(instance_pk))


def _number(text: str) -> str:
    """The primary key in an address; 404 when it is none."""
    if key_of(text) is None:
        raise Http404
    return text
