"""The monthly report: its figures, when the clock makes it, who makes and reads it."""

import csv
import io
from datetime import date, datetime

import pypdf
import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from post_office.models import Email

from common.pdf import PdfUnavailableError
from tests.workflows.world import act
from workflows.core.models import Notice
from workflows.milestones.models import Milestone, MonthlyReport, Programme
from workflows.milestones.services import reports
from workflows.milestones.services.delays import block_report, date_move_ask
from workflows.milestones.services.reports import month_measure, report_make, reports_due

from .plan import make_programme, milestone

pytestmark = pytest.mark.django_db
JUNE = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def quick(request, monkeypatch):
    """The PDF takes seconds: only the test that reads it makes it."""
    if "real_pdf" not in request.fixturenames:
        monkeypatch.setattr(reports, "report_pdf", lambda _found: b"%PDF-1.7")


@pytest.fixture
def real_pdf():
    return True


def done(row, day, **more):
    Milestone.objects.filter(pk=row.pk).update(state="done", done_on=day, confirmed_on=day, **more)


@pytest.fixture
def june(world, programme):
    """Done: one in May, two in June (one of them recorded afterwards), one in July. One blocked, one moved in June."""
    done(milestone(programme, "survey", world.branch), date(2026, 5, 31))
    done(milestone(programme, "survey", world.points[0]), date(2026, 6, 1))
    done(milestone(programme, "survey", world.points[1]), date(2026, 6, 30), back_dated=True)
    done(milestone(programme, "survey", world.points[2]), date(2026, 7, 1))
    Milestone.objects.filter(item__code__in=["survey", "measures"]).update(last_day=date(2026, 4, 30))
    with time_machine.travel("2026-06-10 09:00+08:00", tick=False):
        block_report(milestone=milestone(programme, "signage", world.branch), by=world.town, problem="没有场地")
        moved = milestone(programme, "signage", world.points[0])
        date_move_ask(milestone=moved, by=world.town, new=date(2027, 1, 31), reason="农忙")
    with time_machine.travel("2026-06-12 09:00+08:00", tick=False):
        act(moved.cases.get(), world.bureau1, "approve")
    return programme


def test_the_figures_of_a_month_by_township(world, june):
    found = {row.place: row for row in month_measure(june, JUNE, date(2026, 6, 30)).rows}
    mine = found["甲镇"]
    assert (mine.total, mine.done, mine.done_this_month, mine.recorded_afterwards) == (12, 3, 2, 1)
    assert (mine.overdue, mine.blocked, mine.moved) == (1, 1, 1)  # overdue: the one that was done in July only
    assert sum(row.total for row in found.values()) == 21
    heads = next(row for name, row in found.items() if "总馆" in name)
    assert (heads.total, heads.overdue) == (8, 2)


def test_a_block_counts_until_it_is_resolved(world, june):
    assert month_measure(june, date(2026, 5, 1), date(2026, 5, 31)).total.blocked == 0
    issue = milestone(june, "signage", world.branch).issues.get()
    issue.met_on, issue.resolution, issue.resolved_by = date(2026, 7, 2), "另选址", world.bureau1
    issue.resolved_at = timezone.make_aware(datetime(2026, 7, 2, 10))
    issue.save()
    assert month_measure(june, JUNE, date(2026, 6, 30)).total.blocked == 1
    assert month_measure(june, date(2026, 7, 1), date(2026, 7, 31)).total.blocked == 0


def test_the_files_say_the_same(world, june, real_pdf):
    row = report_make(programme=june, month=date(2026, 6, 17), by=world.bureau1)
    assert (row.month, row.as_of) == (JUNE, date(2026, 6, 30))
    data = row.csv.open("rb").read()
    assert data.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    assert lines[1][:4] == ["甲镇", "12", "3", "2"]
    assert lines[-1][1] == "21"
    text = "".join(page.extract_text() for page in pypdf.PdfReader(row.pdf.open("rb")).pages)
    for words in ("甲镇", "没有场地", "农忙", "2027-01-31"):
        assert words in text, words


def test_making_it_again_replaces_the_files(world, june, django_capture_on_commit_callbacks):
    first = report_make(programme=june, month=JUNE, by=world.bureau1)
    old = first.csv.name
    with django_capture_on_commit_callbacks(execute=True):
        again = report_make(programme=june, month=JUNE, by=world.admin)
    assert (again.pk, again.made_by) == (first.pk, world.admin)
    assert not again.csv.storage.exists(old)
    assert again.csv.storage.exists(again.csv.name)


def test_without_the_pdf_library_there_is_the_csv(world, june, monkeypatch):
    def fail(_found):
        raise PdfUnavailableError

    monkeypatch.setattr(reports, "report_pdf", fail)
    row = report_make(programme=june, month=JUNE, by=None)
    assert (bool(row.pdf), bool(row.csv)) == (False, True)


@pytest.mark.parametrize("month", [date(2999, 1, 1), date(1999, 12, 1)])
def test_a_month_that_has_not_begun_or_is_nonsense_is_refused(world, programme, month):
    with pytest.raises(ValidationError) as error:
        report_make(programme=programme, month=month, by=world.bureau1)
    assert "month" in error.value.message_dict


@pytest.mark.parametrize("who", ["lib1", "town", "teacher", "idle"])
def test_only_the_bureau_makes_one_by_hand(world, programme, who):
    with pytest.raises(PermissionDenied):
        report_make(programme=programme, month=JUNE, by=getattr(world, who))
    client = Client()
    client.force_login(getattr(world, who))
    assert client.post(reverse("milestones_reports"), {"month": "2026-06"}).status_code in (302, 403)
    assert not MonthlyReport.objects.exists()


# The clock ----------------------------------------------------------------------------------------
def tick(moment):
    with time_machine.travel(moment, tick=False):
        call_command("workflow_clock")


def months():
    return [f"{month:%Y-%m}" for month in MonthlyReport.objects.order_by("month").values_list("month", flat=True)]


def test_made_and_announced_once_on_the_first_working_day(world, programme):
    tick("2026-10-08 08:00+08:00")  # the first working day of October 2026 comes after the holiday
    assert months() == ["2026-09"]
    told = Email.objects.filter(subject__contains="2026-09")
    people = {world.town, world.town2, world.elsewhere, world.bureau1, world.bureau2, world.bureau3}
    assert {mail.to[0] for mail in told} == {user.email for user in people}
    notices = Notice.objects.filter(line__contains="2026-09", path=f"{reverse('milestones_reports')}?programme=test")
    assert sorted(notices.values_list("user", flat=True)) == sorted(user.pk for user in people)
    tick("2026-10-08 08:01+08:00")
    tick("2026-10-09 08:00+08:00")
    assert Email.objects.filter(subject__contains="2026-09").count() == len(people)


def test_not_during_the_holiday_before_it(world, programme):
    tick("2026-10-05 08:00+08:00")
    assert months() == ["2026-08"]  # September's is not due yet


def test_months_that_the_clock_missed_are_made_up_for(world, programme):
    report_make(programme=programme, month=date(2020, 1, 1), by=world.bureau1)  # by hand: not the clock's
    tick("2026-03-10 08:00+08:00")
    tick("2026-07-10 08:00+08:00")
    assert months() == ["2020-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06"]


def test_a_clock_that_stood_for_years_makes_a_year_s_reports(world, programme):
    tick("2024-03-10 08:00+08:00")
    with time_machine.travel("2026-07-10 08:00+08:00", tick=False):
        assert len(reports_due(programme, timezone.localdate())) == reports.MOST_MISSED


@pytest.mark.parametrize("state", [Programme.State.DRAFT, Programme.State.ACCEPTED])
def test_no_reports_of_what_does_not_run(world, programme, state):
    Programme.objects.update(state=state)
    tick("2026-07-10 08:00+08:00")
    assert months() == []


# The screen ---------------------------------------------------------------------------------------
ROLES = {"lib1": 200, "cul1": 200, "town": 200, "bureau1": 200, "admin": 200, "teacher": 0, "stranger": 0, "idle": 0}


@pytest.mark.parametrize(("who", "status"), ROLES.items())
def test_who_reads_the_reports(world, programme, who, status):
    row = report_make(programme=programme, month=JUNE, by=world.bureau1)
    client = Client()
    client.force_login(getattr(world, who))
    for url in (
        reverse("milestones_reports"),
        reverse("milestones_report_pdf", args=[row.pk]),
        reverse("milestones_report_csv", args=[row.pk]),
    ):
        got = client.get(url).status_code
        assert got == 200 if status else got in (302, 403), (who, url, got)


def test_a_draft_s_report_is_not_found_by_others(world, programme):
    draft = make_programme([], slug="draft", state=Programme.State.DRAFT)
    row = report_make(programme=draft, month=JUNE, by=world.bureau1)
    client = Client()
    client.force_login(world.town)
    assert client.get(reverse("milestones_report_csv", args=[row.pk])).status_code == 404


def test_made_by_hand_on_the_screen_with_what_was_typed_kept(world, programme, client):
    client.force_login(world.bureau1)
    url = reverse("milestones_reports")
    for wrong in ("2999-01", "x", "", "1999-12", "2026-13"):
        page = client.post(url, {"month": wrong})
        assert page.status_code == 422
        assert page.context["form"].errors["month"]
    assert client.post(url, {"month": "2026-06"}).status_code == 302
    assert months() == ["2026-06"]
    row = MonthlyReport.objects.get()
    row.pdf.delete()
    assert client.get(reverse("milestones_report_pdf", args=[row.pk])).status_code == 404
    assert "2026-06" in client.get(url).content.decode()


def test_queries_do_not_grow(world, june):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            month_measure(june, JUNE, date(2026, 6, 30))
        return len(queries)

    few = cost()
    with time_machine.travel("2026-06-11 09:00+08:00", tick=False):
        for point in world.points[1:]:
            block_report(milestone=milestone(june, "signage", point), by=world.town, problem="没有场地")
    assert cost() <= few
