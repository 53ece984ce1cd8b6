"""Weekly and dated hours are replaced, closures announced and withdrawn."""

import datetime as dt

import pytest
import time_machine

from network import services
from network.hours import hours_on
from network.models import Closure, DatedHours, WeeklyHours
from network.services import DatedRow

from .steps import NOON, TODAY, errors, log_of, t

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sunday")]


def test_weekly_hours_are_replaced_and_logged_once(branch, bureau):
    rows = [(0, t(14), t(18)), (0, t(9), t(12)), (7, t(10), t(16))]
    services.weekly_hours_set(venue=branch, rows=rows, by=bureau)
    services.weekly_hours_set(venue=branch, rows=rows, by=bureau)
    assert [str(row) for row in branch.weekly_hours.all()] == [
        "星期一 09:00–12:00",
        "星期一 14:00–18:00",
        "法定节假日 10:00–16:00",
    ]
    (entry,) = log_of(branch)
    assert entry.message == (
        "开放时间变更：每周开放时间：空 → 星期一 09:00–12:00、星期一 14:00–18:00、法定节假日 10:00–16:00"
    )


@pytest.mark.parametrize(
    "rows",
    [
        [(0, t(9), t(12)), (0, t(11), t(13))],
        [(0, t(9), t(12)), (0, t(9), t(12))],
        [(0, t(9), t(9))],
        [(0, t(12), t(9))],
    ],
)
def test_weekly_hours_that_overlap_or_run_backwards_are_refused(branch, rows):
    services.weekly_hours_set(venue=branch, rows=[(1, t(9), t(12))], by=None)
    assert "weekly_hours" in errors(lambda: services.weekly_hours_set(venue=branch, rows=rows, by=None))
    assert WeeklyHours.objects.filter(venue=branch).count() == 1


def test_touching_hours_are_one_stretch(branch):
    services.weekly_hours_set(venue=branch, rows=[(0, t(9), t(12)), (0, t(12), t(18))], by=None)
    assert [str(span) for span in hours_on(branch, dt.date(2026, 11, 23))] == ["09:00–18:00"]


def test_dated_hours_are_replaced_and_logged(branch):
    rows = [DatedRow(TODAY, t(9), t(12), "春节"), DatedRow(TODAY + dt.timedelta(days=1), None, None, "盘点")]
    services.dated_hours_set(venue=branch, rows=rows, by=None)
    services.dated_hours_set(venue=branch, rows=rows, by=None)
    assert DatedHours.objects.filter(venue=branch).count() == 2
    (entry,) = log_of(branch)
    assert entry.data["changes"]["dated_hours"] == [[], ["2026-11-22 09:00–12:00 春节", "2026-11-23 – 盘点"]]


def test_sample_hours_stay_marked_when_others_are_added(branch):
    first = DatedRow(TODAY, t(9), t(12))
    services.dated_hours_set(venue=branch, rows=[first], by=None, is_sample=True)
    services.dated_hours_set(venue=branch, rows=[first, DatedRow(TODAY, t(13), t(14))], by=None)
    assert list(branch.dated_hours.values_list("is_sample", flat=True)) == [True, False]


@pytest.mark.parametrize(
    "rows",
    [
        [DatedRow(TODAY, t(9), t(12)), DatedRow(TODAY, t(10), t(13))],
        [DatedRow(TODAY, None, None), DatedRow(TODAY, t(10), t(13))],
        [DatedRow(TODAY, t(9), None)],
    ],
)
def test_dated_hours_that_contradict_each_other_are_refused(branch, rows):
    assert "dated_hours" in errors(lambda: services.dated_hours_set(venue=branch, rows=rows, by=None))


def close(venue, first, last, reason="换展"):
    days = (TODAY + dt.timedelta(days=first), TODAY + dt.timedelta(days=last))
    return services.closure_announce(venue=venue, first_day=days[0], last_day=days[1], reason=reason, by=None)


def test_a_closure_is_announced_logged_and_told(branch, heard):
    closure = close(branch, 1, 2)
    assert [(name, data["closure"]) for name, data in heard] == [("closure_announced", closure)]
    assert log_of(branch)[0].data == {"changes": {"closures": [None, "2026-11-23–2026-11-24"]}, "reason": "换展"}


@pytest.mark.parametrize(
    ("first", "last", "reason", "field"),
    [(-1, 2, "x", "first_day"), (2, 1, "x", "last_day"), (1, 1, " ", "reason"), (4, 5, "x", "first_day")],
)
def test_an_unsound_closure_is_refused(branch, first, last, reason, field):
    close(branch, 5, 9)
    assert field in errors(lambda: close(branch, first, last, reason))
    assert Closure.objects.count() == 1


def test_a_closure_ahead_is_withdrawn(branch, heard):
    services.closure_withdraw(closure=close(branch, 1, 2), by=None)
    assert not Closure.objects.exists()
    assert [name for name, _ in heard] == ["closure_announced", "closure_withdrawn"]


def test_a_closure_that_began_ends_yesterday_and_one_that_is_over_stays(branch):
    closure = close(branch, 0, 5)
    with time_machine.travel(NOON + dt.timedelta(days=3)):
        services.closure_withdraw(closure=closure, by=None)
        closure.refresh_from_db()
        assert closure.last_day == TODAY + dt.timedelta(days=2)
        assert errors(lambda: services.closure_withdraw(closure=closure, by=None))
