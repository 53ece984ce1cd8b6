"""Tables to take away: CSV, and spreadsheets in which nothing that somebody typed can run as a formula."""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from pages.events.office.tables import csv_response

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = ("csv", "xlsx")
WIDEST, NARROWEST = 40, 8


def table_response(fmt: str, name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The table as a file `name`.csv or `name`.xlsx to keep; numbers stay numbers. Never cached."""
    plain = ([_plain(cell) for cell in row] for row in rows)
    return csv_response(name, header, plain) if fmt == "csv" else _xlsx_response(name, header, plain)


def _plain(value: Any) -> Any:
    """A number, or text: a thing by its name, so that the guards against formulas see it."""
    is_number = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    return value if is_number else "" if value is None else str(value)


def _xlsx_response(name: str, header: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """The table as a workbook of one sheet, its heading bold and fixed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.freeze_panes = "B2"
    table = [[str(cell) for cell in header], *map(list, rows)]
    for number, column in enumerate(zip(*table, strict=True), 1):
        longest = max(_columns(cell) for cell in column)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = min(max(longest + 2, NARROWEST), WIDEST)
    for number, row in enumerate(table):
        sheet.append([_cell(sheet, value, bold=number == 0) for value in row])
    out = io.BytesIO()
    book.save(out)
    response = HttpResponse(out.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    response["Cache-Control"] = "no-store, private"
    return response


def _cell(sheet: Any, value: Any, *, bold: bool) -> Any:
    """A number as a number; anything else as text, whatever it begins with."""
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", value))
    cell.data_type = "s"
    cell.quotePrefix = True  # a spreadsheet that is edited on still takes it for text
    if bold:
        cell.font = Font(bold=True)
    return cell


def _columns(value: Any) -> int:
    """How wide it is written: a Chinese character takes two columns."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in str(value))
