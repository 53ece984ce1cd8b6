"""docs/operations.md names every setting that a county can give and every timer that runs."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
MANUAL = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
SOURCES = [
    ROOT / "site/config/settings/base.py",
    ROOT / "site/config/settings/production.py",
    ROOT / "gunicorn.conf.py",
]
READ = re.compile(r"""(?:\benv(?:\.[a-z_]+)?\(|environ\.get\()\s*["']([A-Z_]+)["']""")


def table(heading: str) -> str:
    """The first column of the table below a heading."""
    part = MANUAL.split(f"## {heading}\n")[1].split("\n## ")[0]
    return " ".join(line.split("|")[1] for line in part.splitlines() if line.startswith("|"))


def test_every_setting_is_explained():
    asked = {name for path in SOURCES for name in READ.findall(path.read_text(encoding="utf-8"))}
    assert {"SECRET_KEY", "DATABASE_URL", "CACHE_URL", "WEB_CONCURRENCY"} <= asked
    assert {name for name in asked if f"`{name}`" not in table("Environment")} == set()


def test_every_timer_is_explained():
    named = set(re.findall(r"`(\w+)`", table("Timers")))
    assert named == set(settings.TIMERS) != set()


def test_the_backup_takes_every_folder_of_files():
    folders = set(re.findall(r'_ROOT", default=str\(VAR / "(\w+)"\)', SOURCES[0].read_text())) - {"static"}
    saved = re.search(r"tar -czf .+ -C \S+ ([\w ]+)\n", MANUAL)
    assert saved
    assert set(saved[1].split()) == folders >= {"media", "private"}
