"""What every page type shares."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.documents.models import AbstractDocument, Document
from wagtail.fields import StreamField
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Page

from .blocks import ArticleBlock


class SiteImage(AbstractImage):
    """A picture. Its description is the text that a screen reader speaks: it is required (WCAG 1.1.1)."""

    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)
    admin_form_fields = Image.admin_form_fields


class Rendition(AbstractRendition):
    """One size of an image."""

    image = models.ForeignKey(SiteImage, models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="unique_rendition")
        ]


class SiteDocument(AbstractDocument):
    """A file that editors attach to pages."""

    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)
    admin_form_fields = Document.admin_form_fields


class BasePage(Page):
    """What every page of the public site has. Abstract."""

    is_sample = models.BooleanField(_("sample data"), default=False, editable=False)

    class Meta:
        abstract = True


class StandardPage(BasePage):
    """A page of prose: about, privacy, accessibility statement."""

    introduction = models.TextField(_("introduction"), blank=True)
    body = StreamField(ArticleBlock(), verbose_name=_("body"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    template = "pages/standard_page.html"

    class Meta:
        verbose_name = _("standard page")
        verbose_name_plural = _("standard pages")


@register_setting(icon="site")
class SiteSettings(BaseSiteSetting):
    """The county's name, organiser and record numbers: data, so that another county changes no code."""

    site_title = models.CharField(_("site title"), max_length=80)
    site_subtitle = models.CharField(_("line under the title"), max_length=80, blank=True)
    county_name = models.CharField(_("county"), max_length=40)
    organiser = models.CharField(
        _("organiser"), max_length=80, blank=True, help_text=_("主办单位, shown in the footer.")
    )
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    icp_number = models.CharField(_("ICP record number"), max_length=60, blank=True)
    security_number = models.CharField(_("public security record number"), max_length=60, blank=True)
    has_sample_data = models.BooleanField(_("sample data is loaded"), default=False, editable=False)

    class Meta:
        verbose_name = _("site settings")
