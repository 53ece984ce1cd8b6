"""What this room adds to the public menu and to the page editor."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem

from pages.core.navigation import MenuLink


@hooks.register("public_menu")
def venues_link() -> MenuLink:
    return MenuLink(_("Venues"), "/venues/", order=10)


@hooks.register("construct_page_action_menu")
def submit_first(menu_items: list[ActionMenuItem], request: HttpRequest, context: dict[str, Any]) -> None:  # noqa: ARG001
    """Who cannot publish sees “Submit” as the big button: drafts are saved by themselves while one writes."""
    items = {item.name: item for item in menu_items}
    if "action-submit" in items and "action-publish" not in items:
        menu_items.remove(items["action-submit"])
        menu_items.insert(0, items["action-submit"])
