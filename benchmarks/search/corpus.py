"""Synthetic Chinese pages: the same for the same number, with the lengths and word frequencies of a county's site.

Words follow Zipf's law; the notice's own words are among the frequent ones. Bodies have a median of about 450
characters and a long tail; one page in a hundred is long (3,000 to 8,000).
"""

import random
import re
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

NOTICE = Path(__file__).resolve().parents[2] / "data/nanhua/notice_2019_11.txt"
FREQUENT, PHRASE, RARE, ABSENT, PAIR = "文化", "文化服务点", "笪家屯", "犇羴鱻", "图书馆 读者"
RARE_EVERY = 5_000  # pages
PHRASE_EVERY = 40


def _vocabulary(pick: random.Random, size: int = 20_000) -> list[str]:
    stretches = re.findall(r"[\u4e00-\u9fff]{2,}", NOTICE.read_text(encoding="utf-8"))
    own = list(dict.fromkeys(stretch[i : i + 2] for stretch in stretches for i in range(0, len(stretch) - 1, 2)))
    characters = [chr(code) for code in range(0x4E00, 0x9FA5)]
    pick.shuffle(characters)
    usual = list(dict.fromkeys([*"".join(own), *characters[:3_000]]))
    excluded = set(FREQUENT + PHRASE + RARE + ABSENT)
    usual = [character for character in usual if character not in excluded]
    made = {"".join(pick.choices(usual, k=pick.choice([2, 2, 2, 3, 4]))) for _ in range(size)}
    return ["的", "和", "在", FREQUENT, "服务", "图书馆", "读者", "活动", *own, *sorted(made)]


def pages(count: int) -> Iterator[tuple[str, str]]:
    """(title, body) of `count` pages."""
    pick = random.Random(2019_11)
    words = _vocabulary(pick)
    weights = list(accumulate(1 / (rank + 90) for rank in range(len(words))))
    for number in range(count):
        length = int(pick.lognormvariate(5.3, 0.6)) if number % 100 else pick.randint(1_500, 4_000)
        body = pick.choices(words, cum_weights=weights, k=max(20, min(length, 4_000)))
        for place in range(pick.randint(5, 12), len(body), 13):
            body[place] = "。" if place % 3 else "，"
        if number % PHRASE_EVERY == 7:
            body[len(body) // 2] = PHRASE
        if number % RARE_EVERY == 11:
            body[len(body) // 3] = RARE
        if number % 20 == 3:
            body[-1] = f"2024年第{number}号"
        title = "".join(pick.choices(words, cum_weights=weights, k=pick.randint(3, 8)))[:60]
        yield title, "".join(body)
