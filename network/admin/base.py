"""Registers in the back office: lists with search, filters and export; saves that go through a service.

Built on wagtail-modeladmin. It asks the model permissions of Django's groups; here `permissions.py` decides. It logs
that something was saved; here the service logs what, from → to, and nothing is logged twice.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.core.paginator import InvalidPage
from django.db.models import Model, QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import ObjectList, Panel
from wagtail_modeladmin.helpers import ButtonHelper, PermissionHelper
from wagtail_modeladmin.views import CreateView, DeleteView, EditView, IndexView, InspectView, ModelFormView

from common.numbered import NumberedAdmin

from ..permissions import keeps_registers, sees_registers
from ..services import record_delete, record_save

if TYPE_CHECKING:
    from accounts.models import User

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def yes_no(field: str, label: Any) -> Callable[[Model], str]:
    """A column that says yes or no in words (the pictures belong to Django's own admin, which is not installed)."""

    def column(row: Model) -> str:
        return _("yes") if getattr(row, field) else _("no")

    column.short_description = label  # type: ignore[attr-defined]
    column.admin_order_field = field  # type: ignore[attr-defined]
    return column


def reads_registers(user: "User") -> bool:
    """Asked for every register in the menu of every page, so the answer is kept with the request's user."""
    if not hasattr(user, "_sees_registers"):
        user._sees_registers = sees_registers(user)  # type: ignore[attr-defined]
    return user._sees_registers  # type: ignore[attr-defined]


class RegisterPermissions(PermissionHelper):
    """The bureau keeps the registers, whoever has a duty in the network reads them."""

    def user_can_list(self, user: "User") -> bool:
        return reads_registers(user)

    def user_can_inspect_obj(self, user: "User", obj: Model) -> bool:
        return self.inspect_view_enabled and sees_registers(user)

    def user_can_create(self, user: "User") -> bool:
        return keeps_registers(user)

    def editable(self, user: "User") -> QuerySet[Any]:
        """The rows this user may change."""
        rows = self.model._default_manager.all()
        return rows if keeps_registers(user) else rows.none()

    def deletable(self, user: "User") -> QuerySet[Any]:
        """The rows this user may ask to delete; the service refuses where history hangs on them."""
        return self.editable(user) if keeps_registers(user) else self.model._default_manager.none()

    def user_can_edit_obj(self, user: "User", obj: Model) -> bool:
        return self.editable(user).filter(pk=obj.pk).exists()

    def user_can_delete_obj(self, user: "User", obj: Model) -> bool:
        return self.deletable(user).filter(pk=obj.pk).exists()


class KeepersOnly(RegisterPermissions):
    """A register that others meet only as choices and questions in forms."""

    def user_can_list(self, user: "User") -> bool:
        return keeps_registers(user)


class RowButtons(ButtonHelper):
    """The buttons of every row of a list, with three permission queries for the whole list instead of three a row."""

    @cached_property
    def _allowed(self) -> dict[str, set[int]]:
        user, helper = self.request.user, self.permission_helper
        return {
            "edit": set(helper.editable(user).values_list("pk", flat=True)),
            "delete": set(helper.deletable(user).values_list("pk", flat=True)),
        }

    def get_buttons_for_obj(
        self,
        obj: Model,
        exclude: Sequence[str] | None = None,
        classnames_add: list[str] | None = None,
        classnames_exclude: list[str] | None = None,
    ) -> list[dict[str, Any]]:
        buttons = [
            getattr(self, f"{action}_button")(obj.pk, classnames_add, classnames_exclude)
            for action in ("edit", "delete")
            if action not in (exclude or ()) and obj.pk in self._allowed[action]
        ]
        looks = self.permission_helper.inspect_view_enabled and "inspect" not in (exclude or ())
        if looks and obj.pk not in self._allowed["edit"]:
            buttons.insert(0, self.inspect_button(obj.pk, classnames_add, classnames_exclude))
        return buttons

    def get_primary_button(self, obj: Model) -> dict[str, Any] | None:
        if obj.pk in self._allowed["edit"]:
            return self.edit_button(obj.pk)
        return self.inspect_button(obj.pk) if self.permission_helper.inspect_view_enabled else None


class RegisterIndex(IndexView):
    """A list that answers a malformed address with itself, and exports words instead of codes."""

    page_num: int

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = super().dispatch(request, *args, **kwargs)
            if hasattr(response, "render"):
                response.render()
        except (IncorrectLookupParameters, InvalidPage, OverflowError):  # SQLite's word for a number too large
            return redirect(self.index_url)
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        paginator = self.paginator_class(self.get_queryset(), self.items_per_page)
        self.page_num = min(max(self.page_num, 1), paginator.num_pages)
        return super().get_context_data(**kwargs)

    def to_row_dict(self, item: Model) -> dict[str, Any]:
        row = {}
        for name in self.list_export:
            display = getattr(item, f"get_{name}_display", None)
            method = getattr(self.model_admin, name, None)
            value = display() if display else method(item) if callable(method) else getattr(item, name)
            if isinstance(value, bool):
                value = _("yes") if value else _("no")
            row[name] = "" if value is None else value
        return row

    def write_csv_row(self, writer: Any, row_dict: dict[str, Any]) -> Any:
        """A cell that a spreadsheet would run as a formula is written as text."""
        plain = {
            name: f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) else value
            for name, value in row_dict.items()
        }
        return super().write_csv_row(writer, plain)

    def stream_csv(self, queryset: QuerySet[Any]) -> Iterator[Any]:
        yield "\ufeff"  # without it, Excel takes the Chinese for another encoding
        yield from super().stream_csv(queryset)

    def get_heading(self, queryset: QuerySet[Any], field: str) -> str:
        heading = super().get_heading(queryset, field)
        return heading[:1] + heading[1:].lower()


class ServiceForm(WagtailAdminModelForm):
    """A form whose `save` is a service. Subclasses say which in `perform`."""

    def perform(self, by: "User") -> Model:
        return record_save(record=self.instance, by=by)

    def save(self, commit: bool = True) -> Model:
        return self.perform(self.for_user)

    def add_problems(self, problems: dict[str, Any]) -> None:
        """Show problems beside their fields; those of fields that the form does not have, above it."""
        for name, texts in problems.items():
            self.add_error(name if name in self.fields else None, texts)


def add_service_error(form: BaseForm, error: ValidationError) -> None:
    """Show what a service refused beside the fields it names."""
    problems = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.messages}
    for name, texts in problems.items():
        form.add_error(name if name in form.fields else None, texts)


class SaveByService(ModelFormView):
    """Saves through the form's service and shows its refusal in the form."""

    def form_valid(self, form: ServiceForm) -> HttpResponse:
        try:
            self.instance = form.save()
        except ValidationError as error:
            add_service_error(form, error)
            return self.form_invalid(form)
        buttons = self.get_success_message_buttons(self.instance)
        messages.success(self.request, self.get_success_message(self.instance), buttons=buttons)
        return redirect(self.get_success_url())


class RegisterCreate(SaveByService, CreateView):
    """Adds a row."""


class RegisterEdit(SaveByService, EditView):
    """Changes a row."""


class RegisterInspect(InspectView):
    """Shows a row to those who may not change it."""

    def get_field_display_value(self, field_name: str, field: Any = None) -> Any:
        value = super().get_field_display_value(field_name, field)
        return (_("yes") if value else _("no")) if isinstance(value, bool) else value


class RegisterDelete(DeleteView):
    """Deletes a row, or says why history forbids it."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            self.model_admin.delete(self.instance, request.user)
        except ValidationError as error:
            messages.error(request, " ".join(error.messages))
            return redirect(self.edit_url)
        messages.success(request, _("%(object)s was deleted.") % {"object": self.instance})
        return redirect(self.index_url)

    def confirmation_message(self) -> str:
        return _("Delete it? Whatever history hangs on cannot be deleted.")


class RegisterAdmin(NumberedAdmin):
    """What all registers share."""

    panels: Sequence[Panel]
    form_class: type[ServiceForm] = ServiceForm
    permission_helper_class = RegisterPermissions
    button_helper_class = RowButtons
    index_view_class = RegisterIndex
    create_view_class = RegisterCreate
    edit_view_class = RegisterEdit
    delete_view_class = RegisterDelete
    inspect_view_class = RegisterInspect
    list_per_page = 50
    empty_value_display = "–"

    def get_edit_handler(self) -> ObjectList:
        """The form, whose `save` is a service: what is not saved by one is not in the log."""
        return ObjectList(self.panels, base_form_class=self.form_class)

    def delete(self, instance: Any, by: "User") -> None:
        """Delete through the service."""
        record_delete(record=instance, by=by)

    def history_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        if not self.permission_helper.user_can_list(request.user):
            raise PermissionDenied
        return super().history_view(request, instance_pk)
