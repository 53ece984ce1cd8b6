"""The text of the files that a page carries."""

from typing import Any

from wagtail.documents import get_document_model

from .extraction import read_text
from .models import ExtractedText

READABLE = ("pdf", "docx", "txt")


def texts_of(obj: Any) -> list[str]:
    """The texts of the files of a searchable object, as far as they have been read."""
    documents = list(obj.search_documents()) if hasattr(obj, "search_documents") else []
    if not documents:
        return []
    rows = ExtractedText.objects.filter(document__in=documents).exclude(text="")
    return list(rows.order_by("document_id").values_list("text", flat=True))


def unread() -> list[Any]:
    """Documents whose file has not been read since it was uploaded."""
    known = dict(ExtractedText.objects.values_list("document_id", "file_name"))
    return [
        document
        for document in get_document_model().objects.order_by("pk")
        if known.get(document.pk) != document.file.name
    ]


def extract(document: Any) -> ExtractedText:
    """Read one document's file and remember what is in it. A broken file is remembered as such; nothing is raised."""
    extension = document.file_extension.lower()
    if extension in READABLE:
        state, text, problem = read_text(document.file, extension)
    else:
        state, text, problem = ExtractedText.State.OTHER, "", ""
    found, _ = ExtractedText.objects.update_or_create(
        document=document,
        defaults={"file_name": document.file.name, "state": state, "text": text, "problem": problem[:200]},
    )
    return found
