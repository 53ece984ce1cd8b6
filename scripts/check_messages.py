"""Every string of the source is in the Chinese catalogue: collects them into a copy and compares (needs gettext).

gettext does not look into f-strings; whatever is translated there is looked for here.
"""

import ast
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


def in_f_strings() -> set[tuple[str, str]]:
    """The message ids that f-strings of the source translate."""
    found = set()
    for path in ROOT.glob("*/**/*.py"):
        if path.relative_to(ROOT).parts[0] in ("tests", "scripts", ".venv", "var"):
            continue
        for text in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.JoinedStr)):
            for call in (node for node in ast.walk(text) if isinstance(node, ast.Call)):
                name, first = getattr(call.func, "id", ""), call.args[0] if call.args else None
                if name in ("_", "gettext") and isinstance(first, ast.Constant):
                    found.add(("", str(first.value)))
    return found


def main() -> int:
    if shutil.which("xgettext") is None:
        print("xgettext is missing. On Debian: apt-get install gettext", file=sys.stderr)
        return 1
    before = CATALOGUE.read_bytes()
    known = message_ids(CATALOGUE)
    try:
        subprocess.run([sys.executable, "manage.py", *COLLECT], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        missing = (message_ids(CATALOGUE) | in_f_strings()) - known
    finally:
        CATALOGUE.write_bytes(before)
    for _context, text in sorted(missing):
        print(f"not in the catalogue: {text!r}", file=sys.stderr)
    if missing:
        print("Run `make messages` and translate.", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
