"""Bulk work in real browsers: a township fetches a spreadsheet, brings it back with a mistake, reads the report row by
row, corrects it; the worker takes it; the head looks at samples and checks the lot."""

import io
import subprocess
import sys
from datetime import date

import openpyxl
import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.conftest import ROOT
from tests.workflows.world import PDF, picture

from .conftest import SCREENSHOTS, environment
from .test_programme import Officials
from .visit import DESKTOP, HEIGHTS, LANGUAGES, PHONE

ITEM = "统一平台：接入图书馆集群管理系统"
NEW = "/admin/programme/batches/new/"
DATES = ("2019.6.4", "2019年6月4日", 43620, date(2019, 6, 4))  # 43620: the same day as a spreadsheet counts
FILES = [
    {"name": "联通.png", "mimeType": "image/png", "buffer": picture(kind="PNG")},
    {"name": "记录.pdf", "mimeType": "application/pdf", "buffer": PDF},
]


def shots(page, site, name):
    """The screen in both languages and widths, without what axe would complain about."""
    for width in (DESKTOP, PHONE):
        for language, code in LANGUAGES.items():
            page.context.add_cookies([{"name": "django_language", "value": code, "url": site.url}])
            page.set_viewport_size({"width": width, "height": HEIGHTS[width]})
            page.reload()
            page.wait_for_load_state()
            page.screenshot(path=SCREENSHOTS / f"batch-{name}-{language}-{width}.png", full_page=True)
            too_wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert too_wide <= 0, (name, language, width, too_wide)
    found = Axe().run(page, context=".work").response["violations"]
    assert not found, [(row["id"], [node["html"] for node in row["nodes"]][:3]) for row in found]
    page.context.add_cookies([{"name": "django_language", "value": LANGUAGES["zh"], "url": site.url}])
    page.set_viewport_size({"width": DESKTOP, "height": HEIGHTS[DESKTOP]})
    page.reload()


def worker(site):
    """One turn of the timer, as a process of its own."""
    folder = site.mail.parent
    subprocess.run(
        [sys.executable, "manage.py", "run_batches"], cwd=ROOT, env=environment(folder), check=True, capture_output=True
    )


def bring(page, site, book):
    """Upload a workbook with the papers that count for all rows; ends on the batch's page."""
    out = io.BytesIO()
    book.save(out)
    page.goto(f"{site.url}{NEW}")
    page.set_input_files("[name=sheet]", {"name": "龙川镇.xlsx", "mimeType": "", "buffer": out.getvalue()})
    page.set_input_files("[name=common]", FILES)
    page.click("section[aria-labelledby=bring] button.button")
    page.wait_for_url("**/batches/*/")


@pytest.mark.xdist_group("programme")
def test_a_spreadsheet_from_the_township_to_the_head_s_check(browser, site):
    people = Officials(browser, site)
    page = people.open("township", NEW)
    shots(page, site, "new")
    with page.expect_download() as fetched:
        page.locator("section tr", has=page.locator("th", has_text=ITEM)).locator("a").last.click()
    book = openpyxl.load_workbook(io.BytesIO(fetched.value.path().read_bytes()))
    sheet = book.worksheets[0]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "完成日期" for cell in row))
    day, note = (next(cell.column for cell in head if cell.value == name) for name in ("完成日期", "备注"))
    first = head[0].row + 1
    for number, text in enumerate(DATES):
        sheet.cell(first + number, day).value = text
        sheet.cell(first + number, note).value = "已接入"
    wrong = sheet.cell(first + len(DATES), day)
    wrong.value = "下个月"

    bring(page, site, book)
    late = page.locator("table.listing tbody tr.late")
    assert late.count() == 1
    assert str(wrong.row) in late.inner_text()
    assert page.locator("table.listing td.batch-day", has_text="2019-06-04").count() == len(DATES)
    assert page.locator("input[name=how][value=all]").count() == 0  # not while a row is wrong
    shots(page, site, "report")
    with page.expect_download() as fetched:
        page.click("a[href$='report.xlsx']")
    again = openpyxl.load_workbook(io.BytesIO(fetched.value.path().read_bytes())).worksheets[0]
    assert any("下个月" in str(cell.value) for row in again.iter_rows() for cell in row)

    wrong.value = "2019/6/4"
    bring(page, site, book)
    assert page.locator("table.listing tbody tr.late").count() == 0
    page.check("input[name=how][value=all]")
    shots(page, site, "draft")
    page.check("input[name=how][value=all]")
    page.click("form[action$='/take/'] button.button")
    page.wait_for_selector("#progress")
    shots(page, site, "queued")
    worker(site)
    page.reload()
    rows = len(DATES) + 1
    assert page.locator("#progress progress").get_attribute("value") == str(rows)
    shots(page, site, "done")

    head_page = people.open("library", "/admin/programme/batches/decide/check/")
    head_page.select_option("[name=item]", label=ITEM)
    head_page.click("form.work-filter button")
    head_page.wait_for_load_state()
    listed = head_page.locator("table.listing tbody tr").count()
    assert listed >= rows
    shots(head_page, site, "decide")
    head_page.check("[name=scope][value=all]")
    head_page.check("[name=decision][value=accept]")
    head_page.click("form[method=post] .work-buttons button.button")
    head_page.wait_for_url("**/batches/*/")
    address = head_page.url
    assert head_page.locator("form[action$='/take/']").count() == 0  # samples first
    shots(head_page, site, "samples")
    samples = head_page.locator("#samples + p + ol a").count()
    assert samples >= min(3, listed)
    for number in range(samples):
        head_page.goto(address)
        head_page.locator("#samples + p + ol li", has=head_page.locator("b.work-paused")).first.locator("a").click()
        if number == 0:
            shots(head_page, site, "sample")
        head_page.click("button[name=fine][value=yes]")
        head_page.wait_for_load_state()
    head_page.goto(address)
    head_page.click("form[action$='/take/'] button.button")
    head_page.wait_for_selector("#progress")
    worker(site)
    head_page.reload()
    assert head_page.locator("#progress progress").get_attribute("value") == str(listed)
    assert head_page.locator("table.listing tbody tr.late").count() == 0
