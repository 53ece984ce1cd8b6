"""The acceptance dossier as a job: asked for, made by the worker, taken away. Its content: packing.py, paper.py."""

import hashlib
import logging
import tempfile
import zipfile
from datetime import timedelta
from typing import IO, Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files import File
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from common.pdf import PdfUnavailableError
from workflows.milestones.models import Programme

from . import permissions
from .models import Acceptance, Dossier, DossierDownload, Rectification
from .packing import BLOCK, Contents, Packer, Paper, checksums, index_csv, index_html
from .paper import dossier_pdf

logger = logging.getLogger(__name__)
GIVEN_UP_AFTER = timedelta(minutes=10)  # without a sign of the worker: it was stopped, another one begins again
KEPT = 2  # finished files of one programme
State = Dossier.State


@transaction.atomic
def dossier_ask(*, programme: Programme, by: Any) -> Dossier:
    """Ask for the dossier. One at a time is made for a programme.

    Raises:
        PermissionDenied: it is not theirs.
        ValidationError: one is being made.
    """
    if not permissions.takes_dossier(by):
        raise PermissionDenied
    Programme.objects.select_for_update().get(pk=programme.pk)
    if programme.dossiers.pending().exists():
        raise ValidationError(_("A dossier of this programme is being made."))
    total = programme.milestones.standing().count()
    return Dossier.objects.create(programme=programme, asked_by=by, total=total)


def dossier_take(*, dossier: Dossier, by: Any) -> DossierDownload:
    """Write down who takes a finished dossier away. Raises PermissionDenied."""
    if not permissions.takes_dossier(by):
        raise PermissionDenied
    return DossierDownload.objects.create(dossier=dossier, by=by)


def dossiers_make() -> int:
    """Make every dossier that waits, one after the other. Returns how many were finished."""
    made = 0
    while (dossier := _next()) is not None:
        made += _make(dossier)
    return made


def _next() -> Dossier | None:
    """The oldest one that waits, or whose worker was stopped; taken so that no other worker makes it too."""
    now = timezone.now()
    free = Q(state=State.WAITING) | Q(state=State.RUNNING, touched_at__lt=now - GIVEN_UP_AFTER)
    for row in Dossier.objects.filter(free).order_by("pk"):
        mine = Dossier.objects.filter(free, pk=row.pk)
        if mine.update(state=State.RUNNING, touched_at=now, made=0, error=""):
            return Dossier.objects.select_related("programme").get(pk=row.pk)
    return None


def _make(dossier: Dossier) -> bool:
    """Make one; a failure is written down and stops nothing else."""
    try:
        with tempfile.TemporaryFile(suffix=".zip") as target, translation.override(settings.LANGUAGE_CODE):
            _write(dossier, target)
    except Exception as error:
        logger.exception("dossier %s could not be made", dossier.pk)
        text = str(error) if isinstance(error, PdfUnavailableError) else _("An error on the server. Ask again.")
        Dossier.objects.filter(pk=dossier.pk).update(state=State.FAILED, error=text, finished_at=timezone.now())
        return False
    _drop_older(dossier)
    return True


def _write(dossier: Dossier, target: IO[bytes]) -> None:
    def progress(made: int) -> None:
        Dossier.objects.filter(pk=dossier.pk).update(made=made, touched_at=timezone.now())

    with zipfile.ZipFile(target, "w", allowZip64=True) as archive:
        packer = Packer(archive, dossier.programme, progress)
        contents = Contents(packer.pack(), _papers(packer, dossier.programme))
        packer.add(_("acceptance-dossier") + ".pdf", dossier_pdf(dossier.programme, contents))
        packer.add("index.csv", index_csv(contents))
        packer.add("index.html", index_html(dossier.programme, contents))
        packer.add("sha256sums.txt", checksums(contents))
    entries = contents.entries
    dossier.size = target.tell()
    dossier.sha256 = _digest(target)
    target.seek(0)
    dossier.file.save(dossier.name, File(target), save=False)
    dossier.state, dossier.made, dossier.finished_at = State.DONE, len(contents.lines), timezone.now()
    dossier.files = sum(bool(entry.path) for entry in entries)
    dossier.missing = sum(bool(entry.remark and entry.sha256) for entry in entries)
    dossier.save()


def _papers(packer: Packer, programme: Programme) -> list[Paper]:
    """The papers of the programme's acceptances and of their rectification items."""
    found = []
    for case in Acceptance.objects.filter(programme=programme).exclude(state="cancelled").prefetch_related("files"):
        found += packer.pack_case(case, _("acceptance"))
    items = Rectification.objects.filter(item__acceptance__programme=programme).select_related("item")
    for row in items.exclude(state="cancelled").prefetch_related("files"):
        found += packer.pack_case(row, f"{row.item.clause}_{row.item.text}")
    return found


def _digest(target: IO[bytes]) -> str:
    target.seek(0)
    digest = hashlib.sha256()
    while block := target.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _drop_older(dossier: Dossier) -> None:
    """Only the newest files are kept: each holds the whole evidence again. The rows stay, with who took them."""
    finished = dossier.programme.dossiers.filter(state=State.DONE).exclude(file="")
    for row in finished[KEPT:]:
        row.file.delete(save=False)
        row.file = ""
        row.save(update_fields=["file"])
