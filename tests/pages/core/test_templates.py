"""House rules of templates and static files: nothing inline (strict CSP), small enough for a cheap phone."""

import gzip
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PUBLIC = [
    path
    for path in (ROOT / "templates").rglob("*.html")
    if not {"wagtailadmin", "backoffice", "email", "modeladmin", "workflows"} & set(path.relative_to(ROOT).parts)
]


@pytest.mark.parametrize("path", PUBLIC, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_inline(path):
    text = path.read_text()
    assert not re.search(r"<[^>]*\sstyle\s*=", text), "a style attribute"
    assert not re.search(r"<style\b", text), "a style element"
    assert not re.search(r"<[^>]*\son[a-z]+\s*=", text), "an event handler"
    assert not re.search(r"<script(?![^>]*\ssrc=)(?![^>]*application/(ld\+)?json)[^>]*>", text), "an inline script"
    assert not re.search(r"(href|src)\s*=\s*[\"']\s*javascript:", text, re.I), "a javascript: address"


def wire_size(path: Path) -> int:
    return len(gzip.compress(path.read_bytes()))


def test_style_sheets_of_a_page_over_the_wire():
    """What every page loads, and the own sheets of the largest room."""
    every_page = {"tokens", "base", "controls", "content", "features", "contrast", "print"}
    shared, rooms = 0, Counter()
    for path in (ROOT / "static/wenshu/css").glob("*.css"):
        if path.stem in every_page:
            shared += wire_size(path)
        else:
            rooms[path.stem.split("-")[0]] += wire_size(path)
    assert shared > 0
    assert shared + max(rooms.values()) <= 15_000, (shared, rooms)


def test_scripts_over_the_wire():
    sizes = {path.name: wire_size(path) for path in (ROOT / "static/wenshu/js").iterdir()}
    assert 0 < sum(sizes.values()) <= 20_000, sizes


def test_read_aloud_is_small():
    assert (ROOT / "static/wenshu/js/read-aloud.js").stat().st_size <= 4096


def test_no_style_sheet_and_script_asks_another_host():
    for path in (ROOT / "static/wenshu").rglob("*.[cj]s*"):
        assert not re.search(r"(?:url\(|@import|fetch\()\s*[\"']?(?:https?:)?//", path.read_text()), path
