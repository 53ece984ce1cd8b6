"""Days as people write them: one day, however it is written; and in words what is none."""

import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from common.daytexts import FIRST, LAST, MAC_EPOCH, WINDOWS_EPOCH, day_read

DAY = dt.date(2019, 6, 4)
FULL = str.maketrans("0123456789", "０１２３４５６７８９")
FORMATS = [
    lambda d: f"{d.year}.{d.month}.{d.day}",
    lambda d: d.isoformat(),
    lambda d: f"{d.year}/{d.month}/{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日",
    lambda d: f" {d.year} 年 {d.month} 月 {d.day} 号 ",
    lambda d: f"{d.year}-{d.month}-{d.day} 00:00:00",
    lambda d: f"{d:%Y%m%d}",
    lambda d: int(f"{d:%Y%m%d}"),
    lambda d: f"{d.year}．{d.month}．{d.day}",
    lambda d: f"{d.year}年{d.month}月{d.day}日".translate(FULL),
    lambda d: (d - WINDOWS_EPOCH).days,
    lambda d: (d - WINDOWS_EPOCH).days + 0.75,
    lambda d: str((d - WINDOWS_EPOCH).days),
    lambda d: dt.datetime.combine(d, dt.time(13)),
]


@given(st.dates(FIRST, LAST), st.sampled_from(FORMATS))
def test_a_day_is_the_same_however_it_is_written(day, written):
    assert day_read(written(day)) == day


@given(st.dates(FIRST, LAST))
def test_numbers_of_1904_workbooks_count_from_another_day(day):
    assert day_read((day - MAC_EPOCH).days, epoch=MAC_EPOCH) == day


def test_excels_own_number_of_a_known_day():
    assert day_read(43620) == DAY
    assert day_read(42158, epoch=MAC_EPOCH) == DAY


@pytest.mark.parametrize("nothing", [None, "", "  ", "　"])
def test_nothing_is_no_day(nothing):
    assert day_read(nothing) is None


@pytest.mark.parametrize(
    "wrong",
    ["2019.2.30", "2019.6", 2019.6, "6/4/2019", "19.6.4", "2019-6/4", "六月四日", "1789-07-14", "#REF!", True, 12,
     float("nan"), float("inf"), 10**400, "9" * 5000, -1, [2019]],
)  # fmt: skip
def test_what_is_no_day_is_said_in_words(wrong):
    with pytest.raises(ValidationError, match="2019-06-04"):
        day_read(wrong)


@given(st.one_of(st.text(), st.integers(), st.floats(), st.booleans(), st.datetimes(), st.text("0123456789.-/年月日 ")))
def test_whatever_is_typed_is_a_day_of_our_time_or_a_refusal(typed):
    try:
        day = day_read(typed)
    except ValidationError:
        return
    assert day is None or FIRST <= day <= LAST
