"""The text of attached files: read outside the request, safely, and searched with the page that carries them."""

import io
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from docx import Document as Docx
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject
from wagtail.documents import get_document_model
from wagtail.models import Site

from pages.core.models import StandardPage
from search import extraction
from search.attachments import extract, unread
from search.models import ExtractedText

State = ExtractedText.State


def docx(*paragraphs):
    document = Docx()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    document.add_table(1, 1).cell(0, 0).text = "表格里的字"
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def pdf(text):
    """A PDF of one line."""
    writer, name, stream = PdfWriter(), NameObject, DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
    font = {name("/Type"): name("/Font"), name("/Subtype"): name("/Type1"), name("/BaseFont"): name("/Helvetica")}
    page = writer.add_blank_page(612, 792)
    page[name("/Contents")] = stream
    fonts = DictionaryObject({name("/F1"): DictionaryObject(font)})
    page[name("/Resources")] = DictionaryObject({name("/Font"): fonts})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.fixture
def upload(db):
    def upload(name, content):
        return get_document_model().objects.create(title=name, file=ContentFile(content, name=name))

    return upload


@pytest.fixture
def page_with(db):
    Site.clear_site_root_paths_cache()
    root = Site.objects.get(is_default_site=True).root_page

    def page_with(document):
        return root.add_child(instance=StandardPage(title="附件页", slug="fujian", body=[("file", document)]))

    return page_with


def test_words_of_a_file_find_the_page_that_carries_it(client, upload, page_with):
    page = page_with(upload("方案.docx", docx("第一条 总分馆制", "第二条 农家书屋")))
    assert not client.get("/search/", {"q": "农家书屋"}).context["hits"]
    call_command("extract_texts")
    (hit,) = client.get("/search/", {"q": "农家书屋"}).context["hits"]
    assert hit.title[0].text == page.title
    assert [part.text for part in hit.passage if part.hit] == ["农家书屋"]
    assert client.get("/search/", {"q": "表格里的字"}).context["hits"]
    page.unpublish()
    assert not client.get("/search/", {"q": "农家书屋"}).context["hits"]


def test_a_pdf_is_read(upload):
    found = extract(upload("a.pdf", pdf("Interlib handbook")))
    assert (found.problem, found.state, found.text.strip()) == ("", State.READ, "Interlib handbook")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-8-sig"])
def test_plain_text_is_read_in_its_encoding(upload, encoding):
    assert extract(upload("a.txt", "总分馆制".encode(encoding))).text.strip() == "总分馆制"


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.pdf", b"%PDF-1.4 broken"), ("a.pdf", b""), ("a.docx", b"PK\x03\x04 no"), ("b.docx", b"plain")],
)
def test_a_broken_file_is_remembered_and_nothing_fails(upload, page_with, name, content):
    document = upload(name, content)
    page_with(document)
    call_command("extract_texts", stderr=io.StringIO())
    found = ExtractedText.objects.get(document=document)
    assert found.state == State.BROKEN
    assert found.problem
    assert StandardPage.objects.filter(title="附件页").search("附件页").count() == 1


def test_other_kinds_are_passed_over(upload):
    assert extract(upload("a.zip", b"PK")).state == State.OTHER


def test_each_file_is_read_once_until_it_is_replaced(upload):
    document = upload("a.txt", b"one")
    assert unread() == [document]
    call_command("extract_texts")
    assert unread() == []
    document.file = ContentFile(b"two", name="b.txt")
    document.save()
    call_command("extract_texts")
    assert ExtractedText.objects.get().text.strip() == "two"


def test_a_file_that_unfolds_without_end_is_refused(upload):
    out = io.BytesIO(docx("一"))
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/media/bomb.bin", bytes(250 * 2**20))
    assert out.tell() < 2**20
    found = extract(upload("bomb.docx", out.getvalue()))
    assert found.state == State.BROKEN
    assert "unfolds" in found.problem


def test_memory_and_time_are_bounded(upload, monkeypatch):
    document = upload("a.docx", docx("一" * 100_000))
    monkeypatch.setattr(extraction, "MEMORY", 2**20)
    assert extract(document).state == State.BROKEN
    monkeypatch.setattr(extraction, "MEMORY", 2**30)
    monkeypatch.setattr(extraction, "SECONDS", -5)
    assert extract(document).state == State.BROKEN


def test_size_and_length_are_bounded(upload, monkeypatch):
    document = upload("a.txt", "字".encode() * 1000)
    monkeypatch.setattr(extraction, "MOST_TEXT", 100)
    found = extract(document)
    assert (found.state, len(found.text)) == (State.CUT, 100)
    monkeypatch.setattr(extraction, "MOST_BYTES", 10)
    assert extract(document).state == State.BROKEN


def test_a_file_gone_from_the_storage_is_remembered(upload):
    document = upload("a.txt", b"one")
    document.file.storage.delete(document.file.name)
    assert extract(document).state == State.BROKEN
