"""Pinyin: addresses never carry percent-encoded Chinese."""

from django.utils.text import slugify
from pypinyin import lazy_pinyin

MAX_LENGTH = 60


def pinyin_slug(text: str, *, max_length: int = MAX_LENGTH) -> str:
    """`text` as an address part: syllables run together within a run of Chinese, other words joined with hyphens.

    龙川镇 → "longchuanzhen"; "2026年 新春 gala" → "2026nian-xinchun-gala". Empty where nothing of `text` can be spoken.
    """
    return slugify("".join(lazy_pinyin(text, errors=lambda rest: rest)))[:max_length].strip("-")
