"""Criteria from the county's files, sample applications, pictures of the flow, and the clock that stands."""

import shutil

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from common.county import County, CountyError
from common.report import Report
from tests.conftest import ROOT
from workflows.applications import loading, sample
from workflows.applications.models import ApplicantKind, Application, Paper
from workflows.core.agreement import disagreements
from workflows.core.models import CaseFile, Decision, WorkItem
from workflows.core.work_items import pause_clocks, resume_clocks

from .world import item, submit

NANHUA = ROOT / "data/nanhua"


@pytest.mark.django_db
def test_criteria_come_from_the_county_s_files_and_stay_as_the_bureau_left_them():
    county = County(NANHUA)
    loading.load(county, Report())
    venue = ApplicantKind.objects.get(code="internet_venue")
    assert (venue.may_be_branch, venue.may_be_point) == (False, True)
    asked = {paper.code for paper in Paper.objects.all() if paper.applies("internet_venue", "chain")}
    assert {"licence", "contract"} <= asked
    assert not Paper.objects.get(code="licence").applies("school", "self")
    ApplicantKind.objects.filter(code="school").update(branch_area=99)
    loading.load(county, Report())
    assert ApplicantKind.objects.get(code="school").branch_area == 99
    assert ApplicantKind.objects.count() == 7


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("file", "old", "new", "line"),
    [
        ("applicant_kinds.csv", "school,yes", "palace,yes", 2),
        ("applicant_kinds.csv", "unit,yes", "unit,maybe", 3),
        ("application_papers.csv", "licence,网络文化经营许可证", "licence,", 9),
        ("application_papers.csv", "commissioned chain,yes", "friends,yes", 10),
    ],
)
def test_a_fault_in_the_files_names_file_and_line(tmp_path, file, old, new, line):
    shutil.copytree(NANHUA, tmp_path / "county")
    path = tmp_path / "county" / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(CountyError) as error:
        loading.load(County(tmp_path / "county"), Report())
    assert (error.value.file, error.value.line) == (file, line)


@pytest.mark.django_db
def test_sample_applications_come_and_go(settings, private_files, django_capture_on_commit_callbacks):
    settings.DEMO = True
    call_command("load_county", str(NANHUA))
    call_command("load_sample")
    kept = private_files()
    assert {row.file.name for row in CaseFile.objects.all()} == kept
    assert Application.objects.filter(is_sample=True).count() == 5
    assert disagreements() == []
    call_command("load_sample")
    assert Application.objects.count() == 5
    with django_capture_on_commit_callbacks(execute=True):
        sample.remove(Report())
        assert private_files() == kept  # a removal that fails after this has lost nothing
    assert {row.file.name for row in CaseFile.objects.all()} == private_files() != kept
    assert not Application.objects.exists()
    assert not WorkItem.objects.filter(flow="applications").exists()
    assert not Decision.objects.filter(case__number__startswith="SQ").exists()
    with django_capture_on_commit_callbacks(execute=True):
        call_command("load_sample", "--remove")
    assert private_files() == set()


@pytest.mark.django_db
def test_the_pictures_in_docs_are_the_flow(tmp_path):
    call_command("flow_pictures", tmp_path)
    drawn = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "docs/flows").iterdir()}
    changed = [name for name, text in kept.items() if drawn.get(name) != text]
    assert changed == [], "run: manage.py flow_pictures docs/flows"


@pytest.mark.django_db
def test_a_clock_stands_while_something_else_is_waited_for(world):
    with time_machine.travel("2026-03-02 09:00+08:00", tick=False):
        case = submit(world)
        due = item(case).due_on
        pause_clocks(case, timezone.now())
        assert item(case).paused_at
    with time_machine.travel("2026-03-04 09:00+08:00", tick=False):
        assert item(case).waited().total_seconds() == 0
        assert not WorkItem.objects.overdue(timezone.localdate()).exists()
        resume_clocks(case, timezone.now())
    held = item(case)
    assert (held.due_on - due).days == 2
    assert held.paused_at is None


@pytest.mark.django_db
def test_a_clock_spares_the_step_that_is_waited_for(world):
    case = submit(world)
    pause_clocks(case, timezone.now(), spare=item(case).pk)
    assert item(case).paused_at is None
