"""A county ten times the size of Nanhua, made from its data: what a page costs must not follow the number of venues."""

import csv
import shutil
from pathlib import Path

DIVISIONS = "nanhua_divisions.csv"
NUMERALS = "一二三四五六七八九"


def write_large_county(source: Path, target: Path, times: int) -> None:
    """Copy the county in `source` to `target`, its townships and villages repeated until there are `times` of each."""
    shutil.copytree(source, target)
    with (source / DIVISIONS).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    townships = [row["code"] for row in rows if row["level"] == "township"]
    copies = []
    for copy in range(1, times):
        for row in rows:
            township = next((code for code in townships if row["code"].startswith(code)), None)
            if township is None:
                continue
            renumbered = f"{township[:6]}{200 + copy * 20 + townships.index(township)}"
            copies.append(
                row
                | {
                    "code": row["code"].replace(township, renumbered, 1),
                    "parent": row["parent"].replace(township, renumbered, 1),
                    "name": with_numeral(row["name"], NUMERALS[copy - 1]),
                }
            )
    with (target / DIVISIONS).open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows + copies)


def with_numeral(name: str, numeral: str) -> str:
    """龙川镇 → 龙川一镇: before what kind of place it is."""
    for ending in ("村民委员会", "社区居民委员会", "居民委员会", "社区", "镇", "乡"):
        if name.endswith(ending):
            return f"{name.removesuffix(ending)}{numeral}{ending}"
    return f"{name}{numeral}"
