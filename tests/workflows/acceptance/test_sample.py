"""A sample acceptance on the real county's plan: halfway, and gone without a trace."""

import pytest

from accounts import sample as accounts_sample
from common.county import County
from common.report import Report
from network import loading as network_loading
from network import sample as network_sample
from tests.county import NANHUA
from tests.workflows.world import act
from workflows.acceptance import dossiers, loading, sample
from workflows.acceptance.models import Acceptance, Dossier, Rectification, RectificationItem, Snapshot, Statement
from workflows.core.deadlines import deadline_rules_create
from workflows.core.models import Case, CaseFile, Decision, WorkItem
from workflows.milestones import loading as milestones_loading
from workflows.milestones import sample as milestones_sample
from workflows.milestones.models import Evidence, Milestone, Programme

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(db, settings):
    settings.DEMO = True
    found = County(NANHUA)
    for room in (network_loading, milestones_loading, loading):
        room.load(found, Report())
    deadline_rules_create()
    for room in (accounts_sample, network_sample):
        room.load(Report())
    return found


def person(name):
    from accounts.models import User

    return User.objects.get(email=f"{name}@example.org")


def test_it_stands_at_the_rectification_with_one_thing_done_and_one_open(county, settings):
    settings.DEMO = False
    sample.load(Report())
    assert not Acceptance.objects.exists()
    settings.DEMO = True
    sample.load(Report())
    case = Acceptance.objects.get()
    assert case.is_sample
    assert case.work_items.open().get().node == "rectification"
    done, left = RectificationItem.objects.all()
    assert (done.case.state, left.case.state) == (Case.State.DONE, Case.State.ACTIVE)
    assert left.case.work_items.open().get().node == "answer_township"
    assert left.township == person("township").appointments.get().post.office.division
    texts = [row.text for row in Statement.objects.all()] + [done.text, left.text, done.case.answer, case.why_now]
    assert all("示例" in text for text in texts)
    assert {"示例" in row.name for row in CaseFile.objects.all()} == {True}
    handed_in = Milestone.objects.filter(item__clause="R39", state=Milestone.State.HANDED_IN)
    assert {row.venue.library for row in handed_in} == {True, False}  # the reports are the milestones' evidence
    sample.load(Report())
    assert Acceptance.objects.count() == 1


def test_it_goes_without_a_trace_also_when_a_demonstration_brought_it_to_its_end(county):
    sample.load(Report())
    case, left = Acceptance.objects.get(), RectificationItem.objects.last().case
    today = case.created.date()
    paper = milestones_sample.sample_paper("x.pdf")
    act(left, person("township"), "answer", answer="x", done_on=today, papers=[paper])
    act(left, person("culture"), "accept")
    act(case, person("bureau"), "finish")
    said = {"organ": "州局", "document_number": "1号", "on": today, "paper": paper}
    act(case, person("bureau"), "passed", **said)
    programme = Programme.objects.get()
    assert programme.state == Programme.State.ACCEPTED
    dossiers.dossier_ask(programme=programme, by=person("bureau"))
    sample.remove(Report())
    milestones_sample.remove(Report())
    assert Programme.objects.get().state == Programme.State.RUNNING
    for model in (Acceptance, Rectification, RectificationItem, Statement, Snapshot, Dossier, Evidence, CaseFile):
        assert not model.objects.exists(), model
    assert not WorkItem.objects.exists()
    assert not Decision.objects.exists()
    assert not Milestone.objects.exclude(state__in=[Milestone.State.NOT_STARTED, Milestone.State.VOID]).exists()
