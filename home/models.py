"""The front page, and two pages that read from every room: the network, and what became of the notice's clauses."""

from typing import Any

from django.db import models
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from common.jsonld import json_ld
from common.searchable import Searchable, SearchCard, SearchKind
from network.models import Venue
from pages.core.blocks import ArticleBlock, plain_texts
from pages.core.models import BasePage

from .blocks import ELDER_BLOCKS, FrontPageBlock
from .picture import tall_drawing, wide_drawing
from .structured import site_data
from .tree import network_tree


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
        context["structured"] = json_ld(site_data(request))
        context["sections"] = [block for block in self.body if not elder or block.block_type in ELDER_BLOCKS]
        return context


class ReadingPage(Searchable, BasePage):
    """Editors' prose around something that the site draws or counts by itself. Abstract."""

    introduction = models.TextField(_("introduction"), blank=True)
    body = StreamField(
        ArticleBlock(), verbose_name=_("body"), blank=True, help_text=_("Shown below what the site draws by itself.")
    )

    content_panels = [*Page.content_panels, FieldPanel("introduction"), FieldPanel("body")]
    max_count = 1
    parent_page_types = ["home.HomePage", "pages_core.StandardPage"]
    subpage_types: list[str] = []
    search_fields = [*BasePage.search_fields, index.SearchField("introduction"), index.SearchField("body")]
    search_kind = SearchKind("pages", _("Pages"), order=90)

    class Meta:
        abstract = True

    def search_card(self, request: HttpRequest) -> SearchCard:
        return SearchCard(self.title, self.get_url(request) or "", texts=[self.introduction, *plain_texts(self.body)])


class NetworkPage(ReadingPage):
    """How the network is organised 总馆 → 分馆 → 服务点, drawn from the register (R25–R28, R60–R80)."""

    template = "home/network.html"

    class Meta:
        verbose_name = _("page about the network")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        tree = network_tree(request)
        return {
            **super().get_context(request, *args, **kwargs),
            "tree": tree,
            "wide": wide_drawing(tree),
            "tall": tall_drawing(tree),
            "policy": PolicyPage.objects.live().public().first(),
            "sample": Venue.objects.filter(is_sample=True).exists(),
        }


class PolicyPage(ReadingPage):
    """The notice's clauses, each with what on this site fulfils it; those that nothing fulfils say so."""

    document = models.CharField(
        _("address of the notice"), max_length=200, blank=True, help_text=_("The clauses link to its headings.")
    )

    content_panels = [*ReadingPage.content_panels, FieldPanel("document")]
    template = "home/policy.html"

    class Meta:
        verbose_name = _("page about the notice's clauses")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from .clauses import policy_context  # which reads Clause, below

        return {**super().get_context(request, *args, **kwargs), **policy_context(self)}


class Clause(models.Model):
    """One clause of the notice that the county carries out, word for word, and what on this site fulfils it.

    The county's data says both (`load_county`); nobody edits them here, so that the page cannot promise by accident.
    """

    class State(models.TextChoices):
        YES = "yes", _("Fulfilled")
        PARTLY = "partly", _("Partly fulfilled")
        NO = "no", _("Not fulfilled yet")

    number = models.CharField(_("number"), max_length=10, unique=True)
    order = models.PositiveSmallIntegerField(_("order"))
    section = models.CharField(_("section"), max_length=20)
    heading = models.CharField(_("heading of the section"), max_length=80, blank=True)
    quote = models.CharField(_("words of the notice"), max_length=200)
    state = models.CharField(_("state"), max_length=10, choices=State.choices)
    words = models.CharField(_("what fulfils it"), max_length=300)
    words_en = models.CharField(_("what fulfils it (English)"), max_length=300)
    url = models.CharField(_("address"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("clause")
        verbose_name_plural = _("clauses")
        ordering = ["order"]

    def __str__(self) -> str:
        return f"{self.number} {self.quote}"

    @property
    def what(self) -> str:
        """What fulfils it, in the reader's language."""
        return self.words_en if get_language() == "en" else self.words

    @property
    def tone(self) -> str:
        """The look of the state's tag."""
        return {"yes": "", "partly": "soon", "no": "closed"}[self.state]
