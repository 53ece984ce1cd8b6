"""The officials' work in the back office: menu with a count, home panel, addresses."""

from typing import Any

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.components import Component
from wagtail.log_actions import LogActionRegistry

from common.changes import register_changes

from . import admin_urls, selectors
from .views.screens import describe, mandate


@hooks.register("register_admin_urls")
def urls() -> list[Any]:
    return admin_urls.urlpatterns


@hooks.register("insert_global_admin_css")
def css() -> str:
    return format_html('<link rel="stylesheet" href="{}">', staticfiles_storage.url("wenshu/css/work.css"))


class OfficialsItem(MenuItem):
    """Shown to officials only."""

    def is_shown(self, request: HttpRequest) -> bool:
        return mandate(request).is_official


class InboxItem(OfficialsItem):
    """The inbox, with how many tasks wait."""

    def render_component(self, request: HttpRequest) -> Any:
        component = super().render_component(request)
        count = selectors.inbox_count(selectors.inbox_of(request.user, mandate(request)))
        shown = f"{selectors.MENU_COUNT_LIMIT}+" if count > selectors.MENU_COUNT_LIMIT else str(count)
        component.label = _("Inbox (%(count)s)") % {"count": shown} if count else _("Inbox")
        return component


ITEMS: list[tuple[type[MenuItem], Any, str, str, int]] = [
    (InboxItem, gettext_lazy("Inbox"), "workflows_inbox", "tasks", 10),
    (OfficialsItem, gettext_lazy("Cases"), "workflows_cases", "folder-open-inverse", 11),
    (OfficialsItem, gettext_lazy("Case statistics"), "workflows_statistics", "order", 12),
]


def _register(kind: type[MenuItem], label: Any, name: str, icon: str, order: int) -> None:
    @hooks.register("register_admin_menu_item")
    def item() -> MenuItem:
        return kind(label, reverse(name), name=name.replace("_", "-"), icon_name=icon, order=order)


for row in ITEMS:
    _register(*row)


class WorkPanel(Component):
    """On the back office's first page: the tasks that are due first."""

    order = 50

    def render_html(self, parent_context: Any = None) -> str:
        request = parent_context["request"]
        if not mandate(request).is_official:
            return ""
        inbox = selectors.inbox_of(request.user, mandate(request))
        items = list(inbox.waiting[:6])
        for item in items:
            describe(item)
        return render_to_string("workflows/officials/panel.html", {"items": items}, request=request)


@hooks.register("construct_homepage_panels")
def panel(_request: HttpRequest, panels: list[Any]) -> None:
    panels.append(WorkPanel())


@hooks.register("register_log_actions")
def log_actions(registry: LogActionRegistry) -> None:
    register_changes(registry, {"workflows.deadline": gettext_lazy("Deadline changed")})
