"""What a model declares so that the one search box finds it (search/kinds.py looks for these attributes).

    class VenuePage(Searchable, BasePage):
        search_fields = [*BasePage.search_fields, index.SearchField("introduction")]
        search_kind = SearchKind("venues", _("Venues"), order=10)

        def search_card(self, request):
            return SearchCard(self.title, self.get_url(request), texts=[self.introduction])

The fields that are searched are Wagtail's `search_fields`; the rest is here. No list of models is kept anywhere.
"""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise


@dataclass(frozen=True)
class SearchKind:
    """One tab of the results: `key` in the address, `label` in the plural, `order` among the tabs.

    `date_field` names the attribute (a date or datetime) that “newest first” goes by; `filter_by_date` offers a range.
    """

    key: str
    label: str | Promise
    order: int
    date_field: str | None = None
    filter_by_date: bool = False


@dataclass(frozen=True)
class SearchCard:
    """How one hit is shown: the first of `texts` that holds a term gives the passage below the title.

    `note` is a short line (a township, a document number).
    """

    title: str
    url: str
    texts: Sequence[str] = ()
    note: str = ""
    date: datetime.date | None = None


class Searchable:
    """Mixed into an indexed model (here: a page) to show its objects among the results."""

    search_kind: ClassVar[SearchKind]
    # Relations whose objects' texts are part of `search_fields`: when one is saved, this object is indexed anew.
    search_follows: ClassVar[Sequence[str]] = ()
    # Among suggestions a higher one comes first: a branch before its points.
    search_rank: int = 0

    @classmethod
    def searchable(cls) -> QuerySet:
        """What a visitor may find: published and not behind a restriction, neither its own nor one of its parents."""
        return cls.objects.live().public()  # type: ignore[attr-defined]

    def search_documents(self) -> Iterable[Any]:
        """The files (Wagtail documents) that readers find on it: their text is searched with its own."""
        return ()

    def search_card(self, request: HttpRequest) -> SearchCard:
        """This object as a hit."""
        return SearchCard(self.title, self.get_url(request) or "")  # type: ignore[attr-defined]
