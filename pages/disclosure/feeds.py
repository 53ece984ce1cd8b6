"""The Atom feed of documents."""

import datetime

from django.contrib.syndication.views import Feed
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import feedgenerator, timezone
from django.utils.translation import gettext_lazy as _

from .models import DisclosureIndexPage, DocumentPage
from .selectors import NEWEST, public_documents

LENGTH = 30


class DocumentFeed(Feed):
    """The newest public documents."""

    feed_type = feedgenerator.Atom1Feed
    title = _("Public documents")
    subtitle = _("Documents open to the public")
    language = "zh-hans"

    def get_object(self, request: HttpRequest) -> HttpRequest:
        return request

    def link(self, request: HttpRequest) -> str:
        page = DisclosureIndexPage.objects.live().first()
        return page.get_url(request) if page else "/"

    def items(self, _request: HttpRequest) -> QuerySet[DocumentPage]:
        return public_documents().order_by(*NEWEST)[:LENGTH]

    def item_title(self, item: DocumentPage) -> str:
        return item.title

    def item_description(self, item: DocumentPage) -> str:
        return " · ".join(filter(None, [item.issuer.short_name if item.issuer else "", item.document_number]))

    def item_link(self, item: DocumentPage) -> str:
        return item.url

    def item_guid(self, item: DocumentPage) -> str:
        return f"urn:uuid:{item.translation_key}"

    def item_pubdate(self, item: DocumentPage) -> datetime.datetime | None:
        day = item.published_on
        if day is None:
            return item.first_published_at
        return datetime.datetime.combine(day, datetime.time(), tzinfo=timezone.get_default_timezone())

    def item_updateddate(self, item: DocumentPage) -> datetime.datetime | None:
        return item.last_published_at

    def item_author_name(self, item: DocumentPage) -> str:
        return item.issuer.name if item.issuer else ""
