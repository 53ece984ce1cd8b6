from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from pages.core.navigation import MenuLink


@hooks.register("public_menu")
def news_link() -> MenuLink:
    return MenuLink(_("News"), "/news/", order=50)
