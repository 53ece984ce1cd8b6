"""An editor announces a weekly event, the head institution approves it, people register, wait and move up."""

import re
from datetime import date, timedelta
from functools import cache

import pytest
from django.utils import timezone

from .conftest import SCREENSHOTS
from .visit import DESKTOP, HEIGHTS, PHONE

TITLE = "周末左脚舞公益课"


@cache
def first() -> date:
    """The event's first day. Asked for when the test runs, and then the same until it ends, past midnight too."""
    return timezone.localdate() + timedelta(days=9)


def opened(browser, site, email="", width=DESKTOP):
    """A window of its own, signed in where an address is given."""
    page = browser.new_context(viewport={"width": width, "height": HEIGHTS[width]}).new_page()
    if email:
        page.goto(f"{site.url}/account/login/")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", dict(site.accounts.values())[email])
        page.press("input[name=password]", "Enter")
        page.wait_for_load_state()
    return page


def write(page, site):
    """Fill in the editor's form: every week, two dates moved and cancelled, two places."""
    page.goto(f"{site.url}/admin/events/")
    page.click("a[href*='/add/events/eventpage/']")
    page.fill("[name=title]", TITLE)
    page.select_option("[name=kind]", index=1)
    page.fill("[name=introduction]", "零基础，带一双软底鞋。")
    page.fill("[name=first_day]", f"{first()}")
    page.fill("[name=starts]", "19:30")
    page.fill("[name=ends]", "21:00")
    page.select_option("[name=repeat]", "weekly")
    page.fill("[name=repeat_until]", f"{first() + timedelta(days=28)}")
    page.click("[name=introduction]")  # closes the picker of dates
    page.check(f"[name=repeat_on] >> nth={first().weekday()}")
    page.click("#id_changes-ADD")
    page.fill("[name='changes-0-day']", f"{first() + timedelta(days=7)}")
    page.select_option("[name='changes-0-change']", "moved")
    page.fill("[name='changes-0-new_day']", f"{first() + timedelta(days=8)}")
    page.fill("[name='changes-0-reason']", "让路给调演")
    page.check("[name=takes_registrations]")
    page.fill("[name=capacity]", "1")
    page.fill("[name=opens_days_before]", "60")


def choose_action(page, selector):
    """Press one of the editor's buttons, which may hide in a menu."""
    button = page.locator(f"footer {selector}").first
    if not button.is_visible():
        page.locator("footer [data-w-dropdown-target=toggle]").first.click()
    button.click()
    page.wait_for_load_state()


def register(browser, site, number, name):
    """A visitor without an account registers for the first date; returns the page with the own registration."""
    page = opened(browser, site, width=PHONE)
    page.goto(f"{site.url}/events/{first():%Y/%m/%d}/".replace("/0", "/"))
    page.click(f"a:has-text('{TITLE}')")
    if number == 1:
        page.screenshot(path=SCREENSHOTS / "event-phone.png", full_page=True)
    page.click("#register a >> nth=0")
    page.fill("[name=name]", name)
    page.fill("[name=mobile]", f"1390000000{number}")
    page.fill("[name=email]", f"guest{number}@example.org")
    page.check("[name=consent]")
    if number == 1:
        page.screenshot(path=SCREENSHOTS / "event-register.png", full_page=True)
    page.click("form.form button.button")
    page.wait_for_url("**/events/registration/**")
    return page


@pytest.mark.e2e
def test_from_announcement_to_moving_up(browser, site):
    editor = opened(browser, site, "editor@example.org")
    write(editor, site)
    editor.screenshot(path=SCREENSHOTS / "event-editor.png", full_page=True)
    choose_action(editor, "[name=action-submit]")
    editor.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
    editor.click(f"main a:has-text('{TITLE}')")
    editor.wait_for_url("**/edit/")
    address = editor.url

    head = opened(browser, site, "library@example.org")
    head.goto(address)
    choose_action(head, "[data-workflow-action-name=approve]")

    early = register(browser, site, 1, "李秀英")
    assert "已报名" in early.inner_text("main")
    second = register(browser, site, 2, "王芳")
    assert "第 1 位" in second.inner_text("main")
    second.screenshot(path=SCREENSHOTS / "event-waiting.png", full_page=True)
    early.click("main summary")
    early.click("button.danger")
    early.wait_for_selector("main .tag.closed")
    second.reload()
    assert "已报名" in second.inner_text("main")

    editor.goto(f"{site.url}/admin/events/?day={first()}")
    editor.screenshot(path=SCREENSHOTS / "event-week.png", full_page=True)
    editor.click(f"a:has-text('{TITLE}')")
    editor.screenshot(path=SCREENSHOTS / "event-registrations.png", full_page=True)
    assert "王芳" in editor.inner_text("main")
    editor.click("a[href$='/check-in/']")
    editor.set_viewport_size({"width": PHONE, "height": HEIGHTS[PHONE]})
    editor.screenshot(path=SCREENSHOTS / "event-check-in.png", full_page=True)


SLOW_ANSWERS = """
  const real = window.fetch;
  window.fetch = (address, options) => {
    const late = (answer) => new Promise((done) => setTimeout(() => done(answer), 2000));
    return options && options.method === "post" ? real(address, options).then(late) : real(address, options);
  };
"""


@pytest.mark.e2e
def test_a_new_event_that_is_sent_while_it_saves_itself_is_one_page(browser, site):
    editor = opened(browser, site, "editor@example.org")
    editor.add_init_script(SLOW_ANSWERS)  # as over a bad line: the site has the page, and the editor does not know yet
    editor.goto(f"{site.url}/admin/events/")
    editor.click("a[href*='/add/events/eventpage/']")
    editor.select_option("[name=kind]", index=1)
    editor.fill("[name=introduction]", "一句话。")
    editor.fill("[name=starts]", "19:30")
    editor.fill("[name=ends]", "21:00")
    editor.fill("[name=first_day]", f"{first()}")
    editor.wait_for_timeout(4000)  # the editor takes what it finds at first for unchanged
    with editor.expect_response(lambda answer: answer.request.method == "POST" and "/add/" in answer.url):
        editor.fill("[name=title]", "抢先提交的活动")
    editor.eval_on_selector("footer [name=action-submit]", "button => button.click()")
    editor.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
    assert editor.locator("main td a:has-text('抢先提交的活动')").count() == 1
    assert editor.locator("main tr:has-text('抢先提交的活动') >> text=审核").count()  # what was pressed was done
