"""The dates that a rule means: checked against an independent reader of iCalendar."""

from contextlib import suppress
from datetime import date, datetime, timedelta
from time import process_time

import pytest
import recurring_ical_events
from django.core.exceptions import ValidationError
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from icalendar import Calendar, Event, vRecur

from pages.events.schedule import MAX_OCCURRENCES, WEEKDAYS, ZONE, Schedule, rule_parts

START = datetime(2026, 11, 24, 19, 30)


def schedule(rule="", hours=2, first=START, **kwargs):
    return Schedule(first=first, last=first + timedelta(hours=hours), rule=rule, **kwargs)


def test_once():
    assert schedule().days(date(2030, 1, 1)) == [date(2026, 11, 24)]


def test_weekly_on_two_days_until():
    dance = schedule("FREQ=WEEKLY;BYDAY=TU,SA", until=date(2026, 12, 8))
    assert dance.days(date(2030, 1, 1)) == [date(2026, 11, d) for d in (24, 28)] + [
        date(2026, 12, d) for d in (1, 5, 8)
    ]


def test_excluded_and_extra_days():
    dance = schedule(
        "FREQ=WEEKLY",
        until=date(2026, 12, 8),
        excluded=frozenset({date(2026, 12, 1)}),
        extra=frozenset({date(2026, 12, 3)}),
    )
    assert dance.days(date(2030, 1, 1)) == [date(2026, 11, 24), date(2026, 12, 3), date(2026, 12, 8)]


def test_month_end_is_left_out_where_a_month_has_no_31st():
    monthly = schedule("FREQ=MONTHLY", first=datetime(2026, 1, 31, 9), until=date(2026, 6, 30))
    assert monthly.days(date(2030, 1, 1)) == [date(2026, 1, 31), date(2026, 3, 31), date(2026, 5, 31)]


def test_an_occurrence_may_end_after_midnight():
    late = schedule("FREQ=DAILY;COUNT=2", first=datetime(2026, 12, 31, 23, 0), hours=3)
    (key, start, end), _second = late.occurrences(date(2030, 1, 1))
    assert key == date(2026, 12, 31)
    assert start.utcoffset() == timedelta(hours=8)
    assert end.date() == date(2027, 1, 1)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=SECONDLY;COUNT=5",
        "FREQ=HOURLY",
        "FREQ=DAILY;COUNT=1000000",
        "FREQ=DAILY;INTERVAL=0;COUNT=3",
        "FREQ=WEEKLY;BYDAY=XX;COUNT=3",
        "FREQ=WEEKLY;BYDAY=;COUNT=3",
        "FREQ=WEEKLY;BYHOUR=1,2,3;COUNT=3",
        "FREQ=DAILY;COUNT=2;COUNT=3",
        "FREQ=DAILY;COUNT=²",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=2",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=2",
        "FREQ=MONTHLY;BYMONTHDAY=99;COUNT=1",
        "FREQ=MONTHLY;BYDAY=13TU;COUNT=1",
        "FREQ=DAILY;BYSETPOS=2;COUNT=1",
        "FREQ=WEEKLY;BYDAY=TU;BYSETPOS=2;COUNT=1",
        "FREQ=DAILY;BYMONTHDAY=999999;COUNT=1",
        "FREQ=WEEKLY;BYDAY=1TU;COUNT=1",
        "FREQ=MONTHLY;BYSETPOS=0;BYDAY=MO;COUNT=1",
        "nonsense",
        "=;=;=",
        "FREQ=DAILY" + ";" * 500,
    ],
)
def test_a_rule_that_means_nothing_is_refused(rule):
    with pytest.raises(ValidationError):
        schedule(rule).clean()


def test_a_rule_without_an_end_is_refused():
    with pytest.raises(ValidationError) as refused:
        schedule("FREQ=DAILY").clean()
    assert "until" in refused.value.message_dict


def test_the_first_date_must_be_one_of_the_repeated_days():
    with pytest.raises(ValidationError) as refused:
        schedule("FREQ=WEEKLY;BYDAY=SA", until=date(2027, 1, 1)).clean()
    assert "first" in refused.value.message_dict


def test_too_many_dates_are_refused():
    with pytest.raises(ValidationError) as refused:
        schedule("FREQ=DAILY", until=date(2035, 1, 1)).clean()
    assert str(MAX_OCCURRENCES) in str(refused.value)


def test_a_date_of_more_than_a_year_is_refused():
    first = datetime(2026, 1, 1)
    Schedule(first=first, last=first + timedelta(days=366)).clean()
    with pytest.raises(ValidationError) as refused:
        Schedule(first=first, last=first + timedelta(days=366, seconds=1)).clean()
    assert refused.value.error_dict["last"][0].code == "long"


def test_an_end_before_the_start_is_refused():
    with pytest.raises(ValidationError):
        schedule(hours=0).clean()


@given(st.text(max_size=300))
def test_any_text_is_a_rule_or_refused(text):
    try:
        parts = rule_parts(text)
    except ValidationError:
        return
    assert parts["FREQ"] in {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}


weekdays = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4, unique=True).map(",".join)
nth = st.tuples(st.sampled_from([1, 2, 3, 4, -1]), st.sampled_from(WEEKDAYS)).map(lambda pair: f"{pair[0]}{pair[1]}")
rules = st.one_of(
    st.just("FREQ=DAILY"),
    weekdays.map(lambda days: f"FREQ=WEEKLY;BYDAY={days}"),
    st.integers(1, 31).map(lambda day: f"FREQ=MONTHLY;BYMONTHDAY={day}"),
    nth.map(lambda day: f"FREQ=MONTHLY;BYDAY={day}"),
    st.tuples(st.integers(1, 12), st.integers(1, 28)).map(lambda md: f"FREQ=YEARLY;BYMONTH={md[0]};BYMONTHDAY={md[1]}"),
)


def independent_reading(rule, first, horizon):
    """The starting days according to recurring-ical-events."""
    event = Event()
    event.add("uid", "one")
    event.add("dtstart", first.replace(tzinfo=ZONE))
    event.add("dtend", (first + timedelta(hours=2)).replace(tzinfo=ZONE))
    event.add("rrule", vRecur.from_ical(rule))
    calendar = Calendar()
    calendar.add("prodid", "test")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    found = recurring_ical_events.of(calendar).between(first.date(), horizon + timedelta(days=1))
    return sorted(each.start.date() for each in found if each.start.date() <= horizon)


@settings(max_examples=600, deadline=None)
@given(
    rule=rules,
    interval=st.integers(1, 4),
    bound=st.one_of(st.integers(1, 60), st.dates(date(2026, 1, 1), date(2028, 12, 31))),
    first=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)).map(lambda m: m.replace(second=0, microsecond=0)),
)
def test_days_are_those_of_an_independent_reader(rule, interval, bound, first):
    horizon = date(2029, 6, 30)
    text = f"{rule};INTERVAL={interval}"
    counted, until = isinstance(bound, int), None
    if counted:
        text += f";COUNT={bound}"
        standard = text
    else:
        until = bound
        standard = f"{text};UNTIL={bound:%Y%m%d}T155959Z"  # the end of that day in Shanghai, in UTC as RFC 5545 asks
    days = schedule(text, first=first, until=until).days(horizon)
    assume(0 < len(days) <= MAX_OCCURRENCES)  # more is refused by `Schedule.clean`, never expanded
    # RFC 5545: DTSTART should match the rule (`Schedule.clean` insists); elsewhere readers differ.
    first = datetime.combine(days[0], first.time())
    assert schedule(text, first=first, until=until).days(horizon) == independent_reading(standard, first, horizon)


@settings(max_examples=400, deadline=None)
@given(
    rule=rules,
    interval=st.integers(1, 4),
    count=st.one_of(st.just(""), st.integers(1, 400).map(";COUNT={}".format)),
    first=st.datetimes(datetime(2026, 1, 1), datetime(2026, 12, 31)),
    since=st.dates(date(2026, 1, 1), date(2029, 6, 30)),
)
def test_days_since_a_day_are_the_same_and_one_before_it(rule, interval, count, first, since):
    horizon = date(2029, 6, 30)
    plan = schedule(f"{rule};INTERVAL={interval}{count}", first=first)
    full = plan.days(horizon)
    assume(full)
    plan = schedule(plan.rule, first=datetime.combine(full[0], first.time()))  # `Schedule.clean` insists
    full = plan.days(horizon)
    assume(0 < len(full) <= MAX_OCCURRENCES)
    kept = plan.days(horizon, since)
    earlier = [day for day in full if day <= since][-1:]
    assert kept[-len(full) :] == full[-len(kept) :]
    assert [*earlier, *(day for day in full if day > since)] == [day for day in kept if day >= min(earlier or full)]


def test_a_class_of_many_years_is_not_counted_from_its_first_evening():
    plan = schedule("FREQ=WEEKLY;BYDAY=TU,SA;INTERVAL=2", first=datetime(2018, 1, 2, 19, 30))
    days = plan.days(date(2026, 12, 31), since=date(2026, 12, 1))
    assert len(days) < 8
    assert days == plan.days(date(2026, 12, 31))[-len(days) :]


numbers = st.sampled_from(
    ["0", "1", "-1", "5", "-5", "12", "13", "31", "-31", "53", "-53", "366", "367", "-999999", "x"]
)
lists = st.lists(
    st.one_of(numbers, st.builds("{}{}".format, numbers, st.sampled_from(WEEKDAYS))), min_size=1, max_size=3
)


@settings(max_examples=300, deadline=None)
@given(
    frequency=st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    parts=st.dictionaries(st.sampled_from(["BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "INTERVAL", "COUNT"]), lists),
    until=st.sampled_from([None, date(2027, 3, 1), date(2036, 1, 1)]),
)
@example(frequency="DAILY", parts={"BYMONTH": ["2"], "BYMONTHDAY": ["30"]}, until=date(2036, 1, 1))
@example(frequency="WEEKLY", parts={"BYMONTH": ["2"], "BYDAY": ["MO", "TU"], "BYSETPOS": ["2"]}, until=None)
def test_any_rule_is_taken_or_refused_in_bounded_time(frequency, parts, until):
    rule = ";".join([f"FREQ={frequency}", *(f"{name}={','.join(values)}" for name, values in parts.items())])
    since = process_time()
    with suppress(ValidationError):
        schedule(rule, until=until).clean()
    assert process_time() - since < 1.5  # the processor's: other work on the machine does not count
