"""schema.org data of a document, for search engines."""

from typing import Any

from django.http import HttpRequest

from .models import DocumentPage


def document_data(page: DocumentPage, request: HttpRequest) -> dict[str, Any]:
    """What schema.org knows of a document."""
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
        "isBasedOn": [f"{basis.title} {basis.number}" for basis in page.bases.all()],
        "hasPart": [{"@type": "DigitalDocument", "name": annex.title} for annex in page.annexes.all()],
    }
