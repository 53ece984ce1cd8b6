"""The survey's questions in the back office: the bureau's, and nobody else's."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel

from network.admin.base import KeepersOnly, RegisterAdmin, ServiceForm, yes_no

from .models import SurveyQuestion
from .services.survey import question_delete, question_save

if TYPE_CHECKING:
    from accounts.models import User

REQUIRED = yes_no("required", _("must be answered"))
HEADS = yes_no("for_heads", _("asked of head institutions"))
BRANCHES = yes_no("for_branches", _("asked of branches"))
POINTS = yes_no("for_points", _("asked of service points"))


def unit(row: SurveyQuestion) -> str:
    """The unit in the reader's language."""
    return row.unit_shown


unit.short_description = _("unit")  # type: ignore[attr-defined]


class QuestionForm(ServiceForm):
    """Saves a question through its service."""

    def perform(self, by: "User") -> SurveyQuestion:
        return question_save(question=self.instance, by=by)


class QuestionAdmin(RegisterAdmin):
    """The questions of the three survey forms."""

    model = SurveyQuestion
    form_class = QuestionForm
    permission_helper_class = KeepersOnly
    menu_label = _("Survey questions")
    menu_icon = "form"
    menu_order = 710
    add_to_settings_menu = True
    list_display = ("__str__", "form", "kind", unit, HEADS, BRANCHES, POINTS, "register_field")
    list_filter = ("form", "kind")
    search_fields = ("key", "label", "label_en")
    ordering = ("form", "order", "pk")
    panels = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("form"), FieldPanel("key"), FieldPanel("order")]),
                FieldRowPanel([FieldPanel("label"), FieldPanel("label_en")]),
                FieldRowPanel([FieldPanel("help"), FieldPanel("help_en")]),
            ],
            heading=_("Item asked"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("kind"), FieldPanel("required")]),
                FieldPanel("options"),
                FieldRowPanel([FieldPanel("unit"), FieldPanel("unit_en")]),
                FieldRowPanel([FieldPanel("minimum"), FieldPanel("maximum"), FieldPanel("total")]),
                FieldPanel("register_field"),
            ],
            heading=_("Answer given"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("for_heads"), FieldPanel("for_branches"), FieldPanel("for_points")]),
                FieldRowPanel([FieldPanel("norm_head"), FieldPanel("norm_branch"), FieldPanel("norm_point")]),
                FieldPanel("norm_source"),
            ],
            heading=_("Levels and norms"),
        ),
    ]

    def delete(self, instance: SurveyQuestion, by: "User") -> None:
        question_delete(question=instance, by=by)
