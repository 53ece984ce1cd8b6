"""A batch as it was kept: its rows in their order, their files, and the check of all of them once more."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from common.privatefiles import CheckedFile

from ..models import Batch, BatchFile, BatchRow
from .batch_rows import Entry, Files, check_decisions, check_hand_in
from .batches import entry_milestones


@dataclass(frozen=True)
class KeptFile(CheckedFile):
    """A batch's file that was checked when it was taken in: cases refer to its bytes instead of copying them."""

    kept: BatchFile

    @property
    def size(self) -> int:
        return self.kept.size

    def content(self) -> Any:
        return self.kept.file.name


def rows_to_take(batch: Batch) -> QuerySet[BatchRow]:
    """What the worker has not taken yet, in the order in which it does."""
    return batch.rows.filter(state=BatchRow.State.OK).order_by("turn", "sheet", "number", "pk")


def files_of(batch: Batch, rows: list[BatchRow]) -> dict[int | None, list[tuple[CheckedFile, str]]]:
    """The files for all rows (key None) and for each of these rows."""
    found: dict[int | None, list[tuple[CheckedFile, str]]] = {None: []}
    for kept in batch.files.all():
        checked = KeptFile(kept.name, kept.content_type, b"", kept.sha256, kept)
        found.setdefault(kept.row_id, []).append((checked, kept.label or kept.name))
    return {None: found[None]} | {row.pk: found[row.pk] for row in rows if row.pk in found}


def rows_recheck(batch: Batch) -> list[BatchRow]:
    """The rows that would be refused now, marked and with the reason; in a number of queries that does not grow."""
    rows = list(rows_to_take(batch))
    milestones = entry_milestones(row.milestone_id for row in rows if row.milestone_id)
    files = files_of(batch, rows)
    entries = [_entry(row, milestones[row.milestone_id or 0], files.get(row.pk, [])) for row in rows]
    if batch.kind == Batch.Kind.HAND_IN:
        check_hand_in(entries, by=batch.made_by, common=files[None])
    else:
        check_decisions(entries, by=batch.made_by, kind=batch.kind, decision=batch.decision)
    refused = []
    for row, entry in zip(rows, entries, strict=True):
        if entry.problems:
            row.state, row.message = BatchRow.State.FAILED, "\n".join(entry.problems)[:2000]
            refused.append(row)
    return refused


def _entry(row: BatchRow, milestone: Any, files: Files) -> Entry:
    """The row as it was entered."""
    values = row.values
    entry = Entry(number=row.number, milestone=milestone, sheet=row.sheet, files=files)
    if "work_item" in values:
        entry.work_item = values["work_item"]
    else:
        entry.done_on = date.fromisoformat(values["done_on"])
        entry.note, entry.answers = values.get("note", ""), values.get("answers") or {}
    return entry
