"""Races of an acceptance, on PostgreSQL: two starts, two workers at one dossier, two clocks."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from post_office.models import Email

from tests.workflows.acceptance.walk import WORDS, add_item, until_pre_acceptance
from tests.workflows.acceptance.walk import start as start_acceptance
from tests.workflows.milestones.plan import PLAN, make_programme, milestone
from tests.workflows.world import act, checked, item, make_world
from workflows.acceptance import dossiers
from workflows.acceptance.flows import AcceptanceFlow
from workflows.acceptance.models import (
    Acceptance,
    Dossier,
    Inspection,
    Rectification,
    RectificationItem,
    Statement,
    Threshold,
)
from workflows.acceptance.services import item_remove, thresholds_set
from workflows.core.services import Done, LostRace, case_start, task_act
from workflows.milestones.models import Evidence, PlanItem
from workflows.milestones.reminders import milestones_remind
from workflows.milestones.services.evidence import evidence_hand_in

from .test_acting import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def world(transactional_db):
    assert connection.vendor == "postgresql"
    return make_world()


def test_two_starts_make_one_acceptance(world):
    programme = make_programme(PLAN)

    def start(by):
        try:
            return case_start(AcceptanceFlow, by=by, programme=programme, why_now="示例")
        except ValidationError as error:
            return error

    results = together(lambda: start(world.bureau1), lambda: start(world.bureau2))
    assert sum(isinstance(result, Acceptance) for result in results) == 1
    assert Acceptance.objects.count() == 1


def test_the_superior_s_decision_is_recorded_once(world):
    case = start_acceptance(world, make_programme(PLAN))
    until_pre_acceptance(world, case)
    act(case, world.bureau1, "pass")
    waiting = item(case).pk

    def record(by):
        said = WORDS | {"paper": checked("decision.pdf")}
        return task_act(work_item=waiting, actor=by, decision="passed", data=said)

    results = together(lambda: record(world.bureau1), lambda: record(world.bureau2))
    assert sorted(type(result).__name__ for result in results) == ["Done", "LostRace"]
    assert Inspection.objects.count() == 1


def test_a_report_at_both_doors_at_once_is_one_evidence(world):
    """One colleague hands it in at the milestone, the other at the acceptance: neither waits for ever, one is taken."""
    programme = make_programme(PLAN)
    PlanItem.objects.filter(code="summary").update(clause="R39", needs_file=True)
    case, row = start_acceptance(world, programme), milestone(programme, "summary", world.library)
    waiting = item(case, "library_report").pk

    def at_the_acceptance():
        said = {"text": "总结", "paper": checked("report.pdf")}
        try:
            return task_act(work_item=waiting, actor=world.lib1, decision="hand_in", data=said)
        except ValidationError as error:
            return error

    def at_the_milestone():
        files = [(checked("report.pdf"), "总结报告")]
        return evidence_hand_in(milestone=row, by=world.lib2, done_on=date(2026, 3, 1), files=files)

    results = together(at_the_acceptance, at_the_milestone)
    assert Evidence.objects.count() == 1, results
    handed_in_here = Statement.objects.count()
    assert isinstance(results[0], Done if handed_in_here else ValidationError)
    assert isinstance(results[1], LostRace if handed_in_here else Evidence)


def test_an_item_is_either_taken_off_or_sent_out(world):
    case = start_acceptance(world, make_programme(PLAN))
    until_pre_acceptance(world, case)
    kept, row = add_item(world, case), add_item(world, case)
    waiting = item(case).pk

    def take_off():
        try:
            return item_remove(item=row, by=world.bureau2)
        except ValidationError as error:
            return error

    together(take_off, lambda: task_act(work_item=waiting, actor=world.bureau1, decision="rectify"))
    left = set(RectificationItem.objects.values_list("pk", flat=True))
    assert left in ({kept.pk}, {kept.pk, row.pk})
    assert Rectification.objects.count() == len(left)


def test_two_officials_set_the_first_threshold_at_once(world):
    def put(by, value):
        wanted = {"week": (Decimal(value), "本县暂定")}
        return thresholds_set(wanted=wanted, reason="示例", by=by)

    together(lambda: put(world.bureau1, 30), lambda: put(world.bureau2, 35))
    assert Threshold.objects.get().at_least in (30, 35)


def test_two_workers_make_a_dossier_once(world):
    dossiers.dossier_ask(programme=make_programme(PLAN), by=world.bureau1)
    assert sorted(together(dossiers.dossiers_make, dossiers.dossiers_make)) == [0, 1]
    assert Dossier.objects.get().state == Dossier.State.DONE


def test_two_clocks_tell_once(world):
    programme = make_programme(PLAN)
    programme.milestones.update(last_day="2020-01-01")
    together(milestones_remind, milestones_remind)
    assert Email.objects.filter(to=world.town.email).count() == 1
