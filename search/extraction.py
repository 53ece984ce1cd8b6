"""Reading the text of a PDF or DOCX file, safely.

Uploaded files are not to be trusted: a few kilobytes can unfold to gigabytes or keep a parser busy for hours. So a file
is read in a process of its own, with limits on memory, processor time and waiting, and only so much text is taken.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from .models import ExtractedText

MOST_BYTES = 50 * 2**20  # of a file that is opened
MOST_TEXT = 2_000_000  # characters that are kept
SECONDS = 60
MEMORY = 1 * 2**30

State = ExtractedText.State
Result = tuple[State, str, str]


def read_text(file: Any, extension: str) -> Result:
    """State, text and problem of an open or openable Django file named `….extension` (pdf, docx, txt)."""
    try:
        if file.size > MOST_BYTES:
            return State.BROKEN, "", f"The file is larger than {MOST_BYTES // 2**20} MB."
        with tempfile.NamedTemporaryFile(suffix=f".{extension}") as copy, file.open("rb") as source:
            shutil.copyfileobj(source, copy)
            copy.flush()
            return _in_another_process(Path(copy.name))
    except OSError as error:  # the file is gone from the storage
        return State.BROKEN, "", str(error)


def _in_another_process(path: Path) -> Result:
    program = Path(__file__).with_name("reader.py")
    # -I: not to import from the program's folder, which has a selectors.py of its own.
    command = [sys.executable, "-I", *map(str, (program, path, MOST_TEXT, MEMORY, SECONDS))]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS + 5, check=False)  # noqa: S603 - our own
    except subprocess.TimeoutExpired:
        return State.BROKEN, "", f"Reading it took longer than {SECONDS} seconds."
    if done.returncode != 0:
        words = done.stderr.decode(errors="replace").strip().splitlines()
        return State.BROKEN, "", words[-1] if words else "The reader stopped."
    text = done.stdout.decode(errors="replace").replace("\0", " ")
    if not text.strip():
        return State.EMPTY, "", ""
    return (State.CUT if len(text) > MOST_TEXT else State.READ), text[:MOST_TEXT], ""
