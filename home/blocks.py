"""The blocks that editors arrange on the front page. A block without anything to show leaves nothing behind."""

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from network.models import Division, Venue
from pages.core.blocks import RICH_TEXT_FEATURES
from pages.disclosure.selectors import NEWEST, public_documents
from pages.news.models import NewsPage

from .slots import render_slot, slot_choices

LATEST = 5  # documents, and as many news


class WayInBlock(blocks.StructBlock):
    """A short link below the search box."""

    label = blocks.CharBlock(label=_("Label"), max_length=20)
    url = blocks.CharBlock(label=_("Address"), max_length=200, help_text=_("A path of this site: /search/?q=…"))


class HeroBlock(blocks.StructBlock):
    """The first thing people see: what this is, the search box, and what is open near them."""

    title = blocks.TextBlock(label=_("Title"), rows=2, max_length=60, help_text=_("A line break starts a new line."))
    text = blocks.TextBlock(label=_("Text"), rows=2, max_length=200, required=False)
    ways_in = blocks.ListBlock(WayInBlock(), label=_("Short links"), max_num=6, default=[])

    class Meta:
        icon = "home"
        label = _("Opening with search")
        template = "home/blocks/hero.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        context["townships"] = Division.objects.filter(level=Division.Level.TOWNSHIP).only("name", "slug")
        return context


class LatestBlock(blocks.StructBlock):
    """The newest documents and news, side by side. With neither, the block is not there."""

    documents_title = blocks.CharBlock(label=_("Title of the documents"), max_length=20)
    news_title = blocks.CharBlock(label=_("Title of the news"), max_length=20)

    class Meta:
        icon = "list-ul"
        label = _("Newest documents and news")
        template = "home/blocks/latest.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        context["documents"] = list(public_documents().order_by(*NEWEST)[:LATEST])
        context["news"] = list(NewsPage.objects.published()[:LATEST])
        return context


class NetworkBlock(blocks.StructBlock):
    """How large the network is, counted from the register."""

    title = blocks.CharBlock(label=_("Title"), max_length=40)
    text = blocks.TextBlock(label=_("Text"), rows=3, max_length=200, required=False)
    url = blocks.CharBlock(label=_("Address"), max_length=200, required=False)
    action = blocks.CharBlock(label=_("Words of the link"), max_length=30, required=False)

    class Meta:
        icon = "site"
        label = _("The network in figures")
        template = "home/blocks/network.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        context["figures"] = tier_figures()
        return context


class CallBlock(blocks.StructBlock):
    """An invitation with one button, such as to organisations that could join."""

    title = blocks.TextBlock(label=_("Title"), rows=2, max_length=60)
    text = blocks.TextBlock(label=_("Text"), rows=3, max_length=300, required=False)
    url = blocks.CharBlock(label=_("Address"), max_length=200)
    action = blocks.CharBlock(label=_("Words of the button"), max_length=30)

    class Meta:
        icon = "pick"
        label = _("Invitation")
        template = "home/blocks/call.html"


class SlotBlock(blocks.StructBlock):
    """What another room shows on the front page: events, the programme's progress."""

    slot = blocks.ChoiceBlock(label=_("What"), choices=slot_choices)

    class Meta:
        icon = "placeholder"
        label = _("From another part of the site")
        template = "home/blocks/slot.html"

    def get_context(self, value: Any, parent_context: dict[str, Any] | None = None) -> dict[str, Any]:
        context = super().get_context(value, parent_context=parent_context)
        request = context.get("request")
        context["html"] = render_slot(value["slot"], request) if request else None
        return context


class FrontPageBlock(blocks.StreamBlock):
    """The front page from top to bottom."""

    hero = HeroBlock()
    notice = blocks.RichTextBlock(
        label=_("Notice"), icon="warning", features=RICH_TEXT_FEATURES, template="home/blocks/notice.html"
    )
    latest = LatestBlock()
    slot = SlotBlock()
    network = NetworkBlock()
    call = CallBlock()


ELDER_BLOCKS = frozenset({"hero", "notice", "slot", "latest"})  # elder mode shows fewer things on a page


def tier_figures() -> list[dict[str, object]]:
    """Active venues by tier, from one query; a tier without any is left out."""
    active = Venue.objects.active().aggregate(
        head=Count("pk", filter=Q(tier=Venue.Tier.HEAD)),
        branch=Count("pk", filter=Q(tier=Venue.Tier.BRANCH)),
        point=Count("pk", filter=Q(tier=Venue.Tier.POINT)),
    )
    labels = {"head": _("head institutions"), "branch": _("branches"), "point": _("service points")}
    return [{"number": active[tier], "label": label} for tier, label in labels.items() if active[tier]]
