"""The public pages of venues: the directory and one page a venue."""

from typing import Any

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from django_htmx.middleware import HtmxDetails
from wagtail.admin.panels import FieldPanel, HelpPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page
from wagtail.search import index

from accounts.models import User
from common.http import SiteRequest
from common.pinyin import pinyin_keys
from common.searchable import Searchable, SearchCard, SearchKind
from pages.core.blocks import ArticleBlock, files_in, plain_texts
from pages.core.models import BasePage
from pages.venues.permissions import RegisterPageTester


class RegisterPage(BasePage):
    """A page that exists because the register says so: editors fill it; only the services make, move or remove it."""

    class Meta:
        abstract = True

    def permissions_for_user(self, user: User) -> RegisterPageTester:
        return RegisterPageTester(user, self)


class VenueIndexPage(RegisterPage):
    """The directory of venues at /venues/."""

    introduction = models.TextField(
        _("introduction"), blank=True, help_text=_("One or two sentences above the list of venues.")
    )

    content_panels = [*Page.content_panels, FieldPanel("introduction")]
    promote_panels = [MultiFieldPanel([FieldPanel("seo_title"), FieldPanel("search_description")])]
    template = "venues/index.html"
    max_count = 1
    parent_page_types = ["home.HomePage"]
    subpage_types = ["venue_pages.VenuePage"]

    class Meta:
        verbose_name = _("venue directory")

    def get_context(self, request: SiteRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from pages.venues.directory import directory_context

        return {**super().get_context(request, *args, **kwargs), **directory_context(request)}

    def get_template(self, request: SiteRequest, *args: Any, **kwargs: Any) -> str:
        """Only the results for htmx, which replaces them in place."""
        htmx: HtmxDetails | None = getattr(request, "htmx", None)  # absent in the editor's preview
        if htmx and not htmx.boosted and not htmx.history_restore_request:
            return "venues/results.html"
        return self.template

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> TemplateResponse:
        response = super().serve(request, *args, **kwargs)
        response.headers["Vary"] = "HX-Request"  # one address, two bodies
        return response


class VenuePage(Searchable, RegisterPage):
    """A venue's page. The township centre's page is its township's page too: the pages of its points lie below it.

    Facts (address, hours, staff) come from the register; editors write what the register does not know. Title and
    address come from the register as well, whatever an old draft says.
    """

    venue = models.OneToOneField("network.Venue", models.PROTECT, related_name="page", verbose_name=_("venue"))
    picture = models.ForeignKey(
        "pages_core.SiteImage",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("picture"),
        help_text=_(
            "The building or a room in use, wide format, at least 1600 pixels. No recognisable faces without consent. "
            "Without a picture the page shows a pattern."
        ),
    )
    introduction = models.TextField(
        _("introduction"),
        blank=True,
        help_text=_("Two or three plain sentences: what people find here. Hours and address come from the register."),
    )
    body = StreamField(
        ArticleBlock(),
        verbose_name=_("body"),
        blank=True,
        help_text=_("Longer text below the facts: history, collections, rooms."),
    )

    content_panels = [
        HelpPanel(template="venues/admin/facts.html", heading=_("From the register")),
        FieldPanel("picture"),
        FieldPanel("introduction"),
        FieldPanel("body"),
    ]
    promote_panels = [MultiFieldPanel([FieldPanel("seo_title"), FieldPanel("search_description")])]
    template = "venues/venue.html"
    parent_page_types = ["venue_pages.VenueIndexPage", "venue_pages.VenuePage"]
    search_fields = [
        *Page.search_fields,
        index.SearchField("introduction"),
        index.SearchField("body"),
        index.SearchField("register_texts"),
        index.SearchField("pinyin"),
        index.AutocompleteField("register_names"),
        index.AutocompleteField("pinyin"),
    ]
    search_kind = SearchKind("venues", _("Venues"), order=10)
    search_follows = ["venue", "venue__division", "venue__services", "venue__parent"]

    class Meta:
        verbose_name = _("venue page")
        verbose_name_plural = _("venue pages")

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:  # noqa: ARG003
        """Never by hand: a venue's page is made with the venue."""
        return False

    def with_content_json(self, content: dict[str, Any]) -> "VenuePage":
        """A draft keeps the editors' words; what the register says is taken from the page as it is now."""
        draft = super().with_content_json(content)
        draft.venue_id, draft.title, draft.slug = self.venue_id, self.title, self.slug
        draft.url_path = self.url_path
        return draft

    @classmethod
    def searchable(cls) -> QuerySet:
        return super().searchable().select_related("venue__division__parent")

    @property
    def search_rank(self) -> int:  # type: ignore[override]
        """Heads before branches before points, when somebody types a name."""
        return {"head": 2, "branch": 1}.get(self.venue.tier, 0)

    def register_names(self) -> list[str]:
        """What people call the venue and where it is, as the register has it."""
        division = self.venue.division
        above = [division.parent] if division.parent else []
        return [self.venue.plaque, self.venue.name, *(place.short_name for place in [division, *above])]

    def register_texts(self) -> list[str]:
        """What the register says in words: names, address, services."""
        venue = self.venue
        services = [word for service in venue.services.all() for word in (service.name, service.name_en)]
        return [*self.register_names(), venue.division.name, venue.address, venue.directions, venue.phone, *services]

    def pinyin(self) -> list[str]:
        """The venue's names and places as they are typed without Chinese."""
        return [pinyin_keys(name) for name in dict.fromkeys(self.register_names())]

    def search_card(self, request: HttpRequest) -> SearchCard:
        division = self.venue.division
        note = division.parent.short_name if division.parent and division.level != "township" else division.short_name
        texts = [self.introduction, *plain_texts(self.body)]
        texts += [text for text in self.register_texts() if text and text != self.title]
        return SearchCard(self.title, self.get_url(request) or "", texts, note=note)

    def search_documents(self) -> list[Any]:
        return files_in(self.body)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        from pages.venues.presentation import venue_context

        return {**super().get_context(request, *args, **kwargs), **venue_context(self, request)}


class EditorGroup(models.Model):
    """The group of people who edit one venue's page and what lies below it. Its members follow the appointments."""

    venue = models.OneToOneField("network.Venue", models.CASCADE, related_name="editor_group", verbose_name=_("venue"))
    group = models.OneToOneField(Group, models.CASCADE, related_name="venue_editors", verbose_name=_("group"))

    class Meta:
        verbose_name = _("editor group")
        verbose_name_plural = _("editor groups")

    def __str__(self) -> str:
        return str(self.group)
