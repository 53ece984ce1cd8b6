import datetime as dt
import logging

import pytest
from django.core.checks import Error
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from common import workdays
from common.checks import check_holidays_file
from common.workdays import (
    add_workdays,
    holiday_name,
    is_makeup_workday,
    is_provisional,
    is_workday,
    workdays_between,
)

days = st.dates(dt.date(2005, 1, 1), dt.date(2026, 12, 31))


@pytest.fixture
def entered(settings, tmp_path):
    """Write a holidays file of one's own."""

    def write(text):
        file = tmp_path / "holidays.csv"
        file.write_text("date,kind,name\n" + text, encoding="utf-8")
        settings.HOLIDAYS_FILE = file
        workdays._entered.cache_clear()

    return write


def test_the_notices_term_skips_the_dragon_boat_festival():
    assert workdays_between(dt.date(2019, 6, 4), dt.date(2019, 6, 26)) == 15
    assert add_workdays(dt.date(2019, 6, 4), 15) == dt.date(2019, 6, 26)


def test_holidays_and_makeup_workdays():
    assert holiday_name(dt.date(2019, 6, 7)) == "端午节"
    with translation.override("en"):
        assert holiday_name(dt.date(2019, 6, 8)) == "Dragon Boat Festival"
    assert not is_workday(dt.date(2026, 10, 1))
    assert is_makeup_workday(dt.date(2026, 10, 10))  # a Saturday on which offices work
    assert holiday_name(dt.date(2026, 10, 10)) is None
    assert not is_makeup_workday(dt.date(2026, 10, 9))
    assert holiday_name(dt.date(2026, 11, 22)) is None  # an ordinary Sunday
    assert not is_workday(dt.date(2026, 11, 22))


def test_beyond_the_known_years_weekdays_count_and_the_date_is_provisional(caplog):
    workdays._warn.cache_clear()
    with caplog.at_level(logging.WARNING):
        assert is_workday(dt.date(2027, 10, 1))  # a Friday: nobody has told us yet
    assert "2027" in caplog.text
    assert is_provisional(dt.date(2027, 10, 1))
    assert not is_workday(dt.date(2027, 10, 2))
    assert not is_provisional(dt.date(2026, 12, 31))


def test_a_term_runs_over_the_end_of_the_known_years():
    assert add_workdays(dt.date(2026, 12, 30), 3) == dt.date(2027, 1, 4)


def test_what_somebody_entered_holds(entered):
    entered("2027-01-01,rest,元旦\n2027-01-02,work,元旦\n")
    assert holiday_name(dt.date(2027, 1, 1)) == "元旦"
    assert not is_workday(dt.date(2027, 1, 1))
    assert is_makeup_workday(dt.date(2027, 1, 2))
    assert not is_provisional(dt.date(2027, 6, 1))
    assert is_provisional(dt.date(2028, 6, 1))


@pytest.mark.parametrize("line", ["2027-13-01,rest,x", "2027-01-01,holiday,x", "2027-01-01,rest"])
def test_a_malformed_holidays_file_is_ignored_and_reported(entered, line):
    entered(line + "\n")
    assert is_workday(dt.date(2027, 1, 4))
    (error,) = check_holidays_file(None)
    assert isinstance(error, Error)
    assert "holidays.csv:2:" in error.msg


def test_the_shipped_holidays_file_is_well_formed():
    assert check_holidays_file(None) == []


@given(days, st.integers(1, 60))
def test_adding_then_counting_gives_the_number_back(start, count):
    end = add_workdays(start, count)
    assert is_workday(end)
    assert workdays_between(start, end) == count
    assert workdays_between(end, start) == -count


@given(days, st.integers(1, 60))
def test_subtracting_lands_on_a_workday(end, count):
    start = add_workdays(end, -count)
    assert start < end
    assert is_workday(start)


def test_adding_nothing_stays():
    assert add_workdays(dt.date(2026, 11, 22), 0) == dt.date(2026, 11, 22)
