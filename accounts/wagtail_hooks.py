"""People and organisations in the back office."""

from typing import Any

from django import forms
from django.contrib.admin.decorators import display
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.admin.views.account import NameEmailSettingsPanel
from wagtail.log_actions import LogActionRegistry
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import modeladmin_register
from wagtail_modeladmin.views import CreateView, EditView, ModelFormView

from common.changes import register_changes
from common.numbered import NumberedAdmin

from . import services
from .member_admin import organisation_members
from .models import Organisation, User
from .permissions import manages_people


@hooks.register("register_log_actions")
def log_actions(registry: LogActionRegistry) -> None:
    register_changes(
        registry,
        {
            "accounts.person_created": _("Account made"),
            "accounts.person_changed": _("Account changed"),
            "accounts.person_invited": _("Invitation sent"),
            "accounts.password_link_sent": _("Link to reset the password sent"),
            "accounts.password_set": _("Password set by a link"),
            "accounts.person_deactivated": _("Account deactivated"),
            "accounts.person_reactivated": _("Account reactivated"),
            "accounts.two_factor_reset": _("Two-factor sign-in reset"),
            "accounts.organisation_created": _("Organisation registered"),
            "accounts.organisation_changed": _("Organisation changed"),
            "accounts.member_added": _("Member added"),
            "accounts.member_invited": _("Member invited"),
            "accounts.invitation_dropped": _("Invitation withdrawn or declined"),
            "accounts.member_removed": _("Member removed"),
            "accounts.member_role": _("Member's role changed"),
        },
    )


@hooks.register("register_admin_urls")
def member_urls() -> list[URLPattern]:
    return [path("organisations/<int:pk>/members/", organisation_members, name="organisation_members")]


@hooks.register("before_bulk_action")
def no_bulk_action_on_people(_request: HttpRequest, _action: str, _objects: list[Model], view: Any) -> None:
    """Wagtail's bulk actions would deactivate and delete behind our services' back."""
    if view.model is User:
        raise PermissionDenied


class NameForm(forms.ModelForm):
    """A person's own name on Wagtail's account page."""

    class Meta:
        model = User
        fields = ["name"]

    def save(self, commit: bool = True) -> User:
        person = User.objects.get(pk=self.instance.pk)
        return services.person_update(person=person, by=person, changes={"name": self.cleaned_data["name"]})


# Wagtail's form asks for a first and a last name and has no setting for another.
NameEmailSettingsPanel.form_class = NameForm


class OrganisationPermissions(PermissionHelper):
    """The register is the administrators'; an organisation is made inactive, not deleted: cases name it."""

    def user_can_list(self, user: User) -> bool:
        return manages_people(user)

    def user_can_create(self, user: User) -> bool:
        return manages_people(user)

    def user_can_inspect_obj(self, user: User, obj: Organisation) -> bool:
        return manages_people(user)

    def user_can_edit_obj(self, user: User, obj: Organisation) -> bool:
        return manages_people(user)

    def user_can_delete_obj(self, user: User, obj: Organisation) -> bool:
        return False


class SavedByService(ModelFormView):
    """A form whose service saves and logs."""

    def done(self, organisation: Organisation) -> HttpResponse:
        messages.success(self.request, self.get_success_message(organisation))
        return redirect(self.get_success_url())


class OrganisationCreate(CreateView, SavedByService):
    def form_valid(self, form: Any) -> HttpResponse:
        return self.done(services.organisation_create(by=self.request.user, **form.cleaned_data))


class OrganisationEdit(EditView, SavedByService):
    def form_valid(self, form: Any) -> HttpResponse:
        organisation = Organisation.objects.get(pk=self.instance.pk)
        return self.done(
            services.organisation_update(organisation=organisation, by=self.request.user, changes=form.cleaned_data)
        )


@modeladmin_register
class OrganisationAdmin(NumberedAdmin):
    model = Organisation
    menu_icon = "group"
    menu_order = 260
    base_url_path = "organisations"
    permission_helper_class = OrganisationPermissions
    create_view_class = OrganisationCreate
    edit_view_class = OrganisationEdit
    edit_template_name = "backoffice/organisation_edit.html"
    inspect_view_enabled = True
    list_display = ["name", "credit_code", "kind", "member_count", "active"]
    list_filter = ["kind", "is_active", "is_sample"]
    list_export = ["name", "credit_code", "kind_label", "address", "phone", "managers", "member_count", "active"]
    inspect_view_fields = ["name", "credit_code", "kind", "address", "phone", "members", "is_active"]
    search_fields = ["name", "credit_code", "members__name"]
    form_fields_exclude = ["members", "is_sample"]
    list_per_page = 50

    def get_queryset(self, request: HttpRequest) -> QuerySet[Organisation]:
        counted = super().get_queryset(request).annotate(members_now=Count("memberships", distinct=True))
        return counted.prefetch_related("memberships__user")

    def get_permissions_for_registration(self) -> QuerySet[Permission]:
        return Permission.objects.none()

    def history_view(self, request: HttpRequest, instance_pk: str) -> HttpResponse:
        """Who changed what, addresses and telephone numbers included. Modeladmin itself shows it to every official."""
        if not manages_people(request.user):
            raise PermissionDenied
        return super().history_view(request, instance_pk)

    @staticmethod
    @display(description=_("members"), ordering="members_now")
    def member_count(organisation: Organisation) -> int:
        return organisation.members_now  # type: ignore[attr-defined]

    @staticmethod
    @display(description=_("active"), ordering="is_active")
    def active(organisation: Organisation) -> str:
        return gettext("yes") if organisation.is_active else gettext("no")

    @staticmethod
    @display(description=_("kind"))
    def kind_label(organisation: Organisation) -> str:
        return organisation.get_kind_display()

    @staticmethod
    @display(description=_("managers"))
    def managers(organisation: Organisation) -> str:
        return ", ".join(str(m.user) for m in organisation.memberships.all() if m.role == m.Role.MANAGER)
