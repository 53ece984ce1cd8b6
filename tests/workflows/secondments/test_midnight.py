"""A term's last day and the day after, asked of the site by whoever was sent: no job runs in these tests."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.urls import reverse

from network.models import Appointment
from network.permissions import edits_venue, has_duty, heads_line
from pages.venues.services import venue_pages_sync
from workflows.core.services import case_file_add, task_act

from ..world import checked, item, submit, venue
from .posting import appointed, fresh

pytestmark = pytest.mark.django_db
LAST = date(2028, 2, 29)
BEFORE = datetime(2028, 2, 29, 15, 59, 59, tzinfo=UTC)  # 23:59:59 of the leap day in the county
AFTER = datetime(2028, 2, 29, 16, 0, tzinfo=UTC)  # the first of March begins


@pytest.fixture
def trainee(staffed, clock):
    """The branch's junior, at the library until the leap day of 2028, with a case of the library's line to look at."""
    clock.move_to(datetime(2027, 12, 1, 4, tzinfo=UTC))
    case = appointed(staffed, "up", first_day=date(2027, 12, 1), last_day=LAST)
    assert case.appointment.until == LAST
    return staffed.junior


def answers(clock, client, url):
    """What the site answers one second before midnight and at midnight. Sessions go on: only the term is over."""
    found = []
    for moment in (BEFORE, AFTER):
        clock.move_to(moment)
        found.append(client.get(url).status_code)
    return found


def signed_in(client, clock, user):
    clock.move_to(BEFORE - timedelta(minutes=1))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    "name",
    [
        "workflows_inbox",
        "workflows_cases",
        "workflows_statistics",
        "workflows_statistics_csv",
        "workflows_cover",
        "workflows_deadlines",
        "secondments_board",
        "secondments_branches",
        "secondments_plan",
        "secondments_nominate",
        "secondments_report",
        "secondments_report_csv",
    ],
)
def test_the_official_s_screens_and_exports_close_at_midnight(trainee, clock, client, name):
    signed_in(client, clock, trainee)
    assert answers(clock, client, reverse(name)) == [200, 302]


@pytest.mark.parametrize("name", ["workflows_case", "workflows_file", "workflows_dossier", "workflows_step"])
def test_a_case_its_papers_and_its_pdf_close_at_midnight(staffed, trainee, clock, client, name):
    case = submit(staffed)
    paper = case_file_add(case=case, checked=checked(), paper="proof", label="证明", by=staffed.teacher)
    args = {"workflows_file": [case.number, paper.pk], "workflows_step": [item(case).pk]}.get(name, [case.number])
    signed_in(client, clock, trainee)
    before, after = answers(clock, client, reverse(name, args=args))
    assert before == 200
    assert after in (302, 404)


def test_a_decision_sent_after_midnight_is_refused(staffed, trainee, clock, client):
    case = submit(staffed)
    waiting = item(case)
    signed_in(client, clock, trainee)
    clock.move_to(AFTER)
    url = reverse("workflows_step", args=[waiting.pk])
    assert client.post(url, {"decision": "accept"}).status_code in (302, 404)
    with pytest.raises(PermissionDenied):
        task_act(work_item=waiting.pk, actor=trainee, decision="accept")
    assert item(case).pk == waiting.pk


def test_the_registers_of_the_line_close_at_midnight(staffed, trainee, clock, client):
    point = venue("baiyi", "point", "village", staffed.village, library=True, parent=staffed.branch)
    elsewhere = venue("yi", "branch", "township_centre", staffed.other_township, library=True)
    clock.move_to(BEFORE)
    assert edits_venue(trainee, elsewhere)
    clock.move_to(AFTER)
    assert not edits_venue(trainee, elsewhere)
    assert edits_venue(trainee, point)  # what the home post gives is back
    url = reverse("network_venue_hours", args=[elsewhere.pk])
    signed_in(client, clock, trainee)
    clock.move_to(BEFORE)
    assert client.get(url).context["may_change"]
    clock.move_to(AFTER)
    assert not client.get(url).context["may_change"]
    assert client.post(url, {}).url == reverse("wagtailadmin_home")  # the back office's refusal


def test_the_deputy_s_page_of_the_branch_opens_and_closes_with_the_term(staffed, clock, client):
    clock.move_to(datetime(2027, 12, 1, 4, tzinfo=UTC))
    venue_pages_sync()
    case = appointed(staffed, first_day=date(2027, 12, 3), last_day=LAST)
    url = reverse("wagtailadmin_pages:edit", args=[staffed.branch.page.pk])
    client.force_login(staffed.able, backend="django.contrib.auth.backends.ModelBackend")
    clock.move_to(datetime(2027, 12, 2, 15, 59, 59, tzinfo=UTC))
    assert client.get(url).status_code == 302
    clock.move_to(datetime(2027, 12, 2, 16, 0, tzinfo=UTC))
    assert client.get(url).status_code == 200
    signed_in(client, clock, staffed.able)
    assert answers(clock, client, url) == [200, 302]
    assert fresh(case).appointment.status == "active"  # no job has run: the calendar alone decided


def test_the_job_then_tidies_up_and_changes_nobody_s_rights(staffed, trainee, clock):
    clock.move_to(AFTER)
    before = (heads_line(trainee), has_duty(trainee))
    call_command("end_appointments")
    assert (heads_line(trainee), has_duty(trainee)) == before == (set(), True)
    assert Appointment.objects.get(person=trainee, basis="secondment").status == "ended"
