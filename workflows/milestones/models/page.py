"""The page where everybody sees how far the county has come."""

from django.db import models
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page
from wagtail.search import index

from common.searchable import Searchable, SearchCard, SearchKind
from pages.core.models import BasePage


class ProgrammePage(RoutablePageMixin, Searchable, BasePage):
    """The public board at /programme/: the newest public programme, an older one below its own address part."""

    introduction = models.TextField(_("introduction"), blank=True)

    template = "milestones/public.html"
    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []
    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    search_fields = [*BasePage.search_fields, index.SearchField("introduction")]
    search_kind = SearchKind("programme", _("Programme"), order=80)

    class Meta:
        verbose_name = _("page about the programme")

    @path("", name="newest")
    def newest(self, request: HttpRequest) -> TemplateResponse:
        """The newest public programme; without one, a page that says so."""
        return self._show(request, "")

    @path("<slug:slug>/", name="one")
    def one(self, request: HttpRequest, slug: str) -> TemplateResponse:
        """One public programme. 404 for any other."""
        return self._show(request, slug)

    def _show(self, request: HttpRequest, slug: str) -> TemplateResponse:
        from ..public import public_context  # which reads what this module's neighbours define

        return self.render(request, context_overrides=public_context(request, slug))

    def search_card(self, request: HttpRequest) -> SearchCard:
        return SearchCard(self.title, self.get_url(request) or "", texts=[self.introduction])
