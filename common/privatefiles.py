"""Papers that people hand in: checked by content, kept outside the public media folder, served with safe headers.

A file is what its bytes say, never what its name says. PDF, JPEG, PNG and DOCX are taken, up to 20 MB each; pictures
are drawn anew, so that neither metadata (where a photo was taken) nor anything hidden behind the picture survives.
"""

import hashlib
import io
import logging
import re
import socket
import struct
import warnings
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from django import forms
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import FileField
from django.http import FileResponse, Http404
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

logger = logging.getLogger(__name__)

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED_BYTES = 100 * 1024 * 1024
MAX_ENTRIES = 2000
MAX_PIXELS = 60_000_000
MAX_NAME = 120
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXTENSIONS = {"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png", DOCX_TYPE: ".docx"}
ACCEPT = ",".join(sorted(EXTENSIONS.values()))
ZIP_END = b"PK\x05\x06"


@dataclass(frozen=True)
class CheckedFile:
    """A file that passed: safe name, type by content, the bytes to keep and their checksum."""

    name: str
    content_type: str
    data: bytes
    sha256: str

    @property
    def size(self) -> int:
        """Bytes that will be stored."""
        return len(self.data)

    def content(self) -> ContentFile:
        """The bytes as a file for a FileField; the stored name is the checksum, never what somebody typed."""
        return ContentFile(self.data, name=self.sha256[:32] + EXTENSIONS[self.content_type])


def private_storage() -> Storage:
    """Where private files lie: no address leads there."""
    return storages["private"]


def private_files_delete(*, names: Iterable[str]) -> None:
    """Delete stored files once the transaction is through, except those that a row still names.

    Rows share bytes: a draft's paper becomes the case's, a batch's photo belongs to many cases.

    Args:
        names: the files' names in the private storage.
    """
    gone = set(names)
    transaction.on_commit(lambda: _delete_unnamed(gone))


def _delete_unnamed(names: set[str]) -> None:
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, FileField):
                rows = model._base_manager.filter(**{f"{field.name}__in": names})
                names -= set(rows.values_list(field.name, flat=True))
    for name in names:
        private_storage().delete(name)


def check_upload(upload: UploadedFile) -> CheckedFile:
    """Check one uploaded file by its content.

    Raises:
        ValidationError: in words for the person who uploaded it.
    """
    size = upload.size or 0
    if size > MAX_BYTES:
        raise ValidationError(_("The file is larger than 20 MB. Save it smaller or split it."), code="too_big")
    if not size:
        raise ValidationError(_("The file is empty."), code="empty")
    upload.seek(0)
    data = upload.read()
    content_type = _type_of(data)
    if content_type == "application/pdf":
        _check_pdf(data)
    elif content_type == DOCX_TYPE:
        _check_docx(data)
    else:
        data = _redraw(data, content_type)
    scan_for_viruses(data)
    name = safe_name(upload.name or "", content_type)
    return CheckedFile(name, content_type, data, hashlib.sha256(data).hexdigest())


def safe_name(name: str, content_type: str) -> str:
    """The file's own name without path and control characters, at most 120 characters, ending as its type does."""
    stem = PurePosixPath(name.replace("\\", "/")).name
    stem = re.sub(r"[\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2066-\u2069\"<>:|?*]", "", stem)
    stem = stem.rsplit(".", 1)[0].strip(". ")[: MAX_NAME - 5]
    return (stem or "file") + EXTENSIONS[content_type]


def _type_of(data: bytes) -> str:
    if data.startswith(b"%PDF-"):
        return "application/pdf"
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith(b"PK\x03\x04"):
        return DOCX_TYPE
    raise ValidationError(_("Only PDF, JPEG, PNG and Word (.docx) files can be read here."), code="type")


def _refuse_mixture() -> None:
    raise ValidationError(_("The file is two kinds of file in one. Save it again and upload that."), code="polyglot")


def _check_pdf(data: bytes) -> None:
    tail = data[-2048:]
    end = tail.rfind(b"%%EOF")
    if end == -1 or b"startxref" not in data[-4096:]:
        raise ValidationError(_("The PDF is damaged or incomplete."), code="damaged")
    if tail[end + 5 :].strip(b"\r\n\x00 ") or ZIP_END in data[-66_000:]:
        _refuse_mixture()
    if re.search(rb"/(JavaScript|JS|Launch)\b", data):
        raise ValidationError(_("The PDF contains a program. Print it to a new PDF and upload that."), code="active")


def _check_docx(data: bytes) -> None:
    damaged = ValidationError(_("The file is not a readable Word document (.docx)."), code="damaged")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            check_archive(data, archive, entries)
            types = archive.read("[Content_Types].xml") if "[Content_Types].xml" in archive.namelist() else b""
            if b"wordprocessingml.document.main+xml" not in types or "word/document.xml" not in archive.namelist():
                raise damaged
            if any(entry.filename.lower().endswith("vbaproject.bin") for entry in entries):
                raise ValidationError(_("Documents with macros cannot be read here."), code="active")
            _check_unpacked(archive, entries)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError, struct.error) as error:
        raise damaged from error


def check_archive(data: bytes, archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Refuse what hides beside the archive, and an archive that claims to be a bomb."""
    if len(entries) > MAX_ENTRIES or sum(entry.file_size for entry in entries) > MAX_UNPACKED_BYTES:
        raise ValidationError(_("The document unpacks to far more than it should."), code="bomb")
    starts_late = min((entry.header_offset for entry in entries), default=1) != 0
    if starts_late or archive.comment or data.rfind(ZIP_END) + 22 != len(data):
        _refuse_mixture()
    if any(entry.filename.startswith("/") or ".." in entry.filename.split("/") for entry in entries):
        raise zipfile.BadZipFile("a path leads out of the archive")


def _check_unpacked(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    """Unpack for real, with a budget: what an entry declares about its size may be a lie."""
    budget = MAX_UNPACKED_BYTES
    for entry in entries:
        with archive.open(entry) as stream:
            while block := stream.read(1 << 20):
                budget -= len(block)
                if budget < 0:
                    raise ValidationError(_("The document unpacks to far more than it should."), code="bomb")


def _redraw(data: bytes, content_type: str) -> bytes:
    kind = "JPEG" if content_type == "image/jpeg" else "PNG"
    if ZIP_END in data[-66_000:] or b"%PDF-" in data[:4096] or b"%PDF-" in data[-66_000:]:
        _refuse_mixture()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(data), formats=[kind])
        if picture.width * picture.height > MAX_PIXELS:
            raise ValidationError(_("The picture has too many pixels. Save it smaller."), code="bomb")
        upright = ImageOps.exif_transpose(picture)
        modes = ("RGB", "L") if kind == "JPEG" else ("RGB", "RGBA", "L", "LA", "P")
        clean = upright if upright.mode in modes else upright.convert("RGB")
        clean.info = {key: clean.info[key] for key in ("transparency",) if key in clean.info}
        out = io.BytesIO()
        clean.save(out, kind, **({"quality": 88} if kind == "JPEG" else {}))
    except (UnidentifiedImageError, Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ValidationError(_("The picture cannot be read."), code="damaged") from error
    except (OSError, ValueError, SyntaxError, struct.error) as error:
        raise ValidationError(_("The picture is damaged."), code="damaged") from error
    return out.getvalue()


def scan_for_viruses(data: bytes) -> None:
    """Ask clamd, when one is configured. A scanner that does not answer refuses: nothing passes unseen."""
    if not settings.CLAMD_ADDRESS:
        return
    try:
        answer = _ask_clamd(settings.CLAMD_ADDRESS, data)
    except OSError as error:
        raise ValidationError(
            _("Files cannot be checked for viruses at the moment. Please try again later."), code="scanner"
        ) from error
    if not answer.endswith(b"OK"):
        raise ValidationError(_("The virus scanner refused the file."), code="virus")


def _ask_clamd(address: str, data: bytes) -> bytes:
    host, colon, port = address.rpartition(":")
    with (
        socket.create_connection((host, int(port)), timeout=30)
        if colon
        else socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    ) as line:
        if not colon:
            line.settimeout(30)
            line.connect(address)
        line.sendall(b"zINSTREAM\0" + struct.pack("!L", len(data)) + data + struct.pack("!L", 0))
        return line.recv(1024).strip(b"\0 \n")


class PrivateFileField(forms.FileField):
    """A form field for one paper: its cleaned value is a CheckedFile, and a refusal stands beside the field."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPT}))
        super().__init__(**kwargs)

    def to_python(self, data: Any) -> Any:
        # The name's length is no reason to refuse a paper: it is shortened when it is kept.
        return data or None

    def clean(self, data: Any, initial: Any = None) -> CheckedFile | None:
        upload = super().clean(data, initial)
        return check_upload(upload) if isinstance(upload, UploadedFile) else upload


def serve_private(file: Any, *, name: str, content_type: str) -> FileResponse:
    """Hand out a private file as a download that no browser will run.

    The caller has checked that this person may have it.

    Args:
        file: a stored FieldFile.
        name: the name to save it under.
        content_type: the type found when it was taken in.

    Raises:
        Http404: its row is there, its bytes are not. The log says so: a backup may have them.
    """
    try:
        stored = file.open("rb")
    except FileNotFoundError as error:
        logger.error("private file missing: %s", file.name)
        raise Http404(_("The stored file is missing.")) from error
    response = FileResponse(stored, as_attachment=True, filename=name, content_type=content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
