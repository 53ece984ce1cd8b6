"""Rows of a spreadsheet as entries of a batch: headings by name in either language, venues by plaque or name."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from common.daytexts import day_read
from common.spreadsheets import Row, Sheet, spreadsheet_read

from .models import Milestone, PlanItem, SurveyQuestion
from .services.batch_rows import Entry
from .sheets import column_titles

HEADINGS = {
    "programme": ("Programme", "实施方案", "方案", "方案名称"),
    "township": ("Township", "乡镇", "乡（镇）"),
    "plaque": ("Plaque", "牌匾", "牌匾名称", "牌子", "场馆牌匾"),
    "venue": ("Venue", "场馆", "场馆名称", "名称", "村", "村名", "村（社区）", "分馆", "服务点", "Village", "Name"),
    "code": ("Item code", "事项代码", "代码", "编码", "Code"),
    "item": ("Plan item", "计划事项", "事项", "事项名称", "任务", "Item"),
    "last_day": ("Last day", "时限", "截止日期", "完成时限", "末日"),
    "state": ("State", "状态", "进度", "情况"),
    "done_on": ("Done on", "完成日期", "完成时间", "完成日", "日期", "Date", "Day"),
    "note": ("Note", "备注", "说明", "Notes"),
    "result": ("Result", "结果", "处理结果"),
}
PLACE = ("plaque", "venue")
HEAD_ROWS = 15


@dataclass
class Reading:
    """What a spreadsheet said: the entries, how many rows nobody had filled in, remarks about the whole."""

    entries: list[Entry] = field(default_factory=list)
    left_empty: int = 0
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Heads:
    """The row of headings: its number, column → what stands in it, column → question, what is wrong or not known."""

    number: int
    columns: dict[str, int]
    questions: dict[int, SurveyQuestion]
    unknown: list[str]
    twice: list[str]


def same(text: Any) -> str:
    """A name as it is compared: width, blanks, case, brackets around an explanation and stars do not count."""
    plain = unicodedata.normalize("NFKC", str(text)).casefold()
    return re.sub(r"[\s*:]|\([^()]*\)$", "", plain.strip().rstrip("*").strip())


class Places:
    """The milestones that may be meant, found by item and by a venue's plaque or any of its names."""

    def __init__(self, milestones: Iterable[Milestone]) -> None:
        self.items: dict[str, PlanItem] = {}
        self._found: dict[tuple[int, str], set[Milestone]] = {}
        for row in milestones:
            for name in (row.item.code, row.item.name, row.item.name_en):
                self.items.setdefault(same(name), row.item)
            for name in self._names(row):
                self._found.setdefault((row.item_id, same(name)), set()).add(row)
        self.items.pop("", None)

    def _names(self, row: Milestone) -> list[str]:
        venue = row.venue
        if venue is None:
            return [str(row.place)]
        return [venue.plaque, venue.name, venue.division.name, venue.division.short_name]

    def find(self, item: PlanItem, names: Sequence[str]) -> tuple[Milestone | None, str]:
        """The milestone of an item at the venue that all of these names mean; or why there is none."""
        possible: set[Milestone] | None = None
        for name in names:
            found = self._found.get((item.pk, same(name)), set())
            if not found:
                words = {"name": name[:60], "item": item}
                return None, _("There is no “%(name)s” among your venues for “%(item)s”.") % words
            possible = found if possible is None else possible & found
        if possible and len(possible) == 1:
            return next(iter(possible)), ""
        if possible:
            return None, _("More than one venue is called “%(name)s”: give its plaque.") % {"name": names[0][:60]}
        return None, _("Plaque and name are of different venues.")


def entries_read(
    data: bytes, *, milestones: Sequence[Milestone], questions: Iterable[SurveyQuestion], item: PlanItem | None = None
) -> Reading:
    """Read an uploaded spreadsheet.

    Args:
        data: the file.
        milestones: those that may be meant, all of one programme, with item, programme and venue with its division.
        questions: of the survey, to know answers' columns by.
        item: the one that is meant where neither a column nor the sheet's name says so.

    Raises:
        ValidationError: what `spreadsheet_read` refuses; headings that are missing, by name and sheet.
    """
    sheets = spreadsheet_read(data)
    places, by_label = Places(milestones), _labels(questions)
    reading, problems = Reading(), []
    for sheet in sheets:
        if not sheet.rows:
            continue
        heads = find_heads(sheet, by_label)
        own = places.items.get(same(sheet.name)) or item
        if problem := _heads_problem(sheet, heads, own):
            problems.append(problem)
        elif heads:
            _read_sheet(sheet, heads, own, places, reading)
    if problems:
        raise ValidationError(problems, code="columns")
    if not sheets or all(not sheet.rows for sheet in sheets):
        raise ValidationError(_("The spreadsheet is empty."), code="empty")
    return reading


def _labels(questions: Iterable[SurveyQuestion]) -> dict[str, SurveyQuestion]:
    found: dict[str, SurveyQuestion] = {}
    for question in questions:
        for name in (question.key, question.label, question.label_en, f"{question.label}{question.unit}"):
            found.setdefault(same(name), question)
    found.pop("", None)
    return found


# Headings ---------------------------------------------------------------------------------------
def find_heads(sheet: Sheet, by_label: dict[str, SurveyQuestion]) -> Heads | None:
    """The row among the first ones in which most headings stand; None where there is none."""
    known = {same(name): column for column, names in HEADINGS.items() for name in names}
    best: Heads | None = None
    for row in sheet.rows[:HEAD_ROWS]:
        heads = _heads(row, known, by_label)
        if len(heads.columns) > (len(best.columns) if best else 0):
            best = heads
    return best


def _heads(row: Row, known: dict[str, str], by_label: dict[str, SurveyQuestion]) -> Heads:
    heads = Heads(row.number, {}, {}, [], [])
    for place, cell in enumerate(row.cells):
        if not isinstance(cell, str) or place in row.merged:
            continue
        name = same(cell)
        if (column := known.get(name)) and column not in heads.columns:
            heads.columns[column] = place
        elif (question := by_label.get(name)) and question not in heads.questions.values():
            heads.questions[place] = question
        else:
            (heads.twice if column or question else heads.unknown).append(cell[:40])
    return heads


def _heads_problem(sheet: Sheet, heads: Heads | None, item: PlanItem | None) -> str:
    """What is wrong with a sheet's headings, in words."""
    titles = column_titles()
    named = _("Sheet “%(sheet)s”: ") % {"sheet": sheet.name} if sheet.name else ""
    if heads is None:
        text = _("no row of headings was found. “%(venue)s” and “%(day)s” are needed.")
        return named + text % {"venue": titles["plaque"], "day": titles["done_on"]}
    if heads.twice:
        return named + _("the column “%(name)s” stands twice.") % {"name": _("”, “").join(heads.twice)}
    missing = [] if any(name in heads.columns for name in PLACE) else [titles["plaque"]]
    missing += [] if "done_on" in heads.columns else [titles["done_on"]]
    if item is None and not {"code", "item"} & set(heads.columns):
        missing.append(titles["code"])
    if not missing:
        return ""
    words = {"missing": _("”, “").join(missing), "unknown": _("”, “").join(heads.unknown) or "–"}
    return named + _("the column “%(missing)s” is missing. Not understood: “%(unknown)s”.") % words


# Rows -------------------------------------------------------------------------------------------
def _read_sheet(sheet: Sheet, heads: Heads, item: PlanItem | None, places: Places, reading: Reading) -> None:
    if heads.unknown:
        text = _("Columns that are not needed were left out: “%(names)s”.")
        reading.remarks.append(text % {"names": _("”, “").join(dict.fromkeys(heads.unknown))})
    if any(set(row.merged) & {heads.columns[name] for name in PLACE if name in heads.columns} for row in sheet.rows):
        reading.remarks.append(
            _("Merged cells: their text counts in every row that they cover. Please look at those rows.")
        )
    for row in sheet.rows:
        if row.number <= heads.number:
            continue
        entry = _entry(sheet, row, heads, item, places)
        if entry is None:
            reading.left_empty += 1
        else:
            reading.entries.append(entry)


def _entry(sheet: Sheet, row: Row, heads: Heads, item: PlanItem | None, places: Places) -> Entry | None:
    """The row's entry; None where nothing is filled in."""
    cells = {name: row.cells[place] for name, place in heads.columns.items() if place < len(row.cells)}
    answers = {
        question.key: row.cells[place]
        for place, question in heads.questions.items()
        if place < len(row.cells) and row.cells[place] is not None
    }
    if cells.get("done_on") is None and cells.get("note") is None and not answers:
        return None
    names = [_text(cells[name]) for name in PLACE if cells.get(name) is not None]
    entry = Entry(
        number=row.number, milestone=None, sheet=sheet.name, place=" · ".join(names[:1]), answers=_plain(answers),
        note=_text(cells.get("note")), typed=_text(cells.get("done_on")),
    )  # fmt: skip
    try:
        entry.done_on = day_read(cells.get("done_on"), epoch=sheet.epoch)
    except ValidationError as error:
        entry.problems += error.messages
    _find(entry, cells, names, item, places)
    if entry.milestone and any(heads.columns.get(name) in row.merged for name in PLACE):
        entry.remarks.append(_("The venue's name comes from a merged cell."))
    return entry


def _find(entry: Entry, cells: dict[str, Any], names: list[str], item: PlanItem | None, places: Places) -> None:
    """The milestone that the row means, or why it means none."""
    wanted = [_text(cells[name]) for name in ("code", "item") if cells.get(name) is not None]
    for name in wanted:
        if found := places.items.get(same(name)):
            item = found
            break
    else:
        if wanted:
            entry.problems.append(_("There is no plan item “%(name)s” among yours.") % {"name": wanted[0][:60]})
            return
    if not names:
        entry.problems.append(_("The row names no venue."))
    elif item is None:
        entry.problems.append(_("The row names no plan item."))
    else:
        entry.milestone, problem = places.find(item, names)
        entry.problems += [problem] if problem else []
    if entry.milestone and cells.get("programme") is not None and not _means(cells["programme"], entry.milestone):
        entry.problems.append(_("This row is of another programme: “%(name)s”.") % {"name": _text(cells["programme"])})
        entry.milestone = None


def _means(text: Any, milestone: Milestone) -> bool:
    programme = milestone.programme
    return same(text) in {same(name) for name in (programme.name, programme.name_en, programme.slug)}


def _text(cell: Any) -> str:
    """A cell as text: days without their time, numbers without what no one typed."""
    if isinstance(cell, dt.datetime):
        cell = cell.date()
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return "" if cell is None else str(cell)[:2500]


def _plain(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers as JSON keeps them: what is no number, yes or no, or text is kept as text."""
    kept = (bool, int, float, str)
    return {key: value if isinstance(value, kept) else _text(value) for key, value in answers.items()}
