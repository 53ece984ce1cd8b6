"""The page where an editor uploads a calendar file."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from ..ics_reading import MAX_BYTES
from ..importing import events_import
from ..permissions import venues_kept
from .forms import ImportForm
from .screens import keepers, official, screen


@keepers
def import_file(request: HttpRequest) -> HttpResponse:
    """The form; after it, the report of what was and was not taken."""
    posted = request.method == "POST"
    form = ImportForm(request.POST if posted else None, request.FILES or None, venues=venues_kept(request.user))
    report = None
    if posted and form.is_valid():
        data = form.cleaned_data
        parent = data["venue"].page
        if not parent.permissions_for_user(request.user).can_add_subpage():
            raise PermissionDenied
        try:
            content = data["file"].read(MAX_BYTES + 1)
            report = events_import(
                data=content, parent=parent, kind=data["kind"], line=data["line"], by=official(request)
            )
        except ValidationError as error:
            form.add_error("file", error)
    return screen(request, "import", _("Import a calendar"), form=form, report=report)
