"""What applications add: the public menu's entry, drafts on the desk, kinds and papers as registers."""

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail_modeladmin.options import modeladmin_register

from common.http import SiteRequest
from network.admin.base import KeepersOnly, RegisterAdmin, yes_no
from pages.core.navigation import MenuLink

from .models import ApplicantKind, Draft, Paper


@hooks.register("public_menu")
def apply_link() -> MenuLink:
    return MenuLink(_("Apply"), reverse("apply"), order=60)


@hooks.register("desk_panels")
def drafts(request: SiteRequest) -> SafeString:
    rows = Draft.objects.filter(organisation__memberships__user=request.user).select_related("organisation").distinct()
    return render_to_string("applications/drafts.html", {"drafts": rows[:40]}, request=request)


BRANCH = yes_no("may_be_branch", _("may become a branch"))
POINT = yes_no("may_be_point", _("may become a service point"))
LIBRARY = yes_no("library", _("may join the library line"))
CULTURE = yes_no("culture", _("may join the culture line"))
REQUIRED = yes_no("required", pgettext_lazy("paper", "required"))


class CriteriaAdmin(RegisterAdmin):
    """What may be asked of applicants: the bureau keeps it, every change is logged."""

    permission_helper_class = KeepersOnly
    add_to_settings_menu = True


@modeladmin_register
class KindAdmin(CriteriaAdmin):
    """The kinds of applicants."""

    model = ApplicantKind
    menu_icon = "group"
    menu_order = 700
    list_display = ("__str__", BRANCH, POINT, LIBRARY, CULTURE, "branch_area", "branch_seats")
    panels = [
        FieldPanel("code"),
        FieldRowPanel([FieldPanel("may_be_branch"), FieldPanel("may_be_point")]),
        FieldRowPanel([FieldPanel("library"), FieldPanel("culture")]),
        FieldRowPanel([FieldPanel("branch_area"), FieldPanel("branch_seats"), FieldPanel("branch_stock")]),
        FieldPanel("point_area"),
        FieldRowPanel([FieldPanel("note"), FieldPanel("note_en")]),
        FieldPanel("order"),
    ]


@modeladmin_register
class PaperAdmin(CriteriaAdmin):
    """The papers that are asked for."""

    model = Paper
    menu_icon = "doc-full"
    menu_order = 701
    list_display = ("__str__", REQUIRED, "order")
    panels = [
        FieldPanel("code"),
        FieldRowPanel([FieldPanel("name"), FieldPanel("name_en")]),
        FieldRowPanel([FieldPanel("help"), FieldPanel("help_en")]),
        FieldPanel("kinds"),
        FieldPanel("operators"),
        FieldPanel("required"),
        FieldPanel("order"),
    ]
