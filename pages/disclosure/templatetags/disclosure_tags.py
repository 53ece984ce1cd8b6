"""Links that narrow and widen the catalogue."""

from typing import Any

from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def facet_query(context: dict[str, Any], name: str, value: str) -> str:
    """This request's query string with one facet set to `value` ("" takes it away), back on the first page."""
    query = context["request"].GET.copy()
    for parameter in (name, "page"):
        query.pop(parameter, None)
    if value:
        query[name] = value
    return f"?{query.urlencode()}"
