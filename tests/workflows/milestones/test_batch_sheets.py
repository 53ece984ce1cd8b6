"""Spreadsheets of a programme: written to be filled in, read however they come back, reported row by row."""

import csv
import datetime as dt
import io

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from workflows.milestones.models import SurveyQuestion
from workflows.milestones.selectors.batches import batch_rows, open_milestones, own_milestones
from workflows.milestones.sheet_rows import entries_read
from workflows.milestones.sheets import Line, csv_write, lines_of_rows, workbook_write

from .batches import prepared
from .plan import milestone
from .survey import make_questions

pytestmark = pytest.mark.django_db
DAY = dt.date(2019, 6, 4)


def read(world, programme, data, by=None, item=None):
    rows = list(own_milestones(by or world.town, programme))
    return entries_read(data, milestones=rows, questions=SurveyQuestion.objects.all(), item=item)


def workbook(rows, title="Sheet", merge=(), epoch=None):
    book = openpyxl.Workbook()
    book.active.title = title
    if epoch:
        book.epoch = epoch
    for row in rows:
        book.active.append(row)
    for area in merge:
        book.active.merge_cells(area)
    return saved(book)


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def refused(call):
    with pytest.raises(ValidationError) as caught:
        call()
    return " ".join(caught.value.messages)


HEADS = ["牌匾名称", "事项代码", "完成日期", "备注"]


def row(venue, day="2019.6.4", code="signage"):
    return [venue.plaque, code, day, "办妥"]


# Written ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("language", "day", "note"), [("zh-hans", "完成日期", "备注"), ("en", "Done on", "Note")])
def test_what_is_written_comes_back_filled_in(world, programme, language, day, note):
    make_questions()
    with translation.override(language):
        lines = [Line(found) for found in open_milestones(world.town, programme)]
        book = openpyxl.load_workbook(io.BytesIO(workbook_write(lines)))
        assert book.sheetnames == ["survey", "signage", "training"]
        sheet = book["survey"]
        names = {cell.value: cell.column for cell in sheet[4]}
        answered = range(names[note] + 1, names[note] + 4)
        for number in range(5, sheet.max_row + 1):
            sheet.cell(number, names[day]).value = dt.date(2026, 3, 1)
            for place, answer in zip(answered, (120.5, 8, "是"), strict=True):
                sheet.cell(number, place).value = answer
        reading = read(world, programme, saved(book))
    assert {(entry.done_on, entry.answers["seats"]) for entry in reading.entries} == {(dt.date(2026, 3, 1), 8)}
    assert not any(entry.problems for entry in reading.entries)
    assert (len(reading.entries), reading.left_empty) == (4, 8)
    batch = prepared(world, programme, reading.entries)
    assert batch.total == 4


def test_only_what_is_to_be_filled_in_is_unlocked(world, programme):
    book = openpyxl.load_workbook(io.BytesIO(workbook_write([Line(milestone(programme, "signage", world.branch))])))
    sheet = book.active
    open_cells = {sheet.cell(4, cell.column).value for cell in sheet[5] if not cell.protection.locked}
    assert sheet.protection.sheet
    assert open_cells == {"完成日期", "备注"}


def test_the_answers_have_lists_and_bounds_that_fit(world, programme):
    make_questions()
    data = workbook_write([Line(milestone(programme, "survey", world.branch))])
    rules = openpyxl.load_workbook(io.BytesIO(data)).active.data_validations.dataValidation
    assert {(rule.type, rule.formula1) for rule in rules} >= {
        ("list", '"是,否"'),
        ("list", '"完好,危房"'),
        ("whole", "0"),
        ("decimal", "0"),
        ("date", "32874"),
    }


def test_a_name_that_begins_like_a_formula_stays_text(world, programme):
    world.branch.name = world.branch.plaque = "=1+1"
    world.branch.save()
    line = Line(milestone(programme, "signage", world.branch))
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_write([line]))).active
    assert {cell.data_type for cell in sheet[5] if cell.value == "=1+1"} == {"s"}
    assert "'=1+1" in csv_write([line]).decode("utf-8-sig")


def test_an_empty_workbook_can_be_opened(world, programme):
    assert openpyxl.load_workbook(io.BytesIO(workbook_write([]))).sheetnames


def test_the_queries_of_a_workbook_do_not_grow_with_its_rows(world, programme):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counted = []
    for rows in (open_milestones(world.town, programme)[:2], open_milestones(world.town, programme)):
        with CaptureQueriesContext(connection) as queries:
            workbook_write([Line(found) for found in rows])
        counted.append(len(queries))
    assert counted[0] == counted[1]


# Read -------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "written",
    [
        "2019.6.4",
        "2019-06-04",
        "2019/6/4",
        "2019年6月4日",
        "２０１９．６．４",
        43620,
        "43620",
        DAY,
        dt.datetime(2019, 6, 4, 9),
    ],
)
def test_days_are_read_however_they_are_written(world, programme, written):
    reading = read(world, programme, workbook([HEADS, row(world.branch, written)]))
    assert [(entry.done_on, entry.problems) for entry in reading.entries] == [(DAY, [])]


def test_numbers_of_a_1904_workbook_are_its_own_days(world, programme):
    data = workbook([HEADS, row(world.branch, 42158)], epoch=CALENDAR_MAC_1904)
    assert read(world, programme, data).entries[0].done_on == DAY


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig"])
def test_csv_of_any_column_order_is_read(world, programme, encoding):
    lines = ["备注,完成日期,多余的列,事项,村名", "办妥,2019年6月4日,x,signage,白衣村"]
    reading = read(world, programme, "\r\n".join(lines).encode(encoding))
    (entry,) = reading.entries
    assert (entry.milestone.venue, entry.done_on, entry.note) == (world.points[0], DAY, "办妥")
    assert "多余的列" in reading.remarks[0]


def test_the_sheet_s_name_or_the_chosen_item_says_which_item_is_meant(world, programme):
    rows = [["场馆", "完成日期"], [world.branch.name, "2019.6.4"]]
    assert read(world, programme, workbook(rows, title="signage")).entries[0].milestone.item.code == "signage"
    item = milestone(programme, "training", world.branch).item
    assert read(world, programme, workbook(rows), item=item).entries[0].milestone.item == item
    assert "事项代码" in refused(lambda: read(world, programme, workbook(rows)))


def test_missing_and_unknown_columns_are_named_with_their_sheet(world, programme):
    text = refused(
        lambda: read(world, programme, workbook([["村名", "做完了没有", "事项代码"], ["白衣村", "是", "signage"]]))
    )
    assert "完成日期" in text
    assert "做完了没有" in text
    assert "Sheet" in text


def test_a_column_that_stands_twice_is_named(world, programme):
    heads = [*HEADS, "完成日期"]
    assert "完成日期" in refused(lambda: read(world, programme, workbook([heads, row(world.branch)])))


def test_a_sheet_without_headings_is_refused(world, programme):
    assert "牌子" in refused(lambda: read(world, programme, workbook([["a", "b"], [1, 2]])))
    assert refused(lambda: read(world, programme, workbook([])))


def test_the_same_village_twice_is_refused_with_both_row_numbers(world, programme):
    rows = [HEADS, *(row(world.points[place], "2026.3.1") for place in (0, 1, 0))]
    batch = prepared(world, programme, read(world, programme, workbook(rows)).entries)
    told = {found.number: (found.state, found.message) for found in batch.rows.all()}
    assert [told[number][0] for number in (2, 3, 4)] == ["refused", "ok", "refused"]
    assert "4" in told[2][1]
    assert "2" in told[4][1]


def test_a_merged_village_counts_in_all_its_rows_and_says_so(world, programme):
    rows = [HEADS, row(world.points[0]), [None, "training", "2019.6.4"]]
    reading = read(world, programme, workbook(rows, merge=["A2:A3"]))
    assert [entry.milestone.venue for entry in reading.entries] == [world.points[0]] * 2
    assert reading.remarks
    assert [bool(entry.remarks) for entry in reading.entries] == [False, True]


def test_another_township_s_village_is_simply_not_there(world, programme):
    reading = read(world, programme, workbook([HEADS, row(world.branch)]), by=world.elsewhere)
    assert reading.entries[0].milestone is None
    assert reading.entries[0].problems


def test_each_row_says_what_is_wrong_with_it(world, programme):
    rows = [
        HEADS,
        row(world.branch, "2019.2.30"),
        ["没有这个村", "signage", "2019.6.4"],
        [world.branch.plaque, "nothing", "2019.6.4"],
        [None, "signage", "2019.6.4"],
        [world.branch.plaque, "training", None, None],
        [],
    ]
    reading = read(world, programme, workbook(rows))
    told = {entry.number: " ".join(entry.problems) for entry in reading.entries}
    assert "2019.2.30" in told[2]
    assert "没有这个村" in told[3]
    assert "nothing" in told[4]
    assert told[5]
    assert reading.left_empty == 1


def test_two_venues_of_one_name_have_to_be_named_by_plaque(world, programme):
    for point in world.points[:2]:
        point.name = "文化室"
        point.save()
    named = workbook([["场馆", "事项代码", "完成日期"], ["文化室", "signage", "2019.6.4"]])
    assert "文化室" in read(world, programme, named).entries[0].problems[0]
    both = ["牌匾", "场馆", "事项代码", "完成日期"]
    right = [world.points[0].plaque, "文化室", "signage", "2019.6.4"]
    assert read(world, programme, workbook([both, right])).entries[0].milestone.venue == world.points[0]
    wrong = [world.branch.plaque, "文化室", "signage", "2019.6.4"]
    assert read(world, programme, workbook([both, wrong])).entries[0].problems


def test_a_row_of_another_programme_is_refused(world, programme):
    data = workbook([["实施方案", *HEADS], ["别的方案", *row(world.branch)], [programme.name, *row(world.branch)]])
    assert [bool(entry.problems) for entry in read(world, programme, data).entries] == [True, False]


def test_a_long_note_is_refused_in_the_draft(world, programme):
    rows = [HEADS, [world.branch.plaque, "signage", "2019.6.4", "长" * 2001]]
    batch = prepared(world, programme, read(world, programme, workbook(rows)).entries)
    assert batch.total == 0


# The report -------------------------------------------------------------------------------------
def test_the_report_is_the_same_sheet_with_a_result(world, programme):
    rows = [HEADS, row(world.branch), row(world.points[0], "2019.2.30"), ["没有这个村", "signage", "2019.6.4"]]
    batch = prepared(world, programme, read(world, programme, workbook(rows)).entries)
    lines = lines_of_rows(batch_rows(batch))
    book = openpyxl.load_workbook(io.BytesIO(workbook_write(lines, with_result=True)))
    assert book.sheetnames[0] == "signage"
    assert book["signage"].cell(4, book["signage"].max_column).value == "结果"
    table = list(csv.DictReader(io.StringIO(csv_write(lines, with_result=True).decode("utf-8-sig"))))
    assert [found["完成日期"] for found in table] == ["2019-06-04", "2019.2.30", "2019-06-04"]
    assert "2019.2.30" in table[1]["结果"]
    assert table[2]["场馆"] == "没有这个村"


def test_the_report_put_right_can_be_brought_back(world, programme):
    batch = prepared(
        world, programme, read(world, programme, workbook([HEADS, row(world.branch, "2019.2.30")])).entries
    )
    book = openpyxl.load_workbook(io.BytesIO(workbook_write(lines_of_rows(batch_rows(batch)), with_result=True)))
    sheet = book["signage"]
    day = next(cell.column for cell in sheet[4] if cell.value == "完成日期")
    sheet.cell(5, day).value = "2019.6.4"
    assert read(world, programme, saved(book)).entries[0].done_on == DAY
