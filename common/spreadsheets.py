"""Spreadsheets that people hand in: checked by content before anything opens them, then read row by row.

.xlsx and .csv are taken, up to 10 MB and 5,000 filled rows. A refusal is a ValidationError in words for the person who
uploaded the file. Formulas are never run: what the spreadsheet last showed is what counts.
"""

import csv
import datetime as dt
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .daytexts import MAC_EPOCH, WINDOWS_EPOCH
from .privatefiles import check_archive, scan_for_viruses
from .typed import plain_text

MAX_BYTES = 10 * 1024 * 1024
MAX_UNPACKED_BYTES = 48 * 1024 * 1024
MAX_TEXTS_BYTES = 16 * 1024 * 1024  # the list of texts is held in memory whole
MAX_ROWS, MAX_COLUMNS, MAX_SHEETS, MAX_MERGES = 5_000, 80, 60, 5_000
MAX_BLANK = 20_000  # so many blank rows one below the other are the end of a sheet
MAX_CELL = 5_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})"')
DAMAGED = (
    zipfile.BadZipFile, zlib.error, struct.error, csv.Error, SyntaxError, OSError, EOFError, RuntimeError, LookupError,
    ValueError, TypeError, AttributeError, ArithmeticError, NotImplementedError, AssertionError,
)  # fmt: skip  # what openpyxl lets out of a file that is no proper workbook


@dataclass(frozen=True)
class Row:
    """A filled row: its number as the spreadsheet shows it, its cells (None: empty), and the places of those cells
    that only stand here because they are merged with others."""

    number: int
    cells: list[Any]
    merged: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Sheet:
    """One sheet: its name (empty for .csv), its filled rows, and the day that its serial numbers count from."""

    name: str
    rows: list[Row]
    epoch: dt.date = WINDOWS_EPOCH


def spreadsheet_read(data: bytes) -> list[Sheet]:
    """The visible sheets of an .xlsx or .csv file.

    Raises:
        ValidationError: it is something else, damaged, protected, hostile, or larger than what can be taken at once.
    """
    if len(data) > MAX_BYTES:
        raise ValidationError(_("The spreadsheet is larger than 10 MB."), code="too_big")
    if not data.strip():
        raise ValidationError(_("The file is empty."), code="empty")
    _refuse_other_formats(data)
    try:
        sheets = _read_xlsx(data) if data.startswith(b"PK") else [Sheet("", list(_filled(_csv_rows(data))))]
    except DAMAGED as error:
        raise ValidationError(_("The spreadsheet is damaged and cannot be read."), code="damaged") from error
    if sum(len(sheet.rows) for sheet in sheets) > MAX_ROWS:
        _refuse_length()
    return sheets


def _refuse_length() -> None:
    text = _("The spreadsheet has more than %(rows)s filled rows. Split it: one file for each township or item.")
    raise ValidationError(text % {"rows": f"{MAX_ROWS:,}"}, code="too_long")


def _refuse_other_formats(data: bytes) -> None:
    scan_for_viruses(data)
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise ValidationError(_("The spreadsheet is locked with a password. Save it without one."), code="locked")
        raise ValidationError(_("This is the old .xls format. Save it as .xlsx and upload that."), code="old")
    if data.lstrip()[:1] == b"<":
        raise ValidationError(_("This is a web page, not a spreadsheet. Save it as .xlsx."), code="type")
    if data.startswith((b"%PDF", b"\xff\xd8\xff", b"\x89PNG")):
        raise ValidationError(_("Only spreadsheets (.xlsx or .csv) can be read here."), code="type")


# .xlsx ------------------------------------------------------------------------------------------
def _read_xlsx(data: bytes) -> list[Sheet]:
    import openpyxl

    _check_package(data)
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    epoch = MAC_EPOCH if book.epoch.year == MAC_EPOCH.year else WINDOWS_EPOCH
    visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
    if len(visible) > MAX_SHEETS:
        raise ValidationError(_("The workbook has too many sheets."), code="too_long")
    sheets: list[Sheet] = []
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for sheet in visible:
            sheet.reset_dimensions()  # what a sheet says about its own size may be a lie
            # openpyxl has no public name for a sheet's part, and reads merged cells only with all of the workbook.
            merges = _merges(archive.read(sheet._worksheet_path))  # type: ignore[attr-defined]
            cells = sheet.iter_rows(max_col=MAX_COLUMNS, values_only=True)
            left = MAX_ROWS - sum(len(done.rows) for done in sheets)
            sheets.append(Sheet(sheet.title, list(_filled(cells, merges, left)), epoch))
    return sheets


def _check_package(data: bytes) -> None:
    """Refuse, before openpyxl opens it: bombs, entities, macros, and what is a package but no workbook."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        check_archive(data, archive, entries)
        names = {entry.filename.lower() for entry in entries}
        if any(name.endswith("vbaproject.bin") for name in names):
            raise ValidationError(_("Spreadsheets with macros cannot be read here. Save it as .xlsx."), code="active")
        budget = MAX_UNPACKED_BYTES
        for entry in entries:
            part = _unpacked(archive, entry, min(budget, _limit(entry.filename)))
            budget -= len(part)
            _check_part(part)
        if b"spreadsheetml.sheet.main+xml" not in archive.read("[Content_Types].xml"):
            raise ValidationError(_("Only spreadsheets (.xlsx or .csv) can be read here."), code="type")


def _limit(name: str) -> int:
    return MAX_TEXTS_BYTES if name.lower().endswith("sharedstrings.xml") else MAX_UNPACKED_BYTES


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    """A part, unpacked no further than the limit: what it declares about its size may be a lie."""
    with archive.open(entry) as stream:
        part = stream.read(limit + 1)
    if len(part) > limit:
        raise ValidationError(_("The spreadsheet unpacks to far more than can be taken at once. Split it."), "bomb")
    return part


def _check_part(part: bytes) -> None:
    """No document type (the home of entities), and no encoding in which one could hide."""
    start = part[:200]
    encoding = re.search(rb"""^[^>]*?encoding=["']([^"']*)""", start)
    hidden = start.startswith((b"\xff\xfe", b"\xfe\xff", b"\x4c\x6f\xa7\x94")) or b"<\x00" in start or b"\x00<" in start
    odd = start.lstrip().startswith(b"<?xml") and encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii")
    if hidden or odd or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise ValidationError(_("The spreadsheet holds something that no spreadsheet needs."), code="hostile")


Merge = tuple[int, int, int, int]  # first row, last row, first and last column (from 0)


def _merges(part: bytes) -> list[Merge]:
    from openpyxl.utils import column_index_from_string

    found = []
    for left, top, right, bottom in MERGE.findall(part):
        columns = (column_index_from_string(side.decode()) - 1 for side in (left, right))
        found.append((int(top), int(bottom), *columns))
        if len(found) > MAX_MERGES:
            raise ValidationError(_("The sheet has too many merged cells. Undo them and try again."), code="merged")
    return sorted(found)  # type: ignore[arg-type]


def _filled(rows: Iterable[Iterable[Any]], merges: Iterable[Merge] = (), limit: int = MAX_ROWS) -> Iterator[Row]:
    """The rows in which something stands, with what merged cells spread over them."""
    waiting, active = list(merges), []
    blank = taken = 0
    for number, raw in enumerate(rows, start=1):
        cells = [_cell(value) for value in raw]
        while waiting and waiting[0][0] <= number:
            active.append((waiting.pop(0), dict[int, Any]()))
        active = [(area, seen) for area, seen in active if area[1] >= number]
        if all(cell is None for cell in cells):
            blank += 1
            if blank > MAX_BLANK:
                return
            continue
        blank, taken = 0, taken + 1
        if taken > limit:
            _refuse_length()
        yield Row(number, cells, _spread(number, cells, active))


def _spread(number: int, cells: list[Any], active: list[tuple[Merge, dict[int, Any]]]) -> frozenset[int]:
    """Write the top-left value of each merged area into the area's cells of this row; which ones were written."""
    written = set()
    for (top, _bottom, left, right), seen in active:
        if number == top:
            seen[0] = cells[left] if left < len(cells) else None
        for place in range(left, min(right + 1, len(cells))):
            if (number, place) != (top, left) and cells[place] is None and seen.get(0) is not None:
                cells[place] = seen[0]
                written.add(place)
    return frozenset(written)


def _cell(value: Any) -> Any:
    """Text without the blanks around it; nothing for nothing."""
    if isinstance(value, str):
        return plain_text(value).strip()[:MAX_CELL] or None
    return value


# .csv -------------------------------------------------------------------------------------------
def _csv_rows(data: bytes) -> Iterator[list[str]]:
    text = _decoded(data)
    first = text.split("\n", 1)[0]
    comma = max(",;\t", key=first.count)
    for cells in csv.reader(io.StringIO(text, newline=""), delimiter=comma):
        yield cells[:MAX_COLUMNS]


def _decoded(data: bytes) -> str:
    """UTF-8 with or without its mark, UTF-16 with it, or what Chinese spreadsheets write: GB 18030."""
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ValidationError(_("Only spreadsheets (.xlsx or .csv) can be read here."), code="type")
