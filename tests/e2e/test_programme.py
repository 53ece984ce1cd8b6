"""One township and two of its villages through the programme in real browsers, by the people whose turn it is: with one
block that the leading group resolves, one moved date, and a village that has to wait for its township."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.workflows.world import PDF, picture

from .conftest import SCREENSHOTS
from .test_applications import People
from .visit import DESKTOP, HEIGHTS

NAMES = ("township", "library", "culture", "bureau", "bureau2", "admin")
MATRIX = "/admin/programme/matrix/longchuan/"
BRANCH, VILLAGES = "南华县图书馆和文化馆龙川镇分馆", ("龙泉社区", "南秀社区")
SURVEY, PREMISES, SIGNAGE = "设施摸底排查", "场地设施达标", "统一标识：挂牌"
ITEMS = (SURVEY, PREMISES, SIGNAGE)
FILES = [
    {"name": "照片.png", "mimeType": "image/png", "buffer": picture(kind="PNG")},
    {"name": "记录.pdf", "mimeType": "application/pdf", "buffer": PDF},
]


class Officials(People):
    """The township's official, one of each head, two of the bureau, an administrator."""

    def __init__(self, browser, site):
        self.site, self.pages = site, {}
        password = next(iter(site.accounts.values()))[1]
        for name in NAMES:
            page = self.pages[name] = browser.new_context(
                viewport={"width": DESKTOP, "height": HEIGHTS[DESKTOP]}
            ).new_page()
            page.goto(f"{site.url}/account/login/")
            page.fill("input[name=login]", f"{name}@example.org")
            page.fill("input[name=password]", password)
            page.press("input[name=password]", "Enter")
            page.wait_for_load_state()

    def cell(self, name, place, item):
        """A cell of the township's matrix: an item at a venue."""
        page = self.open(name, MATRIX)
        columns = page.locator("table.board-matrix thead tr").last.locator("th span").all_inner_texts()
        row = page.locator("table.board-matrix tbody tr", has=page.locator("th", has_text=place)).first
        return row.locator("td").nth(columns.index(item)).locator("a")

    def milestone(self, place, item):
        """The address of a milestone's page."""
        return self.cell("township", place, item).get_attribute("href")

    def send(self, address, what, **fields):
        """Fill one of the forms on a milestone's page as the township and send it; what stands there afterwards."""
        page = self.open("township", address)
        form = page.locator(f"form[action$='/{what}/']")
        form.locator("xpath=ancestor::details").evaluate_all("boxes => boxes.forEach(box => box.open = true)")
        for field, value in fields.items():
            form.locator(f"[name={field}]").fill(value)
        if what == "hand-in":
            form.locator("[name=files]").set_input_files(FILES)
            answer_survey(form)
        form.locator("button.button").click()
        page.wait_for_load_state()
        assert page.locator(".work-case .help-critical").count() == 0, page.inner_text(".work-case")
        return page

    def hand_in(self, place, item, day="2020-03-18"):
        """Evidence for an item at a venue; returns the case's number."""
        page = self.send(self.milestone(place, item), "hand-in", done_on=day, note="已完成，见照片和记录。")
        return number_on(page)

    def check(self, number, item):
        self.do("culture" if item == SIGNAGE else "library", number, "accept")

    def through(self, place, item):
        """From evidence to confirmation."""
        number = self.hand_in(place, item)
        self.check(number, item)
        self.do("bureau", number, "confirm")

    def confirm_refused(self, number):
        """What the bureau reads when something comes first."""
        page = self.open("bureau", f"/admin/work/cases/{number}/")
        page.click("a.button:not(.button-secondary)[href*='/work/items/']")
        page.check("[name=decision][value=confirm]")
        page.click("main form[enctype] button.button")
        page.wait_for_load_state()
        page.screenshot(path=SCREENSHOTS / "milestone-too-early.png", full_page=True)
        return page.inner_text(".help-critical")


def answer_survey(form):
    """Every question that must be answered: yes, or twenty."""
    for question in form.locator(".work-survey > .work-field").all():
        if question.locator("label small, legend small").count():
            continue  # optional
        if (radio := question.locator("[type=radio]")).count():
            radio.first.check()
        elif (choice := question.locator("select")).count():
            choice.select_option(index=1)
        else:
            question.locator("input, textarea").first.fill("20")


def number_on(page):
    """The case's number, from a milestone's page."""
    return re.search(r"SS\d{4}-\d{4}", page.inner_text(".work-case"))[0]


@pytest.fixture
def people(browser, site):
    return Officials(browser, site)


@pytest.mark.xdist_group("programme")
def test_a_township_and_two_villages(people):
    township_and_villages(people)


def township_and_villages(people):
    """From the survey to the plaque: the acceptance's test goes on from here."""
    for place in (BRANCH, *VILLAGES):
        people.through(place, SURVEY)
    # The villages are ready; their township is not: 先镇后村.
    waiting = [people.hand_in(village, PREMISES) for village in VILLAGES]
    for number in waiting:
        people.check(number, PREMISES)
    for village, number in zip(VILLAGES, waiting, strict=True):
        assert "先镇后村（R23）" in people.confirm_refused(number)
        assert "已确认" not in people.cell("bureau", village, PREMISES).get_attribute("title")
    branch_moves_its_date_and_is_blocked(people)
    people.through(BRANCH, PREMISES)
    for number in waiting:
        people.do("bureau2", number, "confirm")
    for place in (BRANCH, *VILLAGES):
        people.through(place, SIGNAGE)
        for item in ITEMS:
            assert "已确认" in people.cell("bureau", place, item).get_attribute("title")
    people.pages["bureau"].screenshot(path=SCREENSHOTS / "programme-matrix-township.png", full_page=True)


def branch_moves_its_date_and_is_blocked(people):
    """Another last day, approved by the bureau; then a block, resolved by the leading group."""
    address = people.milestone(BRANCH, PREMISES)
    new = datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=60)
    page = people.send(address, "move", new=new.isoformat(), reason="雨季施工，屋面修缮推迟")
    number = number_on(page)
    people.do("bureau", number, "approve")
    page = people.send(address, "block", problem="原文化站房屋产权未移交")
    assert page.locator("form[action$='/hand-in/']").count() == 0
    page = people.open("bureau", f"/admin/work/cases/{number}/")
    page.click("a.button:not(.button-secondary)[href*='/work/items/']")
    page.fill("[name=met_on]", "2020-06-03")
    page.fill("[name=resolution]", "由镇政府与粮食局于六月底前完成移交。")
    page.locator("[name=minutes]").set_input_files(FILES[1])
    page.click("main form[enctype] button.button")
    page.wait_for_load_state()
    page = people.open("township", address)
    page.screenshot(path=SCREENSHOTS / "milestone-unblocked.png", full_page=True)
    text = page.inner_text(".work-case")
    day = f"{new.year}年{new.month}月{new.day}日"
    moved, blocked = (day, "原定：2020年5月31日", "雨季施工"), ("由镇政府与粮食局", "2020年6月3日")
    assert all(words in text for words in (*moved, *blocked)), text
    said = page.locator(".work-said", has_text="雨季施工").inner_text()
    assert "局工作人员" in said  # who approved it
    with page.expect_download() as minutes:
        page.click("a:has-text('会议纪要')")
    assert minutes.value.path().read_bytes() == PDF
