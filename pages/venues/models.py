"""The public pages of venues: the directory and one page a venue."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin
from wagtail.fields import StreamField
from wagtail.models import Page

from pages.core.blocks import ArticleBlock
from pages.core.models import BasePage


class VenueIndexPage(RoutablePageMixin, BasePage):
    """The directory of venues at /venues/."""

    introduction = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    template = "venues/index.html"
    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["venue_pages.VenuePage"]

    class Meta:
        verbose_name = _("venue directory")


class VenuePage(BasePage):
    """A venue's page. The township centre's page is its township's page too: the pages of its points lie below it.

    Facts (address, hours, staff) come from the register; editors write what the register does not know.
    """

    venue = models.OneToOneField("network.Venue", models.PROTECT, related_name="page", verbose_name=_("venue"))
    picture = models.ForeignKey(
        "pages_core.SiteImage", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    introduction = models.TextField(_("introduction"), blank=True)
    body = StreamField(ArticleBlock(), verbose_name=_("body"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("picture"), FieldPanel("introduction"), FieldPanel("body")]
    template = "venues/venue.html"
    parent_page_types = ["venue_pages.VenueIndexPage", "venue_pages.VenuePage"]

    class Meta:
        verbose_name = _("venue page")
        verbose_name_plural = _("venue pages")
