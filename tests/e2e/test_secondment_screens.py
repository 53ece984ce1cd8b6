"""Rights and the public name come and go with the calendar; the screens of posts and secondments for everybody."""

import re
import sqlite3
from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from .conftest import SCREENSHOTS, prepare_once, served
from .test_every_page import axe_report
from .test_secondments import Staff
from .visit import DESKTOP, LANGUAGES, PHONE

VENUE = "/venues/longchuan/"
NAME = "文化馆业务骨干"


# The calendar -------------------------------------------------------------------------------------
@pytest.fixture
def travelling(testrun_uid, tmp_path):
    """A site of its own and a function that moves its clock; no job runs there."""
    prepare_once(testrun_uid)
    clock = tmp_path / "clock"
    with served(tmp_path, "tests.e2e.clock:application", CLOCK=str(clock)) as site:
        yield site, lambda day: clock.write_text(day.isoformat())


class Traveller:
    """One person who signs in anew on every day, and what they may do then."""

    def __init__(self, browser, site):
        self.browser, self.site = browser, site
        self.password = next(iter(site.accounts.values()))[1]

    def may(self, name, address):
        """Whether an address of the back office opens for somebody today."""
        context = self.browser.new_context()
        page = context.new_page()
        page.goto(f"{self.site.url}/account/login/")
        page.fill("input[name=login]", f"{name}@example.org")
        page.fill("input[name=password]", self.password)
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state()
        answer = page.goto(f"{self.site.url}{address}")
        context.close()
        return answer.status == 200 and answer.url == f"{self.site.url}{address}"

    def public(self):
        """The words of the branch's public page today."""
        page = self.browser.new_page()
        assert page.goto(f"{self.site.url}{VENUE}").status == 200
        words = page.inner_text("main")
        page.close()
        return words


def branch_page(folder):
    """The number of the branch's page in the back office."""
    with sqlite3.connect(folder / "wenshu.sqlite3") as database:
        (found,) = database.execute("SELECT id FROM wagtailcore_page WHERE url_path LIKE ?", (f"%{VENUE}",)).fetchone()
    return found


@pytest.mark.xdist_group("secondments")
def test_rights_and_name_come_and_go_with_the_calendar_and_no_job(browser, travelling, tmp_path):
    site, move = travelling
    people = Staff(browser, site)
    number = people.posting("seconded2")
    page = people.open("seconded2", f"/desk/postings/{number}/")
    page.click("a.button[href*='/task/']")
    page.check("[name=publish]")
    page.check("[name=decision][value=agree]")
    page.click("main form.form button.button")
    page.wait_for_load_state()
    people.do("township", number, "support")
    people.do("bureau", number, "approve")
    page = people.do("culture", number, "appoint")
    first, last = days_of(page)
    assert first > timezone.localdate()
    traveller, edit, inbox = Traveller(browser, site), f"/admin/pages/{branch_page(tmp_path)}/edit/", "/admin/work/"
    seen = {}
    for day in (first - timedelta(days=1), first, last, last + timedelta(days=1)):
        move(day)
        seen[day] = (traveller.may("seconded2", edit), traveller.may("seconded2", inbox), NAME in traveller.public())
    # The branch's page, the inbox of the home institution, the name in public.
    before, there = (False, True, False), (True, False, True)
    assert list(seen.values()) == [before, there, there, before]


def days_of(page):
    """First and last day of the term, from the case's page."""
    found = re.search(r"(\d+)年(\d+)月(\d+)日 – (\d+)年(\d+)月(\d+)日", page.inner_text("main"))
    year, month, day, *end = map(int, found.groups())
    return date(year, month, day), date(*end)


# The beginning ------------------------------------------------------------------------------------
@pytest.mark.xdist_group("secondments")
def test_a_need_is_stated_answered_and_becomes_an_appointment_by_five_people(browser, site):
    """Township states it, the head institution nominates, the person consents, another at the bureau approves."""
    people = Staff(browser, site, extra=("library2",))
    page = people.open("township", "/admin/secondments/needs/new/")
    page.select_option("[name=branch]", label="南华县图书馆和文化馆龙川镇分馆")
    page.check("[name=direction][value=down]")
    page.select_option("[name=line]", "library")
    today = timezone.localdate()
    for name, value in (
        ("need", "整理村级服务点图书"),
        ("first_day", days(today, 700)),
        ("last_day", days(today, 850)),
    ):
        page.fill(f"[name={name}]", value)
    page.screenshot(path=SCREENSHOTS / "secondment-need.png", full_page=True)
    send(page)
    page = people.open("library", "/admin/secondments/needs/")
    page.click("a.button-small[href*='/work/items/']")
    page.wait_for_load_state()
    page.select_option(
        "[name=person]", label=page.locator("[name=person] option", has_text="图书馆总馆同事").inner_text()
    )
    page.fill("[name=cover_plan]", "由同科室人员代管")
    page.check("[name=decision][value=nominate]")
    send(page)
    number = people.posting("library2")
    people.answer("library2", number, "agree")
    people.do("township", number, "support")
    people.do("bureau", number, "approve")
    people.do("library", number, "appoint")
    page = people.open("library2", f"/desk/postings/{number}/")
    assert "待任" in page.inner_text("main")
    letter = page.context.request.get(f"{site.url}/desk/postings/{number}/letter.pdf").body()
    assert letter.startswith(b"%PDF-")
    (SCREENSHOTS / "secondment-letter.pdf").write_bytes(letter)


def days(today, ahead):
    return (today + timedelta(days=ahead)).isoformat()


def send(page):
    """Send the form of a back-office page; it must not come back."""
    before = page.url
    page.click("#main form:not([role=search]) button.button")
    page.wait_for_load_state()
    assert page.url != before, page.inner_text("main")[:800]


# The screens --------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def people(browser, site):
    return Staff(browser, site)


def look(people, name, address, shot, *, language="zh", elder=False, width=DESKTOP, dark=False):
    """Open a page in one of the ways people do; returns it and leaves a screenshot."""
    page = people.pages[name]
    cookies = [{"name": "django_language", "value": LANGUAGES[language], "url": people.site.url}]
    if elder:
        cookies.append({"name": "mode", "value": "elder", "url": people.site.url})
    page.context.clear_cookies(name="mode")
    page.context.add_cookies(cookies)
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.set_viewport_size({"width": width, "height": 900})
    page = people.open(name, address)
    mode = "elder" if elder else "dark" if dark else "normal"
    page.screenshot(path=SCREENSHOTS / f"{shot}-{mode}-{language}-{width}.png", full_page=True)
    return page


WAYS = [
    {"language": "zh", "width": PHONE},
    {"language": "en", "width": PHONE},
    {"language": "zh", "width": PHONE, "elder": True},
    {"language": "en", "width": PHONE, "elder": True},
    {"language": "zh", "width": DESKTOP, "dark": True},
    {"language": "en", "width": DESKTOP},
]


@pytest.mark.xdist_group("secondments")
@pytest.mark.parametrize("way", WAYS, ids=lambda way: "-".join(map(str, way.values())))
def test_the_desk_is_accessible_and_fits(people, way):
    running = people.posting("seconded")
    month = f"{timezone.localdate():%Y-%m}"
    pages = {
        "desk": ("seconded", "/desk/"),
        "posting": ("seconded", f"/desk/postings/{running}/"),
        "log": ("seconded", f"/desk/postings/{running}/log/{month}/"),
        "posting-case": ("seconded", f"/desk/{running}/"),
        "diversion": ("seconded", "/desk/report-diversion/"),
    }
    found = {}
    for shot, (name, address) in pages.items():
        page = look(people, name, address, f"desk-{shot}", **way)
        if report := axe_report(page, enhanced_contrast=way.get("elder", False)):
            found[address] = report
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > way["width"]:
            found[address, "scrolls sideways"] = wide
    assert found == {}


OFFICE = {
    "board": "/admin/secondments/",
    "board-red": "/admin/secondments/?state=red&q=x",
    "branches": "/admin/secondments/branches/",
    "report": "/admin/secondments/report/",
    "needs": "/admin/secondments/needs/",
    "nominate": "/admin/secondments/nominate/",
    "plan": "/admin/secondments/plan/?line=library",
    "staffing": "/admin/network/staffing/",
    "staffing-short": "/admin/network/staffing/?short=on",
}


@pytest.mark.xdist_group("secondments")
@pytest.mark.parametrize("way", [WAYS[0], WAYS[4], WAYS[5]], ids=["zh-phone", "zh-dark", "en"])
def test_the_officials_screens_are_accessible_and_fit(people, way):
    """Of the back office only our own part of the page."""
    number = people.posting("seconded")
    pages = OFFICE | {"case": f"/admin/work/cases/{number}/", **linked(people)}
    found = {}
    for shot, address in pages.items():
        page = look(people, "library", address, f"office-{shot}", **way)
        result = Axe().run(page, context="#main")
        if result.response["violations"]:
            found[address] = result.generate_report()
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > way["width"]:
            found[address, "scrolls sideways"] = wide
    assert found == {}


def linked(people):
    """A post's page and a person's, as the register links them; the step that waits."""
    page = people.open("library", "/admin/network/staffing/")
    links = {
        "post": page.locator("a[href*='/staffing/posts/']").first.get_attribute("href"),
        "person": people.open("library", "/admin/secondments/")
        .locator("a[href*='/people/']")
        .first.get_attribute("href"),
    }
    waiting = people.open("library", "/admin/work/?tab=office").locator("main a[href*='/work/items/']").first
    return links | {"step": waiting.get_attribute("href")}
