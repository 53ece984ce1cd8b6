"""Spreadsheets are read row by row; what is none, damaged, hostile or too long is refused in words."""

import contextlib
import datetime as dt
import io
import tracemalloc
import zipfile

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from common.daytexts import MAC_EPOCH, day_read
from common.spreadsheets import MAX_ROWS, spreadsheet_read


def workbook(rows, merge=(), epoch=None):
    book = openpyxl.Workbook()
    if epoch:
        book.epoch = epoch
    for row in rows:
        book.active.append(row)
    for area in merge:
        book.active.merge_cells(area)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def repacked(data, change):
    """The same workbook with parts changed: {name: bytes}."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *change}:
            new.writestr(name, change[name] if name in change else old.read(name))
    return out.getvalue()


def cells(data):
    return [row.cells for row in spreadsheet_read(data)[0].rows]


def refused(data):
    with pytest.raises(ValidationError) as refusal:
        spreadsheet_read(data)
    return refusal.value


def test_rows_keep_the_number_that_the_spreadsheet_shows():
    rows = spreadsheet_read(workbook([["a"], [None], ["  "], [" b ", 3]]))[0].rows
    assert [(row.number, row.cells[:2]) for row in rows] == [(1, ["a", None]), (4, ["b", 3])]


def test_a_merged_cell_counts_in_every_row_it_covers_and_says_so():
    data = workbook([["村", "项"], ["白衣", 1], [None, 2], [None, None], ["中村", 3]], merge=["A2:A4"])
    rows = spreadsheet_read(data)[0].rows
    assert [row.cells[0] for row in rows] == ["村", "白衣", "白衣", "中村"]
    assert [row.merged for row in rows] == [frozenset(), frozenset(), {0}, frozenset()]


def test_days_of_both_calendars_are_read_as_days():
    assert cells(workbook([[dt.date(2019, 6, 4)]]))[0][0] == dt.datetime(2019, 6, 4)
    data = workbook([[42158, dt.date(2019, 6, 4)]], epoch=CALENDAR_MAC_1904)
    sheet = spreadsheet_read(data)[0]
    assert sheet.epoch == MAC_EPOCH
    assert {day_read(cell, epoch=sheet.epoch) for cell in sheet.rows[0].cells[:2]} == {dt.date(2019, 6, 4)}


def test_hidden_sheets_are_not_read():
    book = openpyxl.Workbook()
    book.active["A1"] = "seen"
    book.create_sheet("lists").sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    assert len(spreadsheet_read(out.getvalue())) == 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("comma", [",", ";", "\t"])
def test_csv_is_read_in_the_encodings_that_spreadsheets_write(encoding, comma):
    data = f"村{comma}日期\r\n白衣村{comma}2019.6.4\r\n".encode(encoding)
    assert cells(data) == [["村", "日期"], ["白衣村", "2019.6.4"]]


def test_fifty_thousand_rows_are_refused_in_words_and_in_bounded_memory():
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for number in range(50_000):
        sheet.append([f"村{number}", "2019.6.4", "备注"])
    out = io.BytesIO()
    book.save(out)
    tracemalloc.start()
    try:
        assert refused(out.getvalue()).code == "too_long"
        assert tracemalloc.get_traced_memory()[1] < 120_000_000
    finally:
        tracemalloc.stop()
    assert refused("村\n".encode() * 50_000).code == "too_long"


def test_the_limit_itself_is_taken():
    assert len(cells(b"a\n" * MAX_ROWS)) == MAX_ROWS


def test_a_row_far_below_the_end_costs_nothing():
    book = openpyxl.Workbook()
    book.active["A1"], book.active["A1000000"] = "a", "b"
    out = io.BytesIO()
    book.save(out)
    assert cells(out.getvalue())[0][0] == "a"


def test_bombs_are_refused_before_they_are_opened():
    plain = workbook([["a"]])
    sheet = "xl/worksheets/sheet1.xml"
    assert refused(repacked(plain, {sheet: b"<a>" + b" " * 60_000_000})).code == "bomb"
    assert refused(repacked(plain, {"xl/sharedStrings.xml": b" " * 17_000_000})).code == "bomb"
    entities = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><worksheet>&b;</worksheet>'
    for hostile in (entities, entities.decode().encode("utf-16"), b'<?xml version="1.0" encoding="utf-7"?><a/>'):
        assert refused(repacked(plain, {sheet: hostile})).code == "hostile"


def test_other_formats_are_named():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600
    assert "xls" in str(refused(ole).messages)
    assert refused(ole + "EncryptedPackage".encode("utf-16-le")).code == "locked"
    assert refused(b"<html><table></table></html>").code == "type"
    assert refused(b"%PDF-1.4").code == "type"
    assert refused(b"").code == "empty"
    assert refused(b"PK\x03\x04 not a package").code == "damaged"
    assert refused(repacked(workbook([["a"]]), {"xl/vbaProject.bin": b"x"})).code == "active"
    assert refused(repacked(workbook([["a"]]), {"[Content_Types].xml": b"<Types/>"})).code == "type"


PLAIN = workbook([["村", "日期"], ["白衣", 43620], [None, "x"]], merge=["A2:A3"])


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_refused_and_never_an_error(data):
    with zipfile.ZipFile(io.BytesIO(PLAIN)) as archive:
        name = data.draw(st.sampled_from(archive.namelist()))
        part = archive.read(name)
    place = data.draw(st.integers(0, len(part) - 1))
    changed = part[:place] + data.draw(st.binary(max_size=8)) + part[place + data.draw(st.integers(0, 8)) :]
    with contextlib.suppress(ValidationError):
        spreadsheet_read(repacked(PLAIN, {name: changed}))


@given(st.binary(max_size=300))
def test_whatever_bytes_come_are_rows_or_a_refusal(data):
    with contextlib.suppress(ValidationError):
        spreadsheet_read(data)
