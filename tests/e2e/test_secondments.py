"""Both directions of a secondment in real browsers, by the people whose turn it is; and a report of diversion."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from .conftest import SCREENSHOTS
from .test_applications import People
from .visit import DESKTOP, HEIGHTS, PHONE

PHONES = ("seconded2", "editor", "seconded")
NAMES = (*PHONES, "library", "culture", "township", "bureau", "bureau2")


class Staff(People):
    """Eight people; who is seconded works on a phone."""

    def __init__(self, browser, site, extra=()):
        self.site, self.pages = site, {}
        password = next(iter(site.accounts.values()))[1]
        for name in (*NAMES, *extra):
            width = PHONE if name in PHONES else DESKTOP
            page = self.pages[name] = browser.new_context(
                viewport={"width": width, "height": HEIGHTS[width]}
            ).new_page()
            page.goto(f"{site.url}/account/login/")
            page.fill("input[name=login]", f"{name}@example.org")
            page.fill("input[name=password]", password)
            page.press("input[name=password]", "Enter")
            page.wait_for_load_state()

    def posting(self, name):
        """The number of somebody's posting, from their desk."""
        page = self.open(name, "/desk/")
        return page.locator("a[href*='/desk/postings/']").first.get_attribute("href").split("/")[-2]

    def answer(self, name, number, decision=None, **fields):
        """Do what is asked of somebody at the desk."""
        page = self.open(name, f"/desk/postings/{number}/")
        page.click("a.button[href*='/task/']")
        page.wait_for_load_state()
        for field, value in fields.items():
            page.fill(f"[name={field}]", value)
        if decision:
            page.check(f"[name=decision][value={decision}]")
        page.click("main form.form button.button")
        page.wait_for_load_state()

    def appoint(self, name, number):
        """From today on, so that the term can be over today."""
        today = timezone.localdate()
        self.do(name, number, "appoint", first_day=today.isoformat(), last_day=(today + timedelta(days=60)).isoformat())

    def finish(self, name, number, township=""):
        """From the appointment to the end of the term, by an official of the line; down, the township says its view."""
        self.do(name, number, "handed_over", handover_on=timezone.localdate().isoformat(), handover_note="已移交")
        if township:
            self.do(township, number, "said", view_grade="excellent", view="群众反映好")
        self.do(name, number, "reviewed", midterm_grade="competent", midterm_text="进展顺利")
        self.do(name, number, "return", until=timezone.localdate().isoformat())

    def state(self, number):
        return self.open("bureau", f"/admin/work/cases/{number}/").locator(".work-state").first.get_attribute("class")


@pytest.fixture
def people(browser, site):
    return Staff(browser, site)


def choose(people, name, number, field):
    """A list's first real choice on the step that waits."""
    page = people.open(name, f"/admin/work/cases/{number}/")
    page.click("a.button:not(.button-secondary)[href*='/work/items/']")
    page.wait_for_load_state()
    page.select_option(f"select[name={field}]", index=1)
    return page


@pytest.mark.xdist_group("secondments")
def test_down(people):
    number = people.posting("seconded2")
    people.answer("seconded2", number, "agree")
    people.do("township", number, "support")
    people.do("bureau", number, "approve")
    people.appoint("culture", number)
    people.finish("culture", number, "township")
    people.do("township", number, "said", view_grade="competent", view="完成任务")
    people.do("culture", number, "appraised", appraisal_grade="excellent", appraisal_text="表现突出")
    assert "done" in people.state(number)
    page = people.open("culture", "/admin/secondments/")
    page.screenshot(path=SCREENSHOTS / "secondment-board.png", full_page=True)
    page = people.open("seconded2", f"/desk/postings/{number}/")
    assert "表现突出" in page.content()
    page.screenshot(path=SCREENSHOTS / "secondment-desk.png", full_page=True)
    letter = page.context.request.get(f"{people.site.url}/desk/postings/{number}/letter.pdf")
    assert letter.body().startswith(b"%PDF-")


@pytest.mark.xdist_group("secondments")
def test_up(people):
    number = people.posting("editor")
    page = choose(people, "library", number, "mentor")
    page.fill("[name=study_plan]", "编目、活动策划")
    page.check("[name=decision][value=accept]")
    page.click("main form[enctype] button.button")
    page.wait_for_load_state()
    people.do("bureau2", number, "approve")
    people.appoint("library", number)
    people.finish("library", number)
    people.answer("editor", number, report="学到了编目方法")
    people.do("library", number, "appraised", appraisal_grade="competent", appraisal_text="合格")
    assert "done" in people.state(number)


@pytest.mark.xdist_group("secondments")
def test_log_from_the_phone_and_report_of_diversion(people):
    number = people.posting("seconded")
    page = people.open("seconded", f"/desk/postings/{number}/log/{timezone.localdate():%Y-%m}/")
    page.fill("[name=days]", "3")
    page.fill("[name=work]", "走访五个服务点")
    page.click("main form.form button.button")
    page.wait_for_load_state()
    assert "走访五个服务点" in page.content()
    page = people.open("seconded", "/desk/report-diversion/")
    page.select_option("select[name=venue]", index=1)
    page.click("main form.form button.button")
    page.wait_for_load_state()
    page.fill("[name=who]", "某工作人员")
    page.fill("[name=since]", timezone.localdate().isoformat())
    page.fill("[name=account]", "抽调到其他单位")
    page.click("main form.form button.button")
    page.wait_for_load_state()
    number = re.search(r"NY\d{4}-\d{4}", page.url).group()
    assert people.pages["township"].goto(f"{people.site.url}/admin/work/cases/{number}/").status == 404
    people.do("bureau", number, "founded", findings="属实")
    people.do("bureau2", number, "order", reason="一周内返岗")
    assert "一周内返岗" in people.open("seconded", f"/desk/{number}/").content()
