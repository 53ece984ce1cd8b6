"""Two officials press at once: exactly one decision, the other is told. On PostgreSQL fifty rounds, on SQLite ten."""

import threading

import pytest
from django.db import connection, connections

from tests.workflows.world import item, make_world, submit
from workflows.core.agreement import disagreements
from workflows.core.models import Notice
from workflows.core.services import Done, LostRace, case_withdraw, item_claim, task_act
from workflows.core.turns import FEW, work_items_announce

ROUNDS = {"postgresql": 50, "sqlite": 10}


def together(*calls):
    """Run calls at the same moment in threads of their own; their results or exceptions."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        try:
            gate.wait()
            results[place] = call()
        except Exception as error:  # noqa: BLE001
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def approve(pk, user, decision="accept"):
    return lambda: task_act(work_item=pk, actor=user, decision=decision, reason="because")


@pytest.fixture
def county(transactional_db):
    return make_world()


def race_of_two_decisions(world, count):
    for _ in range(count):
        case = submit(world)
        pk = item(case).pk
        results = together(approve(pk, world.lib1), approve(pk, world.lib2, "refuse"))
        assert sorted(type(result).__name__ for result in results) == ["Done", "LostRace"], results
        assert case.decisions.filter(node="accept").count() == 1
    assert disagreements() == []


def race_of_withdrawal_and_decision(world, count):
    for _ in range(count):
        case = submit(world)
        pk = item(case).pk
        results = together(approve(pk, world.lib1), lambda case=case: case_withdraw(case=case, actor=world.teacher))
        assert all(isinstance(result, Done | LostRace) for result in results), results
    assert disagreements() == []


def race_of_two_claims(world, count):
    for _ in range(count):
        pk = item(submit(world)).pk
        results = together(
            lambda pk=pk: item_claim(work_item=pk, actor=world.lib1),
            lambda pk=pk: item_claim(work_item=pk, actor=world.lib2),
        )
        assert sorted(type(result).__name__ for result in results) == ["Done", "LostRace"], results
    assert disagreements() == []


def race_of_two_clocks(world, count):
    """Of many steps alike each person hears once, though two clocks run."""
    for _ in range(count // 5):
        for _number in range(FEW + 1):
            submit(world)
        Notice.objects.all().delete()
        results = together(work_items_announce, work_items_announce)
        assert sorted(results) == [0, FEW + 1]
        assert sorted(Notice.objects.values_list("user__name", "kind")) == [(f"lib{n}", "digest") for n in (1, 2, 3)]


RACES = [race_of_two_decisions, race_of_withdrawal_and_decision, race_of_two_claims, race_of_two_clocks]


@pytest.mark.postgres
@pytest.mark.parametrize("race", RACES)
def test_race_on_postgresql(county, race):
    assert connection.vendor == "postgresql"
    race(county, ROUNDS["postgresql"])


@pytest.mark.parametrize("race", RACES)
def test_race_on_sqlite(county, race):
    if connection.vendor != "sqlite":
        pytest.skip("the same race runs on PostgreSQL above")
    race(county, ROUNDS["sqlite"])
