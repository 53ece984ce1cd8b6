"""What lies about too long goes: forgotten drafts whole, spreadsheets of what is over. What was taken stays."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

from common.privatefiles import private_storage
from workflows.core.models import CaseFile
from workflows.milestones.models import Batch, BatchFile, Evidence
from workflows.milestones.services.batch_purge import batches_purge
from workflows.milestones.services.batches import batch_cancel, batch_queue

from .batches import entries, messages, prepared, run, states
from .plan import photo

pytestmark = pytest.mark.django_db


@pytest.fixture
def aged(settings, django_capture_on_commit_callbacks):
    """Purges as if so many days had passed; returns how many batches lost something."""

    def purge(batch, days):
        long_ago = timezone.now() - timedelta(days=days)
        Batch.objects.filter(pk=batch.pk).update(made_at=long_ago)
        Batch.objects.filter(pk=batch.pk).exclude(ended_at=None).update(ended_at=long_ago)
        with django_capture_on_commit_callbacks(execute=True):
            return batches_purge()

    settings.BATCH_KEEP_DAYS = 90
    return purge


def kept(names):
    return [private_storage().exists(name) for name in names]


def paths(batch):
    return [batch.file.name, *(row.file.name for row in batch.files.all())]


def with_sheet(world, programme, **more):
    return prepared(world, programme, upload=("village.xlsx", b"PK sheet"), source="sheet", **more)


def test_a_forgotten_draft_goes_with_rows_and_files(world, programme, aged):
    batch = with_sheet(world, programme)
    names = paths(batch)
    assert kept(names) == [True] * 3
    assert aged(batch, 91) == 1
    assert not Batch.objects.exists()
    assert not BatchFile.objects.exists()
    assert kept(names) == [False] * 3


def test_a_younger_draft_stays(world, programme, aged):
    batch = with_sheet(world, programme)
    assert aged(batch, 89) == 0
    assert kept(paths(batch)) == [True] * 3


def test_what_was_taken_keeps_rows_and_the_cases_files_and_loses_its_spreadsheet(world, programme, aged):
    rows = entries(world, programme)
    rows[0].done_on, rows[0].files = None, [photo()]
    batch = run(batch_queue(batch=with_sheet(world, programme, rows=rows), by=world.town))
    sheet, *papers = paths(batch)
    before = states(batch), messages(batch)
    assert aged(batch, 91) == 1
    batch.refresh_from_db()
    assert (batch.file.name, batch.file_name, kept([sheet])) == ("", "village.xlsx", [False])
    assert (states(batch), messages(batch)) == before
    assert Evidence.objects.count() == 2
    assert kept(papers) == [True] * len(papers)
    assert {private_storage().exists(file.file.name) for file in CaseFile.objects.all()} == {True}
    assert aged(batch, 91) == 0


def test_of_what_was_never_taken_every_file_goes(world, programme, aged):
    batch = batch_cancel(batch=with_sheet(world, programme), by=world.town)
    names = paths(batch)
    assert aged(batch, 91) == 1
    assert kept(names) == [False] * 3
    assert states(batch) == ["ok"] * 3


def test_what_waits_for_the_worker_is_never_purged(world, programme, aged):
    batch = batch_queue(batch=with_sheet(world, programme), by=world.town)
    assert aged(batch, 400) == 0
    assert run(batch).finished == 3


def test_the_timer_purges(settings, capsys, world, programme):
    assert settings.TIMERS["purge_batches"] <= 86_400
    call_command("purge_batches")
    assert "0 batches purged" in capsys.readouterr().out
