"""Spreadsheets of a programme: what is written for a township to fill in, and the report with what became of each row.

One sheet for each plan item, a row for each milestone. What names the milestone is locked; what is to be filled in is
not, and says what it takes. `sheet_rows` reads such a sheet, and those that people made themselves.
"""

import contextlib
import csv
import datetime as dt
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from network.admin.base import FORMULA_STARTS

from .models import BatchRow, Milestone, PlanItem, SurveyQuestion
from .presentation import asked as evidence_asked
from .services.batch_rows import Questions
from .survey_values import LONG, SHORT

Kind = SurveyQuestion.Kind
KEYS = ("programme", "township", "plaque", "venue", "code", "item", "last_day", "state")
FILLED = ("done_on", "note")
WIDTHS = {
    "programme": 14,
    "township": 12,
    "plaque": 38,
    "venue": 22,
    "code": 16,
    "item": 24,
    "last_day": 12,
    "state": 14,
}
HEAD_COLOUR, FILL_COLOUR, KEY_COLOUR = "1D5A4B", "FFF8E1", "F0EEE6"


@dataclass(frozen=True)
class Line:
    """One row to write: its milestone (or what was typed where there is none), what is filled in, what became of it."""

    milestone: Milestone | None
    place: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    result: str = ""


def column_titles() -> dict[str, str]:
    """The headings of the fixed columns, in the reader's language."""
    return {
        "programme": _("Programme"),
        "township": _("Township"),
        "plaque": _("Plaque"),
        "venue": _("Venue"),
        "code": _("Item code"),
        "item": _("Plan item"),
        "last_day": pgettext("milestones", "Last day"),
        "state": pgettext("milestones", "State"),
        "done_on": _("Done on"),
        "note": pgettext("spreadsheet", "Note"),
        "result": _("Result"),
    }


def key_values(milestone: Milestone) -> dict[str, Any]:
    """What names a milestone, by column. Needs item, programme, venue and township."""
    venue = milestone.venue
    return {
        "programme": str(milestone.programme),
        "township": str(milestone.township or ""),
        "plaque": venue.plaque if venue else "",
        "venue": venue.name if venue else str(milestone.place),
        "code": milestone.item.code,
        "item": str(milestone.item),
        "last_day": milestone.last_day,
        "state": milestone.get_state_display(),
    }


def lines_of_rows(rows: Iterable[BatchRow]) -> list[Line]:
    """A batch's rows as lines with their result."""
    return [Line(row.milestone, row.place, row.values, result_text(row)) for row in rows]


def result_text(row: BatchRow) -> str:
    """What became of a row, in words."""
    return ": ".join(part for part in (row.get_state_display(), row.message.replace("\n", " ")) if part)


# .csv -------------------------------------------------------------------------------------------
def csv_write(lines: Sequence[Line], *, with_result: bool = False) -> bytes:
    """All lines as one long table, in UTF-8 with the mark by which spreadsheets know it."""
    questions = _asked(lines, Questions())
    titles = column_titles()
    names = [*KEYS, *FILLED, *(["result"] if with_result else [])]
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([*(titles[name] for name in names), *(question.label_with_unit for question in questions)])
    for line in lines:
        cells = _cells(line)
        answers = line.values.get("answers") or {}
        row = [cells[name] for name in names] + [_answer(question, answers) for question in questions]
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def _harmless(cell: Any) -> Any:
    """A cell that a spreadsheet would run as a formula is written as text."""
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell


def _cells(line: Line) -> dict[str, Any]:
    keys = key_values(line.milestone) if line.milestone else {"venue": line.place}
    day = line.values.get("done_on") or ""
    with contextlib.suppress(ValueError):  # what was typed and is no day is written as it was typed
        day = dt.date.fromisoformat(day)
    values = {"done_on": day, "note": line.values.get("note", ""), "result": line.result}
    return dict.fromkeys(KEYS, "") | keys | values


def _answer(question: SurveyQuestion, answers: Mapping[str, Any]) -> Any:
    value = answers.get(question.key, "")
    return (_("yes") if value else _("no")) if isinstance(value, bool) else value


def _asked(lines: Iterable[Line], questions: Questions) -> list[SurveyQuestion]:
    """The questions that any of the lines is asked, in the form's order."""
    found = {q.pk: q for line in lines if line.milestone for q in questions.of(line.milestone)}
    return sorted(found.values(), key=lambda question: (question.form, question.order, question.pk))


# .xlsx ------------------------------------------------------------------------------------------
def workbook_write(lines: Sequence[Line], *, with_result: bool = False) -> bytes:
    """A workbook with a sheet for each plan item, in the plan's order; rows without a milestone stand in a last one."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)  # type: ignore[arg-type]
    questions = Questions()
    known = sorted((line for line in lines if line.milestone), key=_plan_place)
    for _pk, group in groupby(known, key=lambda line: line.milestone.item_id):  # type: ignore[union-attr]
        own = list(group)
        _sheet_write(book, own[0].milestone.item, own, _asked(own, questions), questions, with_result)  # type: ignore[union-attr]
    if others := [line for line in lines if not line.milestone]:
        _sheet_write(book, None, others, [], questions, with_result)
    if not book.worksheets:
        _sheet_write(book, None, [], [], questions, with_result)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _plan_place(line: Line) -> tuple[int, int, int]:
    item = line.milestone.item  # type: ignore[union-attr]
    return item.stage.number, item.order, item.pk


def _sheet_write(
    book: Any,
    item: PlanItem | None,
    lines: Sequence[Line],
    asked: Sequence[SurveyQuestion],
    questions: Questions,
    with_result: bool,
) -> None:
    from openpyxl.utils import get_column_letter

    sheet = book.create_sheet(item.code if item else _("Not found")[:31])
    names = [*KEYS, *FILLED, *(f"?{question.key}" for question in asked), *(["result"] if with_result else [])]
    for note in _notes(item, lines):
        sheet.append([None, note])  # the first column is hidden
    _heads_write(sheet, names, asked)
    top = sheet.max_row
    for line in lines:
        _line_write(sheet, line, names, asked, questions)
    for place, name in enumerate(names, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = WIDTHS.get(name, 40 if name == "result" else 22)
    _rules_add(sheet, names, asked, top + 1, max(sheet.max_row, top + 1))
    sheet.column_dimensions["A"].hidden = bool(lines and lines[0].milestone)  # the same in every row
    sheet.freeze_panes = sheet.cell(top + 1, KEYS.index("code") + 1)
    sheet.protection.sheet = True
    sheet.protection.formatColumns = sheet.protection.formatRows = False  # False: allowed
    sheet.page_setup.orientation, sheet.page_setup.fitToHeight = "landscape", 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{top}:{top}"


def _notes(item: PlanItem | None, lines: Sequence[Line]) -> list[str]:
    """What stands above the headings. Each is one cell, so none is taken for a heading."""
    if item is None:
        return [_("These rows name no milestone of yours.")]
    programme = lines[0].milestone.programme  # type: ignore[union-attr]
    sample, asks = _("Sample data. ") if programme.is_sample else "", evidence_asked(item)
    return [
        f"{sample}{programme} · {item} ({item.clause}){_(': ') + asks if asks else ''}",
        _("Fill in the coloured columns: the day it was done (like 2019-06-04 or 2019年6月4日) and a note if you like. "
          "Leave a row empty that is not done yet. Papers and photos are added when the sheet is uploaded."),
        _("Written on %(day)s. What names the venue and the item is locked.")
        % {"day": date_format(timezone.localdate())},
    ]  # fmt: skip


def _heads_write(sheet: Any, names: Sequence[str], asked: Sequence[SurveyQuestion]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill

    titles = column_titles() | {f"?{question.key}": question.label_with_unit for question in asked}
    for row in range(1, sheet.max_row + 1):
        sheet.cell(row, 2).font = Font(bold=row == 1, size=13 if row == 1 else 10)
    sheet.append([titles[name] for name in names])
    for cell in sheet[sheet.max_row]:
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=HEAD_COLOUR)
        cell.alignment = Alignment(wrap_text=True, vertical="center")


def _line_write(
    sheet: Any, line: Line, names: Sequence[str], asked: Sequence[SurveyQuestion], questions: Questions
) -> None:
    from openpyxl.styles import Alignment, PatternFill, Protection

    cells = _cells(line)
    answers = line.values.get("answers") or {}
    own = {question.pk for question in questions.of(line.milestone)} if line.milestone else set()
    cells |= {f"?{question.key}": _answer(question, answers) for question in asked}
    fill = {*FILLED, *(f"?{question.key}" for question in asked if question.pk in own)}
    row = sheet.max_row + 1
    for place, name in enumerate(names, start=1):
        cell = sheet.cell(row, place)
        cell.value = cells[name] if cells[name] != "" else None
        if isinstance(cells[name], str) and cells[name]:
            cell.data_type = "s"  # text, even where it begins like a formula
        if isinstance(cells[name], dt.date):
            cell.number_format = "yyyy-mm-dd"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        cell.fill = PatternFill("solid", fgColor=FILL_COLOUR if name in fill else KEY_COLOUR)
        if name in fill:
            cell.protection = Protection(locked=False)


def _rules_add(sheet: Any, names: Sequence[str], asked: Sequence[SurveyQuestion], first: int, last: int) -> None:
    from openpyxl.utils import get_column_letter

    by_name = {f"?{question.key}": question for question in asked}
    for place, name in enumerate(names, start=1):
        rule = _day_rule() if name == "done_on" else _answer_rule(by_name[name]) if name in by_name else None
        if rule:
            letter = get_column_letter(place)
            rule.add(f"{letter}{first}:{letter}{last}")
            sheet.add_data_validation(rule)


def _day_rule() -> Any:
    """Says what a day looks like. It does not refuse 2019.6.4, which a spreadsheet takes for text and we can read."""
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(type="date", operator="greaterThan", formula1="32874", allow_blank=True)
    rule.showErrorMessage, rule.showInputMessage = False, True
    rule.promptTitle, rule.prompt = _("Done on"), _("The day it really was done, like 2019-06-04 or 2019年6月4日.")
    return rule


def _answer_rule(question: SurveyQuestion) -> Any:
    from openpyxl.worksheet.datavalidation import DataValidation

    rule = DataValidation(allow_blank=True, showErrorMessage=True, showInputMessage=True)
    rule.promptTitle, rule.prompt = str(question)[:32], (question.help_shown or question.label_with_unit)[:255]
    rule.error = _("This cell takes another kind of answer: %(kind)s.") % {"kind": question.get_kind_display()}
    if question.kind == Kind.YES_NO:
        rule.type, rule.formula1 = "list", f'"{_("yes")},{_("no")}"'
    elif question.kind == Kind.CHOICE:
        words = ",".join(word for word, _english in question.choice_words)
        # A list in the cell's rule itself takes 255 characters; a longer one is checked when the sheet comes back.
        rule.type, rule.formula1 = ("list", f'"{words}"') if len(words) < 250 else (None, None)
    elif question.kind in (Kind.WHOLE, Kind.DECIMAL):
        rule.type, rule.operator = "whole" if question.kind == Kind.WHOLE else "decimal", "between"
        rule.formula1 = "-999999999" if question.minimum is None else f"{question.minimum.normalize():f}"
        rule.formula2 = "999999999" if question.maximum is None else f"{question.maximum.normalize():f}"
    else:
        rule.type, rule.operator = "textLength", "lessThanOrEqual"
        rule.formula1 = str(SHORT if question.kind == Kind.SHORT else LONG)
    return rule
