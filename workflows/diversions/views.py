"""Filing a report of diversion, at the desk."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from common.forms import SiteFormRenderer
from workflows.core.services import case_start
from workflows.core.views.acting import show_errors
from workflows.core.views.keep import keep_typed, take_typed

from . import permissions
from .flows import DiversionFlow
from .forms import ReportForm


@keep_typed
@login_required
def report(request: HttpRequest) -> HttpResponse:
    """File a report; afterwards the reporter follows it at the desk."""
    if not permissions.reports(request.user):
        raise PermissionDenied
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReportForm(data, files, renderer=SiteFormRenderer(), initial=take_typed(request))
    if request.method == "POST" and form.is_valid():
        try:
            case = case_start(DiversionFlow, by=request.user, facts=form.cleaned_data)
        except ValidationError as error:
            show_errors(form, error)
        else:
            messages.success(request, _("Your report was filed. Only the bureau sees who filed it."))
            return redirect("desk_case", case.number)
    return render(request, "diversions/report.html", {"form": form}, status=422 if form.errors else 200)
