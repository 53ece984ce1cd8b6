"""What this room adds to the public menu."""

from django.utils.translation import gettext as _
from wagtail import hooks

from pages.core.navigation import MenuLink


@hooks.register("public_menu")
def venues_link() -> MenuLink:
    return MenuLink(_("Venues"), "/venues/", order=10)
