"""Seconds to load a county, and what each type of public page costs at two sizes of county.

Each county is loaded into an SQLite file of its own below var/bench/, so nothing else is touched. Pages are measured
in a process of their own, because Django is set up for one database.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from tests.e2e.pages_table import PAGES

from .large_county import write_large_county

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "var/bench"
NANHUA = ROOT / "data/nanhua"
MEASURE = "import django, json; django.setup(); from benchmarks.{} import measure; print(json.dumps(measure()))"


def main() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(parents=True)
    write_large_county(NANHUA, FOLDER / "large", times=10)
    loading, pages = {}, {}
    for name, folder in {"140 venues": NANHUA, "1,400 venues": FOLDER / "large"}.items():
        environment = environment_of(name)
        if not (FOLDER / "static").exists():
            seconds(["collectstatic", "--no-input", "-v0"], environment)
        loading[name] = {
            "migrate": seconds(["migrate", "-v0"], environment),
            "load_county": seconds(["load_county", str(folder), "-v0"], environment),
            "load_county again": seconds(["load_county", str(folder), "-v0"], environment),
            "load_sample": seconds(["load_sample", "-v0"], environment),
        }
        pages[name] = measured("pages", environment)
    print_loading(loading)
    print_pages(pages)
    if missing := [page.name for page in PAGES if page.name not in pages["140 venues"]]:
        sys.exit(f"These pages did not answer as they should: {', '.join(missing)}")


def environment_of(name: str) -> dict[str, str]:
    """What the processes of one county's measurement are told."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.e2e",
        "DATABASE_URL": f"sqlite:///{FOLDER / name.replace(' ', '-')}.sqlite3",
        "STATIC_ROOT": str(FOLDER / "static"),
        "PYTHONPATH": f"{ROOT}:{ROOT / 'site'}",
    }


def seconds(command: list[str], environment: dict[str, str]) -> float:
    """How long this management command takes, with the start of its process."""
    since = time.perf_counter()
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, env=environment, check=True)
    return time.perf_counter() - since


def measured(what: str, environment: dict[str, str]) -> Any:
    """What this part of the benchmarks measures, in a process of its own."""
    said = subprocess.check_output([sys.executable, "-c", MEASURE.format(what)], cwd=ROOT, env=environment)
    return json.loads(said.splitlines()[-1])


def print_loading(loading: dict[str, dict[str, float]]) -> None:
    print("\n| seconds | " + " | ".join(loading) + " |")
    print("| --- |" + " ---: |" * len(loading))
    for step in next(iter(loading.values())):
        print(f"| `{step}` | " + " | ".join(f"{figures[step]:.1f}" for figures in loading.values()) + " |")


def print_pages(pages: dict[str, dict[str, tuple[int, float, float]]]) -> None:
    print("\n| page | " + " | ".join(f"queries, {name} | ms | KB" for name in pages) + " |")
    print("| --- |" + " ---: | ---: | ---: |" * len(pages))
    for page in next(iter(pages.values())):
        cells = [pages[name].get(page) for name in pages]
        texts = [f"{cell[0]} | {cell[1]:.0f} | {cell[2]:.0f}" if cell else "– | – | –" for cell in cells]
        print(f"| {page} | " + " | ".join(texts) + " |")


if __name__ == "__main__":
    main()
