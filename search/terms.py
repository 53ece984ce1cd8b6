"""What is looked for: terms, joined by and, or, not. Both backends read these; so does the highlighting."""

import re
from dataclasses import dataclass

from modelsearch.query import And, Boost, Fuzzy, MatchAll, Not, Or, Phrase, PlainText, SearchQuery

from .text import LETTER, bigrams, is_ideographic, runs

MAX_TERMS = 32  # of one query; further ones are left out

# The punctuation of a list (图书馆、文化馆) parts terms; brackets and hyphens hold one together: 南政办通〔2019〕11号.
_LIST = re.compile(r"[\s,;:!?，、。；：！？]+")


@dataclass(frozen=True)
class Term:
    """A sequence of runs that stand next to each other.

    Chinese is found anywhere in a longer stretch of Chinese. Other words are found from their beginning, the last one
    also as a beginning unless `whole`.
    """

    runs: tuple[str, ...]
    whole: bool = False

    @property
    def open_ended(self) -> bool:
        """Whether the text may go on after the last run without a break."""
        return is_ideographic(self.runs[-1]) or not self.whole

    @property
    def needle(self) -> str:
        """The substring of a canonical text that this term is."""
        start = "" if is_ideographic(self.runs[0]) else " "
        return start + " ".join(self.runs) + ("" if self.open_ended else " ")

    @property
    def tokens(self) -> list[str]:
        """Consecutive tokens of FTS5; the last one is a prefix when `open_ended` and not a whole pair."""
        found: list[str] = []
        for number, run in enumerate(self.runs, start=1):
            if not is_ideographic(run):
                found.append(run)
            elif number == len(self.runs):
                found.extend(bigrams(run) or [run])
            else:
                found.extend([*bigrams(run), run[-1]])
        return found

    @property
    def pattern(self) -> str:
        """A regular expression for this term in a folded text that is not canonical yet."""
        parts = [re.escape(self.runs[0]) if is_ideographic(self.runs[0]) else f"(?<!{LETTER}){re.escape(self.runs[0])}"]
        for before, run in zip(self.runs, self.runs[1:], strict=False):
            touching = is_ideographic(before) != is_ideographic(run)
            parts.append((" *" if touching else " +") + re.escape(run))
        return "".join(parts) + ("" if self.open_ended else f"(?!{LETTER})")


@dataclass(frozen=True)
class Every:
    """Found where all `parts` are. No parts: everywhere."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Some:
    """Found where one of `parts` is. No parts: nowhere."""

    parts: tuple["Node", ...]


@dataclass(frozen=True)
class Without:
    """Found where `part` is not."""

    part: "Node"


Node = Term | Every | Some | Without


def split_terms(text: str) -> list[Term]:
    """The terms of `text`, parted by spaces and the punctuation of lists. Empty if nothing in it can be looked for."""
    found = (Term(tuple(parts)) for word in _LIST.split(text) if (parts := runs(word)))
    return list(dict.fromkeys(found))[:MAX_TERMS]


def phrase(text: str) -> Term | None:
    """All of `text` as one term whose words are whole; None when nothing in it can be looked for."""
    parts = runs(text)
    return Term(tuple(parts), whole=True) if parts else None


def read(query: SearchQuery) -> Node:
    """Any of modelsearch's queries as terms.

    Raises NotImplementedError for a kind of query that modelsearch does not have.
    """
    match query:
        case MatchAll():
            return Every(())
        case PlainText():
            terms = tuple(split_terms(query.query_string))
            return Every(terms) if terms and query.operator == "and" else Some(terms)
        case Phrase():
            term = phrase(query.query_string)
            return term or Some(())
        case Fuzzy():
            return Some(tuple(split_terms(query.query_string)))
        case Boost():
            return read(query.subquery)
        case Not():
            return Without(read(query.subquery))
        case And():
            return Every(tuple(map(read, query.subqueries)))
        case Or():
            return Some(tuple(map(read, query.subqueries)))
    raise NotImplementedError(f"Searching for a {type(query).__name__} is not supported.")


def found_in(node: Node, canonical_text: str) -> bool:
    """Whether a canonical text is found by `node`: the definition that both backends answer to."""
    match node:
        case Term():
            return node.needle in canonical_text
        case Every():
            return all(found_in(part, canonical_text) for part in node.parts)
        case Some():
            return any(found_in(part, canonical_text) for part in node.parts)
        case Without():
            return not found_in(node.part, canonical_text)


def wanted(node: Node) -> list[Term]:
    """The terms of `node` that are to be shown where they stand; negated ones are not."""
    match node:
        case Term():
            return [node]
        case Every() | Some():
            return [term for part in node.parts for term in wanted(part)]
    return []
