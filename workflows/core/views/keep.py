"""A form that is sent after the session ended: what was typed waits in the new session until its owner signs in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse

KEY = "typed_before_sign_in"
MAX_TYPED = 50_000


def keep_typed(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Keep the text fields of a POST by somebody who is no longer signed in; files have to be chosen again."""

    @wraps(view)
    def keeping(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            typed = {name: value for name, value in request.POST.items() if name != "csrfmiddlewaretoken"}
            if sum(map(len, typed.values())) <= MAX_TYPED:
                request.session[KEY] = {"path": request.path, "typed": typed}
        return view(request, *args, **kwargs)

    return keeping


def take_typed(request: HttpRequest) -> dict[str, str]:
    """What was typed on this very page before signing in; once."""
    kept = request.session.get(KEY)
    if request.method != "GET" or not kept or kept["path"] != request.path:
        return {}
    del request.session[KEY]
    return kept["typed"]
