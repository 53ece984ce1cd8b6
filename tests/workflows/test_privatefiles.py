"""What may be handed in: judged by content."""

import io
import socket
import struct
import threading
import zipfile

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from common.privatefiles import DOCX_TYPE, MAX_BYTES, check_upload, safe_name
from workflows.applications.flows import ApplicationFlow
from workflows.applications.services import draft_delete, draft_file_set
from workflows.core.services import case_start

from .world import PDF, checked, draft, facts, picture, upload

TYPES = (
    '<Types><Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)


def docx(**extra):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES)
        archive.writestr("word/document.xml", "<w:document/>")
        for name, data in extra.items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [(PDF, "application/pdf"), (picture(), "image/jpeg"), (picture(kind="PNG"), "image/png"), (docx(), DOCX_TYPE)],
)
def test_four_kinds_are_taken_whatever_the_name_says(data, kind):
    checked = check_upload(upload("evil.exe", data))
    assert checked.content_type == kind
    assert not checked.name.endswith(".exe")


def code_of(name, data):
    with pytest.raises(ValidationError) as error:
        check_upload(upload(name, data))
    return error.value.code


def bomb():
    return docx(**{"word/media/zeros.bin": b"\0" * (101 * 1024 * 1024)})


def lying_bomb():
    """Declares little; the local stream unpacks to much."""
    data = bytearray(bomb())
    at = data.find(struct.pack("<L", 101 * 1024 * 1024))
    while at != -1:
        data[at : at + 4] = struct.pack("<L", 10)
        at = data.find(struct.pack("<L", 101 * 1024 * 1024))
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"MZ\x90\x00 program", "type"),
        (b"<html><script>alert(1)</script>", "type"),
        (b"GIF89a", "type"),
        (PDF[:-20], "damaged"),
        (PDF + docx(), "polyglot"),
        (PDF + b"<script>", "polyglot"),
        (PDF.replace(b"/Catalog", b"/Catalog/OpenAction<</S/JavaScript/JS(x)>>"), "active"),
        (picture() + docx(), "polyglot"),
        (picture() + PDF, "polyglot"),
        (picture()[:200], "damaged"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "damaged"),
        (b"PK\x03\x04 nonsense", "damaged"),
        (docx() + b"tail", "polyglot"),
        (docx(**{"word/vbaProject.bin": b"x"}), "active"),
        (docx(**{"../../etc/passwd": b"x"}), "damaged"),
    ],
)
def test_what_is_not_what_it_should_be_is_refused(data, code):
    assert code_of("paper.pdf", data) == code


def test_a_plain_zip_is_no_document():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("x.txt", "x")
    assert code_of("x.docx", out.getvalue()) == "damaged"


def test_bombs_are_refused_honest_or_not():
    assert code_of("x.docx", bomb()) == "bomb"
    assert code_of("x.docx", lying_bomb()) in ("damaged", "bomb")


def test_a_picture_of_too_many_pixels_is_refused():
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")
    assert code_of("x.png", out.getvalue()) in ("bomb", "damaged")


def test_too_large():
    assert code_of("x.pdf", PDF + b"\0" * MAX_BYTES) == "too_big"


def test_metadata_and_what_hides_behind_the_picture_are_gone():
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # lies on its side
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG", exif=exif)
    checked = check_upload(upload("photo.jpg", out.getvalue() + b"<?php evil"))
    assert b"secret place" not in checked.data
    assert b"evil" not in checked.data
    again = Image.open(io.BytesIO(checked.data))
    assert (again.size, len(again.getexif())) == ((30, 40), 0)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\papers\\表 1.PDF", "表 1.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202efdp.exe", "fdp.pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
    ],
)
def test_names_are_made_safe(name, safe):
    assert safe_name(name, "application/pdf") == safe


def test_a_name_of_500_characters_is_shortened():
    assert len(safe_name("文" * 500 + ".pdf", "application/pdf")) <= 120


def scanner(answer):
    """A clamd that reads one stream and answers."""
    server = socket.create_server(("127.0.0.1", 0))

    def serve():
        line, _ = server.accept()
        with line:
            assert line.recv(10) == b"zINSTREAM\0"
            left = struct.unpack("!L", line.recv(4))[0]
            while left:
                left -= len(line.recv(left))
            line.recv(4)
            line.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()
    return f"127.0.0.1:{server.getsockname()[1]}"


def test_the_virus_scanner_decides_when_configured(settings):
    settings.CLAMD_ADDRESS = scanner(b"stream: OK\0")
    check_upload(upload())
    settings.CLAMD_ADDRESS = scanner(b"stream: Eicar FOUND\0")
    assert code_of("x.pdf", PDF) == "virus"
    settings.CLAMD_ADDRESS = "127.0.0.1:1"
    assert code_of("x.pdf", PDF) == "scanner"


# Files that nobody names any more -----------------------------------------------------------------
@pytest.fixture
def on_commit(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.mark.django_db
def test_a_paper_replaced_or_thrown_away_with_its_draft_is_gone_from_the_disk(world, private_files, on_commit):
    row = draft(world, ())
    with on_commit():
        draft_file_set(draft=row, by=world.teacher, paper="form", checked=checked())
    (first,) = private_files()
    with on_commit():
        draft_file_set(draft=row, by=world.teacher, paper="form", checked=checked("photo.jpg", picture()))
        assert len(private_files()) == 2  # whatever fails from here on, the first one is still there
    (second,) = private_files()
    assert second != first
    with on_commit():
        draft_delete(draft=row, by=world.teacher)
    assert private_files() == set()


@pytest.mark.django_db
def test_a_case_keeps_the_papers_of_its_draft_and_only_what_was_asked(world, private_files, on_commit):
    row = draft(world, ("form", "premises"))
    stray = row.files.create(
        paper="contract", file=checked().content(), name="x.pdf", size=1, uploaded_by=world.teacher
    ).file.name
    assert len(private_files()) == 3
    with on_commit():
        case = case_start(ApplicationFlow, by=world.teacher, draft=row, facts=facts(world))
    assert private_files() == {file.file.name for file in case.files.all()}
    assert stray not in private_files()
