"""A chart as an answer to the browser."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response

from ..charts import ChartData, Look, chart_of, digest_of

# The picture's own letters and colours; it loads nothing. Browsers hold an <img> to the policy it came with.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def look_asked_for(request: HttpRequest) -> Look:
    """The look that the address asks for: `?narrow=1`, `?elder=1`."""
    return Look(narrow=request.GET.get("narrow") == "1", elder=request.GET.get("elder") == "1")


def picture(request: HttpRequest, data: ChartData, look: Look, *, private: bool) -> HttpResponse:
    """The chart as SVG with its ETag; 304 where the browser has it, without drawing.

    Args:
        private: whether only the person who asks may keep it.
    """
    etag = f'"{digest_of(data, look)}"'
    answer = get_conditional_response(request, etag=etag) or HttpResponse(
        chart_of(data, look), content_type="image/svg+xml"
    )
    answer["ETag"] = etag
    answer["Cache-Control"] = "private, no-cache" if private else "public, max-age=300"
    answer["Content-Security-Policy"] = POLICY
    return answer
