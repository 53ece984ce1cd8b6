"""The front page."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from pages.core.models import BasePage

from .blocks import ELDER_BLOCKS, FrontPageBlock


class HomePage(BasePage):
    """The front page of the county's site. A migration makes it from Wagtail's welcome page."""

    body = StreamField(FrontPageBlock(), verbose_name=_("body"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("body")]
    template = "home/home.html"
    max_count = 1
    parent_page_types = ["wagtailcore.Page"]

    class Meta:
        verbose_name = _("front page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        elder = getattr(request, "elder_mode", False)
        context["sections"] = [block for block in self.body if not elder or block.block_type in ELDER_BLOCKS]
        return context
