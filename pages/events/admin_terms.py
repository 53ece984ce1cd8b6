"""The kinds of event and the audiences as registers of the bureau: a county adds its own without code."""

from wagtail.admin.panels import FieldPanel

from network.admin.base import KeepersOnly, RegisterAdmin

from .models import Audience, EventKind


class TermAdmin(RegisterAdmin):
    """What both registers share."""

    permission_helper_class = KeepersOnly
    add_to_settings_menu = True
    list_display = ("name", "name_en", "slug")
    search_fields = ("name", "name_en", "slug")
    panels = [FieldPanel("name"), FieldPanel("name_en"), FieldPanel("slug")]


class EventKindAdmin(TermAdmin):
    """The kinds of event."""

    model = EventKind
    menu_icon = "date"
    menu_order = 680


class AudienceAdmin(TermAdmin):
    """Whom events are for."""

    model = Audience
    menu_icon = "group"
    menu_order = 681
