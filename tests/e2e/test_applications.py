"""The whole way of an application as six people in real browsers, and a second one that becomes a service point."""

import re
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.workflows.world import PDF, picture

from .conftest import SCREENSHOTS
from .visit import DESKTOP, HEIGHTS, PHONE

PEOPLE = ("applicant", "library", "library2", "township", "bureau", "bureau2")
LIBRARY_ROOM = "星光图书室"


class People:
    """Six people, each signed in with a browser of their own."""

    def __init__(self, browser, site):
        self.site, self.pages = site, {}
        passwords = dict(site.accounts.values())
        for name in PEOPLE:
            width = PHONE if name == "library2" else DESKTOP  # the visitor works on a phone
            context = browser.new_context(viewport={"width": width, "height": HEIGHTS[width]})
            page = self.pages[name] = context.new_page()
            email = f"{name}@example.org"
            page.goto(f"{site.url}/account/login/")
            page.fill("input[name=login]", email)
            page.fill("input[name=password]", passwords[email])
            page.press("input[name=password]", "Enter")
            page.wait_for_load_state()

    def open(self, name, address):
        page = self.pages[name]
        answer = page.goto(f"{self.site.url}{address}")
        assert answer.status == 200, (name, address, answer.status)
        return page

    def do(self, name, number, decision, *, shot="", **fields):
        """Take the waiting step of a case in the back office."""
        page = self.open(name, f"/admin/work/cases/{number}/")
        page.click("a.button:not(.button-secondary)[href*='/work/items/']")
        page.wait_for_load_state()
        for field, value in fields.items():
            control = page.locator(f"[name={field}]").first
            kind = control.get_attribute("type")
            if kind == "radio":
                page.check(f"[name={field}][value={value}]")
            elif kind == "file":
                control.set_input_files(value)
            else:
                if field.startswith("correct_"):
                    page.locator("details.work-corrections").evaluate("box => box.open = true")
                control.fill(str(value))
        page.check(f"[name=decision][value={decision}]")
        if shot:
            page.screenshot(path=SCREENSHOTS / f"{shot}.png")
        page.click("main form[enctype] button.button")
        page.wait_for_load_state()
        assert page.url.endswith(f"/cases/{number}/"), page.inner_text("main")[:600]
        return page


def pdf(name):
    return {"name": name, "mimeType": "application/pdf", "buffer": PDF}


def submit(people, room):
    """Fill the form in steps and send it; returns the reference number."""
    page = people.open("applicant", "/apply/check/?kind=school&library=on&area=120&seats=60&stock=8000")
    page.click("#answer a.button")
    page.click("main form button.button")
    page.wait_for_load_state()
    assert page.is_checked("[name=kind][value=school]")  # the questionnaire's answers came along
    forward(page)
    page.fill("[name=venue_name]", room)
    page.select_option("[name=division]", label="龙川镇")
    page.fill("[name=address]", "学府路1号")
    forward(page)
    page.fill("[name=floor_area]", "120")
    page.fill("[name=seats]", "60")
    page.fill("[name=stock]", "8000")
    page.fill("[name=hours]", "周一至周五 16:30–20:30")
    forward(page)
    page.fill("[name=contact_name]", "王芳")
    page.fill("[name=contact_phone]", "0000-0000000")
    page.fill("[name=staff]", "王芳\n周明，兼职")
    forward(page)
    page.check("[name=operator][value=self]")
    forward(page)
    for control in page.locator("input[type=file]").all():
        control.set_input_files(pdf(f"{control.get_attribute('name')}.pdf"))
    forward(page)
    page.check("[name=free_will]")
    page.screenshot(path=SCREENSHOTS / "apply-check.png", full_page=True)
    page.click("main form button.button")
    page.wait_for_load_state()
    return re.search(r"SQ\d{4}-\d{4}", page.inner_text("main"))[0]


def forward(page):
    page.click("main form button.button:not([name])")
    page.wait_for_load_state()
    assert not page.locator(".field-error").count(), page.inner_text("main")


def until_panel(people, number):
    people.do("township", number, "support")
    people.do("library", number, "approve")
    yes = {f"check_{name}": "yes" for name in ("entrance", "fire", "room", "stock", "staff", "network")}
    photo = {"name": "room.jpg", "mimeType": "image/jpeg", "buffer": picture()}
    seen = {"visited_on": date.today().isoformat(), "visitors": "总馆两人", "photos": photo, **yes}  # noqa: DTZ011
    people.do("library2", number, "visited", shot="visit-on-a-phone", **seen)


def until_open(people, number):
    """From the bureau's decision to the open venue; returns the plaque."""
    today = date.today()  # noqa: DTZ011
    people.do("bureau2", number, "approve")
    people.do("library", number, "signed", agreement_on=today.isoformat(), agreement=pdf("agreement.pdf"))
    people.do("library", number, "mounted")
    people.do("library", number, "started", trial_until=(today + timedelta(days=60)).isoformat())
    page = people.do("library", number, "open")
    return page.locator("dt", has_text="牌子").locator("xpath=following-sibling::dd").inner_text().strip()


@pytest.fixture(scope="module")
def people(browser, site):
    return People(browser, site)


def test_a_school_becomes_a_branch_with_one_correction_on_the_way(people, site, browser):
    number = submit(people, LIBRARY_ROOM)
    people.do("library", number, "correct", correct_premises="扫描件不清楚", reason="请补正", shot="acceptance")
    page = people.open("applicant", f"/desk/{number}/")
    page.screenshot(path=SCREENSHOTS / "desk-correction.png", full_page=True)
    page.click("a.button[href*='/task/']")
    page.locator("input[type=file]").first.set_input_files(pdf("premises-again.pdf"))
    page.click("main form button.button")
    page.wait_for_load_state()
    assert page.url.endswith(f"/desk/{number}/")
    people.do("library", number, "accept")
    until_panel(people, number)
    today = date.today().isoformat()  # noqa: DTZ011
    people.do("bureau", number, "approve", panel_on=today, panel_members="三人")
    page = people.open("bureau", f"/admin/work/cases/{number}/")
    assert not page.locator(
        "a.button:not(.button-secondary)[href*='/work/items/']"
    ).count()  # nobody decides two steps in a row
    plaque = until_open(people, number)
    visitor = browser.new_page()
    visitor.goto(f"{site.url}/apply/decisions/{number}/")
    visitor.click("a.button.second")
    visitor.wait_for_load_state()
    assert visitor.url.startswith(f"{site.url}/venues/")
    assert plaque in visitor.inner_text("main").replace("\n", "")
    assert LIBRARY_ROOM in plaque
    page = people.open("applicant", f"/desk/{number}/")
    page.screenshot(path=SCREENSHOTS / "desk-done.png", full_page=True)
    assert "已办结" in page.inner_text("main")


def test_a_case_that_the_panel_refuses_as_a_branch_becomes_a_point(people, site):
    number = submit(people, "小小阅览室")
    people.do("library", number, "accept")
    until_panel(people, number)
    today = date.today().isoformat()  # noqa: DTZ011
    people.do("bureau", number, "convert", reason="面积不足", panel_on=today, panel_members="三人")
    page = people.open("applicant", f"/desk/{number}/")
    page.click("a.button[href*='/task/']")
    page.check("[name=decision][value=agree]")
    page.click("main form button.button")
    page.wait_for_load_state()
    plaque = until_open(people, number)
    visitor = people.open("applicant", f"/apply/decisions/{number}/")
    assert "服务点" in visitor.inner_text("main")
    assert plaque


def test_the_screens_are_accessible(people):
    """WCAG on what applicants and officials work with; of the back office only our own part of the page."""
    number = re.search(r"SQ\d{4}-\d{4}", people.open("applicant", "/desk/").inner_text("main"))[0]
    officials = ["/admin/work/?tab=office", "/admin/work/cases/", f"/admin/work/cases/{number}/"]
    officials += ["/admin/work/statistics/", "/admin/work/deadlines/", "/admin/work/cover/"]
    public = ["/desk/", f"/desk/{number}/", f"/desk/{number}/withdraw/", "/apply/", "/apply/start/"]
    public += ["/apply/check/?kind=school&library=on&area=60&seats=40", "/apply/status/?number=a&word=b"]
    found = {}
    for name, addresses in (("applicant", public), ("library", officials)):
        for address in addresses:
            page = people.open(name, address)
            result = Axe().run(page, context="#main")
            if result.response["violations"]:
                found[address] = result.generate_report()
    assert found == {}
