"""A branch writes news with a picture; its head institution returns it, then approves it; everybody reads it."""

import email
import email.policy
import re
import subprocess
import sys
import urllib.request
import xml.etree.ElementTree as ElementTree
from urllib.parse import urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.conftest import ROOT

from .conftest import environment

EDITOR, HEAD = "Venue editor", "Head official, library"
BRANCH = "/venues/longchuan/"
TITLE = "龙川镇分馆周末故事会开讲"
REASON = "请写明时间和地点"
ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def picture(tmp_path):
    path = tmp_path / "story.jpg"
    Image.new("RGB", (1600, 900), (29, 90, 75)).save(path)
    return path


@pytest.fixture
def sign_in(browser, site):
    """A function that opens the back office, in Chinese, as the demo account whose role begins with `role`."""
    contexts = []

    def open_as(role: str) -> Page:
        address, password = next(account for name, account in site.accounts.items() if name.startswith(role))
        context = browser.new_context(viewport={"width": 1280, "height": 1000}, locale="zh-CN")
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{site.url}/account/login/?next=/admin/")
        page.locator("input[name=login]").fill(address)
        page.locator("input[name=password]").fill(password)
        page.locator("input[name=password]").press("Enter")
        page.wait_for_url("**/admin/")
        return page

    yield open_as
    for context in contexts:
        context.close()


def mails_to(site, role: str) -> list[str]:
    """The texts of the mails sent so far to a demo account; the outbox is emptied first."""
    address, _ = next(account for name, account in site.accounts.items() if name.startswith(role))
    command = [sys.executable, "manage.py", "send_outbox"]
    subprocess.run(command, cwd=ROOT, env=environment(site.mail.parent), check=True, capture_output=True)
    texts = [path.read_bytes() for path in sorted(site.mail.glob("*.log"))]
    return [text for text in map(decoded, b"".join(texts).split(b"-" * 79)) if f"To: {address}" in text]


def decoded(message: bytes) -> str:
    """A mail as its reader sees it: headers, then the text."""
    mail = email.message_from_bytes(message.strip(), policy=email.policy.default)
    body = mail.get_body(("plain",))
    return f"To: {mail['To']}\n{mail['Subject']}\n{body.get_content() if body else ''}"


def write(editor: Page, site, picture) -> None:
    """Title, introduction, picture and a paragraph. A picture without words for the blind is refused."""
    editor.goto(f"{site.url}/admin/")
    editor.get_by_role("link", name="写新闻").first.click()
    editor.locator("#id_title").fill(TITLE)
    editor.locator("#id_introduction").fill("老师讲了三个故事。")
    editor.get_by_role("button", name="选择一个图片").click()
    dialog = editor.get_by_role("dialog")
    dialog.get_by_role("tab", name="上传").click()
    dialog.locator("input[type=file]").set_input_files(picture)
    upload = dialog.get_by_role("button", name="上传")
    upload.click()
    words = dialog.locator("input[name$=description]")
    expect(words).to_be_visible()
    assert words.evaluate("field => field.validity.valueMissing"), "a picture without alt text was taken"
    words.fill("老师在二楼给孩子们讲故事")
    upload.click()
    expect(dialog).to_be_hidden()
    editor.locator("[data-streamfield-stream-container] button").first.click()
    editor.get_by_role("option", name="正文").click()
    editor.locator(".public-DraftEditor-content").last.click()
    editor.keyboard.type("周末，老师讲了三个故事。")
    expect(editor.get_by_text("已保存", exact=True).first).to_be_visible()  # by itself


def submit(editor: Page) -> None:
    """The first button submits; the editor is told that it went off."""
    editor.get_by_role("button", name=re.compile("^(重新)?提交给总馆审核")).click()
    expect(editor.locator(".messages .success")).to_be_visible()


def decide(head: Page, site, action: str, comment: str = "") -> None:
    """Open the piece from what waits, and return or approve it."""
    head.goto(f"{site.url}/admin/")
    head.get_by_role("link", name=TITLE).first.click()
    button = head.get_by_role("button", name=action, exact=True)
    if not button.is_visible():
        head.get_by_role("button", name="更多动作").last.click()
    button.click()
    if comment:
        dialog = head.get_by_role("dialog")
        dialog.get_by_label("理由").fill(comment)
        dialog.get_by_role("button", name=action).click()
    expect(head.locator(".messages .success")).to_be_visible()


def public_text(browser, site, address: str) -> str:
    context = browser.new_context()
    try:
        page = context.new_page()
        page.goto(site.url + address)
        return page.locator("main").inner_text()
    finally:
        context.close()


def test_news_from_the_first_word_to_the_reader(browser, site, sign_in, picture):
    editor = sign_in(EDITOR)
    write(editor, site, picture)
    submit(editor)
    assert TITLE not in public_text(browser, site, "/news/")

    head = sign_in(HEAD)
    assert any(TITLE in text for text in mails_to(site, HEAD))
    decide(head, site, "退回并说明理由", comment=REASON)
    assert TITLE not in public_text(browser, site, "/news/")

    assert any(REASON in text for text in mails_to(site, EDITOR))
    editor.goto(f"{site.url}/admin/")
    editor.get_by_role("link", name=TITLE).first.click()
    editor.locator("#id_introduction").fill("周六上午十点，龙川镇分馆二楼。")
    submit(editor)
    decide(head, site, "通过并发布")

    for address in ("/", "/news/", BRANCH):
        assert TITLE in public_text(browser, site, address), address
    with urllib.request.urlopen(f"{site.url}/feed/") as feed:
        entry = ElementTree.fromstring(feed.read()).find(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == TITLE
    article = urlsplit(entry.find(f"{ATOM}link").get("href")).path
    context = browser.new_context()
    page = context.new_page()
    page.goto(site.url + article)
    expect(page.get_by_role("img", name="老师在二楼给孩子们讲故事")).to_be_visible()
    expect(page.get_by_text("周六上午十点，龙川镇分馆二楼。")).to_be_visible()
    context.close()
