"""Reading aloud, text size and contrast, measured in the browser."""

from .pages_table import PublicPage
from .visit import visiting

PRIVACY = PublicPage("privacy", "/privacy/")
SPEAK = """() => {
    window.said = [];
    speechSynthesis.speak = (words) => { said.push([words.lang, words.text]); setTimeout(() => words.onend(), 1); };
}"""


def test_an_article_is_read_aloud_and_can_be_stopped(browser, site):
    with visiting(browser, site, PRIVACY) as visit:
        page = visit.page
        button = page.locator("[data-read-aloud] button")
        page.evaluate(SPEAK)
        button.click()
        page.wait_for_selector("[data-read-aloud] button[aria-pressed=false]")
        said = page.evaluate("said")
        assert len(said) > 5
        assert said[0] == ["zh-Hans", "隐私说明"]
        assert not any("#" in text for _language, text in said)
        page.evaluate("speechSynthesis.speak = () => {}")
        button.click()
        assert button.get_attribute("aria-pressed") == "true"
        assert page.locator(".speaking").count() == 1
        button.click()
        assert button.get_attribute("aria-pressed") == "false"
        assert page.locator(".speaking").count() == 0
        assert visit.complaints == []


def test_without_javascript_there_is_no_button_that_does_nothing(browser, site):
    with visiting(browser, site, PRIVACY, java_script_enabled=False) as visit:
        assert not visit.page.locator("[data-read-aloud]").is_visible()


def test_text_size_and_contrast_are_chosen_and_remembered(browser, site):
    with visiting(browser, site, PublicPage("accessible", "/accessibility/"), java_script_enabled=False) as visit:
        page = visit.page

        def measure() -> tuple[float, str]:
            page.wait_for_load_state("load")  # a click does not wait for the style sheets of the page it leads to
            style = "getComputedStyle(document.body)"
            return (
                float(page.evaluate(f"{style}.fontSize").removesuffix("px")),
                page.evaluate(f"{style}.backgroundColor"),
            )

        assert measure()[0] == 18
        page.locator("a[href*='text=larger']").click()
        page.locator("a[href*='contrast=high']").click()
        page.goto(f"{site.url}/privacy/")
        assert measure() == (27, "rgb(255, 255, 255)")
        page.goto(f"{site.url}/accessibility/")
        page.locator("a[href*='reset=1']").click()
        assert measure() == (18, "rgb(251, 250, 246)")
