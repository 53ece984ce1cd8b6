"""A registration's own page: whoever holds its link may see and cancel it."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .models import Registration
from .registering import registration_cancel


@never_cache
@require_http_methods(["GET", "POST"])
def registration(request: HttpRequest, token: str) -> HttpResponse:
    """Show the registration that `token` belongs to; POST cancels it. An unknown token is 404."""
    row = get_object_or_404(Registration.objects.select_related("occurrence__event", "occurrence__venue"), token=token)
    if request.method == "POST":
        try:
            registration_cancel(registration=row)
        except ValidationError as error:
            messages.error(request, error.messages[0])
        else:
            messages.success(request, _("The registration is cancelled."))
        return HttpResponseRedirect(request.path)
    return render(request, "events/registration.html", {"registration": row})
