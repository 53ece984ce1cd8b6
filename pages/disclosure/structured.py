"""schema.org data of a document, for search engines."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from .models import Annex, BasisDocument, DocumentPage


def document_data(
    page: DocumentPage, request: HttpRequest, *, annexes: Iterable[Annex], bases: Iterable[BasisDocument]
) -> dict[str, Any]:
    """What schema.org knows of `page` with its annexes and the documents it rests on."""
    return {
        "@type": ["DigitalDocument", "Legislation"] if page.document_number else "DigitalDocument",
        "name": page.title,
        "headline": page.official_title,
        "url": page.get_full_url(request),
        "inLanguage": "zh-Hans",
        "identifier": str(page.index_number) if page.index_number_id else "",
        "legislationIdentifier": page.document_number,
        "legislationDate": page.made_on,
        "datePublished": page.published_on,
        "publisher": {"@type": "GovernmentOrganization", "name": page.issuer.name} if page.issuer else None,
        "keywords": page.subject_words,
        "isBasedOn": [f"{basis.title} {basis.number}" for basis in bases],
        "hasPart": [{"@type": "DigitalDocument", "name": annex.title} for annex in annexes],
    }
