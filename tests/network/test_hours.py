import datetime as dt
from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from network.hours import (
    Span,
    hours_on,
    hours_shortfall,
    merge,
    spans_total,
    state_at,
    week,
    weekly_hours_total,
)
from network.models import Closure, DatedHours, NetworkSettings, Venue, WeeklyHours
from tests.county import NANHUA, load_network

Day = WeeklyHours.Day
MONDAY = dt.date(2026, 11, 23)
NATIONAL_DAY = dt.date(2026, 10, 1)  # a Thursday
MAKEUP_SATURDAY = dt.date(2026, 10, 10)


def t(hour, minute=0):
    return dt.time(hour, minute)


def at(day, hour, minute=0):
    return timezone.make_aware(dt.datetime.combine(day, t(hour, minute)))


@pytest.fixture
def venue(library):
    """Open Monday to Saturday 9–12 and 14–18."""
    for day in range(6):
        WeeklyHours.objects.create(venue=library, day=day, opens=t(9), closes=t(12))
        WeeklyHours.objects.create(venue=library, day=day, opens=t(14), closes=t(18))
    return library


MORNING, AFTERNOON = Span(t(9), t(12)), Span(t(14), t(18))


def test_an_ordinary_day_has_its_noon_break(venue):
    assert hours_on(venue, MONDAY) == [MORNING, AFTERNOON]
    assert hours_on(venue, MONDAY - dt.timedelta(days=1)) == []


def test_a_holiday_follows_the_day_of_the_week_without_rows_of_its_own(venue):
    assert hours_on(venue, NATIONAL_DAY) == [MORNING, AFTERNOON]
    WeeklyHours.objects.create(venue=venue, day=Day.HOLIDAY, opens=t(10), closes=t(16))
    assert hours_on(venue, NATIONAL_DAY) == [Span(t(10), t(16))]
    assert hours_on(venue, dt.date(2026, 10, 8)) == [MORNING, AFTERNOON]


def test_a_makeup_workday_follows_its_own_rows_if_there_are_any(venue):
    assert hours_on(venue, MAKEUP_SATURDAY) == [MORNING, AFTERNOON]
    WeeklyHours.objects.create(venue=venue, day=Day.MAKEUP_WORKDAY, opens=t(8), closes=t(17))
    assert hours_on(venue, MAKEUP_SATURDAY) == [Span(t(8), t(17))]
    assert hours_on(venue, dt.date(2026, 10, 17)) == [MORNING, AFTERNOON]  # an ordinary Saturday


def test_hours_on_a_date_go_before_the_week_and_a_closure_before_both(venue):
    DatedHours.objects.create(venue=venue, date=MONDAY, opens=t(19), closes=t(21), reason="夜场")
    assert hours_on(venue, MONDAY) == [Span(t(19), t(21))]
    Closure.objects.create(venue=venue, first_day=MONDAY, last_day=MONDAY, reason="停电")
    assert hours_on(venue, MONDAY) == []


def test_a_date_without_times_is_a_closed_day(venue):
    DatedHours.objects.create(venue=venue, date=MONDAY, reason="盘点")
    assert hours_on(venue, MONDAY) == []
    state = state_at(venue, at(MONDAY, 10))
    assert (state.is_open, state.reason) == (False, "盘点")
    assert state.opens_at == at(MONDAY + dt.timedelta(days=1), 9)


@pytest.mark.parametrize(
    ("hour", "minute", "is_open", "turns"),
    [
        (8, 59, False, 9),
        (9, 0, True, 12),
        (11, 59, True, 12),
        (12, 0, False, 14),
        (13, 0, False, 14),
        (17, 59, True, 18),
    ],
)
def test_open_now_and_until_when(venue, hour, minute, is_open, turns):
    state = state_at(venue, at(MONDAY, hour, minute))
    assert state.is_open is is_open
    assert (state.closes_at if is_open else state.opens_at) == at(MONDAY, turns)
    assert state.reason == ""


def test_after_closing_time_it_opens_the_next_open_day(venue):
    saturday = MONDAY + dt.timedelta(days=5)
    assert state_at(venue, at(saturday, 18)).opens_at == at(saturday + dt.timedelta(days=2), 9)


def test_the_moment_is_read_in_local_time(venue):
    utc = dt.datetime(2026, 11, 23, 1, 30, tzinfo=dt.UTC)  # half past nine in the county
    assert state_at(venue, utc).is_open


def test_a_venue_whose_hours_nobody_entered_is_not_called_closed(library):
    state = state_at(library, at(MONDAY, 10))
    assert (state.is_open, state.known, state.opens_at) == (False, False, None)


def test_a_venue_out_of_service_is_closed_whatever_its_hours(venue):
    venue.status = Venue.Status.SUSPENDED
    state = state_at(venue, at(MONDAY, 10))
    assert (state.is_open, state.opens_at, state.reason) == (False, None, "暂停")


def test_a_long_closure_leaves_the_next_opening_unsaid(venue):
    Closure.objects.create(venue=venue, first_day=MONDAY, last_day=MONDAY + dt.timedelta(days=200), reason="修缮")
    state = state_at(venue, at(MONDAY, 10))
    assert (state.opens_at, state.reason) == (None, "修缮")


def test_the_week_runs_from_monday_and_says_what_is_special(venue):
    Closure.objects.create(venue=venue, first_day=NATIONAL_DAY, last_day=NATIONAL_DAY, reason="布展")
    days = week(venue, dt.date(2026, 10, 4))
    assert [day.date for day in days] == [dt.date(2026, 9, 28) + dt.timedelta(days=n) for n in range(7)]
    assert days[3].note == "布展"
    assert days[3].closure is not None
    assert days[4].note == "国庆节"
    assert days[0].note == ""
    assert not days[0].provisional
    assert week(venue, dt.date(2027, 3, 1))[0].provisional


def test_weekly_total_and_warning(venue):
    rules = NetworkSettings.load()  # 50 hours in this county
    assert weekly_hours_total(venue) == 42
    assert hours_shortfall(venue, rules) == 8
    WeeklyHours.objects.create(venue=venue, day=Day.HOLIDAY, opens=t(0), closes=t(23))
    assert weekly_hours_total(venue) == 42  # holidays are no part of an ordinary week
    WeeklyHours.objects.create(venue=venue, day=Day.SUNDAY, opens=t(9), closes=t(17))
    assert hours_shortfall(venue, rules) == 0


def test_points_and_unknown_hours_are_not_warned_about(point, branch):
    rules = NetworkSettings.load()
    WeeklyHours.objects.create(venue=point, day=0, opens=t(9), closes=t(10))
    assert hours_shortfall(point, rules) == 0
    assert hours_shortfall(branch, rules) == 0
    WeeklyHours.objects.create(venue=branch, day=0, opens=t(9), closes=t(10))
    assert hours_shortfall(branch, rules) == 39


@pytest.mark.parametrize("limit", [5, 140])
def test_a_list_of_venues_takes_four_queries(nanhua, django_assert_num_queries, limit):
    with django_assert_num_queries(4):
        venues = list(Venue.objects.with_hours(MONDAY)[:limit])
        for venue in venues:
            state_at(venue, at(MONDAY, 10))
            week(venue, MONDAY)
            weekly_hours_total(venue)


times = st.integers(0, 23 * 60 + 58).map(lambda minute: dt.time(minute // 60, minute % 60))
spans = st.tuples(times, times).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: Span(*pair))


@given(st.lists(spans, max_size=8), times)
def test_merging_keeps_every_open_minute_and_adds_none(rows, moment):
    merged = merge(rows)
    assert any(span.opens <= moment < span.closes for span in rows) == any(
        span.opens <= moment < span.closes for span in merged
    )
    assert all(one.closes < other.opens for one, other in pairwise(merged))


@given(st.lists(st.tuples(st.integers(0, 6), spans), max_size=10))
def test_the_total_never_counts_a_minute_twice(rows):
    assert 0 <= spans_total(rows) <= 7 * 24
    assert spans_total(rows) == spans_total(rows + rows)


def test_the_real_county_can_be_asked(db):
    load_network(NANHUA)
    # No hours are known: none is called open.
    assert not any(state_at(venue, at(MONDAY, 10)).is_open for venue in Venue.objects.with_hours(MONDAY))
