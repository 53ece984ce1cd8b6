"""What every template must be, whichever page includes it: readable by Django, and in step with the strict policy."""

import re
from pathlib import Path

import pytest
from django.template import engines

ROOT = Path(__file__).resolve().parents[1]
TEMPLATES = sorted(
    path.relative_to(ROOT) for path in ROOT.glob("**/templates/**/*.*") if not {".venv", "var"} & set(path.parts)
)
PAGES = [path for path in TEMPLATES if path.suffix == ".html" and not {"email", "backoffice"} & set(path.parts)]
# The browser refuses these under the public policy, so a template that has them does not do what its author thinks.
REFUSED = re.compile(r"<style|<script(?![^>]*\bsrc=)(?![^>]*ld\+json)|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
FOREIGN = re.compile(r"""\b(?:src|srcset)\s*=\s*["']?(?:https?:)?//|@import""", re.IGNORECASE)


@pytest.mark.parametrize("path", TEMPLATES, ids=str)
def test_template_compiles(path):
    engines["django"].from_string((ROOT / path).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", PAGES, ids=str)
def test_public_template_has_nothing_inline_and_nothing_foreign(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    assert not REFUSED.findall(text)
    assert not FOREIGN.findall(text)
