"""Every string of the source is in the Chinese catalogue: collects them into a copy and compares (needs gettext)."""

import shutil
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parents[1]
CATALOGUE = ROOT / "locale/zh_Hans/LC_MESSAGES/django.po"
COLLECT = ["makemessages", "-l", "zh_Hans", "--no-location", "--no-wrap", "-i", ".venv", "-i", "var", "-i", "tests"]


def message_ids(path: Path) -> set[tuple[str, str]]:
    """The message ids (with context) of the catalogue at `path`, without its header and obsolete entries."""
    with path.open("rb") as file:
        return {(message.context or "", str(message.id)) for message in read_po(file) if message.id}


def main() -> int:
    if shutil.which("xgettext") is None:
        print("xgettext is missing. On Debian: apt-get install gettext", file=sys.stderr)
        return 1
    before = CATALOGUE.read_bytes()
    known = message_ids(CATALOGUE)
    try:
        subprocess.run([sys.executable, "manage.py", *COLLECT], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        missing = message_ids(CATALOGUE) - known
    finally:
        CATALOGUE.write_bytes(before)
    for _context, text in sorted(missing):
        print(f"not in the catalogue: {text!r}", file=sys.stderr)
    if missing:
        print("Run `make messages` and translate.", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
