"""Packing a programme's evidence into an archive, by clause: folders, an index with checksums, the dossier's PDF.

Files go from their storage straight into the archive on disk, a block at a time; what stays in memory is the index.
"""

import csv
import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO, Any
from urllib.parse import quote

from django.db.models import Prefetch
from django.db.models.functions import Length
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.core.models import Case, Decision
from workflows.milestones.models import Evidence, Milestone, Programme, SurveyQuestion
from workflows.milestones.survey_values import answer_text

CHUNK = 200
BLOCK = 1 << 20
PART = 60  # characters of one part of a path
STORED = {".jpg", ".png", ".pdf", ".docx"}  # compressed already
UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')


@dataclass
class Entry:
    """One file of the archive, or one that is named only: withdrawn, missing."""

    path: str = ""
    name: str = ""
    size: int | None = None
    sha256: str = ""
    remark: str = ""

    @property
    def href(self) -> str:
        """Where the index finds it."""
        return quote(self.path)


@dataclass
class Line:
    """One milestone of the index."""

    milestone: Milestone
    case_number: str
    confirmed_by: str
    entries: list[Entry] = field(default_factory=list)

    @property
    def files(self) -> int:
        """How many files of it are in the archive."""
        return sum(bool(entry.path) for entry in self.entries)


@dataclass
class Paper:
    """One paper of the acceptance itself: a report, the superior's decision, evidence of a rectification."""

    case_number: str
    title: str
    entry: Entry


@dataclass
class Contents:
    """What an archive holds: the milestones' evidence, and the papers of the acceptance."""

    lines: list[Line] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)

    @property
    def entries(self) -> list[Entry]:
        """Every file, packed or only named."""
        return [entry for line in self.lines for entry in line.entries] + [paper.entry for paper in self.papers]


def safe_part(text: str) -> str:
    """One part of a path that every system can unpack: no separators, no control or bidirectional characters, no dot
    at either end, at most 60 characters, never empty."""
    kept = "".join(" " if unicodedata.category(letter)[0] == "C" else letter for letter in text)
    return UNSAFE.sub("_", kept.strip()).strip("._ ")[:PART].strip("._ ") or "_"


def folder_of(milestone: Milestone) -> str:
    """R31_统一标识/龙川镇: the clause with the plan item, then the township, the head institution or the county."""
    where = milestone.township or milestone.venue
    place = getattr(where, "name", "") or _("the county")
    return f"{safe_part(f'{milestone.item.clause}_{milestone.item.name}')}/{safe_part(str(place))}"


def milestones_of(programme: Programme) -> Iterator[Milestone]:
    """The milestones that count, by clause, item, township and venue, with their evidence and its files."""
    evidence = Evidence.objects.select_related("withdrawn_by", "case").prefetch_related("files").order_by("pk")
    rows = programme.milestones.standing().with_place().select_related("case")
    order = (
        Length("item__clause"),
        "item__clause",
        "item__stage__number",
        "item__order",
        "township__code",
        "venue__division__code",
        "pk",
    )
    found = rows.order_by(*order).prefetch_related(Prefetch("evidence", evidence, to_attr="handed_in"))
    return found.iterator(chunk_size=CHUNK)


def confirmers_of(programme: Programme) -> dict[int, str]:
    """Case → who confirmed it last."""
    rows = Decision.objects.filter(action="confirm", case__milestonecase__milestone__programme=programme)
    return {row.case_id: str(row.actor) for row in rows.select_related("actor").order_by("pk")}


class Packer:
    """Writes one archive.

    Args:
        archive: open for writing.
        programme: whose evidence.
        progress: called with how many milestones are packed.
    """

    def __init__(self, archive: zipfile.ZipFile, programme: Programme, progress: Callable[[int], None]) -> None:
        self.archive, self.programme, self.progress = archive, programme, progress
        self.taken: set[str] = set()
        self.lines: list[Line] = []
        self.questions = {row.key: row for row in SurveyQuestion.objects.all()}

    def pack(self) -> list[Line]:
        """Pack every milestone's evidence; returns the index."""
        confirmers = confirmers_of(self.programme)
        for number, milestone in enumerate(milestones_of(self.programme), 1):
            case = milestone.case
            line = Line(milestone, case.number if case else "", confirmers.get(case.pk, "") if case else "")
            self.lines.append(line)
            for evidence in milestone.handed_in:  # type: ignore[attr-defined]
                line.entries.extend(self._evidence(milestone, evidence))
            if number % 50 == 0:
                self.progress(number)
        self.progress(len(self.lines))
        return self.lines

    def pack_case(self, case: Case, title: str) -> list[Paper]:
        """Pack the papers of the acceptance or of a rectification item."""
        folder = "/".join(map(safe_part, (_("R41_acceptance"), f"{case.number}_{title}")))
        papers = []
        for number, file in enumerate(case.files.all(), 1):
            entry = self._file(f"{folder}/{number}_{safe_part(file.label)}", file)
            papers.append(Paper(case.number, file.label, entry))
        return papers

    def _evidence(self, milestone: Milestone, evidence: Any) -> Iterator[Entry]:
        if evidence.withdrawn_at:
            why = _("withdrawn, left out: %(why)s") % {"why": evidence.withdrawn_why}
            yield from (Entry(name=file.name, remark=why) for file in evidence.files.all())
            if not evidence.files.all():
                yield Entry(name=_("answers or note"), remark=why)
            return
        if evidence.answers:
            yield self._answers(milestone, evidence)
        for number, file in enumerate(evidence.files.all(), 1):
            label = PurePosixPath(file.label or file.name).stem
            stem = f"{_place(milestone)}_{evidence.case.number}_{number}_{label}"
            yield self._file(f"{folder_of(milestone)}/{safe_part(stem)}", file)

    def _answers(self, milestone: Milestone, evidence: Any) -> Entry:
        """A survey's answers as a small table."""
        out = io.StringIO()
        table = csv.writer(out)
        table.writerow([_("Question"), _("Answer")])
        for key, value in evidence.answers.items():
            question = self.questions.get(key)
            table.writerow([str(question), answer_text(question, value)] if question else [key, value])
        stem = safe_part("_".join((_place(milestone), evidence.case.number, _("answers"))))
        path = self._free(f"{folder_of(milestone)}/{stem}", ".csv")
        data = ("\ufeff" + out.getvalue()).encode()
        self.add(path, data)
        return Entry(path, PurePosixPath(path).name, len(data), hashlib.sha256(data).hexdigest())

    def _file(self, stem: str, file: Any) -> Entry:
        """One stored file. A missing or damaged one does not stop the others: the index says so."""
        ending = PurePosixPath(file.name).suffix.lower()
        try:
            source = file.file.open("rb")
        except OSError:
            return Entry(name=file.name, size=file.size, sha256=file.sha256, remark=_("the stored file is missing"))
        path = self._free(stem, ending)
        kind = zipfile.ZIP_STORED if ending in STORED else zipfile.ZIP_DEFLATED
        # An archive knows no time zones: it has the county's own time, as every unpacking computer shows it.
        info = zipfile.ZipInfo(path, date_time=timezone.localtime(file.uploaded_at).timetuple()[:6])
        info.compress_type = kind
        with source, self.archive.open(info, "w", force_zip64=file.size > BLOCK * 1024) as target:
            size, found = _copied(source, target)
        damaged = _("differs from what was handed in") if found != file.sha256 else ""
        return Entry(path, file.name, size, found, damaged)

    def add(self, path: str, data: bytes) -> None:
        """Put one small file into the archive."""
        self.archive.writestr(path, data, zipfile.ZIP_DEFLATED)

    def _free(self, stem: str, ending: str) -> str:
        """A path that is not taken yet, also where capital letters do not count."""
        path, number = stem + ending, 1
        while path.casefold() in self.taken:
            number += 1
            path = f"{stem}_{number}{ending}"
        self.taken.add(path.casefold())
        return path


def _copied(source: IO[bytes], target: IO[bytes]) -> tuple[int, str]:
    size, digest = 0, hashlib.sha256()
    while block := source.read(BLOCK):
        target.write(block)
        digest.update(block)
        size += len(block)
    return size, digest.hexdigest()


def _place(milestone: Milestone) -> str:
    return milestone.venue.name if milestone.venue else str(milestone.place)


# The index --------------------------------------------------------------------------------------
def index_csv(contents: Contents) -> bytes:
    """The index as CSV, with the mark that makes spreadsheets read it as UTF-8."""
    out = io.StringIO()
    table = csv.writer(out)
    table.writerow(_heading())
    for line in contents.lines:
        for entry in line.entries or [Entry()]:
            table.writerow([_cell(cell) for cell in (*_milestone_cells(line), *_entry_cells(entry))])
    for paper in contents.papers:
        table.writerow(
            ["R41", _cell(paper.title), *[""] * 7, paper.case_number, *map(_cell, _entry_cells(paper.entry))]
        )
    return ("\ufeff" + out.getvalue()).encode()


def _heading() -> list[str]:
    milestone = [_("Clause"), _("What is asked"), _("Township"), _("Place"), _("State"), _("Done on")]
    confirmed = [_("Recorded afterwards"), _("Confirmed on"), _("Confirmed by"), _("Case")]
    file = [_("File in the archive"), _("File name"), _("Bytes"), "SHA-256", _("Remark")]
    return milestone + confirmed + file


def _milestone_cells(line: Line) -> list[Any]:
    row = line.milestone
    return [
        row.item.clause,
        row.item.name,
        row.township or "",
        row.place,
        row.get_state_display(),
        row.done_on or "",
        _("yes") if row.back_dated else "",
        row.confirmed_on or "",
        line.confirmed_by,
        line.case_number,
    ]


def _entry_cells(entry: Entry) -> list[Any]:
    return [entry.path, entry.name, "" if entry.size is None else entry.size, entry.sha256, entry.remark]


def _cell(value: Any) -> str:
    """No cell is read as a formula."""
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def index_html(programme: Programme, contents: Contents) -> bytes:
    """The index as a page of its own: it opens from the unpacked folder, without a server."""
    return render_to_string("acceptance/index.html", {"programme": programme, "contents": contents}).encode()


def checksums(contents: Contents) -> bytes:
    """What `sha256sum -c` reads."""
    return "".join(f"{row.sha256}  {row.path}\n" for row in contents.entries if row.path).encode()
