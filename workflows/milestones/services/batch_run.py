"""The worker's side of batches: chunk by chunk, in the name of who made them, with every permission asked again.

A chunk is one transaction that holds the batch's row: two workers never take one batch at once, and a worker that dies
leaves its chunk as it was, for the next. Its milestones are locked and read once, before the first row.
"""

import datetime as dt
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.changes import fields_set
from workflows.core.chunks import Chunk, chunk_open
from workflows.core.models import WorkItem
from workflows.core.services import LostRace, step_act

from ..locks import Held, milestones_held
from ..models import Batch, BatchRow, Evidence
from .batch_kept import files_of, rows_recheck, rows_to_take
from .evidence import evidence_hand_in
from .evidence_many import Ready, evidence_follow, evidence_ready

logger = logging.getLogger(__name__)

CHUNK = 50
State = Batch.State
OK, DONE, FAILED = BatchRow.State.OK, BatchRow.State.DONE, BatchRow.State.FAILED


class RowRefusedError(Exception):
    """Where it must be all or nothing: this row is refused, so nothing is taken."""

    def __init__(self, row: BatchRow) -> None:
        super().__init__(row.message)
        self.row = row


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
    with transaction.atomic():
        row = _locked(batch)
        if row is None:
            return False
        whole = row.all_or_nothing
        if whole:
            fields_set(row, state=State.RUNNING, begun_at=timezone.now())  # to be seen while it is taken
        else:
            with translation.override(row.language or translation.get_language()):
                _take(row, size)
    return _run_whole(batch) if whole else True


def _run_whole(pk: int) -> bool:
    """All or nothing. First every row is checked, in few questions and without a lock, so that what is refused is told
    row by row; then all are taken in one transaction, in which the same rules are asked again under the locks."""
    batch = Batch.objects.select_related("made_by", "programme").get(pk=pk)
    with translation.override(batch.language or translation.get_language()):
        if refused := rows_recheck(batch):
            _fail(pk, refused)
            return True
        try:
            with transaction.atomic():
                locked = _locked(pk)
                if locked is None:
                    return False
                _take(locked, None)
        except RowRefusedError as refusal:
            _fail(pk, [refusal.row])
    return True


def _locked(pk: int) -> Batch | None:
    rows = Batch.objects.select_for_update(skip_locked=True, of=("self",)).waiting()
    return rows.select_related("made_by", "programme").filter(pk=pk).first()


def _take(batch: Batch, size: int | None) -> None:
    rows = list(rows_to_take(batch)[:size])
    with milestones_held(row.milestone_id for row in rows if row.milestone_id) as held, chunk_open() as chunk:
        if batch.kind == Batch.Kind.HAND_IN:
            HandingIn(batch, rows, held, chunk).take_all()
        else:
            _take_each(batch, rows, chunk, _decide(batch, rows, held))
    batch.rows.filter(pk__in=[row.pk for row in rows if row.state == DONE]).update(state=DONE)
    BatchRow.objects.bulk_update([row for row in rows if row.state == FAILED], ["state", "message"])
    batch.finished += sum(row.state == DONE for row in rows)
    batch.failed += sum(row.state == FAILED for row in rows)
    batch.state = State.RUNNING
    if size is None or len(rows) < size or batch.taken == batch.total:
        batch.state, batch.ended_at = State.DONE, timezone.now()
    batch.save(update_fields=["finished", "failed", "state", "ended_at"])


class HandingIn:
    """The evidence of one chunk. The first row of each way through the flow goes by itself, step by step; those that go
    the same way are checked one by one and written together."""

    def __init__(self, batch: Batch, rows: list[BatchRow], held: Held, chunk: Chunk) -> None:
        self.batch, self.rows, self.held, self.chunk = batch, rows, held, chunk
        self.files = files_of(batch, rows)
        self.patterns: dict[Hashable, Evidence] = {}
        self.waiting: dict[Hashable, list[tuple[BatchRow, Ready]]] = defaultdict(list)

    def take_all(self) -> None:
        """Take every row."""
        _take_each(self.batch, self.rows, self.chunk, self._take)
        for way, ready in self.waiting.items():
            self._take_together(self.patterns[way], ready)

    def _take(self, row: BatchRow) -> Any:
        given = self._given(row)
        ready = evidence_ready(**given)
        if ready and ready.way in self.patterns:
            self.waiting[ready.way].append((row, ready))
            return None
        result = evidence_hand_in(**given)
        if ready and isinstance(result, Evidence):
            self.patterns[ready.way] = result
        return result

    def _take_together(self, pattern: Evidence, ready: list[tuple[BatchRow, Ready]]) -> None:
        try:
            with self.chunk.step():
                evidence_follow(pattern, [one for _row, one in ready], by=self.batch.made_by, chunk=self.chunk)
        except (OperationalError, InterfaceError):
            raise
        except Exception:  # one of them is at fault: which one shows when each goes by itself
            logger.exception("batch %s: %s rows together", self.batch.pk, len(ready))
            rows = [row for row, _one in ready]
            _take_each(self.batch, rows, self.chunk, lambda row: evidence_hand_in(**self._given(row)))

    def _given(self, row: BatchRow) -> dict[str, Any]:
        return {
            "milestone": self.held.milestones[row.milestone_id or 0],
            "by": self.batch.made_by,
            "done_on": dt.date.fromisoformat(row.values["done_on"]),
            "note": row.values.get("note", ""),
            "answers": row.values.get("answers") or {},
            "files": [*self.files[None], *self.files.get(row.pk, [])],
            "source": self.batch.source,
        }


def _decide(batch: Batch, rows: list[BatchRow], held: Held) -> Callable[[BatchRow], Any]:
    """How a row that decides about a step is taken."""
    wanted = [row.values["work_item"] for row in rows]
    items = WorkItem.objects.select_related("task", "assignee", "closed_by").in_bulk(wanted)

    def act(row: BatchRow) -> Any:
        item, case = items.get(row.values["work_item"]), held.running.get(row.milestone_id or 0)
        if item is None or case is None or item.case_id != case.pk:
            return LostRace(_("The case is over, or another one has begun. Nothing was saved."))
        with case.flow_class.lock(case.pk):
            return step_act(case=case, item=item, actor=batch.made_by, decision=batch.decision, reason=batch.reason)

    return act


def _take_each(batch: Batch, rows: list[BatchRow], chunk: Chunk, act: Callable[[BatchRow], Any]) -> None:
    for row in rows:
        _take_row(row, chunk, act)
        if batch.all_or_nothing and row.state == FAILED:
            raise RowRefusedError(row)  # everything is rolled back


def _take_row(row: BatchRow, chunk: Chunk, act: Callable[[BatchRow], Any]) -> None:
    """Take one row within its own savepoint. What is refused leaves nothing behind but its message."""
    try:
        with chunk.step():
            result = act(row)
    except (ValidationError, PermissionDenied) as refusal:
        _refused(row, " ".join(_words(refusal)) or _("This is not yours to do any more."))
    except (OperationalError, InterfaceError):
        raise  # the database's own trouble: the chunk is taken again as it was
    except Exception:
        logger.exception("row %s of batch %s", row.pk, row.batch_id)
        _refused(row, _("A fault of this system. It is written down; the row can be handed in by itself."))
    else:
        if isinstance(result, LostRace):
            _refused(row, result.message)
        else:
            row.state = DONE


def _words(refusal: ValidationError | PermissionDenied) -> Iterator[str]:
    yield from refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]


def _refused(row: BatchRow, message: str) -> None:
    row.state, row.message = FAILED, message[:2000]


@transaction.atomic
def _fail(pk: int, rows: list[BatchRow]) -> None:
    """All or nothing, and these rows are refused: say so. Nothing was taken."""
    batch = Batch.objects.select_for_update().waiting().filter(pk=pk).first()
    if batch is None:
        return
    BatchRow.objects.bulk_update(rows, ["state", "message"])
    fields_set(batch, state=State.FAILED, failed=len(rows), ended_at=timezone.now())
