"""Batches: prepared and checked, looked at, given to the worker or cancelled. `batch_run` takes them."""

import math
import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from common.privatefiles import CheckedFile

from ..models import Batch, BatchFile, BatchRow, Evidence, Milestone, PlanItem, Programme
from .batch_rows import Entry, Files, check_decisions, check_hand_in, turns_of

Kind, State = Batch.Kind, Batch.State
# One transaction, in which an SQLite site saves nothing else: some five seconds (docs/figures.md). Decisions go through
# the engine one by one, so there are fewer in that time.
ALL_OR_NOTHING_MAX = {Kind.HAND_IN: 2_000, Kind.CHECK: 700, Kind.CONFIRM: 700}
SAMPLE_PERCENT, SAMPLE_LEAST = 10, 3
DECISIONS = {Kind.CHECK: ("accept", "return"), Kind.CONFIRM: ("confirm", "return")}


def batch_prepare(
    *,
    programme: Programme,
    by: Any,
    entries: Sequence[Entry],
    source: str,
    item: PlanItem | None = None,
    common: Files = (),
    upload: tuple[str, bytes] | None = None,
    left_empty: int = 0,
    remarks: Sequence[str] = (),
) -> Batch:
    """Check evidence for many milestones row by row and keep it as a draft; no milestone is changed.

    Args:
        programme: that all rows belong to.
        by: who hands in; they alone see the batch.
        entries: the rows. What is wrong with a row stands beside it, in the row.
        source: an Evidence.Source.
        item: when all rows are for one.
        common: checked files with titles that count for every row, such as an attendance list.
        upload: name and bytes of the spreadsheet that the rows came from.
        left_empty: rows in which nothing was filled in.
        remarks: about the whole, in words.

    Raises:
        ValidationError: there is no row at all.
    """
    if not entries:
        raise ValidationError(_("Nothing is filled in yet: give at least one day."), code="empty")
    check_hand_in(entries, by=by, common=common)
    batch = Batch(
        programme=programme, kind=Kind.HAND_IN, decision="hand_in", made_by=by, item=item, source=source,
        left_empty=left_empty, remarks=list(remarks),
    )  # fmt: skip
    return _keep(batch, entries, common=common, upload=upload)


def batch_prepare_decision(
    *, programme: Programme, by: Any, entries: Sequence[Entry], kind: str, decision: str, reason: str = "",
    sample_percent: int = SAMPLE_PERCENT,
) -> Batch:  # fmt: skip
    """Keep one decision about many milestones as a draft, and draw the samples that must be looked at first.

    Args:
        programme: that all rows belong to.
        by: who decides.
        entries: the rows, each with its work item.
        kind: `Kind.CHECK` or `Kind.CONFIRM`.
        decision: "accept" or "confirm", or "return".
        reason: why they are returned; everybody concerned reads it.
        sample_percent: how many of a hundred are drawn; three at least, or all there are.

    Raises:
        ValidationError: by field: decision, reason, or nothing was chosen.
    """
    if decision not in DECISIONS[Kind(kind)]:
        raise ValidationError({"decision": _("Choose one of the decisions.")})
    if decision == "return" and not reason.strip():
        raise ValidationError({"reason": _("Say why they are returned.")})
    if not entries:
        raise ValidationError(_("Choose at least one milestone."))
    check_decisions(entries, by=by, kind=kind, decision=decision)
    batch = Batch(programme=programme, kind=kind, decision=decision, reason=reason.strip(), made_by=by)
    with transaction.atomic():
        _keep(batch, entries)
        if decision != "return":
            _draw(batch, sample_percent)
    return batch


@transaction.atomic
def _keep(batch: Batch, entries: Sequence[Entry], *, common: Files = (), upload: Any = None) -> Batch:
    batch.language = get_language() or ""
    batch.total = sum(not entry.problems for entry in entries)
    if upload:
        batch.file_name = upload[0][:150]
        batch.file.save("sheet", ContentFile(upload[1]), save=False)
    batch.full_clean(exclude=["file"])
    batch.save()
    turns = turns_of(entry.milestone for entry in entries if entry.milestone)
    rows = BatchRow.objects.bulk_create([_row(batch, entry, turns) for entry in entries], batch_size=500)
    for row, entry in zip(rows, entries, strict=True):
        _keep_files(batch, entry.files if row.state == BatchRow.State.OK else (), row)
    _keep_files(batch, common)
    return batch


def _row(batch: Batch, entry: Entry, turns: dict[int, int]) -> BatchRow:
    told = [*entry.problems, *entry.remarks]
    return BatchRow(
        batch=batch,
        sheet=entry.sheet[:40],
        number=entry.number,
        place=(entry.place or str(entry.milestone or ""))[:160],
        milestone=entry.milestone,
        turn=turns.get(entry.milestone.pk, 0) if entry.milestone else 0,
        values=entry.values(),
        state=BatchRow.State.REFUSED if entry.problems else BatchRow.State.OK,
        message="\n".join(told)[:2000],
    )


def _keep_files(batch: Batch, files: Iterable[tuple[CheckedFile, str]], row: BatchRow | None = None) -> None:
    for checked, label in files:
        BatchFile.objects.create(
            batch=batch,
            row=row,
            label=label[:120],
            file=checked.content(),
            name=checked.name,
            content_type=checked.content_type,
            size=checked.size,
            sha256=checked.sha256,
        )


# Samples ----------------------------------------------------------------------------------------
def _draw(batch: Batch, percent: int) -> None:
    """Draw the samples, once, by chance. What was drawn for an earlier batch that was never run stays drawn, so that
    nobody draws again until the sample is nice."""
    rows = list(batch.rows.filter(state=BatchRow.State.OK))
    items = {row.pk: row.values["work_item"] for row in rows}
    before = BatchRow.objects.filter(
        batch__kind=batch.kind, batch__state__in=[State.DRAFT, State.CANCELLED], sample=True,
        milestone__in=[row.milestone_id for row in rows],
    ).exclude(batch=batch)  # fmt: skip
    known = {row["work_item"] for row in before.values_list("values", flat=True)}
    drawn = {pk for pk, item in items.items() if item in known}
    size = min(len(rows), max(SAMPLE_LEAST, math.ceil(len(rows) * min(max(percent, 1), 100) / 100)))
    rest = sorted(set(items) - drawn)
    drawn |= set(secrets.SystemRandom().sample(rest, max(size - len(drawn), 0)))
    batch.rows.filter(pk__in=drawn).update(sample=True)


@transaction.atomic
def sample_look(*, row: BatchRow, by: Any, fine: bool) -> BatchRow:
    """Record that a sample was opened and looked at. One that is not in order is taken out of the batch, to be decided
    by itself.

    Raises:
        PermissionDenied: it is somebody else's batch.
        ValidationError: it is no sample, or the batch is no draft any more.
    """
    batch = _own_draft(row.batch_id, by)
    row = BatchRow.objects.select_for_update().get(pk=row.pk)
    if not row.sample:
        raise ValidationError(_("This row was not drawn."))
    if row.looked_at is None:
        row.fine, row.looked_at = fine, timezone.now()
        if not fine:
            row.state, row.message = BatchRow.State.REFUSED, _("Taken out after a look: decide it by itself.")
            batch.total -= 1
            batch.save(update_fields=["total"])
        row.save()
    return row


# To the worker ----------------------------------------------------------------------------------
@transaction.atomic
def batch_queue(*, batch: Batch, by: Any, all_or_nothing: bool = False) -> Batch:
    """Give a batch to the worker.

    Args:
        all_or_nothing: take every row or none; otherwise what is in order is taken.

    Raises:
        PermissionDenied: it is somebody else's.
        ValidationError: it was given to the worker already, no row is in order, a row is refused or there are too many
            where it must be all or nothing, or a sample waits to be looked at.
    """
    batch = _own_draft(batch.pk, by)
    if not batch.total:
        raise ValidationError(_("No row is in order."))
    if all_or_nothing and batch.rows.filter(state=BatchRow.State.REFUSED, looked_at=None).exists():
        raise ValidationError(_("Some rows are not in order: put them right, or take what is in order."))
    if all_or_nothing and batch.total > (most := ALL_OR_NOTHING_MAX[Kind(batch.kind)]):
        text = _(
            "“All or nothing” goes up to %(most)s rows here: while they are taken in one go, others have to wait with "
            "what they want to save. Take what is in order, or make several batches."
        )
        raise ValidationError(text % {"most": most})
    if batch.rows.filter(sample=True, looked_at=None).exists():
        raise ValidationError(_("Open every sample first and say whether it is in order."))
    batch.all_or_nothing, batch.state, batch.queued_at = all_or_nothing, State.QUEUED, timezone.now()
    batch.save(update_fields=["all_or_nothing", "state", "queued_at"])
    return batch


@transaction.atomic
def batch_cancel(*, batch: Batch, by: Any) -> Batch:
    """Cancel a draft, or what the worker has not taken yet; what was taken stays taken.

    Raises:
        PermissionDenied: it is somebody else's.
        ValidationError: it is over already.
    """
    batch = _own(batch.pk, by)
    if batch.state not in (State.DRAFT, State.QUEUED, State.RUNNING):
        raise ValidationError(_("This batch is over: %(state)s.") % {"state": batch.get_state_display()})
    batch.state, batch.ended_at = State.CANCELLED, timezone.now()
    batch.save(update_fields=["state", "ended_at"])
    return batch


def _own(pk: int, by: Any) -> Batch:
    batch = Batch.objects.select_for_update().get(pk=pk)
    if batch.made_by_id != by.pk:
        raise PermissionDenied
    return batch


def _own_draft(pk: int, by: Any) -> Batch:
    batch = _own(pk, by)
    if batch.state != State.DRAFT:
        raise ValidationError(_("This batch is no draft any more: %(state)s.") % {"state": batch.get_state_display()})
    return batch


def evidence_of(row: BatchRow) -> Evidence | None:
    """The evidence that a row's decision is about: the newest that stands."""
    rows = Evidence.objects.filter(milestone=row.milestone_id, withdrawn_at=None)
    return rows.select_related("by").prefetch_related("files").order_by("-pk").first()


def entry_milestones(milestones: Iterable[int]) -> dict[int, Milestone]:
    """Milestones with all that the checks of a row read, by primary key."""
    rows = Milestone.objects.filter(pk__in=milestones)
    return {row.pk: row for row in rows.select_related("item__stage", "programme", "venue__division")}
