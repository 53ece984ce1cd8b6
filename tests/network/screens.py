"""The register's screens in the back office: their addresses, and what a form on them would send."""

from django.urls import reverse


def url(model, action="index", pk=None):
    return reverse(f"network_{model}_modeladmin_{action}", args=[pk] if pk is not None else [])


def posted(response):
    """The values that a form on the page would send, found by its bound or unbound form."""
    form = response.context["form"]
    values = {}
    for field in form:
        value = field.value()
        if value is True:
            values[field.html_name] = "on"
        elif value not in (None, False):
            values[field.html_name] = (
                [getattr(item, "pk", item) for item in value] if isinstance(value, list) else value
            )
    return values
