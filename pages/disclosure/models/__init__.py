"""Disclosure 信息公开: the catalogue, the organs and their documents."""

from .catalogue import Catalogue, DisclosureIndexPage, IndexNumber, OrganPage
from .documents import Decision, DocumentPage, PublicationRefusedError
from .enclosures import Annex, Attachment, BasisDocument

__all__ = [
    "Annex",
    "Attachment",
    "BasisDocument",
    "Catalogue",
    "Decision",
    "DisclosureIndexPage",
    "DocumentPage",
    "IndexNumber",
    "OrganPage",
    "PublicationRefusedError",
]
