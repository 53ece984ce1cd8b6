"""Where a term stands: the passage around it, and its parts to mark.

Terms are sought in the folded text; the passage is cut from the text as it was written. Folding may make one character
several (㎡ → m2) or none, so the places are carried along.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from .terms import Term
from .text import FOLD

BEFORE, LENGTH = 30, 120  # characters shown before the first hit, and in all


class Part(NamedTuple):
    """A piece of a shown text, and whether it is to be marked."""

    text: str
    hit: bool


def _fold_with_places(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters the place of the one it comes from."""
    folded = text.translate(FOLD)
    if all(len(FOLD[ord(character)]) == 1 for character in set(text)):
        return folded, range(len(text))
    return folded, [place for place, character in enumerate(text) for _ in FOLD[ord(character)]]


def find(text: str, terms: Sequence[Term]) -> list[tuple[int, int]]:
    """Start and end of every hit in `text`, in order, without overlaps."""
    if not terms or not text:
        return []
    pattern = "|".join(sorted((term.pattern for term in terms), key=len, reverse=True))
    folded, places = _fold_with_places(text)
    return [(places[hit.start()], places[hit.end() - 1] + 1) for hit in re.finditer(pattern, folded)]


def mark(text: str, terms: Sequence[Term]) -> list[Part]:
    """`text` in parts, hits marked."""
    parts: list[Part] = []
    at = 0
    for start, end in find(text, terms):
        if start > at:
            parts.append(Part(text[at:start], hit=False))
        parts.append(Part(text[start:end], hit=True))
        at = end
    if at < len(text):
        parts.append(Part(text[at:], hit=False))
    return parts


def snippet(texts: Iterable[str], terms: Sequence[Term]) -> list[Part]:
    """The passage around the first hit in the first text that has one; the first text's beginning if none has."""
    first = ""
    for text in texts:
        if hits := find(text, terms):
            return mark(_cut(text, hits[0][0]), terms)
        first = first or text
    return [Part(_cut(first, 0), hit=False)] if first.strip() else []


def _cut(text: str, place: int) -> str:
    start = max(0, place - BEFORE)
    window = text[start:place]
    # Rather begin with a sentence than in the middle of one.
    if (stop := max(window.rfind(mark_) for mark_ in "。！？；\n")) >= 0:
        start, window = start + stop + 1, window[stop + 1 :]
    end = start + LENGTH
    passage = " ".join(text[start:end].split())
    return ("…" if start and text[start - 1] not in "。！？；\n" else "") + passage + ("…" if end < len(text) else "")
