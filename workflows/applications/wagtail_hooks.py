"""What applications add: the public menu's entry, drafts on the desk, kinds and papers as registers."""

from django.db.models import Model
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin, modeladmin_register

from common.http import SiteRequest
from network.permissions import keeps_registers
from pages.core.navigation import MenuLink

from .models import ApplicantKind, Draft, Paper


@hooks.register("public_menu")
def apply_link() -> MenuLink:
    return MenuLink(_("Apply"), reverse("apply"), order=60)


@hooks.register("desk_panels")
def drafts(request: SiteRequest) -> SafeString:
    rows = Draft.objects.filter(organisation__memberships__user=request.user).select_related("organisation").distinct()
    return render_to_string("applications/drafts.html", {"drafts": rows[:40]}, request=request)


class BureauKeeps(PermissionHelper):
    """The bureau keeps what may be asked of applicants."""

    def user_can_list(self, user: object) -> bool:
        return keeps_registers(user)  # type: ignore[arg-type]

    def user_can_create(self, user: object) -> bool:
        return keeps_registers(user)  # type: ignore[arg-type]

    def user_can_edit_obj(self, user: object, obj: Model) -> bool:
        return keeps_registers(user)  # type: ignore[arg-type]

    def user_can_delete_obj(self, user: object, obj: Model) -> bool:
        return keeps_registers(user)  # type: ignore[arg-type]


@modeladmin_register
class KindAdmin(ModelAdmin):
    model = ApplicantKind
    menu_icon = "group"
    menu_order = 700
    add_to_settings_menu = True
    permission_helper_class = BureauKeeps
    list_display = ["__str__", "may_be_branch", "may_be_point", "library", "culture", "branch_area", "branch_seats"]


@modeladmin_register
class PaperAdmin(ModelAdmin):
    model = Paper
    menu_icon = "doc-full"
    menu_order = 701
    add_to_settings_menu = True
    permission_helper_class = BureauKeeps
    list_display = ["__str__", "required", "order"]
