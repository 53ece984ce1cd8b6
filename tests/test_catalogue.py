"""The interface's Chinese: complete, and with nothing that only looks translated."""

import json
import re
from pathlib import Path

import pytest
import wagtail
from babel.messages.pofile import read_po
from django.urls import reverse
from django.utils import translation

ROOT = Path(__file__).resolve().parents[1]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


OURS = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
WAGTAILS, SCRIPTS = (ROOT / f"locale/wagtail/zh_Hans/LC_MESSAGES/{name}.po" for name in ("django", "djangojs"))


def messages(*paths):
    for path in paths or (OURS, WAGTAILS, SCRIPTS):
        with path.open("rb") as file:
            yield from (message for message in read_po(file, locale="zh_Hans") if message.id)


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_every_text_is_translated():
    assert [message.id for message in messages() if not all(forms(message.string))] == []


def test_the_catalogue_says_its_language():
    """Without it the compiled catalogue has no plural rule, and counted things stay English."""
    for path in (OURS, WAGTAILS, SCRIPTS):
        with path.open("rb") as file:
            assert str(read_po(file).locale) == "zh_Hans"


def test_no_translation_is_a_guess():
    assert [message.id for message in messages() if message.fuzzy] == []


def test_translations_keep_the_placeholders():
    """A placeholder that the translation invents is an error page; one that it drops is a lost fact."""
    wrong = [
        message.id
        for message in messages()
        if {match.group() for match in PLACEHOLDER.finditer(forms(message.id)[-1])}
        != {match.group() for match in PLACEHOLDER.finditer(forms(message.string)[-1])}
    ]
    assert wrong == []


def wagtails(domain, language):
    """Wagtail's own messages of a domain."""
    for path in Path(wagtail.__file__).parent.glob(f"**/locale/{language}/LC_MESSAGES/{domain}.po"):
        yield from messages(path)


@pytest.mark.parametrize("path", [WAGTAILS, SCRIPTS], ids=lambda path: path.stem)
def test_what_we_translate_for_wagtail_is_still_said_by_wagtail(path):
    said = {message.id for message in wagtails(path.stem, "en")}
    assert [message.id for message in messages(path) if message.id not in said] == []


@pytest.mark.parametrize("path", [WAGTAILS, SCRIPTS], ids=lambda path: path.stem)
def test_what_wagtail_leaves_english_is_translated_here(path):
    """A new version of Wagtail says new things: they are named here until somebody has found the words."""
    known = {message.id for message in messages(path)}
    known |= {message.id for message in wagtails(path.stem, "zh_Hans") if message.string and not message.fuzzy}
    left = {message.id for message in wagtails(path.stem, "en")} - known
    # About translations of pages, which this site does not have: Babel refuses a placeholder that only the plural has.
    assert [text for text in left if "translation" not in forms(text)[-1]] == []


def test_the_scripts_of_the_back_office_speak_chinese(admin_client):
    said = admin_client.get(reverse("wagtailadmin_javascript_catalog")).content.decode()
    assert json.dumps("正在自动保存……") in said


@pytest.mark.parametrize(("english", "chinese"), [("Oldest", "最早"), ("Has child pages", "有下级页面")])
def test_the_back_office_speaks_chinese_where_wagtail_does_not_yet(english, chinese):
    with translation.override("zh-hans"):
        assert translation.gettext(english) == chinese


@pytest.mark.parametrize(
    "word", ["title", "document", "Documents", "comment", "Active", "Moved", "Deleted", "description"]
)
def test_our_words_do_not_rename_wagtails(word):
    """One msgid without context is one word for all: a post's title must not become the title of every page."""
    ours = {message.id: message.string for message in messages(OURS) if not message.context}
    theirs = {
        message.string
        for path in Path(wagtail.__file__).parent.glob("**/locale/zh_Hans/LC_MESSAGES/django.po")
        for message in messages(path)
        if message.id == word and message.string and not message.context
    }
    assert theirs
    assert word not in ours or ours[word] in theirs
