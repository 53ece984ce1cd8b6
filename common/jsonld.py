"""Structured data for search engines: JSON-LD in a page's head."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils.safestring import SafeString, mark_safe

# Inside a script element only these can end it or start a comment; the two separators trip old JavaScript parsers.
ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def json_ld(data: dict[str, Any]) -> SafeString:
    """Return `data` as a script element of type application/ld+json, safe whatever the texts in it hold.

    `data` is a schema.org object without its @context. Empty values are left out, so that an unknown fact is not
    published as an empty one.
    """
    text = json.dumps(_known({"@context": "https://schema.org", **data}), ensure_ascii=False, cls=DjangoJSONEncoder)
    return mark_safe(f'<script type="application/ld+json">{text.translate(ESCAPES)}</script>')  # noqa: S308


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: known for key, item in value.items() if (known := _known(item)) not in (None, "", [], {})}
    if isinstance(value, list | tuple):
        return [known for item in value if (known := _known(item)) not in (None, "", [], {})]
    return value
