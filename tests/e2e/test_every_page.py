"""What holds for every public page, for every visitor (issue of the public face; WCAG 2.2 AA, elder mode)."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from .conftest import SCREENSHOTS
from .pages_table import PAGES
from .visit import DESKTOP, LANGUAGES, PHONE, visiting

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
KIB = 1024
every_page = pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)


def axe_report(page, *, enhanced_contrast: bool = False) -> str:
    """What axe objects to, empty when nothing. Elder mode promises 7:1, which is the enhanced contrast."""
    options = {
        "runOnly": {"type": "tag", "values": WCAG},
        "rules": {"color-contrast-enhanced": {"enabled": enhanced_contrast}},
        "resultTypes": ["violations"],
    }
    results = Axe().run(page, options=options)
    return results.generate_report() if results.violations_count else ""


@every_page
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_page_is_accessible_fits_and_is_quiet(browser, site, shown, language, elder, width):
    with visiting(browser, site, shown, width=width, language=language, elder=elder) as visit:
        page = visit.page
        name = f"{shown.name}-{'elder' if elder else 'normal'}-{language}-{width}"
        page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)
        assert page.locator("html").get_attribute("lang") == {"zh": "zh-Hans", "en": "en"}[language]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "scrolls sideways"
        assert not (report := axe_report(page, enhanced_contrast=elder)), report
        assert not visit.complaints


@every_page
def test_dark_scheme_is_accessible(browser, site, shown):
    with visiting(browser, site, shown, color_scheme="dark") as visit:
        visit.page.screenshot(path=SCREENSHOTS / f"{shown.name}-dark.png")
        assert not (report := axe_report(visit.page)), report


@every_page
@pytest.mark.parametrize(("elder", "text", "control"), [(False, 18, 44), (True, 22, 60)], ids=["normal", "elder"])
def test_text_and_controls_are_large_enough(browser, site, shown, elder, text, control):
    with visiting(browser, site, shown, width=PHONE, elder=elder) as visit:
        size = visit.page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")
        assert size >= text
        small = visit.page.evaluate(SMALL_CONTROLS, control)
        assert not small


# Buttons, fields and summaries that a visitor sees; a check box counts with its label.
SMALL_CONTROLS = """least => [...document.querySelectorAll('button, input, select, textarea, summary')]
    .filter(e => e.checkVisibility({visibilityProperty: true}) && e.type !== 'hidden')
    .map(e => [['checkbox', 'radio'].includes(e.type) ? e.closest('label') ?? e.labels[0] ?? e : e][0])
    .map(e => [e.getBoundingClientRect().height, e.outerHTML.slice(0, 120)])
    .filter(([height]) => height > 1 && height < least - 0.5)"""


@every_page
def test_page_works_without_javascript(browser, site, shown):
    with visiting(browser, site, shown, width=PHONE, java_script_enabled=False) as visit:
        page = visit.page
        assert page.locator("h1").count() >= 1
        assert len(page.locator("main").inner_text().strip()) > 20
        assert not visit.complaints


@every_page
def test_first_view_is_light(browser, site, shown):
    with visiting(browser, site, shown, width=PHONE) as visit:
        visit.page.goto("about:blank")
        session = visit.page.context.new_cdp_session(visit.page)
        session.send("Network.enable")
        session.send("Network.setCacheDisabled", {"cacheDisabled": True})
        kind_of, bytes_of = {}, {}
        session.on(
            "Network.responseReceived", lambda e: kind_of.update({e["requestId"]: (e["type"], e["response"]["url"])})
        )
        session.on("Network.loadingFinished", lambda e: bytes_of.update({e["requestId"]: e["encodedDataLength"]}))
        visit.page.goto(site.url + shown.address, wait_until="networkidle")
    weights: dict[str, float] = {}
    for request, (kind, url) in kind_of.items():
        if "/media/" not in url:  # photos
            weights[kind] = weights.get(kind, 0) + bytes_of.get(request, 0) / KIB
    assert "Document" in weights
    assert sum(weights.values()) <= 60, weights
    assert weights.get("Stylesheet", 0) <= 15, weights
    assert weights.get("Script", 0) <= 20, weights


@every_page
@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_keyboard_reaches_everything_and_shows_where_it_is(browser, site, shown, width):
    with visiting(browser, site, shown, width=width) as visit:
        page = visit.page
        expected = page.evaluate(MARK_INTERACTIVE)
        reached, unmarked = [], []
        for _ in range(len(expected) + 5):
            page.keyboard.press("Tab")
            state = page.evaluate(FOCUS_STATE)
            if state is None:
                break
            reached.append(state["mark"])
            if not state["visible"]:
                unmarked.append(state["html"])
        else:
            pytest.fail("the keyboard never leaves the page: a trap")
        missed = [html for mark, html in expected.items() if mark not in reached]
        assert not missed, f"not reached by Tab: {missed}"
        assert not unmarked, f"focus is not visible on: {unmarked}"
        assert [mark for mark in reached if mark is None] == []


# Gives every element that a mouse can use a mark and returns the marks. Of a group of radio buttons one is a stop.
MARK_INTERACTIVE = """() => {
    const found = {}, groups = new Set();
    const all = document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex], iframe');
    [...all].forEach((e, i) => {
        if (e.disabled || e.type === 'hidden' || e.tabIndex < 0) return;
        if (!e.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})) return;
        e.dataset.mark = i;
        if (e.type === 'radio') {
            const group = e.form?.id + e.name;
            if (groups.has(group) || (!e.checked && document.querySelector(`[name="${e.name}"]:checked`))) return;
            groups.add(group);
        }
        found[i] = e.outerHTML.slice(0, 120);
    });
    return found;
}"""
# Where the focus is, and whether the browser draws it: an outline or a shadow that the element lacks without it.
FOCUS_STATE = """() => {
    const e = document.activeElement;
    if (!e || e === document.body || e === document.documentElement) return null;
    const look = n => { const s = getComputedStyle(n); return [s.outlineStyle, s.outlineWidth, s.boxShadow].join(); };
    const drawn = s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0;
    const targets = [e, e.closest('label'), e.nextElementSibling].filter(Boolean);
    let visible = targets.some(t => drawn(getComputedStyle(t)));
    if (!visible) {
        const focused = targets.map(look); e.blur();
        visible = targets.map(look).join() !== focused.join(); e.focus();
    }
    return {mark: e.dataset.mark ?? null, visible, html: e.outerHTML.slice(0, 120)};
}"""


@pytest.mark.parametrize("java_script", [True, False], ids=["script", "no-script"])
def test_language_and_elder_mode_are_switched_from_the_header_and_remembered(browser, site, java_script):
    home = PAGES[0]
    with visiting(browser, site, home, width=PHONE, java_script_enabled=java_script) as visit:
        page = visit.page
        page.locator("header a[href*='lang=en'], header a[hreflang=en]").first.click()
        assert page.locator("html").get_attribute("lang") == "en"
        page.locator("header a[href*='mode=elder']").first.click()
        assert page.locator("html").get_attribute("data-mode") == "elder"
        page.goto(f"{site.url}/venues/")
        assert page.locator("html").get_attribute("data-mode") == "elder"
        assert page.locator("html").get_attribute("lang") == "en"
        page.locator("header a[href*='mode=normal']").first.click()
        assert page.locator("html").get_attribute("data-mode") != "elder"


@every_page
def test_anonymous_page_sets_no_cookie(browser, site, shown):
    with visiting(browser, site, shown) as visit:
        mine = {"django_language"}
        forms_with_a_token = re.search("sign-|report-error", shown.name)
        set_by_site = {cookie["name"] for cookie in visit.page.context.cookies()} - mine
        assert set_by_site <= ({"csrftoken"} if forms_with_a_token else set())
