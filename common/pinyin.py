"""Pinyin: addresses never carry percent-encoded Chinese."""

from django.utils.text import slugify
from pypinyin import lazy_pinyin

MAX_LENGTH = 60


def pinyin_slug(text: str, *, max_length: int = MAX_LENGTH) -> str:
    """`text` as an address part: syllables run together within a run of Chinese, other words joined with hyphens.

    龙川镇 → "longchuanzhen"; "2026年 新春 gala" → "2026nian-xinchun-gala". Empty where nothing of `text` can be spoken.
    """
    return slugify("".join(lazy_pinyin(text, errors=lambda rest: rest)))[:max_length].strip("-")


def pinyin_keys(name: str) -> str:
    """What is typed for a Chinese name: its pinyin and its initials, from each of its characters on.

    龙川镇 → "longchuanzhen lcz chuanzhen cz zhen z", in which beginnings of words are found: “longchuan”, “lc”.
    """
    syllables = lazy_pinyin(name, errors="ignore")
    words = []
    for start in range(len(syllables)):
        words += ["".join(syllables[start:]), "".join(syllable[0] for syllable in syllables[start:])]
    return " ".join(dict.fromkeys(words))
