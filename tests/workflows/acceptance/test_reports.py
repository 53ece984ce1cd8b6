"""A head institution's summary report is uploaded once: as the milestone's evidence or at the acceptance (R39)."""

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from tests.workflows.milestones.plan import fresh as fresh_milestone
from tests.workflows.milestones.plan import hand_in, milestone
from tests.workflows.world import act, checked, item, upload
from workflows.acceptance.models import Statement
from workflows.core.models import CaseFile
from workflows.milestones.models import Evidence, Milestone, PlanItem
from workflows.milestones.services.delays import block_report
from workflows.milestones.services.withdrawal import evidence_withdraw

from .walk import start

pytestmark = pytest.mark.django_db
STATES = Milestone.State


@pytest.fixture
def asked(world, running):
    """The programme asks each head institution for its report, as Nanhua's does."""
    PlanItem.objects.filter(code="summary").update(clause="R39", needs_file=True)
    return milestone(running, "summary", world.library)


@pytest.fixture
def case(world, running, asked):
    return start(world, running)


def report(case, user, **data):
    return act(case, user, "hand_in", "library_report", text="总结", **data)


def page(user, case, data=None):
    client = Client()
    client.force_login(user)
    url = reverse("workflows_step", args=[item(case, "library_report").pk])
    return client.get(url) if data is None else client.post(url, {"decision": "hand_in", "text": "总结"} | data)


def test_handed_in_at_the_acceptance_it_is_the_milestone_s_evidence(world, case, asked):
    report(case, world.lib1, paper=checked("总结报告.pdf"))
    row = fresh_milestone(asked)
    evidence = Evidence.objects.get(milestone=row)
    statement = Statement.objects.get()
    assert row.state == STATES.HANDED_IN
    assert case.number in evidence.note
    assert evidence.files.get().sha256 == statement.paper.sha256
    assert CaseFile.objects.values("file").distinct().count() == 1  # the bytes are kept once
    assert statement.paper.case_id == case.pk  # whoever sees the acceptance may read it
    act(row.case, world.bureau1, "confirm")
    assert fresh_milestone(asked).state == STATES.DONE


@pytest.mark.parametrize("confirmed", [False, True])
def test_handed_in_at_the_milestone_it_is_not_asked_for_again(world, case, asked, confirmed):
    evidence = hand_in(asked, world.lib2, files=[(checked("报告.pdf"), "总结报告")])
    if confirmed:
        act(evidence.case, world.bureau1, "confirm")
    html = page(world.lib1, case).content.decode()
    assert evidence.case.number in html
    assert 'name="paper"' not in html
    assert page(world.lib1, case, {}).status_code == 302
    assert Statement.objects.get().paper.name == "报告.pdf"
    assert Evidence.objects.filter(milestone=asked).count() == 1


def test_without_either_it_is_asked_for(world, case, asked):
    answer = page(world.lib1, case, {})
    assert answer.status_code == 422
    assert "paper" in answer.context["form"].errors
    assert page(world.lib1, case, {"paper": upload("报告.pdf")}).status_code == 302
    assert fresh_milestone(asked).state == STATES.HANDED_IN


def test_withdrawn_or_returned_evidence_is_no_report(world, case, asked):
    evidence = hand_in(asked, world.lib2)
    evidence_withdraw(evidence=evidence, by=world.lib2, reason="传错")
    with pytest.raises(ValidationError, match="文件"):
        report(case, world.lib1)
    again = hand_in(asked, world.lib2)
    act(again.case, world.bureau1, "return", reason="缺数据")
    with pytest.raises(ValidationError, match="文件"):
        report(case, world.lib1)
    report(case, world.lib1, paper=checked("新报告.pdf", b"%PDF-1.4 new\nstartxref\n9\n%%EOF\n"))
    assert Statement.objects.get().paper.name == "新报告.pdf"
    assert fresh_milestone(asked).state == STATES.HANDED_IN


def test_two_reports_at_once_are_not_muddled(world, case, asked):
    """A colleague hands one in at the milestone while this one is being written."""
    hand_in(asked, world.lib2)
    with pytest.raises(ValidationError):
        report(case, world.lib1, paper=checked("另一份.pdf"))
    answer = page(world.lib1, case, {"paper": upload("另一份.pdf")})
    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors()
    assert not Statement.objects.exists()


def test_a_blocked_milestone_says_so_and_nothing_is_half_done(world, case, asked):
    block_report(milestone=asked, by=world.lib2, problem="数据未齐")
    with pytest.raises(ValidationError) as error:
        report(case, world.lib1, paper=checked())
    assert "paper" in error.value.message_dict
    assert not Statement.objects.exists()
    assert not CaseFile.objects.exists()


def test_evidence_withdrawn_later_leaves_the_acceptance_s_record_whole(world, case, asked):
    report(case, world.lib1, paper=checked("总结报告.pdf"))
    evidence_withdraw(evidence=Evidence.objects.get(), by=world.lib1, reason="换一份")
    paper = Statement.objects.get().paper
    client = Client()
    client.force_login(world.cul1)
    assert client.get(reverse("workflows_file", args=[case.number, paper.pk])).status_code == 200


def test_a_programme_that_asks_for_no_report_still_gets_one(world, running):
    case = start(world, running)
    report(case, world.lib1, paper=checked("总结报告.pdf"))
    assert Statement.objects.get().paper.name == "总结报告.pdf"
    assert not Evidence.objects.exists()
