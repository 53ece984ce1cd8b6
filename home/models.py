"""The front page."""

from django.utils.translation import gettext_lazy as _

from pages.core.models import BasePage


class HomePage(BasePage):
    """The front page of the county's site."""

    template = "home/home.html"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("front page")
