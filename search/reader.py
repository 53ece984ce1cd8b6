"""A program of its own: prints the text of one file. Run by search/extraction.py, never imported.

python reader.py FILE MOST_CHARACTERS MEMORY_BYTES SECONDS
"""

import re
import resource
import sys
from collections.abc import Iterator
from pathlib import Path

UNFOLDED = 200 * 2**20  # bytes that a DOCX, which is a ZIP, may unfold to
# A line that ends within a Chinese sentence is a line of the paper, not of the text.
_BROKEN_LINE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])[ \t]*\n[ \t]*(?=[\u3400-\u9fff])")


def pdf(path: Path) -> Iterator[str]:
    from pypdf import PdfReader

    for page in PdfReader(path).pages:
        yield _BROKEN_LINE.sub("", page.extract_text())


def docx(path: Path) -> Iterator[str]:
    import zipfile

    from docx import Document

    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > UNFOLDED:
            raise ValueError("The file unfolds to more than it should.")
    document = Document(str(path))
    for paragraph in document.paragraphs:
        yield paragraph.text
    for table in document.tables:
        for row in table.rows:
            yield " ".join(cell.text for cell in row.cells)


def txt(path: Path) -> Iterator[str]:
    data = path.read_bytes()
    try:
        yield data.decode("utf-8-sig")
    except UnicodeDecodeError:
        yield data.decode("gb18030", errors="replace")


def main(path: Path, most: int, memory: int, seconds: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    readers = {".pdf": pdf, ".docx": docx, ".txt": txt}
    written = 0
    for text in readers[path.suffix](path):
        sys.stdout.write(text[: most + 1 - written] + "\n")
        written += len(text) + 1
        if written > most:
            return


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    main(Path(sys.argv[1]), *map(int, sys.argv[2:5]))
