"""Reads a calendar file (RFC 5545) as Outlook, Google and WPS write it, and as somebody hostile might.

Only text is taken apart here, in one pass, with bounds on everything: `read` gives the VEVENTs as named properties, and
`importing.py` says what they mean. What no event needs (time zones, alarms, attendees) is skipped unread.
"""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from icalendar.parser import Contentline

MAX_BYTES = 1_000_000
MAX_LINE = 50_000
MAX_DEPTH = 6
MAX_ENTRIES = 2_000  # VEVENTs that are looked at: events and their changed dates together
TAKEN = {
    "UID", "SUMMARY", "DESCRIPTION", "LOCATION", "CONTACT", "STATUS", "CLASS", "DTSTART", "DTEND", "DURATION", "RRULE",
    "RDATE", "EXDATE", "EXRULE", "RECURRENCE-ID", "ATTENDEE", "ATTACH",
}  # fmt: skip
NAME = re.compile(r"[A-Za-z0-9-]+(?=[:;])")
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Property:
    """One line: its parameters and its value as written."""

    value: str
    parameters: dict[str, str] = field(default_factory=dict)


class Entry:
    """One VEVENT: its properties by name, in their order."""

    def __init__(self) -> None:
        self.properties: defaultdict[str, list[Property]] = defaultdict(list)

    def all(self, name: str) -> list[Property]:
        """Every property of this name."""
        return self.properties.get(name, [])

    def first(self, name: str) -> Property | None:
        """The first property of this name."""
        return next(iter(self.all(name)), None)

    def text(self, name: str) -> str:
        """The first value of this name as plain text in one piece; "" where there is none."""
        found = self.first(name)
        return unescaped(found.value).strip() if found else ""


@dataclass
class Reading:
    """What a file holds: its entries, and how many more there were than are looked at."""

    entries: list[Entry] = field(default_factory=list)
    beyond: int = 0


def read(data: bytes) -> Reading:
    """The VEVENTs of a calendar file. Raises ValidationError where the file as a whole cannot be read."""
    if len(data) > MAX_BYTES:
        raise ValidationError(_("The file is larger than 1 MB. Export a shorter time."))
    reader = Reader()
    for line in lines(data):
        reader.take(line)
    if reader.stack:
        raise damaged()
    return reader.reading


class Reader:
    """Follows the components as they open and close."""

    def __init__(self) -> None:
        self.reading, self.current = Reading(), Entry()
        self.stack: list[str] = []

    @property
    def in_event(self) -> bool:
        return self.stack == ["VCALENDAR", "VEVENT"]

    def take(self, line: str) -> None:
        """Read one line. Raises ValidationError where the components do not fit into each other."""
        name = NAME.match(line)
        word = name.group().upper() if name else ""
        if word == "BEGIN":
            self.begin(line[6:].strip().upper())
        elif word == "END":
            self.end(line[4:].strip().upper())
        elif not self.stack:
            raise ValidationError(_("This is not a calendar file (.ics)."))
        elif word in TAKEN and self.in_event and len(self.reading.entries) < MAX_ENTRIES:
            add_line(self.current, word, line)

    def begin(self, component: str) -> None:
        self.stack.append(component)
        if len(self.stack) > MAX_DEPTH:
            raise damaged()
        if self.in_event:
            self.current = Entry()

    def end(self, component: str) -> None:
        if not self.stack or self.stack[-1] != component:
            raise damaged()
        if self.in_event and len(self.reading.entries) < MAX_ENTRIES:
            self.reading.entries.append(self.current)
        elif self.in_event:
            self.reading.beyond += 1
        self.stack.pop()


def add_line(entry: Entry, name: str, line: str) -> None:
    """Add a property; a line that is none is left out, as calendar programs do."""
    try:
        _name, parameters, value = Contentline(line).raw_parts()
    except (ValueError, IndexError):
        return
    plain = {key.upper(): text for key, text in parameters.items() if isinstance(text, str)}
    entry.properties[name].append(Property(CONTROL.sub("", value), plain))


def damaged() -> ValidationError:
    """The refusal of a file whose components do not close as they open."""
    return ValidationError(_("The calendar file is damaged or incomplete. Export it again."))


def lines(data: bytes) -> Iterator[str]:
    """The unfolded lines. Raises ValidationError for one that is far too long."""
    for line in re.split(r"\r\n|\n|\r", decoded(data)):
        if len(line) > MAX_LINE:
            raise ValidationError(
                _("The calendar file has a line of more than %(most)s characters.") % {"most": MAX_LINE}
            )
        if line.strip():
            yield line


def decoded(data: bytes) -> str:
    """The text of a file in UTF-8 (with or without its mark), UTF-16 or GBK, unfolded.

    Folded lines are joined before decoding: programs fold in the middle of a Chinese character.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in data[:40]:
        encodings = ["utf-16" if data.startswith((b"\xff\xfe", b"\xfe\xff")) else wide(data)]
    else:
        data = re.sub(rb"(?:\r\n|\n|\r)[ \t]", b"", data)
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            return re.sub(r"(?:\r\n|\n|\r)[ \t]", "", data.decode(encoding))
        except UnicodeDecodeError:
            continue
    raise ValidationError(_("The letters of this file cannot be read. Save it as UTF-8."))


def wide(data: bytes) -> str:
    """Which UTF-16 a file without its mark is in."""
    return "utf-16-be" if data[:1] == b"\x00" else "utf-16-le"


def unescaped(value: str) -> str:
    """TEXT as people read it (RFC 5545, 3.3.11)."""
    return re.sub(r"\\([nN,;\\\"])", lambda found: "\n" if found[1] in "nN" else found[1], value)
