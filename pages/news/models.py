"""News 新闻 of the venues: a piece lies below its venue's page and is listed at /news/."""

from typing import Any

from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, HelpPanel
from wagtail.fields import StreamField
from wagtail.models import Page, PageManager
from wagtail.query import PageQuerySet
from wagtail.search import index

from common.jsonld import json_ld
from common.searchable import Searchable, SearchCard, SearchKind
from network.models import Division
from pages.core.blocks import ArticleBlock, files_in, plain_texts
from pages.core.models import BasePage
from pages.venues.models import VenueContentPage

PER_PAGE = 12


class NewsQuerySet(PageQuerySet):
    """Reads of news that more than one caller needs."""

    def published(self) -> "NewsQuerySet":
        """What the public sees, newest first, with venue and picture at hand."""
        return self.live().public().select_related("venue", "picture").order_by("-date", "-pk")

    def of_township(self, township: Division) -> "NewsQuerySet":
        """News of the venues in `township` and its villages and communities."""
        return self.filter(
            models.Q(venue__division=township) | models.Q(venue__division__parent=township, venue__tier="point")
        )


class NewsPage(Searchable, VenueContentPage):
    """One piece of news. It speaks for the venue whose page it lies below."""

    date = models.DateField(_("date"), default=timezone.localdate, db_index=True)
    introduction = models.TextField(
        _("introduction"),
        max_length=200,
        help_text=_("One or two sentences. Lists, feeds and search results show them."),
    )
    picture = models.ForeignKey(
        "pages_core.SiteImage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
        help_text=_(
            "Landscape, at least 1200 pixels wide. Ask people before you show their faces, parents for children."
        ),
    )
    body = StreamField(
        ArticleBlock(), verbose_name=_("body"), help_text=_("Short paragraphs; a heading every few of them.")
    )

    objects = PageManager.from_queryset(NewsQuerySet)()

    content_panels = [
        HelpPanel(
            _(
                "Your draft is saved while you write; nobody outside sees it. The glasses at the top right show it as "
                "readers will. “Submit” sends it to the head institution, which publishes it or returns it with a "
                "reason; you get an e-mail either way."
            ),
            heading=_("How a piece gets published"),
        ),
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("introduction"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    search_fields = [*Page.search_fields, index.SearchField("introduction"), index.SearchField("body")]
    search_kind = SearchKind("news", _("News"), order=40, date_field="date")
    template = "news/news.html"
    section = "/news/"  # the menu's: the page itself lies below its venue
    write_label = _("Write news")
    parent_page_types = ["venue_pages.VenuePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("news")
        verbose_name_plural = _("news")

    @classmethod
    def searchable(cls) -> models.QuerySet:
        return super().searchable().select_related("venue")

    def search_card(self, request: HttpRequest) -> SearchCard:
        texts = [self.introduction, *plain_texts(self.body)]
        return SearchCard(self.title, self.get_url(request) or "", texts, note=self.venue.name, date=self.date)

    def search_documents(self) -> list[Any]:
        return files_in(self.body)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        from .structured import news_data  # which knows NewsPage

        picture = self.picture.get_rendition("fill-1200x630") if self.picture else None
        context["card_image"] = request.build_absolute_uri(picture.url) if picture else ""
        if not self.is_sample:  # what is invented is not published as a fact
            context["structured"] = json_ld(news_data(self, request, image=context["card_image"]))
        context["more"] = NewsPage.objects.published().filter(venue=self.venue_id).exclude(pk=self.pk)[:3]
        return context


class NewsIndexPage(BasePage):
    """The list of all venues' news at /news/."""

    introduction = models.TextField(_("introduction"), blank=True)

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    template = "news/index.html"
    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("list of news")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        townships = list(Division.objects.filter(level=Division.Level.TOWNSHIP))
        township = next((each for each in townships if each.slug == request.GET.get("township")), None)
        news = NewsPage.objects.published()
        if township:
            news = news.of_township(township)
        context |= {
            "townships": townships,
            "township": township,
            "news": Paginator(news, PER_PAGE).get_page(request.GET.get("page")),
        }
        return context
