"""Old batches are cleared away: forgotten drafts go whole; what is over keeps its rows and loses its spreadsheet."""

import datetime as dt
import logging

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from common.privatefiles import private_storage
from workflows.core.models import CaseFile

from ..models import Batch

logger = logging.getLogger(__name__)
State = Batch.State
OVER = (State.DONE, State.FAILED, State.CANCELLED)


def batches_purge() -> int:
    """Purge what was made or ended more than BATCH_KEEP_DAYS ago: drafts with all that belongs to them; of the others
    the spreadsheet and those files that no case refers to. Their rows stay: they say what was taken, and what was not.

    Returns:
        How many batches lost something.
    """
    limit = timezone.now() - dt.timedelta(days=settings.BATCH_KEEP_DAYS)
    forgotten = Q(state=State.DRAFT, made_at__lt=limit)
    over = Q(state__in=OVER, ended_at__lt=limit) & (~Q(file="") | Q(files__purged_at=None, files__isnull=False))
    pks = list(Batch.objects.filter(forgotten | over).distinct().order_by("pk").values_list("pk", flat=True))
    return sum(_purge(pk) for pk in pks)


@transaction.atomic
def _purge(pk: int) -> bool:
    """One batch, looked at again under its lock: it may have been given to the worker meanwhile."""
    batch = Batch.objects.select_for_update().filter(pk=pk, state__in=[State.DRAFT, *OVER]).first()
    if batch is None:
        return False
    names = {str(kept.file.name) for kept in batch.files.all()}
    names -= set(CaseFile.objects.filter(file__in=names).values_list("file", flat=True))
    if batch.file:
        names.add(str(batch.file.name))
    if batch.state == State.DRAFT:
        batch.delete()
    else:
        batch.files.update(purged_at=timezone.now())
        Batch.objects.filter(pk=pk).update(file="")
    logger.info("batch %s (%s): %s files purged", pk, batch.state, len(names))
    transaction.on_commit(lambda: _delete(names))
    return True


def _delete(names: set[str]) -> None:
    for name in names:
        private_storage().delete(name)
