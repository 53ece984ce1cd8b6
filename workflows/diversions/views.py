"""Filing a report of diversion, at the desk; the bureau's reports by venue."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from common.forms import SiteFormRenderer
from common.typed import key_of
from network.models import Venue
from workflows.core.services import case_start
from workflows.core.views.acting import show_errors
from workflows.core.views.keep import keep_typed, take_typed
from workflows.core.views.screens import paged, screen

from . import permissions, selectors
from .flows import DiversionFlow
from .forms import VENUES, PlaceForm, ReportForm

PAGE = 50


@keep_typed
@login_required
def report(request: HttpRequest) -> HttpResponse:
    """File a report: first the venue, then who and what. Afterwards the reporter follows it at the desk."""
    if not permissions.reports(request.user):
        raise PermissionDenied
    typed = take_typed(request)
    if request.method != "POST" and not typed and "venue" not in request.GET:
        return render(request, "diversions/place.html", {"form": PlaceForm(renderer=SiteFormRenderer())})
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    venue = venue_of(request.POST.get("venue") or typed.get("venue") or request.GET.get("venue", ""))
    form = ReportForm(data, files, venue=venue, renderer=SiteFormRenderer(), initial=typed)
    if request.method == "POST" and form.is_valid():
        try:
            case = case_start(DiversionFlow, by=request.user, facts=form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Your report was filed. Only the bureau sees who filed it."))
            return redirect("desk_case", case.number)
    context = {"form": form, "venue": venue}
    return render(request, "diversions/report.html", context, status=422 if form.errors else 200)


def venue_of(text: str) -> Venue | None:
    """The venue of an address or a hidden field; None when there is no such."""
    return VENUES.filter(pk=key_of(text) or 0).first()


def by_venue(request: HttpRequest) -> HttpResponse:
    """For the bureau: how many reports about which venue."""
    if not permissions.sees_reports(request.user):
        raise PermissionDenied
    page = paged(request, selectors.reports_by_venue(), PAGE)
    elsewhere = selectors.reports_elsewhere()[:PAGE]
    return screen(request, "diversions/by_venue", _("Reports of diversion"), page=page, elsewhere=elsewhere)
