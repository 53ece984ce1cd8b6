"""What this room adds to the public menu and to the page editor."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from network.permissions import duties
from pages.core.navigation import MenuLink

from .middleware import follow_calendar
from .models import VenuePage

MOST_VENUES = 6  # somebody with more posts finds the others in the page tree


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


@hooks.register("before_serve_page", order=-1)
def membership_of_today(page: Page, request: HttpRequest, *_serving: Any) -> None:
    """Where a page is only for some groups, those that appointments give are asked of the calendar first. Visitors
    without a session are not looked at, so that their pages can be kept for all."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES and page.get_view_restrictions().exists():
        follow_calendar(request)


@hooks.register("before_serve_document", order=-1)
def membership_of_today_for_documents(_document: Any, request: HttpRequest) -> None:
    """The same for files that lie in a collection of some groups."""
    if settings.SESSION_COOKIE_NAME in request.COOKIES:
        follow_calendar(request)


class WritePanel(Component):
    """The back office's front page: the venues that one may write for, with the ways to a new piece.

    A page type that is written below a venue names its button with `write_label`.
    """

    template_name = "venues/write_panel.html"
    order = 90

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        user = parent_context["request"].user
        pages = VenuePage.objects.live().filter(
            venue__in=duties(user).filter(post__venue__isnull=False).values("post__venue")
        )
        mine = [page for page in pages[:MOST_VENUES] if page.permissions_for_user(user).can_add_subpage()]
        return {"rows": [(page, ways_to_write(page)) for page in mine]}


def ways_to_write(page: VenuePage) -> list[tuple[str, str]]:
    """Label and address of the form for each kind of page that editors write below a venue's."""
    kinds = [kind for kind in page.creatable_subpage_models() if hasattr(kind, "write_label")]
    names = [(kind.write_label, kind._meta.app_label, kind._meta.model_name) for kind in kinds]
    return [(label, reverse("wagtailadmin_pages:add", args=[app, model, page.pk])) for label, app, model in names]


@hooks.register("construct_homepage_panels")
def write_panel(_request: HttpRequest, panels: list[Component]) -> None:
    panels.append(WritePanel())
