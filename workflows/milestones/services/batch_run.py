"""The worker's side of batches: chunk by chunk, in the name of who made them, with every permission asked again.

A chunk is one transaction that holds the batch's row: two workers never take one batch at once, and a worker that dies
leaves its chunk as it was, for the next.
"""

import datetime as dt
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.privatefiles import CheckedFile
from workflows.core.services import LostRace, task_act

from ..locks import milestones_lock
from ..models import Batch, BatchFile, BatchRow, Milestone
from .batches import entry_milestones
from .evidence import evidence_hand_in

logger = logging.getLogger(__name__)

CHUNK = 25
State = Batch.State
OK, DONE, FAILED = BatchRow.State.OK, BatchRow.State.DONE, BatchRow.State.FAILED


class RowRefusedError(Exception):
    """Where it must be all or nothing: this row is refused, so nothing is taken."""

    def __init__(self, row: BatchRow) -> None:
        super().__init__(row.message)
        self.row = row


@dataclass(frozen=True)
class KeptFile(CheckedFile):
    """A batch's file that was checked when it was taken in: cases refer to its bytes instead of copying them."""

    kept: BatchFile

    @property
    def size(self) -> int:
        return self.kept.size

    def content(self) -> Any:
        return self.kept.file.name


def batches_run(*, seconds: float = 20) -> int:
    """Go on with the batches that wait, a chunk of each in turn, so that a small one is not kept by a large one.

    Args:
        seconds: begin no new chunk after so long: other timers wait.

    Returns:
        How many chunks were taken.
    """
    until, chunks, busy = time.monotonic() + seconds, 0, True
    while busy and time.monotonic() < until:
        busy = False
        for pk in list(Batch.objects.waiting().values_list("pk", flat=True)):
            if time.monotonic() >= until:
                break
            taken = batch_run_chunk(batch=pk)
            chunks, busy = chunks + taken, busy or taken
    return chunks


def batch_run_chunk(*, batch: int, size: int = CHUNK) -> bool:
    """Take the next rows of a batch; all of them where it is all or nothing.

    Args:
        batch: primary key.
        size: how many rows in one transaction.

    Returns:
        Whether anything was done: not when the batch is over, or another worker holds it.
    """
    try:
        with transaction.atomic():
            row = _locked(batch)
            if row is None:
                return False
            with translation.override(row.language or translation.get_language()):
                _take(row, None if row.all_or_nothing else size)
    except RowRefusedError as refusal:
        _fail(batch, refusal.row)
    return True


def _locked(pk: int) -> Batch | None:
    rows = Batch.objects.select_for_update(skip_locked=True, of=("self",)).waiting()
    return rows.select_related("made_by", "programme").filter(pk=pk).first()


def _take(batch: Batch, size: int | None) -> None:
    rows = list(batch.rows.filter(state=OK).order_by("turn", "sheet", "number", "pk")[:size])
    wanted = [row.milestone_id for row in rows if row.milestone_id]
    milestones_lock(wanted)  # all of the chunk's, in one order, before the first is taken
    milestones = entry_milestones(wanted)
    files = _files(batch, rows)
    for row in rows:
        _take_row(batch, row, milestones[row.milestone_id or 0], files)
        if batch.all_or_nothing and row.state == FAILED:
            raise RowRefusedError(row)
    BatchRow.objects.bulk_update(rows, ["state", "message"])
    batch.finished += sum(row.state == DONE for row in rows)
    batch.failed += sum(row.state == FAILED for row in rows)
    batch.state = State.RUNNING
    if size is None or len(rows) < size or batch.taken == batch.total:
        batch.state, batch.ended_at = State.DONE, timezone.now()
    batch.save(update_fields=["finished", "failed", "state", "ended_at"])


def _files(batch: Batch, rows: list[BatchRow]) -> dict[int | None, list[tuple[CheckedFile, str]]]:
    """The files for all rows (key None) and for each of these rows."""
    found: dict[int | None, list[tuple[CheckedFile, str]]] = {None: []}
    for kept in batch.files.all():
        checked = KeptFile(kept.name, kept.content_type, b"", kept.sha256, kept)
        found.setdefault(kept.row_id, []).append((checked, kept.label or kept.name))
    return {None: found[None]} | {row.pk: found[row.pk] for row in rows if row.pk in found}


def _take_row(batch: Batch, row: BatchRow, milestone: Milestone, files: dict[int | None, Any]) -> None:
    """Take one row within its own savepoint. What is refused leaves nothing behind but its message."""
    try:
        with transaction.atomic():
            result = _act(batch, row, milestone, [*files[None], *files.get(row.pk, [])])
    except (ValidationError, PermissionDenied) as refusal:
        _refused(row, " ".join(_words(refusal)) or _("This is not yours to do any more."))
    except (OperationalError, InterfaceError):
        raise  # the database's own trouble: the chunk is taken again as it was
    except Exception:
        logger.exception("row %s of batch %s", row.pk, batch.pk)
        _refused(row, _("A fault of this system. It is written down; the row can be handed in by itself."))
    else:
        if isinstance(result, LostRace):
            _refused(row, result.message)
        else:
            row.state = DONE


def _act(batch: Batch, row: BatchRow, milestone: Milestone, files: list[Any]) -> Any:
    if batch.kind != Batch.Kind.HAND_IN:
        return task_act(
            work_item=row.values["work_item"], actor=batch.made_by, decision=batch.decision, reason=batch.reason
        )
    return evidence_hand_in(
        milestone=milestone,
        by=batch.made_by,
        done_on=dt.date.fromisoformat(row.values["done_on"]),
        note=row.values.get("note", ""),
        answers=row.values.get("answers") or {},
        files=files,
        source=batch.source,
    )


def _words(refusal: ValidationError | PermissionDenied) -> Iterator[str]:
    yield from refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]


def _refused(row: BatchRow, message: str) -> None:
    row.state, row.message = FAILED, message[:2000]


@transaction.atomic
def _fail(pk: int, row: BatchRow) -> None:
    """All or nothing, and this row was refused: say so. Everything else was rolled back."""
    batch = Batch.objects.select_for_update().waiting().filter(pk=pk).first()
    if batch is None:
        return
    row.save(update_fields=["state", "message"])
    batch.state, batch.failed, batch.ended_at = State.FAILED, 1, timezone.now()
    batch.save(update_fields=["state", "failed", "ended_at"])
