"""The criteria against a county small enough to count by hand."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from wagtail.models import ModelLogEntry

from network.models import Division, NetworkSettings, StaffingNorm, UnifiedItem, Venue, WeeklyHours
from tests.workflows.milestones.plan import milestone
from tests.workflows.world import person, venue
from workflows.acceptance import criteria, loading, services
from workflows.acceptance.figures import KINDS, Criterion, FigureName
from workflows.acceptance.models import Threshold
from workflows.milestones.models import Evidence, Milestone, MilestoneCase

pytestmark = pytest.mark.django_db
DAY = date(2026, 6, 30)


def figures(programme, day=DAY):
    return {row.name: row for row in criteria.measure(programme, day).figures}


def value(programme, name):
    return figures(programme)[name].value


def test_every_figure_has_its_words_in_both_languages(world, running):
    for figure in figures(running).values():
        assert "%(" not in figure.words
        assert figure.label
    assert {row.kind.criterion for row in figures(running).values()} == set(Criterion)
    assert set(KINDS) == set(FigureName)


def test_coverage_counts_what_is_in_service(world, running):
    Division.objects.filter(pk=world.township.pk).update(population=3000)
    Division.objects.filter(pk=world.other_township.pk).update(population=1000)
    found = figures(running)
    assert (found["townships"].value, found["townships"].numbers) == (50.0, {"part": 1, "whole": 2})
    assert (found["settlements"].value, found["settlements"].numbers) == (100.0, {"part": 3, "whole": 3})
    assert (found["population"].value, found["population"].numbers["part"]) == (75.0, 3000)
    Venue.objects.filter(pk=world.points[0].pk).update(status=Venue.Status.PLANNED)
    assert figures(running)["settlements"].value == 66.6


def test_an_unknown_population_is_not_guessed(world, running):
    found = figures(running)["population"]
    assert (found.value, found.shown, found.numbers["known"]) == (None, "–", 0)
    assert found.missing == 2


def test_running_counts_items_posts_milestones_hours_and_plaques(world, running):
    item = UnifiedItem.objects.create(venue=world.branch, item="signage", state="yes", evidence="照片")
    UnifiedItem.objects.create(venue=world.branch, item="platform", state="partly", evidence="记录")
    UnifiedItem.objects.create(venue=world.branch, item="training", state="yes")  # no evidence: nothing
    StaffingNorm.objects.create(tier="head", minimum=1)
    StaffingNorm.objects.create(tier="branch", minimum=2)
    found = figures(running)
    assert item.score == 1
    assert found["unified"].numbers == {"part": 1.5, "whole": 36, "venues": 6}
    assert found["unified"].value == 4.1  # 4.17, rounded down
    assert found["staffed"].numbers == {"part": 2, "whole": 4}  # three at the library count once
    assert found["plaques"].numbers["part"] == 0  # “plaque lib” is not the rule's wording
    assert found["hours"].value == 0.0


def test_hours_need_to_be_entered_and_long_enough(world, running):
    for row in (world.library, world.culture, world.branch, world.points[0]):
        WeeklyHours.objects.create(venue=row, day=0, opens=time(8), closes=time(18))
    for day in range(1, 6):
        WeeklyHours.objects.create(venue=world.library, day=day, opens=time(8), closes=time(18))
    found = figures(running)
    assert found["hours"].numbers["part"] == 2  # the library with 60 of 56, the point with any; not 10 of 42
    assert found["week"].numbers == {"part": 90, "whole": 4}
    assert found["week"].value == 22.5


def test_a_milestone_counts_with_evidence_only(world, running):
    row, other = milestone(running, "survey", world.branch), milestone(running, "survey", world.library)
    for done in (row, other):
        Milestone.objects.filter(pk=done.pk).update(
            state=Milestone.State.DONE, done_on=DAY, confirmed_on=DAY, back_dated=done == row
        )
    Evidence.objects.create(milestone=row, case=make_case(row, world), done_on=DAY, by=world.town)
    found = figures(running)["milestones"]
    assert (found.numbers["part"], found.numbers["whole"], found.numbers["late"]) == (1, 21, 1)
    Evidence.objects.update(withdrawn_at=timezone.now(), withdrawn_by=world.town, withdrawn_why="错")
    assert figures(running)["milestones"].numbers["part"] == 0
    Milestone.objects.filter(pk=other.pk).update(state=Milestone.State.VOID, done_on=None, confirmed_on=None)
    assert figures(running)["milestones"].numbers["whole"] == 20


def make_case(row, world):
    from workflows.diversions.flows import DiversionFlow  # any flow: the row only has to exist

    return MilestoneCase.objects.create(
        flow_class=DiversionFlow, number="SS2026-0001", title="x", milestone=row, opened_by=world.town
    )


def test_service_counts_dates_and_visits_of_twelve_months(world, running, make_held):
    Division.objects.filter(pk=world.township.pk).update(population=4000)
    now = timezone.make_aware(datetime(2026, 6, 30, 12))
    with time_machine.travel(now, tick=False):
        make_held(world.branch, now - timedelta(days=10), walk_ins=12, came=3, absent=1)
        make_held(world.branch, now - timedelta(days=364), walk_ins=5)
        make_held(world.branch, now - timedelta(days=366), walk_ins=100)  # too long ago
        make_held(world.library, now - timedelta(days=2), status="cancelled", walk_ins=100)
        make_held(world.culture, now + timedelta(hours=2), walk_ins=100)  # still to come
        found = figures(running)
    assert found["lively"].numbers == {"part": 1, "whole": 6}
    assert found["events"].numbers == {"part": 2, "whole": 6}
    assert found["attendance"].value == 75.0
    assert found["visits"].numbers == {"part": 20, "whole": 4000, "came": 3, "walk_ins": 17}
    assert found["visits"].value == 5.0


def test_a_threshold_is_compared_with_the_exact_value(world, running):
    Threshold.objects.create(figure="settlements", at_least=Decimal("66.7"))
    Venue.objects.filter(pk=world.points[0].pk).update(status=Venue.Status.PLANNED)
    assert figures(running)["settlements"].met is False  # 66.66…
    Threshold.objects.update(at_least=Decimal("66.6"))
    assert figures(running)["settlements"].met is True
    assert figures(running)["townships"].met is None
    Threshold.objects.create(figure="population", at_least=1)
    assert figures(running)["population"].met is False  # nothing known is not met


def test_a_criterion_is_met_when_every_judged_figure_is(world, running):
    def verdicts():
        found = criteria.grouped(criteria.measure(running, DAY).figures)
        return {group.criterion: group.met for group in found}

    assert set(verdicts().values()) == {None}
    Threshold.objects.create(figure="settlements", at_least=100)
    assert verdicts()[Criterion.COVERAGE] is True
    Threshold.objects.create(figure="townships", at_least=100)
    assert verdicts()[Criterion.COVERAGE] is False


def test_a_snapshot_is_read_back_as_it_was_measured(world, running):
    measured = criteria.measure(running, DAY)
    assert criteria.from_json(measured.as_json()) == measured.figures
    assert criteria.from_json([{"name": "gone", "value": 1, "numbers": {}}]) == []


def set_thresholds(by, reason="会议定的", **wanted):
    values = {name: (at_least and Decimal(at_least), basis) for name, (at_least, basis) in wanted.items()}
    return services.thresholds_set(wanted=values, reason=reason, by=by)


def logged():
    return ModelLogEntry.objects.filter(action="acceptance.threshold").order_by("pk")


def test_thresholds_are_set_logged_with_their_reason_and_taken_away(world, running):
    assert set_thresholds(world.bureau1, townships=("90", "本县")) == 1
    assert set_thresholds(world.bureau2, townships=("95", "本县"), week=(None, "")) == 1
    assert Threshold.objects.get().at_least == 95
    assert set_thresholds(world.bureau1, reason="不再评判", townships=(None, "")) == 1
    assert not Threshold.objects.exists()
    found = [(row.user, row.data["changes"]["at_least"], row.data["reason"]) for row in logged()]
    assert found == [
        (world.bureau1, [None, "90"], "会议定的"),
        (world.bureau2, ["90.0", "95"], "会议定的"),
        (world.bureau1, ["95.0", None], "不再评判"),
    ]


def test_what_stays_as_it_was_is_not_logged_and_needs_no_reason(world, running):
    set_thresholds(world.bureau1, townships=("90", "本县"))
    assert set_thresholds(world.bureau2, reason="", townships=("90", "本县"), week=(None, "")) == 0
    assert logged().count() == 1


@pytest.mark.parametrize(
    ("field", "reason", "value"),
    [
        ("townships", "x", ("-1", "本县")),
        ("townships_basis", "x", ("90", "")),
        ("townships", "x", (None, "本县")),
        ("reason", " ", ("90", "本县")),
    ],
)
def test_a_threshold_needs_a_value_a_source_and_a_reason(world, running, field, reason, value):
    with pytest.raises(ValidationError) as error:
        set_thresholds(world.bureau1, reason=reason, townships=value)
    assert set(error.value.message_dict) == {field}
    assert not Threshold.objects.exists()


def test_a_snapshot_keeps_where_its_thresholds_came_from(world, running):
    set_thresholds(world.bureau1, townships=("90", "本县暂定"))
    kept = criteria.measure(running, DAY).as_json()
    set_thresholds(world.bureau1, townships=("95", "县政府会议"))
    then = {row.name: row for row in criteria.from_json(kept)}["townships"]
    assert (then.asked, then.basis) == ("90%", "本县暂定")
    assert figures(running)["townships"].basis == "县政府会议"


def test_every_figure_names_its_clause():
    for name in FigureName.values:
        assert re.fullmatch(r"R\d{2,3}((–|, )R\d{2,3})?", KINDS[name].clause), name


class _County:
    def __init__(self, values, basis="暂定"):
        self.values = {"acceptance.at_least": values, "acceptance.basis": basis}

    def get(self, key, default=None):
        return self.values.get(key, default)


def test_loading_thresholds_once(world, report):
    loading.load(_County({"townships": 100, "week": 30.5}), report)
    set_thresholds(world.bureau1, week=(None, ""))
    loading.load(_County({"townships": 90, "week": 30}), report)
    assert {row.figure: row.at_least for row in Threshold.objects.all()} == {"townships": 100}


@pytest.mark.parametrize("values", [{"nothing": 1}, {"week": "x"}, {"week": -1}, {"week": True}])
def test_a_county_s_wrong_threshold_is_named(world, report, values):
    from common.county import CountyError

    with pytest.raises(CountyError):
        loading.load(_County(values), report)


def test_a_county_s_thresholds_say_where_they_come_from(world, report):
    from common.county import CountyError

    with pytest.raises(CountyError):
        loading.load(_County({"week": 30}, basis=""), report)


def test_the_number_of_queries_does_not_grow(world, running):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            criteria.measure(running, DAY)
        return len(queries)

    NetworkSettings.load()
    few = cost()
    for number in range(12):
        place = Division.objects.create(
            code=f"9900010{number + 50}", name=f"村{number}村民委员会", level="village", slug=f"w{number}",
            parent=world.township,
        )  # fmt: skip
        made = venue(f"q{number}", "point", "village_centre", place, parent=world.branch, library=True, culture=True)
        WeeklyHours.objects.create(venue=made, day=0, opens=time(8), closes=time(9))
        UnifiedItem.objects.create(venue=made, item="signage", state="yes", evidence="x")
    person("somebody")
    assert cost() == few
