"""The public charts."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone, translation

from ..public import CHARTS
from ..selectors import public as selectors
from ..selectors.boards import board_of
from .pictures import look_asked_for, picture


def chart(request: HttpRequest, name: str, slug: str = "") -> HttpResponse:
    """One of the public charts, in the language of the address (`?lang=en`), so that one address is one picture. 404
    where there is no such chart or no such public programme."""
    programme = selectors.public_programme(slug)
    if programme is None or name not in CHARTS:
        raise Http404
    look = look_asked_for(request)
    language = request.GET.get("lang", "")
    with translation.override(language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        data = CHARTS[name](board_of(programme, timezone.localdate()), look)
    return picture(request, data, look, private=False)
