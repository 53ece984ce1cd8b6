"""What this room adds to the back office."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel
from wagtail.admin.ui.tables import BooleanColumn
from wagtail.admin.viewsets.model import ModelViewSet

from .models import ErrorReport


@hooks.register("insert_global_admin_css")
def colours() -> str:
    """The back office wears the public site's colour."""
    return format_html('<link rel="stylesheet" href="{}">', staticfiles_storage.url("wenshu/css/office.css"))


@hooks.register("insert_editor_js")
def first_save() -> str:
    """A new page that is saved by itself and sent by a button at once stays one page."""
    return format_html('<script src="{}"></script>', staticfiles_storage.url("wenshu/js/first-save.js"))


class ErrorReportViewSet(ModelViewSet):
    """Readers' reports of errors: read, note what was done, mark as handled. Nobody writes one here."""

    model = ErrorReport
    icon = "warning"
    menu_label = _("Error reports")
    menu_order = 800
    add_to_admin_menu = True
    list_display = ["__str__", "created_at", BooleanColumn("is_handled", label=_("Handled"))]
    list_filter = {"handled_at": ["isnull"]}
    search_fields = ["page", "message", "note"]
    panels = [
        FieldPanel("page", read_only=True),
        FieldPanel("message", read_only=True),
        FieldPanel("contact", read_only=True),
        FieldPanel("handled_at"),
        FieldPanel("note"),
    ]


@hooks.register("register_admin_viewset")
def error_reports() -> ErrorReportViewSet:
    return ErrorReportViewSet("error_reports")
