"""The whole way of an application through the services, and the ways that end it."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from workflows.applications.models import Application
from workflows.core.agreement import disagreements
from workflows.core.models import Case, Decision, Notice
from workflows.core.services import LostRace, case_withdraw, task_act

from .world import act, checked, draft, facts, item, submit, until_opening, until_panel

pytestmark = pytest.mark.django_db


def nodes(case):
    return sorted(case.work_items.open().values_list("node", flat=True))


def test_a_submitted_application_waits_for_acceptance(world):
    case = submit(world)
    assert nodes(case) == ["accept"]
    assert case.number.startswith("SQ")
    assert len(case.check_word) == 6
    assert sorted(case.files.values_list("paper", flat=True)) == ["form", "premises"]
    assert case.township == world.township
    assert not world.organisation.drafts.exists()
    assert disagreements() == []


def test_numbers_are_gapless_and_unique(world):
    first, second = submit(world), submit(world)
    assert int(second.number[-4:]) == int(first.number[-4:]) + 1


def test_the_straight_way_to_the_opening(world):
    case = submit(world)
    until_opening(world, case)
    assert nodes(case) == ["opening"]
    assert disagreements() == []
    actions = list(case.decisions.values_list("node", "action"))
    assert actions[0] == ("", "submitted")
    assert actions[-1] == ("trial", "started")


def test_both_lines_are_reviewed_side_by_side(world):
    case = submit(world, culture=True)
    act(case, world.lib1, "accept")
    act(case, world.town, "support")
    assert nodes(case) == ["culture_review", "library_review"]
    act(case, world.cul1, "approve", "culture_review")
    assert nodes(case) == ["library_review"]
    act(case, world.lib2, "approve", "library_review")
    assert nodes(case) == ["visit"]


def test_one_refusal_of_two_reviews_refuses(world):
    case = submit(world, culture=True)
    act(case, world.lib1, "accept")
    act(case, world.town, "support")
    act(case, world.cul1, "refuse", "culture_review", reason="Nothing for culture")
    act(case, world.lib2, "approve", "library_review")
    assert Application.objects.get(pk=case.pk).state == Case.State.REFUSED
    assert Notice.objects.filter(user=world.teacher, kind="outcome").count() == 1
    assert disagreements() == []


def test_correction_goes_to_the_applicant_and_back(world):
    case = submit(world)
    act(case, world.lib1, "correct", reason="See items", corrections={"premises": "The scan is cut off."})
    assert nodes(case) == ["correct"]
    asked = case.corrections.get()
    with pytest.raises(ValidationError) as error:
        act(case, world.teacher, "answered", answers={}, files={})
    assert f"answer_{asked.pk}" in error.value.message_dict
    act(case, world.teacher, "answered", answers={}, files={asked.pk: checked("better.pdf")})
    assert nodes(case) == ["accept"]
    papers = case.files.filter(paper="premises").order_by("pk").values_list("name", "replaced")
    assert list(papers) == [("premises.pdf", True), ("better.pdf", False)]
    act(case, world.lib1, "accept")  # the same person checks what they asked for
    assert nodes(case) == ["opinion"]


def test_a_correction_of_what_is_no_longer_asked_can_still_be_answered(world):
    case = submit(world)
    act(case, world.lib1, "correct", reason="See items", corrections={"gone": "Please explain."})
    asked = case.corrections.get()
    act(case, world.teacher, "answered", answers={}, files={asked.pk: checked("more.pdf")})
    assert case.files.get(paper="gone").label == "其他"


def test_correction_without_items_is_refused(world):
    case = submit(world)
    with pytest.raises(ValidationError):
        act(case, world.lib1, "correct", reason="hm", corrections={"form": "  "})
    assert nodes(case) == ["accept"]


def test_supplement_repeats_the_reviews(world):
    case = submit(world)
    act(case, world.lib1, "accept")
    act(case, world.town, "object", reason="Too far away")
    act(case, world.lib2, "correct", reason="", corrections={"seats": "How many exactly?"})
    assert nodes(case) == ["supplement"]
    asked = case.corrections.get()
    act(case, world.teacher, "answered", answers={asked.pk: "Sixty"}, files={})
    assert nodes(case) == ["library_review"]
    act(case, world.lib2, "approve")
    assert nodes(case) == ["visit"]


def test_the_panel_converts_with_consent_and_keeps_papers(world):
    case = submit(world, culture=False)
    until_panel(world, case)
    act(case, world.bureau1, "convert", reason="Too small", panel_on=date(2026, 1, 6), panel_members="x")
    assert nodes(case) == ["consent"]
    act(case, world.teacher, "agree")
    case = Application.objects.get(pk=case.pk)
    assert (case.wanted, case.tier, case.converted) == ("branch", "point", True)
    assert nodes(case) == ["decide"]
    assert case.files.count() == 2


def test_declined_conversion_ends_the_case(world):
    case = submit(world)
    until_panel(world, case)
    act(case, world.bureau1, "convert", reason="Too small", panel_on=date(2026, 1, 6), panel_members="x")
    act(case, world.teacher, "decline")
    assert Application.objects.get(pk=case.pk).state == Case.State.REFUSED


def test_refusal_needs_a_reason(world):
    case = submit(world)
    with pytest.raises(ValidationError) as error:
        act(case, world.lib1, "refuse", reason="   ")
    assert "reason" in error.value.message_dict
    assert nodes(case) == ["accept"]
    assert not case.decisions.filter(action="refuse").exists()


def test_withdrawal_before_the_decision_only(world):
    case = submit(world)
    until_panel(world, case)
    act(case, world.bureau1, "approve", panel_on=date(2026, 1, 6), panel_members="x")
    with pytest.raises(PermissionDenied):
        case_withdraw(case=case, actor=world.stranger)
    act(case, world.bureau2, "approve")
    late = case_withdraw(case=case, actor=world.teacher)
    assert isinstance(late, LostRace)
    other = submit(world)
    case_withdraw(case=other, actor=world.teacher, reason="We moved")
    assert Application.objects.get(pk=other.pk).state == Case.State.WITHDRAWN
    assert nodes(other) == []
    assert disagreements() == []


def test_trial_run_can_be_extended_and_fail(world):
    case = submit(world)
    until_opening(world, case)
    act(case, world.lib1, "extend", reason="Holidays")
    assert nodes(case) == ["trial"]
    from .world import timedelta, timezone

    act(case, world.lib1, "started", trial_until=timezone.localdate() + timedelta(days=30))
    act(case, world.lib1, "refuse", reason="Never open")
    assert Application.objects.get(pk=case.pk).state == Case.State.REFUSED


@pytest.mark.parametrize(
    ("more", "papers", "field"),
    [
        ({"kind": "internet_venue"}, ("form", "premises", "licence"), "wanted"),
        ({"kind": "internet_venue", "wanted": "point"}, ("form", "premises", "licence"), "licence_number"),
        ({"kind": "internet_venue", "wanted": "point", "licence_number": "1"}, ("form", "premises"), "papers"),
        ({"kind": "farm_bookhouse"}, ("form", "premises"), "kind"),
        ({"library": False}, ("form", "premises"), "library"),
        ({"free_will": False}, ("form", "premises"), "free_will"),
        ({"operator": "chain"}, ("form", "premises", "contract"), "operator_name"),
        ({}, ("form",), "papers"),
    ],
)
def test_what_is_not_in_order_is_refused_by_field(world, more, papers, field):
    with pytest.raises(ValidationError) as error:
        submit(world, papers, **more)
    assert field in error.value.message_dict
    assert not Application.objects.exists()
    assert world.organisation.drafts.count() == 1  # nothing is lost


def test_a_point_needs_its_townships_branch(world):
    with pytest.raises(ValidationError) as error:
        submit(world, wanted="point", division=world.other_township)
    assert "division" in error.value.message_dict
    assert submit(world, wanted="point", division=world.village).township == world.township


def test_a_form_sent_twice_opens_one_case(world):
    from workflows.applications.flows import ApplicationFlow
    from workflows.applications.models import Draft
    from workflows.applications.services import draft_take
    from workflows.core.services import case_start

    row = draft(world)
    case_start(ApplicationFlow, by=world.teacher, draft=row, facts=facts(world))
    with pytest.raises(Draft.DoesNotExist):
        draft_take(draft=row.pk or 0, by=world.teacher)
    assert Application.objects.count() == 1


def test_unknown_decision_is_refused(world):
    case = submit(world)
    with pytest.raises(ValidationError):
        task_act(work_item=item(case).pk, actor=world.lib1, decision="approve")
    assert Decision.objects.filter(case=case).count() == 1
