"""The dossier: what is in it and what is not, who makes and takes it."""

import csv
import hashlib
import io
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pypdf
import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from tests.workflows.milestones.plan import milestone
from tests.workflows.world import act, checked, picture
from workflows.acceptance import dossiers
from workflows.acceptance.models import Dossier, DossierDownload
from workflows.acceptance.packing import PART, safe_part
from workflows.milestones.services.evidence import evidence_hand_in
from workflows.milestones.services.withdrawal import evidence_withdraw

from .walk import add_item, answer, start, until_pre_acceptance

pytestmark = pytest.mark.django_db
DONE_ON = date(2026, 2, 1)


def hand_in(row, user, name="牌子照片.jpg", label="牌子照片", **more):
    data = picture() if name.endswith(".jpg") else None
    paper = checked(name, data) if data else checked(name)
    return evidence_hand_in(milestone=row, by=user, done_on=DONE_ON, files=[(paper, label)], **more)


def confirm(evidence, world):
    act(evidence.case, world.cul1, "accept")
    act(evidence.case, world.bureau1, "confirm")


@pytest.fixture
def evidence(world, running):
    """Signage: the branch done, one village handed in, another's withdrawn."""
    branch = hand_in(milestone(running, "signage", world.branch), world.town)
    confirm(branch, world)
    handed = hand_in(milestone(running, "signage", world.points[0]), world.town, label="a/../b:牌子?")
    gone = hand_in(milestone(running, "signage", world.points[1]), world.town)
    evidence_withdraw(evidence=gone, by=world.town, reason="传错了照片")
    return branch, handed, gone


@pytest.fixture(autouse=True)
def quick(request, monkeypatch):
    """The PDF takes seconds: only the test that reads it makes it."""
    if "real_pdf" not in request.fixturenames:
        monkeypatch.setattr(dossiers, "dossier_pdf", lambda *_args: b"%PDF-1.7")


@pytest.fixture
def real_pdf():
    return True


def made(programme, world):
    """The finished dossier and its archive."""
    dossiers.dossier_ask(programme=programme, by=world.lib1)
    assert dossiers.dossiers_make() == 1
    row = Dossier.objects.first()
    assert row.state == Dossier.State.DONE, row.error
    return row, zipfile.ZipFile(row.file.open("rb"))


def index_of(archive):
    return list(csv.DictReader(io.StringIO(archive.read("index.csv").decode("utf-8-sig"))))


def test_the_archive_is_indexed_by_clause_with_checksums(world, running, evidence):
    row, archive = made(running, world)
    assert archive.testzip() is None
    names = set(archive.namelist())
    assert {"index.csv", "index.html", "sha256sums.txt", "验收档案.pdf"} <= names
    packed = sorted(name for name in names if "/" in name)
    assert len(packed) == row.files == 2
    assert all(name.startswith("R31_signage/甲镇/") and name.endswith(".jpg") for name in packed)
    lines = [line for line in index_of(archive) if line["档案内文件"]]
    for line in lines:
        assert hashlib.sha256(archive.read(line["档案内文件"])).hexdigest() == line["SHA-256"]
    sums = archive.read("sha256sums.txt").decode().splitlines()
    assert {text.split("  ")[1] for text in sums} == set(packed)
    assert {line["确认人"] for line in lines} == {"bureau1", ""}
    assert (row.size, row.missing) == (row.file.size, 0)


def test_every_milestone_stands_in_the_index_and_withdrawn_evidence_is_named_only(world, running, evidence):
    _row, archive = made(running, world)
    lines = index_of(archive)
    assert len(lines) == 21
    gone = next(line for line in lines if "传错了照片" in line["备注"])
    assert (gone["档案内文件"], gone["文件名"]) == ("", "牌子照片.jpg")
    assert "传错了照片" in archive.read("index.html").decode()


def test_a_missing_file_is_named_and_stops_nothing(world, running, evidence):
    stored = evidence[0].files.get()
    storages["private"].delete(stored.file.name)
    row, archive = made(running, world)
    assert (row.files, row.missing) == (1, 1)
    assert any("缺失" in line["备注"] for line in index_of(archive))


def test_a_changed_file_is_named(world, running, evidence):
    stored = evidence[0].files.get()
    Path(stored.file.path).write_bytes(b"something else")
    row, archive = made(running, world)
    assert row.missing == 1
    assert any("不一致" in line["备注"] for line in index_of(archive))


def test_survey_answers_are_part_of_the_evidence(world, running):
    from tests.workflows.milestones.survey import question

    question("seats", "whole")
    row = milestone(running, "survey", world.branch)
    evidence_hand_in(milestone=row, by=world.town, done_on=DONE_ON, answers={"seats": "40"})
    _dossier, archive = made(running, world)
    name = next(name for name in archive.namelist() if "填报内容" in name)
    assert "40" in archive.read(name).decode("utf-8-sig")


def test_the_papers_of_the_acceptance_are_in_it(world, running):
    case = start(world, running)
    until_pre_acceptance(world, case)
    item = add_item(world, case)
    act(case, world.bureau1, "rectify")
    answer(item, world.town)
    _row, archive = made(running, world)
    papers = [name for name in archive.namelist() if name.startswith("R41_验收/")]
    assert len(papers) == 3
    assert sum(item.case.number in name for name in papers) == 1
    assert sum(line["条款"] == "R41" for line in index_of(archive)) == 3


def test_the_pdf_has_cover_contents_criteria_and_every_clause(world, running, evidence, real_pdf):
    _row, archive = made(running, world)
    pdf = pypdf.PdfReader(io.BytesIO(archive.read("验收档案.pdf")))
    text = "\n".join(page.extract_text() for page in pdf.pages)
    assert "总分馆制建设" in pdf.pages[0].extract_text()
    assert "目录" in pdf.pages[1].extract_text()
    for words in ("全域覆盖", "运转规范", "服务高效", "R31", "甲镇", "bureau1", evidence[0].case.number):
        assert words in text, words
    fonts = {str(font) for page in pdf.pages for font in (page["/Resources"]["/Font"] or {}).values()}
    assert fonts


def test_the_language_of_whoever_asked_does_not_change_the_record(world, running, evidence):
    from django.utils import translation

    with translation.override("en"):
        _row, archive = made(running, world)
    assert "目录" in archive.read("index.html").decode()


@given(st.text(max_size=200))
def test_every_name_makes_a_safe_part_of_a_path(text):
    part = safe_part(text)
    assert 0 < len(part) <= PART
    assert not set(part) & set('\\/:*?"<>|\n\r\t\0')
    assert part not in (".", "..")
    assert not part.startswith(".")
    assert not any(ord(letter) < 32 or 0x202A <= ord(letter) <= 0x202E for letter in part)


# The job ------------------------------------------------------------------------------------------
def test_one_at_a_time(world, running):
    dossiers.dossier_ask(programme=running, by=world.bureau1)
    with pytest.raises(ValidationError):
        dossiers.dossier_ask(programme=running, by=world.lib1)
    call_command("make_dossiers")
    assert dossiers.dossier_ask(programme=running, by=world.lib1).state == Dossier.State.WAITING


def test_a_worker_that_was_stopped_is_followed_by_another(world, running):
    row = dossiers.dossier_ask(programme=running, by=world.bureau1)
    Dossier.objects.update(state=Dossier.State.RUNNING, touched_at=timezone.now())
    assert dossiers.dossiers_make() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert dossiers.dossiers_make() == 1
    row.refresh_from_db()
    assert (row.state, row.made) == (Dossier.State.DONE, 21)


def test_a_failure_is_written_down_and_the_next_one_is_made(world, running, monkeypatch):
    monkeypatch.setattr(dossiers, "dossier_pdf", lambda *_args: 1 / 0)
    dossiers.dossier_ask(programme=running, by=world.bureau1)
    assert dossiers.dossiers_make() == 0
    row = Dossier.objects.get()
    assert (row.state, bool(row.error), bool(row.file)) == (Dossier.State.FAILED, True, False)
    monkeypatch.undo()
    made(running, world)


def test_only_the_newest_files_are_kept(world, running):
    for _time in range(3):
        made(running, world)
    kept = [bool(row.file) for row in Dossier.objects.order_by("pk")]
    assert kept == [False, True, True]


def test_queries_do_not_grow_with_the_evidence(world, running, evidence):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            made(running, world)
        return len(queries)

    few = cost()
    for point in world.points:
        hand_in(milestone(running, "survey", point), world.town)
    hand_in(milestone(running, "signage", world.points[2]), world.town)
    assert cost() <= few + 1  # the older file is dropped


# Who ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("who", ["town", "teacher", "idle"])
def test_a_township_neither_makes_nor_takes_it(world, running, who):
    user = getattr(world, who)
    with pytest.raises(PermissionDenied):
        dossiers.dossier_ask(programme=running, by=user)
    row, _archive = made(running, world)
    with pytest.raises(PermissionDenied):
        dossiers.dossier_take(dossier=row, by=user)
    client = Client()
    client.force_login(user)
    assert client.get(reverse("acceptance_dossier_file", args=[row.pk])).status_code in (302, 403, 404)
    assert client.post(reverse("acceptance_dossiers")).status_code in (302, 403)
    assert Dossier.objects.count() == 1
    assert not DossierDownload.objects.exists()


def test_an_archive_that_is_gone_from_the_disk_is_no_error_of_the_server(world, running, client):
    row, archive = made(running, world)
    archive.close()
    storages["private"].delete(row.file.name)
    client.force_login(world.bureau1)
    assert client.get(reverse("acceptance_dossier_file", args=[row.pk])).status_code == 404


def test_taking_it_away_is_written_down(world, running, client):
    client.force_login(world.cul1)
    page = client.post(reverse("acceptance_dossiers"))
    assert page.status_code == 302
    waiting = client.get(reverse("acceptance_dossiers"))
    assert waiting["Refresh"] == "5"
    row = Dossier.objects.get()
    assert client.get(reverse("acceptance_dossier_file", args=[row.pk])).status_code == 404
    call_command("make_dossiers")
    response = client.get(reverse("acceptance_dossier_file", args=[row.pk]))
    data = b"".join(response.streaming_content)
    row.refresh_from_db()
    assert hashlib.sha256(data).hexdigest() == row.sha256
    assert response["Content-Type"] == "application/zip"
    assert "no-store" in response["Cache-Control"]
    assert DossierDownload.objects.get().by == world.cul1
    listed = client.get(reverse("acceptance_dossiers"))
    assert "Refresh" not in listed
    assert row.sha256 in listed.content.decode()
