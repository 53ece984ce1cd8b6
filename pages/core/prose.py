"""Standard pages as text files in the county's folder: `pages/*.md`, a small and strict subset of Markdown.

title: 隐私说明
slug: privacy
introduction: one line

## A heading
A paragraph, on one line or several.
- an item of a list
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.utils.html import escape

from common.county import CountyError

FIELDS = ("title", "slug", "introduction")


@dataclass(frozen=True)
class Prose:
    """One page: its fields and its body as data of `ArticleBlock`."""

    title: str
    slug: str
    introduction: str
    body: list[tuple[str, str]]


def read_prose(path: Path) -> Prose:
    """The page that a file holds. Raises CountyError (with the line) where it is not UTF-8 or not of this form."""
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise CountyError(path.name, None, "not UTF-8 text") from error
    fields: dict[str, str] = {}
    start = 0
    for start, line in enumerate(lines):
        if not line.strip():
            break
        name, colon, value = line.partition(":")
        if not colon or name not in FIELDS:
            raise CountyError(path.name, start + 1, f"expected one of {', '.join(FIELDS)}, then a colon")
        fields[name] = value.strip()
    for name in FIELDS:
        if not fields.get(name):
            raise CountyError(path.name, 1, f"“{name}” is missing")
    if not re.fullmatch(r"[a-z0-9-]+", fields["slug"]):
        raise CountyError(path.name, 1, f"“{fields['slug']}” is no address part")
    return Prose(**fields, body=list(_blocks(lines[start:])))


def _blocks(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Headings, and between them paragraphs and lists as one piece of rich text."""
    section: list[str] = []
    for line in [*lines, "## "]:
        if line.startswith("## "):
            if html := _rich_text(section):
                yield "paragraph", html
            section = []
            if heading := line.removeprefix("## ").strip():
                yield "heading", heading
        else:
            section.append(line.strip())


def _rich_text(lines: list[str]) -> str:
    """Paragraphs parted by blank lines; neighbouring lines that begin with a hyphen make a list."""
    html = []
    for is_item, group in groupby(lines, key=lambda line: line.startswith("- ")):
        if is_item:
            html.append(f"<ul>{''.join(f'<li>{escape(line[2:])}</li>' for line in group)}</ul>")
        else:
            paragraphs = "\n".join(group).split("\n\n")
            html += [f"<p>{escape(text.replace(chr(10), ''))}</p>" for text in paragraphs if text.strip()]
    return "".join(html)
