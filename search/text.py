"""What two texts have in common, whatever way they were typed.

`fold` maps every character of a text on its own: width (NFKC), case, accents, traditional → simplified. It looks at
one character at a time on purpose: a conversion that minds its neighbours would fold 乾隆 and 乾 differently, and a
search for the second would miss the first. Whatever is neither letter nor digit becomes a space, so that 〔2019〕,
[2019] and (2019) are one.

`runs` cuts the folded text: a run is a stretch of Chinese characters, or one word of any other script. `canonical` is
the text as those runs between single spaces. A typed term is found in a text exactly when its needle
(search/terms.py) is a substring of the canonical text: that sentence defines the search, and the indexes of
search/backends are quick ways to it.
"""

import re
import unicodedata
from collections.abc import Iterator

import opencc

# Scripts written without spaces: Chinese with its numerals 〇 and 々, kana, bopomofo, Yi (彝文), Hangul.
_IDEOGRAPHS = (
    "\u3005-\u3007\u3021-\u3029\u3040-\u30ff\u3105-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    "\ua000-\ua48f\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff"
)
_IDEOGRAPH = re.compile(f"[{_IDEOGRAPHS}]")
LETTER = f"[^ {_IDEOGRAPHS}]"  # in a folded text: what words other than Chinese are made of
_RUN = re.compile(f"[{_IDEOGRAPHS}]+|{LETTER}+")

FIELD_END = "\n"


class _Fold(dict[int, str]):
    """One character → what it is compared as. Filled as characters are met; `str.translate` reads it."""

    def __init__(self) -> None:
        super().__init__()
        self._simplify = opencc.OpenCC("t2s").convert

    def __missing__(self, code: int) -> str:
        folded = "".join(map(self._one, unicodedata.normalize("NFKC", chr(code)).casefold()))
        self[code] = folded
        return folded

    def _one(self, character: str) -> str:
        if _IDEOGRAPH.match(character):
            return str(self._simplify(character))
        plain = [part for part in unicodedata.normalize("NFKD", character) if not unicodedata.combining(part)]
        return "".join(part if part.isalnum() else " " for part in plain)


FOLD = _Fold()


def fold(text: str) -> str:
    """`text` in one width, case and script, with a space for all that is neither letter nor digit."""
    return text.translate(FOLD)


def runs(text: str) -> list[str]:
    """The runs of `text`, folded: stretches of Chinese, and words of other scripts."""
    return _RUN.findall(fold(text))


def is_ideographic(run: str) -> bool:
    """Whether a run is written without spaces, and so is found from any of its characters on."""
    return _IDEOGRAPH.match(run) is not None


def canonical(text: str) -> str:
    """The text as a search sees it: its runs between single spaces, a space at both ends."""
    return f" {' '.join(runs(text))} "


def bigrams(run: str) -> list[str]:
    """The overlapping pairs of characters of a Chinese run; none for a run of one."""
    return [run[i : i + 2] for i in range(len(run) - 1)]


def tokens(text: str) -> Iterator[str]:
    """What FTS5 indexes: for Chinese the pairs and then the last character alone.

    So every character begins a token, and a pair never follows one of another run.
    """
    for run in runs(text):
        if is_ideographic(run):
            yield from bigrams(run)
            yield run[-1]
        else:
            yield run


PREFIX_LENGTH = 24  # beginnings of a word that are kept in a set of keys; longer ones are told apart by the text itself


def keys(text: str) -> set[str]:
    """What PostgreSQL's index holds: every character and pair of Chinese, every beginning of other words."""
    found: set[str] = set()
    for run in set(runs(text)):
        if is_ideographic(run):
            found.update(run, bigrams(run))
        else:
            found.update(run[:length] for length in range(1, min(len(run), PREFIX_LENGTH) + 1))
    return found
