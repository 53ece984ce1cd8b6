"""What people type into the search box: terms, "phrases", -left out."""

import re
from dataclasses import dataclass

from .terms import MAX_TERMS, Every, Node, Some, Term, Without, phrase, split_terms

MAX_LENGTH = 200  # characters of a query that are read; nobody types more, and a pasted page is not a question

_QUOTED = re.compile(r"(?P<minus>(?<!\S)[-－–])?[\"“”„«»「」『』](?P<phrase>[^\"“”„«»「」『』]*)[\"“”„«»「」『』]")
_NEGATED = re.compile(r"(?<!\S)[-－–](?P<word>\S+)")


@dataclass(frozen=True)
class Query:
    """A typed query. `terms` are all wanted, `unwanted` are all left out; `shortened` if it was too long to read."""

    text: str
    terms: tuple[Term, ...]
    unwanted: tuple[Term, ...]
    shortened: bool = False

    @property
    def every(self) -> Node:
        """Finds what has all terms and none of the unwanted ones; nothing when no term is wanted."""
        return self._without(Every(self.terms)) if self.terms else Some(())

    @property
    def any(self) -> Node | None:
        """Finds what has one of several terms; None when there is only one."""
        return self._without(Some(self.terms)) if len(self.terms) > 1 else None

    def _without(self, node: Node) -> Node:
        return Every((node, *map(Without, self.unwanted))) if self.unwanted else node


def parse(text: str) -> Query:
    """Read what was typed. Never fails: what cannot be looked for is passed over."""
    text = " ".join(text.replace("\0", " ").split())
    shortened = len(text) > MAX_LENGTH
    rest = text = text[:MAX_LENGTH]
    terms: list[Term] = []
    unwanted: list[Term] = []

    def take_phrase(match: re.Match[str]) -> str:
        if term := phrase(match["phrase"]):
            (unwanted if match["minus"] else terms).append(term)
        return " "

    def take_negated(match: re.Match[str]) -> str:
        unwanted.extend(split_terms(match["word"]))
        return " "

    rest = _QUOTED.sub(take_phrase, rest)
    rest = _NEGATED.sub(take_negated, rest)
    terms.extend(split_terms(rest))
    terms = list(dict.fromkeys(terms))
    return Query(text, tuple(terms[:MAX_TERMS]), tuple(dict.fromkeys(unwanted))[:MAX_TERMS], shortened)
