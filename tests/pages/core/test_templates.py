"""House rules of templates and static files: nothing inline (strict CSP), small enough for a cheap phone."""

import gzip
import re
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


@pytest.mark.parametrize(("folder", "budget"), [("css", 15_000), ("js", 20_000)])
def test_size_over_the_wire(folder, budget):
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in (ROOT / "static/wenshu" / folder).iterdir()}
    assert sizes
    assert sum(sizes.values()) <= budget, sizes


def test_read_aloud_is_small():
    assert (ROOT / "static/wenshu/js/read-aloud.js").stat().st_size <= 4096


def test_no_style_sheet_and_script_asks_another_host():
    for path in (ROOT / "static/wenshu").rglob("*.[cj]s*"):
        assert not re.search(r"(?:url\(|@import|fetch\()\s*[\"']?(?:https?:)?//", path.read_text()), path
