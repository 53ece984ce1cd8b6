"""The survey 摸底排查 in real browsers: a township fills in for a village, a head institution checks, the bureau sees
the answers beside the register and confirms what it takes over; register, public page and totals show it.

Before the acceptance (by its name, and on the same site by its group): an accepted programme takes no answers.
"""

import re

import pytest

from .conftest import SCREENSHOTS
from .test_programme import SURVEY, Officials, answer_survey, number_on

VILLAGE = "海子山社区"  # the register knows neither its rooms nor its seats
STEP = "a.button:not(.button-secondary)[href*='/work/items/']"


def fill_in(people):
    """The township's answers, typed as people type; returns the milestone's address and the case's number."""
    address = people.milestone(VILLAGE, SURVEY)
    page = people.open("township", address)
    form = page.locator("form[action$='/hand-in/']")
    form.locator("xpath=ancestor::details").evaluate_all("boxes => boxes.forEach(box => box.open = true)")
    answer_survey(form)
    form.locator("[name=done_on]").fill("2020-03-18")
    form.locator("[name=survey-seats]").fill("很多")
    form.locator("button.button").click()
    page.wait_for_load_state()
    assert page.locator(".work-case .help-critical, .bad .errorlist").count()  # refused, and nothing typed is lost
    form = page.locator("form[action$='/hand-in/']")
    assert form.locator("[name=survey-seats]").input_value() == "很多"
    form.locator("[name=survey-seats]").fill("２６ 个")
    form.locator("[name=survey-floor_area]").fill("132.5")
    form.locator("[name=survey-address]").fill("海子山小组12号")
    form.locator("button.button").click()
    page.wait_for_load_state()
    page.screenshot(path=SCREENSHOTS / "survey-handed-in.png", full_page=True)
    return address, number_on(page)


def confirm(people, number):
    """The bureau reads answers and register side by side, leaves the address out and confirms."""
    page = people.open("bureau", f"/admin/work/cases/{number}/")
    page.click(STEP)
    page.wait_for_load_state()
    told = page.inner_text("main")
    assert all(words in told for words in ("馆舍建筑面积: – → 132.5 平方米", "阅览座席: – → 26 个", "与场馆登记对照"))
    page.screenshot(path=SCREENSHOTS / "survey-comparison.png", full_page=True)
    page.uncheck("[name=take_over][value=address]")
    page.check("[name=decision][value=confirm]")
    page.click("main form[enctype] button.button")
    page.wait_for_load_state()


@pytest.mark.xdist_group("programme")
def test_a_village_s_survey_reaches_the_register(browser, site):
    people = Officials(browser, site)
    address, number = fill_in(people)
    page = people.open("library", f"/admin/work/cases/{number}/")
    page.click(STEP)
    page.wait_for_load_state()
    assert "132.5" in page.inner_text("main")
    people.do("library", number, "accept")
    confirm(people, number)
    assert "已确认" in people.cell("bureau", VILLAGE, SURVEY).get_attribute("title")

    page = people.open("bureau", address)
    page.screenshot(path=SCREENSHOTS / "survey-confirmed.png", full_page=True)
    page = people.open("bureau", "/admin/network/venue/?q=海子山")
    venue = re.search(r"/edit/(\d+)/", page.locator("a:has-text('海子山社区')").first.get_attribute("href"))[1]
    register = people.open("bureau", f"/admin/network/venue/inspect/{venue}/").inner_text("main")
    assert re.search(r"建筑面积（m²）\s+132\.5", register)
    assert re.search(r"座席\s+26\b", register)
    assert "海子山小组12号" not in register  # left out by the bureau
    assert number in people.open("bureau", f"/admin/network/venue/history/{venue}/").inner_text("main")
    visitor = browser.new_page()
    visitor.goto(f"{site.url}/venues/longchuan/haizishan/")
    assert "132.5" in visitor.inner_text("main")
    totals = people.open("township", "/admin/programme/survey/").inner_text("main")
    assert re.search(r"馆舍建筑面积\s+平方米", totals)
