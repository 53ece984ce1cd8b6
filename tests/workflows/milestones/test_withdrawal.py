"""Evidence withdrawn after its confirmation: what follows is shown before, happens at once, and is told by name."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from post_office.models import Email
from wagtail.models import ModelLogEntry

from network.models import UnifiedItem, Venue
from network.services import unified_item_set, venue_update
from tests.workflows.world import act
from workflows.core.models import Notice
from workflows.core.services import LostRace
from workflows.milestones.models import Evidence, Milestone, PlanItem
from workflows.milestones.rules import stands_on_many, waits_for
from workflows.milestones.selectors.withdrawal import follows_of
from workflows.milestones.services.plan import programme_accept
from workflows.milestones.services.withdrawal import evidence_withdraw

from .plan import confirmed, fresh, hand_in, milestone
from .survey import GOOD, make_questions

State = Milestone.State
OPEN_AGAIN = "先行节点已重新办理"
ANSWERS = GOOD | {"phone": "0878-7220000"}


@pytest.fixture
def surveyed(world, programme):
    """A confirmed survey: the register had 100 m², 8 seats and no telephone; it wrote 120.5 and a telephone."""
    make_questions()
    venue_update(venue=world.points[0], changes={"floor_area": Decimal(100), "seats": 8}, by=None)
    given = hand_in(milestone(programme, "survey", world.points[0]), world.town, answers=ANSWERS)
    act(given.case, world.lib1, "accept")
    act(given.case, world.bureau1, "confirm")
    return again(given)


def again(evidence):
    return Evidence.objects.select_related("milestone__item", "milestone__venue", "case").get(pk=evidence.pk)


def evidence_of(row):
    return again(row.case.evidence.latest("pk"))


def withdraw(evidence, by, **more):
    return evidence_withdraw(evidence=evidence, by=by, reason="核实有误", **more)


def register(venue):
    return Venue.objects.values_list("floor_area", "seats", "phone").get(pk=venue.pk)


# The register -----------------------------------------------------------------------------------
def test_what_the_survey_wrote_goes_back_and_the_log_says_why(world, surveyed):
    assert register(world.points[0]) == (Decimal("120.5"), 8, "0878-7220000")
    rows = {row.name: row for row in follows_of(surveyed).written}
    assert set(rows) == {"floor_area", "phone"}
    assert "120.5" in rows["floor_area"].text
    assert "100" in rows["floor_area"].text
    withdraw(surveyed, world.bureau1)
    assert register(world.points[0]) == (Decimal(100), 8, "")
    entry = ModelLogEntry.objects.filter(action="network.edit", object_id=str(world.points[0].pk)).latest("pk")
    assert (entry.user, surveyed.case.number in entry.data["reason"]) == (world.bureau1, True)
    logged = surveyed.case.decisions.get(action="evidence_withdrawn").changes
    assert [Decimal(value) for value in logged["floor_area"]] == [Decimal("120.5"), Decimal(100)]
    assert "register_kept" not in logged


def test_what_somebody_changed_since_stays_and_is_named(world, surveyed):
    venue_update(venue=world.points[0], changes={"floor_area": Decimal(130)}, by=world.bureau2)
    area = next(row for row in follows_of(again(surveyed)).written if row.name == "floor_area")
    assert (area.goes_back, "130" in area.text) == (False, True)
    withdraw(surveyed, world.bureau1)
    assert register(world.points[0]) == (Decimal(130), 8, "")
    logged = surveyed.case.decisions.get(action="evidence_withdrawn").changes
    assert ("floor_area" in logged, "phone" in logged) == (False, True)
    assert "面积" in logged["register_kept"][1]


def test_what_the_confirmer_left_out_does_not_go_back(world, programme):
    make_questions()
    venue_update(venue=world.points[0], changes={"floor_area": Decimal(100), "seats": 8}, by=None)
    given = hand_in(milestone(programme, "survey", world.points[0]), world.town, answers=ANSWERS)
    act(given.case, world.lib1, "accept")
    act(given.case, world.bureau1, "confirm", take_over=["phone"])
    assert [row.name for row in follows_of(again(given)).written] == ["phone"]


def test_earlier_values_that_the_register_refuses_today_do_not_stop_the_withdrawal(world, surveyed, monkeypatch):
    def refuse(**_given):
        raise ValidationError({"phone": "x"})

    monkeypatch.setattr("workflows.milestones.services.register.venue_update", refuse)
    withdraw(surveyed, world.bureau1)
    assert fresh(surveyed.milestone).state == State.IN_PROGRESS
    assert register(world.points[0]) == (Decimal("120.5"), 8, "0878-7220000")
    assert surveyed.case.decisions.get(action="evidence_withdrawn").changes["register_kept"][1]


# What was confirmed because of it ---------------------------------------------------------------
def test_villages_after_their_branch_are_named_and_stay_confirmed(client, world, programme):
    branch = confirmed(milestone(programme, "signage", world.branch), world)
    villages = [confirmed(milestone(programme, "signage", point), world) for point in world.points[:2]]
    assert set(follows_of(evidence_of(branch)).standing) == set(villages)
    Notice.objects.all().delete()
    Email.objects.all().delete()
    withdraw(evidence_of(branch), world.bureau1)
    assert {fresh(row).state for row in villages} == {State.DONE}
    assert waits_for(fresh(villages[0])) == [branch]
    told = {notice.user for notice in Notice.objects.filter(kind="digest")}
    assert told == {world.bureau2, world.bureau3, world.town, world.town2}  # not who did it
    body = Email.objects.get(to=world.bureau2.email).message
    assert all(str(row) in body for row in villages)
    assert "核实有误" in body
    client.force_login(world.bureau2)
    path = Notice.objects.filter(user=world.bureau2).latest("pk").path
    for page in (path, reverse("milestones_blocked")):
        text = client.get(page).content.decode()
        assert all(reverse("milestones_milestone", args=[row.pk]) in text for row in villages)
    assert OPEN_AGAIN in client.get(reverse("milestones_milestone", args=[villages[0].pk])).content.decode()
    confirmed(fresh(branch), world)
    assert OPEN_AGAIN not in client.get(reverse("milestones_milestone", args=[villages[0].pk])).content.decode()
    assert (
        reverse("milestones_milestone", args=[villages[0].pk])
        not in client.get(reverse("milestones_blocked")).content.decode()
    )


def test_later_items_at_the_same_venue_stand_on_the_earlier_one(world, programme):
    make_questions()
    first = hand_in(milestone(programme, "survey", world.branch), world.town, answers=GOOD)
    act(first.case, world.lib1, "accept")
    act(first.case, world.bureau1, "confirm")
    later = confirmed(milestone(programme, "training", world.branch), world)
    assert follows_of(again(first)).standing == [later]
    other = milestone(programme, "survey", world.points[0])
    assert stands_on_many([first.milestone, other]) == {first.milestone_id: [later], other.pk: []}


def test_what_stands_on_many_asks_the_database_as_often_as_for_one(world, programme):
    def cost(rows):
        with CaptureQueriesContext(connection) as queries:
            stands_on_many(rows)
        return len(queries)

    Milestone.objects.filter(item__code="signage").update(state="done", done_on="2026-03-01", confirmed_on="2026-03-01")
    rows = list(programme.milestones.all())
    assert cost(rows) == cost([milestone(programme, "signage", world.branch)])


# The unified items ------------------------------------------------------------------------------
def test_the_score_follows_at_once_and_is_shown_before(world, programme):
    UnifiedItem.objects.create(venue=world.branch, item="signage")
    done = confirmed(milestone(programme, "signage", world.branch), world)
    assert Venue.objects.get(pk=world.branch.pk).score == 1
    unified = follows_of(evidence_of(done)).unified
    assert (unified.score, unified.score_after, unified.state) == (1, 0, UnifiedItem.State.NO)
    withdraw(evidence_of(done), world.bureau1)
    assert Venue.objects.get(pk=world.branch.pk).score == 0


def test_two_milestones_of_one_item_leave_what_was_before_both(world, programme):
    """The second one found “yes”, made by the first: that is not what was before."""
    UnifiedItem.objects.create(venue=world.branch, item="signage")
    PlanItem.objects.filter(code="survey").update(unified_item="signage", survey="")
    item = UnifiedItem.objects.get(venue=world.branch, item="signage")
    unified_item_set(item=item, state="partly", evidence="现场看过", by=world.bureau1)
    rows = [confirmed(milestone(programme, code, world.branch), world) for code in ("survey", "signage")]
    for row, state in zip(rows, ("yes", "partly"), strict=True):
        withdraw(evidence_of(fresh(row)), world.bureau1)
        item.refresh_from_db()
        assert item.state == state
    assert item.evidence == "现场看过"


# Asking first -----------------------------------------------------------------------------------
def page_of(evidence):
    return reverse("milestones_withdraw", args=[evidence.milestone_id, evidence.pk])


def test_the_page_shows_what_follows_and_takes_an_answer_about_the_very_same(client, world, programme):
    branch = confirmed(milestone(programme, "signage", world.branch), world)
    village = confirmed(milestone(programme, "signage", world.points[0]), world)
    evidence = evidence_of(branch)
    client.force_login(world.bureau1)
    page = client.get(page_of(evidence))
    mark = page.context["follows"].mark
    assert str(village) in page.content.decode()
    second = confirmed(milestone(programme, "signage", world.points[1]), world)
    answer = client.post(page_of(evidence), {"reason": "核实有误", "mark": mark})
    assert (answer.status_code, fresh(branch).state) == (422, State.DONE)
    assert str(second) in answer.content.decode()
    assert "核实有误" in answer.content.decode()
    mark = answer.context["form"]["mark"].value()
    assert client.post(page_of(evidence), {"reason": "核实有误", "mark": mark}).status_code == 302
    assert fresh(branch).state == State.IN_PROGRESS


def test_the_service_too_refuses_an_answer_about_something_else(world, surveyed):
    mark = follows_of(surveyed).mark
    venue_update(venue=world.points[0], changes={"floor_area": Decimal(130)}, by=world.bureau2)
    with pytest.raises(ValidationError):
        withdraw(surveyed, world.bureau1, mark=mark)
    assert fresh(surveyed.milestone).state == State.DONE


def test_before_the_confirmation_nothing_follows_and_nobody_is_told(client, world, programme):
    given = hand_in(milestone(programme, "signage", world.branch), world.town)
    assert follows_of(again(given)) is None
    client.force_login(world.town)
    assert client.get(page_of(given)).context["follows"] is None
    assert client.post(page_of(given), {"reason": "传错了", "mark": ""}).status_code == 302
    assert not Notice.objects.filter(kind="digest").exists()


# An accepted programme ---------------------------------------------------------------------------
def test_an_accepted_programme_stays_as_it_was_and_leaves_nothing_in_the_inbox(client, world, programme):
    done = confirmed(milestone(programme, "signage", world.branch), world)
    waiting = hand_in(milestone(programme, "signage", world.points[0]), world.town)
    programme_accept(programme=programme, by=world.bureau1)
    assert not waiting.case.work_items.open().exists()
    assert fresh(waiting.milestone).state == State.HANDED_IN
    evidence = evidence_of(done)
    with pytest.raises(ValidationError):
        withdraw(evidence, world.bureau1)
    client.force_login(world.bureau1)
    page = client.get(reverse("milestones_milestone", args=[done.pk])).content.decode()
    assert page_of(evidence) not in page
    assert client.post(page_of(evidence), {"reason": "x", "mark": follows_of(evidence).mark}).status_code == 422
    assert fresh(done).state == State.DONE


def test_who_comes_second_is_told_so_politely(client, world, programme):
    done = confirmed(milestone(programme, "signage", world.branch), world)
    evidence = evidence_of(done)
    withdraw(evidence, world.bureau1)
    assert isinstance(withdraw(evidence, world.bureau2), LostRace)
    client.force_login(world.bureau2)
    answer = client.post(page_of(evidence), {"reason": "核实有误", "mark": "x"}, follow=True)
    assert (answer.status_code, "已撤回" in answer.content.decode()) == (200, True)
