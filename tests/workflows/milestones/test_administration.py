"""Administration of programmes: start, publish, copy, change; what its state allows; who may."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from tests.workflows.milestones.plan import PLAN, milestone
from workflows.milestones.models import Milestone, PlanItem, Programme
from workflows.milestones.services.plan import plan_make, plan_preview, programme_create
from workflows.milestones.services.programmes import (
    draft_delete,
    item_add,
    item_edit,
    item_remove,
    programme_edit,
    programme_publish,
    programme_start,
    stage_edit,
)

State = Programme.State


@pytest.fixture
def draft(world):
    return programme_create(by=None, stages=PLAN, slug="draft", name="草稿", state=State.DRAFT)


def item_of(programme, code):
    return PlanItem.objects.get(stage__programme=programme, code=code)


def address(name, *args):
    return reverse(f"milestones_{name}", args=args)


# Start and publication --------------------------------------------------------------------------
def test_a_start_makes_the_plan_complete_and_runs_once(world, draft):
    missing = sum(plan_preview(programme=draft).values())
    assert programme_start(programme=draft, by=world.bureau1) == missing == draft.milestones.count()
    draft.refresh_from_db()
    assert draft.state == State.RUNNING
    assert plan_preview(programme=draft) == {}
    with pytest.raises(ValidationError):
        programme_start(programme=draft, by=world.bureau1)


def test_a_programme_without_items_does_not_start(world):
    empty = programme_create(by=None, stages=[], slug="empty", name="空")
    with pytest.raises(ValidationError):
        programme_start(programme=empty, by=world.bureau1)
    empty.refresh_from_db()
    assert empty.state == State.DRAFT


def test_a_draft_is_not_published(world, draft):
    with pytest.raises(ValidationError):
        programme_publish(programme=draft, by=world.bureau1, public=True)
    programme_start(programme=draft, by=world.bureau1)
    programme_publish(programme=draft, by=world.bureau1, public=True)
    draft.refresh_from_db()
    assert draft.public


# Changes ----------------------------------------------------------------------------------------
def test_dates_of_a_draft_s_item_go_to_its_milestones(world, draft):
    plan_make(programme=draft)
    day = dt.date(2027, 3, 1)
    item_edit(item=item_of(draft, "signage"), by=world.bureau1, changes={"last_day": day})
    row = milestone(draft, "signage", world.branch)
    assert (row.last_day, row.planned_last_day) == (day, day)


def test_milestones_at_places_that_a_draft_s_item_no_longer_means_go(world, draft):
    plan_make(programme=draft)
    for level, tiers in (("branch", {"branch"}), ("venue", {"branch"}), ("county", set())):
        item_edit(item=item_of(draft, "signage"), by=world.bureau1, changes={"level": level})
        rows = Milestone.objects.filter(item__code="signage")
        assert set(rows.values_list("venue__tier", flat=True)) == tiers


@pytest.mark.parametrize("changes", [{"last_day": dt.date(2027, 1, 1)}, {"level": "branch"}, {"after": []}])
def test_a_running_programme_keeps_its_dates_places_and_order(world, programme, changes):
    with pytest.raises(ValidationError) as refusal:
        item_edit(item=item_of(programme, "signage"), by=world.bureau1, changes=changes)
    assert set(refusal.value.error_dict) == set(changes)


def test_texts_and_weights_of_a_running_programme_may_change_and_are_logged(world, programme):
    item = item_of(programme, "signage")
    item_edit(item=item, by=world.bureau1, changes={"weight": 7, "asks": "照片"})
    item.refresh_from_db()
    assert (item.weight, item.asks) == (7, "照片")
    entry = ModelLogEntry.objects.get(action="milestones.item_edit")
    assert entry.user == world.bureau1
    assert entry.data["changes"]["weight"] == [1, 7]


def test_an_accepted_programme_stays_as_it_was_accepted(world, programme):
    Programme.objects.update(state=State.ACCEPTED)
    stage = programme.stages.first()
    for change in (
        lambda: programme_edit(programme=programme, by=world.bureau1, changes={"name": "x"}),
        lambda: stage_edit(stage=stage, by=world.bureau1, changes={"name": "x"}),
        lambda: item_edit(item=item_of(programme, "signage"), by=world.bureau1, changes={"weight": 2}),
    ):
        with pytest.raises(ValidationError):
            change()


def test_the_order_may_not_go_in_a_circle(world, draft):
    survey, training = item_of(draft, "survey"), item_of(draft, "training")  # training comes after the survey
    for wrong in ([training], [survey]):
        with pytest.raises(ValidationError) as refusal:
            item_edit(item=survey, by=world.bureau1, changes={"after": wrong})
        assert "after" in refusal.value.error_dict
    item_edit(item=item_of(draft, "signage"), by=world.bureau1, changes={"after": [training]})
    assert list(item_of(draft, "signage").after.all()) == [training]


def test_bad_values_are_refused_by_field(world, draft):
    with pytest.raises(ValidationError) as refusal:
        item_edit(item=item_of(draft, "signage"), by=world.bureau1, changes={"weight": 0, "clause": "x"})
    assert set(refusal.value.error_dict) == {"weight", "clause"}


# Screens ----------------------------------------------------------------------------------------
PAGES = [
    ("programmes", ()),
    ("programme", ("test",)),
    ("copy", ("test",)),
    ("programme_edit", ("test",)),
    ("stage", ("test", 1)),
    ("item", ("test", "signage")),
]
ACTIONS = ["start", "publish", "hide", "plan"]


@pytest.mark.parametrize(("name", "args"), PAGES)
def test_the_screens_are_the_bureau_s_own(client, world, programme, name, args):
    for who, allowed in (("bureau1", {200}), ("lib1", {403, 302}), ("town", {403, 302}), ("teacher", {403, 302})):
        client.force_login(getattr(world, who))
        assert client.get(address(name, *args)).status_code in allowed, who


@pytest.mark.parametrize("what", ACTIONS)
def test_the_actions_are_too(client, world, programme, draft, what):
    for who in ("lib1", "town", "teacher"):
        client.force_login(getattr(world, who))
        assert client.post(address(what, "draft")).status_code in {403, 302}
    draft.refresh_from_db()
    assert (draft.state, draft.public, draft.milestones.count()) == (State.DRAFT, False, 0)
    client.force_login(world.bureau1)
    assert client.get(address(what, "draft")).status_code == 405
    assert client.post(address(what, "nothing")).status_code == 404


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_copy_whose_dates_leave_the_calendar_is_refused(client, world, programme, day):
    client.force_login(world.bureau1)
    answer = client.post(address("copy", "test"), {"name": "第二期", "slug": "2027", "first_day": day})
    assert (answer.status_code, "first_day" in answer.context["form"].errors) == (422, True)


def test_from_copy_to_the_public_through_the_screens(client, world, programme):
    client.force_login(world.bureau1)
    typed = {"name": "第二期", "name_en": "", "slug": "2027", "basis": "", "basis_url": "", "first_day": "2027-01-01"}
    assert client.post(address("copy", "test"), typed).status_code == 302
    made = Programme.objects.get(slug="2027")
    assert made.stages.get(number=2).first_day == dt.date(2027, 1, 1)  # the earliest day that the plan knows
    assert b"+" in client.get(address("programme", "2027")).content  # what the plan lacks
    client.post(address("plan", "2027"))
    client.post(address("start", "2027"))
    client.post(address("publish", "2027"))
    made.refresh_from_db()
    assert (made.state, made.public) == (State.RUNNING, True)
    assert made.milestones.count() == programme.milestones.count()
    client.post(address("hide", "2027"))
    made.refresh_from_db()
    assert not made.public


def test_what_was_typed_stays_when_it_is_refused(client, world, programme):
    client.force_login(world.bureau1)
    answer = client.post(address("copy", "test"), {"name": "第二期", "slug": "test", "first_day": "昨天"})
    assert answer.status_code == 422
    assert "第二期" in answer.content.decode()
    assert {"slug", "first_day"} <= set(answer.context["form"].errors)
    answer = client.post(address("item", "test", "signage"), {"name": "新名", "weight": "0", "clause": "R31"})
    assert answer.status_code == 422
    assert "weight" in answer.context["form"].errors
    assert PlanItem.objects.get(code="signage").name == "signage"


def test_a_running_programme_s_form_has_no_dates(client, world, programme):
    client.force_login(world.bureau1)
    form = client.get(address("item", "test", "signage")).context["form"]
    assert set(form.fields) == {"name", "name_en", "weight", "asks", "asks_en"}
    assert client.post(address("item", "test", "signage"), {"name": "挂牌", "weight": "3"}).status_code == 302
    assert PlanItem.objects.get(code="signage").weight == 3
    assert "挂牌" in client.get(address("programme", "test")).content.decode()


def test_a_draft_s_form_has_everything(client, world, draft):
    client.force_login(world.bureau1)
    form = client.get(address("item", "draft", "signage")).context["form"]
    assert {"level", "after", "last_day", "pilot_first"} <= set(form.fields)


def test_the_screens_ask_a_constant_number_of_times(client, world, programme):
    client.force_login(world.bureau1)

    def asked():
        counts = []
        for name, args in (("programmes", ()), ("programme", ("test",))):
            with CaptureQueriesContext(connection) as seen:
                client.get(address(name, *args))
            counts.append(len(seen))
        return counts

    asked()
    few = asked()
    stage = programme.stages.first()
    for number in range(12):
        PlanItem.objects.create(
            stage=stage, code=f"i{number}", name="x", clause="R31", level="venue", last_day=stage.last_day
        )
    plan_make(programme=programme)
    assert asked() == few


# Items of a draft --------------------------------------------------------------------------------
def new_item(**more):
    values = {"code": "books", "name": "图书配送", "clause": "R51", "level": "branch", "checked_by": "library"}
    return {**values, "last_day": dt.date(2026, 11, 30), "weight": 2, **more}


def test_a_draft_takes_further_items_and_loses_others(client, world, draft):
    plan_make(programme=draft)
    client.force_login(world.bureau1)
    page = client.get(address("programme", "draft")).content.decode()
    assert address("item_add", "draft", 2) in page
    data = new_item(last_day="2026-11-30", after=[item_of(draft, "signage").pk])
    assert client.post(address("item_add", "draft", 2), data).status_code == 302
    item = item_of(draft, "books")
    assert (item.stage.number, item.order, list(item.after.all())) == (2, 3, [item_of(draft, "signage")])
    assert sum(plan_preview(programme=draft).values()) == 1
    assert client.get(address("item_remove", "draft", "signage")).status_code == 200
    assert item_of(draft, "signage").milestones.exists()  # a question is not an answer
    client.post(address("item_remove", "draft", "signage"))
    assert not PlanItem.objects.filter(stage__programme=draft, code="signage").exists()
    assert list(item.after.all()) == []
    programme_start(programme=draft, by=world.bureau1)


def test_a_code_stands_once_in_a_programme_whatever_the_stage(client, world, draft):
    with pytest.raises(ValidationError) as caught:
        item_add(stage=draft.stages.get(number=1), by=world.bureau1, fields=new_item(code="signage"))
    assert "code" in caught.value.message_dict
    client.force_login(world.bureau1)
    answer = client.post(address("item_add", "draft", 1), new_item(code="signage", last_day="2026-11-30"))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["code"])
    assert "图书配送" in answer.content.decode()
    twice = [PLAN[0], type(PLAN[0])({**PLAN[1].fields}, [PLAN[0].items[0]])]
    with pytest.raises(ValidationError):
        programme_create(by=None, stages=twice, slug="twice", name="重复")


@pytest.mark.parametrize("wrong", [{"clause": "34"}, {"weight": "0"}, {"last_day": ""}, {"code": "图书"}])
def test_what_is_wrong_with_a_new_item_stands_beside_its_field(client, world, draft, wrong):
    client.force_login(world.bureau1)
    data = {**new_item(last_day="2026-11-30"), **wrong}
    answer = client.post(address("item_add", "draft", 1), data)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, list(wrong))


def test_a_draft_made_by_mistake_goes_with_its_plan(client, world, draft):
    plan_make(programme=draft)
    client.force_login(world.bureau1)
    assert client.post(address("draft_delete", "draft")).status_code == 302
    assert not Programme.objects.filter(slug="draft").exists()
    assert ModelLogEntry.objects.filter(action="milestones.draft_delete", user=world.bureau1).exists()


def test_what_runs_keeps_its_items(client, world, programme):
    item = item_of(programme, "signage")
    for change in (
        lambda: item_add(stage=item.stage, by=world.bureau1, fields=new_item()),
        lambda: item_remove(item=item, by=world.bureau1),
        lambda: draft_delete(programme=programme, by=world.bureau1),
    ):
        with pytest.raises(ValidationError):
            change()
    client.force_login(world.bureau1)
    for path in (
        address("item_add", "test", 1),
        address("item_remove", "test", "signage"),
        address("draft_delete", "test"),
    ):
        assert client.post(path, new_item()).status_code == 404
    assert milestone(programme, "signage", world.branch)


@pytest.mark.parametrize("who", [None, "town", "lib1", "cul1", "idle", "teacher"])
def test_only_the_bureau_shapes_a_draft(client, world, draft, who):
    if who:
        client.force_login(getattr(world, who))
    for path in (
        address("item_add", "draft", 1),
        address("item_remove", "draft", "signage"),
        address("draft_delete", "draft"),
    ):
        assert client.post(path, new_item(last_day="2026-11-30")).status_code in (302, 403)
    assert item_of(draft, "signage")
    assert not PlanItem.objects.filter(code="books").exists()
