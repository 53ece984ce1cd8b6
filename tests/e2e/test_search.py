"""The search box by keyboard, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def box(page, site):
    """The search box in the header of the venues' directory."""
    page.goto(f"{site.url}/venues/")
    box = page.locator("#header-q")
    box.focus()
    expect(box).to_have_attribute("role", "combobox")
    return box


def test_a_name_is_chosen_with_the_arrow_keys(page, box):
    box.press_sequentially("longchuan", delay=30)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box).to_have_attribute("aria-expanded", "true")
    expect(page.locator("form[data-suggestions] [role=status]")).to_contain_text(re.compile(r"\d"))
    box.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", options.first.get_attribute("id"))
    box.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "false")
    box.press("ArrowDown")
    address = options.first.locator("a").get_attribute("href")
    box.press("Enter")
    expect(page).to_have_url(re.compile(f"{re.escape(address)}$"))


def test_escape_closes_and_enter_searches(page, box):
    box.press_sequentially("分馆", delay=30)
    expect(page.get_by_role("option").first).to_be_visible()
    box.press("Escape")
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("分馆")
    box.press("Enter")
    expect(page).to_have_url(re.compile(r"/search/\?q="))
    expect(page.locator("mark").first).to_have_text("分馆")


def test_the_box_works_without_javascript(new_context, site):
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{site.url}/venues/")
    page.fill("#header-q", "longchuan")
    page.press("#header-q", "Enter")
    expect(page.locator(".hits li").first).to_be_visible()
