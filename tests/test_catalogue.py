"""The interface's Chinese: complete, and with nothing that only looks translated."""

import re
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")


def messages():
    with (ROOT / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
        return [message for message in read_po(file, locale="zh_Hans") if message.id]


def forms(text: str | tuple[str, ...] | list[str]) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def test_every_text_is_translated():
    assert [message.id for message in messages() if not all(forms(message.string))] == []


def test_the_catalogue_says_its_language():
    """Without it the compiled catalogue has no plural rule, and counted things stay English."""
    with (ROOT / "locale/zh_Hans/LC_MESSAGES/django.po").open("rb") as file:
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
