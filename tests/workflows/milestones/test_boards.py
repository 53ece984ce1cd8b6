"""The officials' boards: tallies counted by hand, scope, filters, constant queries, refusals."""

import csv
import datetime as dt
import io

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from network.models import Division
from tests.workflows.milestones.plan import milestone
from tests.workflows.world import venue
from workflows.milestones.models import DateMove, GroupIssue, Milestone, MilestoneCase
from workflows.milestones.permissions import visible_milestones
from workflows.milestones.selectors.boards import board_of
from workflows.milestones.services.plan import plan_make

State = Milestone.State
DAY = dt.date(2026, 6, 1)
SCREENS = ["gantt", "gantt_picture", "matrix", "list", "list_csv", "blocked"]


def become(row, state, **more):
    """Put a milestone into a state, as the flow would leave it."""
    if state == State.DONE:
        more = {"done_on": DAY, "confirmed_on": DAY, **more}
    Milestone.objects.filter(pk=row.pk).update(state=state, **more)


@pytest.fixture
def lived(world, programme):
    """Four milestones that were worked on: one done, one under check, one blocked, one void."""
    branch, (point, other, _third) = world.branch, world.points
    become(milestone(programme, "survey", branch), State.DONE)
    become(milestone(programme, "signage", branch), State.CHECKED)
    become(milestone(programme, "signage", point), State.BLOCKED)
    become(milestone(programme, "training", other), State.VOID)
    return programme


def place_of(board, key):
    return next(place for place in board.places if place.key == key)


# Tallies ----------------------------------------------------------------------------------------
def test_the_tallies_are_what_counting_by_hand_gives(world, lived):
    board = board_of(lived, DAY)
    township = board.of(place_of(board, world.township.pk))
    assert township.total == 11  # a branch and three points, three items each, less the void one
    assert (township.done, township.checking, township.blocked) == (1, 1, 1)
    assert township.waiting == township.total - 3
    # Stage 1 ends on 30 April by its own day, but the items of the plan run to the year's end: nothing is overdue.
    assert township.overdue == 0
    assert board_of(lived, dt.date(2027, 1, 1)).of(place_of(board, world.township.pk)).overdue == township.total - 1


def test_stages_places_and_items_add_up_to_the_whole(lived):
    board = board_of(lived, DAY)
    for parts in (
        [board.of(stage=stage) for stage in board.stages],
        [board.of(place) for place in board.places],
        [board.of(item=item) for item in board.items],
    ):
        assert sum(parts[1:], parts[0]) == board.whole
    assert board.whole.total == Milestone.objects.exclude(state=State.VOID).count()


def test_progress_goes_by_weight(world, programme):
    item = milestone(programme, "measures").item
    item.weight = 100
    item.save()
    become(milestone(programme, "measures"), State.DONE)
    board = board_of(programme, DAY)
    assert (board.whole.done, board.whole.share) == (1, 100 * 100 // (board.whole.total - 1 + 100))


def test_whole_per_cents_are_rounded_down_so_that_100_means_all(world, programme):
    rows = Milestone.objects.filter(programme=programme)
    rows.update(state=State.DONE, done_on=DAY, confirmed_on=DAY)
    assert board_of(programme, DAY).whole.share == 100
    become(rows.first(), State.CHECKED, done_on=None, confirmed_on=None)
    assert board_of(programme, DAY).whole.share == 100 * (rows.count() - 1) // rows.count() < 100


def test_slack_is_counted_to_the_next_last_day_and_afterwards_to_the_last_finish(world, programme):
    rows = Milestone.objects.filter(programme=programme, township=world.township)
    board = board_of(programme, DAY)
    place = place_of(board, world.township.pk)
    assert board.of(place).slack(DAY) == (dt.date(2026, 12, 31) - DAY).days
    rows.filter(item__code="survey").update(last_day=DAY - dt.timedelta(days=3))
    assert board_of(programme, DAY).of(place).slack(DAY) == -3
    rows.update(state=State.DONE, done_on=dt.date(2026, 12, 21), confirmed_on=DAY)
    assert board_of(programme, DAY).of(place).slack(DAY) == 10


def test_a_moved_last_day_shows(world, programme):
    board = board_of(programme, DAY)
    assert not board.whole.moved
    Milestone.objects.filter(pk=milestone(programme, "summary", world.library).pk).update(last_day=dt.date(2027, 3, 1))
    whole = board_of(programme, DAY).whole
    assert (whole.moved, whole.ends, whole.planned_end) == (True, dt.date(2027, 3, 1), dt.date(2026, 12, 31))


def test_one_more_programme_changes_nothing(world, lived):
    from tests.workflows.milestones.plan import PLAN, make_programme

    before = board_of(lived, DAY).whole
    make_programme(PLAN, slug="other")
    assert board_of(lived, DAY).whole == before


# Scope ------------------------------------------------------------------------------------------
def test_everybody_sees_what_is_theirs(world, programme):
    def places(user):
        return {place.key for place in board_of(programme, DAY, visible_milestones(user)).places}

    assert places(world.bureau1) == {world.township.pk, "heads", "county"}
    assert places(world.town) == {world.township.pk}
    assert places(world.lib1) == {world.township.pk, "heads"}
    assert places(world.elsewhere) == places(world.idle) == set()


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize(("who", "status"), [("bureau1", 200), ("lib1", 200), ("town", 200), ("elsewhere", 200)])
def test_officials_open_the_boards(client, world, lived, name, who, status):
    client.force_login(getattr(world, who))
    assert client.get(reverse(f"milestones_{name}")).status_code == status


@pytest.mark.parametrize("name", SCREENS)
@pytest.mark.parametrize("who", ["teacher", "idle"])
def test_nobody_else_opens_them(client, world, lived, name, who):
    client.force_login(getattr(world, who))
    assert client.get(reverse(f"milestones_{name}")).status_code in (302, 403)


@pytest.mark.parametrize("name", SCREENS)
def test_nor_a_stranger(client, world, lived, name):
    assert client.get(reverse(f"milestones_{name}")).status_code == 302


def test_another_township_s_matrix_is_not_there(client, world, lived):
    address = reverse("milestones_matrix_place", args=[world.township.slug])
    client.force_login(world.town)
    assert client.get(address).status_code == 200
    client.force_login(world.elsewhere)
    assert client.get(address).status_code == 404
    client.force_login(world.town)
    assert client.get(reverse("milestones_matrix_place", args=["heads"])).status_code == 404


def test_a_township_s_lists_hold_only_its_own(client, world, lived):
    client.force_login(world.town)
    rows = client.get(reverse("milestones_list")).context["rows"]
    assert rows
    assert {row.township for row, _told in rows} == {world.township}


# The list ---------------------------------------------------------------------------------------
def listed(client, **query):
    return [row for row, _told in client.get(reverse("milestones_list"), query).context["rows"]]


def test_the_list_is_narrowed_by_each_filter(client, world, lived):
    client.force_login(world.bureau1)
    assert {row.item.stage.number for row in listed(client, stage="1")} == {1}
    assert {row.item.code for row in listed(client, item="signage")} == {"signage"}
    assert {row.township for row in listed(client, place=world.township.slug)} == {world.township}
    assert {(row.venue, row.township) for row in listed(client, place="heads")} == {
        (world.library, None),
        (world.culture, None),
    }
    assert [row.item.code for row in listed(client, place="county")] == ["measures"]
    assert {row.state for row in listed(client, state="blocked")} == {"blocked"}
    assert [row.state for row in listed(client, state="void")] == ["void"]
    assert not {"done", "void"} & {row.state for row in listed(client, state="open")}


def test_what_is_overdue_is_so_from_the_county_s_midnight(client, world, lived):
    with time_machine.travel("2026-12-31 23:30+08:00"):
        client.force_login(world.bureau1)
        assert listed(client, overdue="on") == []
    with time_machine.travel("2027-01-01 00:30+08:00"):  # in Greenwich, still the day before
        late = listed(client, overdue="on")
        assert late == [row for row in listed(client) if row.state != "done"] != []


def test_what_is_unfinished_stands_first_and_what_no_longer_applies_is_left_out(client, world, lived):
    client.force_login(world.bureau1)
    rows = listed(client)
    assert rows[-1].state == "done"
    assert "void" not in {row.state for row in rows}


@pytest.mark.parametrize(
    "query", [{"stage": "x"}, {"item": "'; drop"}, {"place": "\0"}, {"state": "☃"}, {"p": "-3"}, {"p": "9" * 30}]
)
def test_nonsense_in_the_address_is_no_error(client, world, lived, query):
    client.force_login(world.bureau1)
    for name in ("list", "list_csv", "matrix", "gantt", "blocked"):
        assert client.get(reverse(f"milestones_{name}"), query).status_code == 200


def test_the_csv_has_every_row_and_no_formula(client, world, lived):
    world.branch.plaque = "=1+1"
    world.branch.save()
    client.force_login(world.bureau1)
    text = client.get(reverse("milestones_list_csv")).content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 1 + Milestone.objects.exclude(state=State.VOID).count()
    assert "'=1+1" in {row[4] for row in rows}


# What is blocked --------------------------------------------------------------------------------
@pytest.fixture
def issue(world, lived):
    row = milestone(lived, "signage", world.points[0])
    case = MilestoneCase.objects.create(
        milestone=row, number="SS1", check_word="x", title="t", opened_by=world.town, flow_class=_flow()
    )
    DateMove.objects.create(
        milestone=row, case=case, old=row.last_day, new=dt.date(2027, 2, 1), reason="雨季", asked_by=world.town
    )
    return GroupIssue.objects.create(milestone=row, case=case, problem="没有场地", raised_by=world.town)


def _flow():
    from workflows.applications.flows import ApplicationFlow

    return ApplicationFlow


def test_what_is_blocked_shows_the_leading_group_s_issues(client, world, lived, issue):
    client.force_login(world.town)
    html = client.get(reverse("milestones_blocked")).content.decode()
    assert "没有场地" in html
    assert "雨季" in html
    client.force_login(world.elsewhere)
    assert "没有场地" not in client.get(reverse("milestones_blocked")).content.decode()


def test_a_resolved_issue_moves_to_the_resolutions(client, world, lived, issue):
    from django.utils import timezone

    issue.met_on, issue.resolution = DAY, "由乡镇提供两间房"
    issue.resolved_by, issue.resolved_at = world.bureau1, timezone.now()
    issue.save()
    client.force_login(world.bureau1)
    answer = client.get(reverse("milestones_blocked"))
    assert answer.context["issues"] == []
    assert "由乡镇提供两间房" in answer.content.decode()


# Cost -------------------------------------------------------------------------------------------
def test_the_boards_ask_as_often_with_many_venues_as_with_few(client, world, lived, issue):
    client.force_login(world.bureau1)
    addresses = [reverse(f"milestones_{name}") for name in SCREENS]
    addresses.append(reverse("milestones_matrix_place", args=[world.township.slug]))

    def asked():
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as seen:
                assert client.get(address).status_code == 200
            counts.append(len(seen))
        return counts

    asked()
    few = asked()
    for number in range(10, 30):
        place = Division.objects.create(
            code=f"9900010{number}",
            name=f"{number}村民委员会",
            level="village",
            slug=f"n{number}",
            parent=world.township,
        )
        venue(f"n{number}", "point", "village_centre", place, parent=world.branch, library=True, culture=True)
    plan_make(programme=lived)
    assert asked() == few


# The picture ------------------------------------------------------------------------------------
def test_the_picture_has_an_etag_and_is_the_asker_s_own(client, world, lived):
    client.force_login(world.bureau1)
    address = reverse("milestones_gantt_picture")
    first = client.get(address)
    assert first["Content-Type"] == "image/svg+xml"
    assert "private" in first["Cache-Control"]
    assert client.get(address, HTTP_IF_NONE_MATCH=first["ETag"]).status_code == 304
    assert client.get(address, {"narrow": "1"})["ETag"] != first["ETag"]
    client.force_login(world.town)
    assert client.get(address)["ETag"] != first["ETag"]


def test_the_page_gives_the_picture_its_size_and_words(client, world, lived):
    client.force_login(world.bureau1)
    html = client.get(reverse("milestones_gantt")).content.decode()
    picture = html[html.index("<picture>") : html.index("</picture>")]
    assert 'width="1080"' in picture
    assert 'width="360"' in picture
    assert 'alt="' in picture
    assert picture.count("height=") == 2
    assert "<table" in html[html.index("</picture>") :]
