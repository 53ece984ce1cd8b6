"""Races of an acceptance, on PostgreSQL: two starts, two workers at one dossier, two clocks."""

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from post_office.models import Email

from tests.workflows.milestones.plan import PLAN, make_programme
from tests.workflows.world import make_world
from workflows.acceptance import dossiers
from workflows.acceptance.flows import AcceptanceFlow
from workflows.acceptance.models import Acceptance, Dossier
from workflows.core.services import case_start
from workflows.milestones.reminders import milestones_remind

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


def test_two_workers_make_a_dossier_once(world, monkeypatch):
    monkeypatch.setattr(dossiers, "dossier_pdf", lambda *_args: b"%PDF-1.7")
    dossiers.dossier_ask(programme=make_programme(PLAN), by=world.bureau1)
    assert sorted(together(dossiers.dossiers_make, dossiers.dossiers_make)) == [0, 1]
    assert Dossier.objects.get().state == Dossier.State.DONE


def test_two_clocks_tell_once(world):
    programme = make_programme(PLAN)
    programme.milestones.update(last_day="2020-01-01")
    together(milestones_remind, milestones_remind)
    assert Email.objects.filter(to=world.town.email).count() == 1
