"""Confirmed answers become facts of the venues' register: what is shown before, what is left out, what is logged."""

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse
from wagtail.models import ModelLogEntry

from network.models import Venue
from network.services import venue_update
from tests.workflows.world import act, item
from workflows.core.models import Decision
from workflows.core.services import task_act
from workflows.milestones.models import Milestone
from workflows.milestones.presentation import facts
from workflows.milestones.selectors.survey import diff_mark, register_diff, register_diffs
from workflows.milestones.services.batches import batch_queue
from workflows.milestones.services.evidence import evidence_hand_in

from .batches import decision, look_at_all, run
from .plan import fresh, hand_in, milestone
from .survey import GOOD, make_questions, question

ANSWERS = GOOD | {"phone": "0878-7220000", "note": "屋顶漏水", "square": "300"}


@pytest.fixture
def point(world, programme):
    """A service point whose register says 100 m² and 8 seats."""
    make_questions()
    venue = world.points[0]
    venue_update(venue=venue, changes={"floor_area": Decimal(100), "seats": 8}, by=None)
    return venue


@pytest.fixture
def evidence(world, programme, point):
    """A survey handed in by the township and checked by the library."""
    given = hand_in(milestone(programme, "survey", point), world.town, answers=ANSWERS)
    act(given.case, world.lib1, "accept")
    return given


def register(venue):
    return Venue.objects.values_list("floor_area", "seats", "phone").get(pk=venue.pk)


def seen(evidence):
    return {"mark": diff_mark(register_diff(type(evidence).objects.get(pk=evidence.pk)))}


def confirm_page(client, world, evidence, **data):
    client.force_login(world.bureau1)
    url = reverse("workflows_step", args=[item(evidence.case).pk])
    return client.post(url, {"decision": "confirm", **data}) if data else client.get(url)


def test_the_comparison_says_what_would_change(evidence):
    rows = {row.name: row for row in register_diff(evidence)}
    assert {name: row.changed for name, row in rows.items()} == {"floor_area": True, "seats": False, "phone": True}
    assert rows["floor_area"].text == "100 平方米 → 120.5 平方米"
    assert "8" in rows["seats"].text
    assert rows["phone"].text.startswith("–")


def test_answers_and_comparison_stand_on_the_case_page(evidence):
    shown = dict(facts(evidence.case))
    assert ("note", "屋顶漏水") in shown["填报内容"]
    assert ("area", "100 平方米 → 120.5 平方米") in shown["与场馆登记对照"]
    assert "与场馆登记对照" not in dict(facts(evidence.case, internal=False))


def test_confirmed_answers_are_in_the_register_with_the_case_as_the_reason(world, evidence, point):
    act(evidence.case, world.bureau1, "confirm")
    assert register(point) == (Decimal("120.5"), 8, "0878-7220000")
    entry = ModelLogEntry.objects.filter(action="network.edit", object_id=str(point.pk)).latest("pk")
    assert entry.user == world.bureau1
    assert evidence.case.number in entry.data["reason"]
    assert set(entry.data["changes"]) == {"floor_area", "phone"}


def test_what_the_confirmer_leaves_out_stays_and_is_logged(world, evidence, point):
    act(evidence.case, world.bureau1, "confirm", take_over=["phone"])
    assert register(point) == (Decimal("100.0"), 8, "0878-7220000")
    changes = Decision.objects.get(case=evidence.case, node="confirm").changes
    assert changes["phone"] == ["", "0878-7220000"]
    assert changes["left_out"] == [None, "area"]


def test_nothing_taken_over_leaves_the_register_alone(world, evidence, point):
    act(evidence.case, world.bureau1, "confirm", take_over=[])
    assert register(point) == (Decimal("100.0"), 8, "")
    assert fresh(evidence.milestone).state == Milestone.State.DONE


def test_returned_answers_never_reach_the_register(world, evidence, point):
    act(evidence.case, world.bureau1, "return", reason="面积不实")
    assert register(point) == (Decimal("100.0"), 8, "")


def test_the_comparison_is_made_anew_under_the_lock(world, evidence, point):
    old = seen(evidence)
    venue_update(venue=point, changes={"floor_area": Decimal(110), "seats": 6}, by=None)
    with pytest.raises(ValidationError) as caught:
        act(evidence.case, world.bureau1, "confirm", take_over=["floor_area"], **old)
    assert set(caught.value.message_dict) == {"take_over"}
    assert register(point) == (Decimal("110.0"), 6, "")
    act(evidence.case, world.bureau1, "confirm", take_over=["floor_area", "seats"], **seen(evidence))
    assert register(point) == (Decimal("120.5"), 8, "")
    changes = Decision.objects.filter(case=evidence.case, node="confirm").latest("pk").changes
    assert changes["floor_area"] == ["110.0", "120.5"]


def test_the_confirmer_sees_and_chooses_on_the_page(client, world, evidence, point):
    page = confirm_page(client, world, evidence).content.decode()
    assert "100 平方米 → 120.5 平方米" in page
    assert page.count('name="take_over"') == page.count("checked") == 2
    answer = confirm_page(client, world, evidence, take_over=["phone"], **seen(evidence))
    assert answer.status_code == 302
    assert register(point) == (Decimal("100.0"), 8, "0878-7220000")


def test_a_page_that_got_old_shows_the_new_comparison(client, world, evidence, point):
    old = seen(evidence)
    venue_update(venue=point, changes={"floor_area": Decimal(110)}, by=None)
    answer = confirm_page(client, world, evidence, take_over=["floor_area"], **old)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "110 平方米 → 120.5 平方米" in page
    assert seen(evidence)["mark"] in page
    assert register(point)[0] == Decimal("110.0")


@pytest.mark.parametrize("who", ["lib1", "town", "cul1", "idle", "teacher"])
def test_only_the_bureau_takes_over(world, evidence, point, who):
    with pytest.raises(PermissionDenied):
        task_act(work_item=item(evidence.case).pk, actor=world.people[who], decision="confirm")
    assert register(point)[0] == Decimal("100.0")


def test_what_the_register_refuses_is_refused_at_the_hand_in(world, programme, point):
    row = milestone(programme, "survey", point)
    with pytest.raises(ValidationError) as caught:
        hand_in(row, world.town, answers=ANSWERS | {"area": "120.55"})
    assert set(caught.value.message_dict) == {"area"}
    assert fresh(row).case is None


def test_half_of_the_coordinates_cannot_be_taken_over(world, programme, point):
    for key in ("latitude", "longitude"):
        question(key, "decimal", register_field=key, required=False)
    answers = ANSWERS | {"latitude": 25.19, "longitude": 101.27}
    given = hand_in(milestone(programme, "survey", point), world.town, answers=answers)
    act(given.case, world.lib1, "accept")
    with pytest.raises(ValidationError):
        act(given.case, world.bureau1, "confirm", take_over=["latitude"])
    act(given.case, world.bureau1, "confirm")
    assert Venue.objects.get(pk=point.pk).latitude == Decimal("25.19")


def test_a_survey_needs_its_answers(world, programme, point):
    row = milestone(programme, "survey", point)
    for answers in ({}, None, {"area": "1"}):
        with pytest.raises(ValidationError):
            evidence_hand_in(milestone=row, by=world.town, done_on=Milestone.objects.first().last_day, answers=answers)


# Many at once -----------------------------------------------------------------------------------
def test_a_batch_says_row_by_row_what_the_register_would_take_over(world, programme, point, evidence):
    hand_in(milestone(programme, "signage", world.branch), world.town)
    for user, kind, verb in ((world.cul1, "check", "accept"), (world.bureau1, "confirm", "confirm")):
        batch = decision(world, programme, user, kind, verb)
        told = dict(batch.rows.values_list("milestone", "message"))
        if kind == "confirm":
            assert told[evidence.milestone_id].count("100 平方米 → 120.5 平方米") == 1
            assert "seats" not in told[evidence.milestone_id]
        else:
            assert set(told.values()) == {""}
    look_at_all(batch)
    assert run(batch_queue(batch=batch, by=world.bureau1)).state == "done"
    assert register(point) == (Decimal("120.5"), 8, "0878-7220000")


def test_comparing_many_asks_the_database_as_often_as_comparing_one(
    world, programme, point, evidence, django_assert_num_queries
):
    for place in world.points[1:]:
        hand_in(milestone(programme, "survey", place), world.town, answers=ANSWERS)
    rows = list(Milestone.objects.filter(item__code="survey").select_related("item", "venue"))
    for some in (rows, [row for row in rows if row.pk == evidence.milestone_id]):
        with django_assert_num_queries(2):
            found = register_diffs(some)
    assert {line.name for line in found[evidence.milestone_id]} == {"floor_area", "phone"}
