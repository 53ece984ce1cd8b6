"""Document numbers 发文字号 and index numbers 索引号 (R04, R09)."""

import datetime

import pytest
from django.core.exceptions import ValidationError

from pages.disclosure.models import IndexNumber
from pages.disclosure.numbers import document_number_normalise, index_number_parts, validate_document_number
from pages.disclosure.services import index_number_allot

DAY = datetime.date(2026, 11, 20)


@pytest.mark.parametrize(
    "typed",
    [
        "南政办通〔2019〕11号",
        "南政办通[2019]11号",
        "南政办通(2019)11号",
        "南政办通\uff082019\uff0911号",
        "南政办通【2019】11号",
        "南政办通 〔2019〕 11 号",
        "南政办通\uff3b\uff12\uff10\uff11\uff19\uff3d\uff11\uff11号",
        "南政办通\ufe5d2019\ufe5e11号",
    ],
)
def test_brackets_widths_and_blanks_are_put_right(typed):
    number = document_number_normalise(typed)
    assert number == "南政办通〔2019〕11号"
    validate_document_number(number)


@pytest.mark.parametrize(
    "number",
    [
        "南政办通〔2019〕第11号",
        "南政办通〔2019〕011号",
        "南政办通〔19〕11号",
        "〔2019〕11号",
        "南政办通2019年11号",
        "南政办通〔2019〕11",
        "南政办通〔2019〕0号",
        "abc〔2019〕11号",
        "南政办通〔2019〕11号\n",
    ],
)
def test_what_is_no_document_number_is_refused(number):
    with pytest.raises(ValidationError, match="南政办通〔2019〕11号"):
        validate_document_number(number)


def test_index_number_parts():
    assert index_number_parts("2023-1027116") == (datetime.date(2023, 10, 27), 116)


@pytest.mark.parametrize(
    "number", ["2023-1327116", "2023-0230001", "2023-1027000", "2023-10271", "x", "", "２０２３-1027116"]
)
def test_what_is_no_index_number_is_refused(number):
    with pytest.raises(ValueError):  # noqa: PT011
        index_number_parts(number)


def test_numbers_of_a_day_have_no_gap(office):
    given = [index_number_allot(office=office, day=DAY).number for _ in range(3)]
    assert given == ["2026-1120001", "2026-1120002", "2026-1120003"]
    assert index_number_allot(office=office, day=DAY + datetime.timedelta(1)).number == "2026-1121001"


def test_a_kept_number_is_counted_on_from(office):
    IndexNumber.objects.create(office=office, day=datetime.date(2023, 10, 27), serial=116)
    assert index_number_allot(office=office, day=datetime.date(2023, 10, 27)).number == "2023-1027117"


def test_a_day_has_999_numbers(office):
    IndexNumber.objects.create(office=office, day=DAY, serial=999)
    with pytest.raises(ValueError):  # noqa: PT011
        index_number_allot(office=office, day=DAY)


def test_the_number_of_a_deleted_document_is_not_used_again(make_document):
    first = make_document(title="甲")
    number = first.slug
    first.delete()
    assert make_document(title="乙").slug != number
