"""Read a disclosure page that was saved as text. Pure functions: bytes in, what the page says out.

Such a page carries eight header fields (labels stretched with blanks, R07), then the paper as typed: its number, its
title, the addressees, the letter, the date, the remark that decides on publication (R13) and what is annexed (R14).
Every sentence is kept: `ParsedNotice.full_text` is the page's own text below the header, blanks aside.
"""

import datetime
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .numbers import DOCUMENT_NUMBER, document_number_normalise, index_number_parts

HEADER_LABELS = {
    "索引号": "index_number",
    "公文目录": "catalogue",
    "发文机关": "issuer",
    "成文日期": "made_on",
    "发文字号": "document_number",
    "主题词": "subject_words",
    "标题": "title",
    "发布日期": "published_on",
}
BLANK = r"[\s\u3000]*"
LABEL = re.compile(r"(?<!\S)(" + "|".join(BLANK.join(label) for label in HEADER_LABELS) + rf"){BLANK}[:\uff1a]")
DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日|(\d{4})-(\d{1,2})-(\d{1,2})")
CHINESE_DATE = re.compile(
    r"([〇○零一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})日"
)
CHINESE_DIGITS = {"〇": 0, "○": 0, "零": 0} | {digit: value for value, digit in enumerate("一二三四五六七八九", 1)}
REMARK = re.compile(r"[(\uff08]此件(?P<decision>.{2,20})[)\uff09]")
HEADINGS = [
    re.compile(r"[一二三四五六七八九十]+、"),
    re.compile(r"[(\uff08][一二三四五六七八九十]+[)\uff09]"),
    re.compile(r"\d{1,2}[.\uff0e、](?!\d)"),
]
LONGEST_HEADING = 40
CITED = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》\s*[(\uff08]\s*([^\s()\uff08\uff09]{2,30}号)\s*[)\uff09]")
LONGEST_NAME_LINE = 100  # a title or a line of addressees; longer lines are sentences


class NoticeError(ValueError):
    """The file cannot be read as a disclosure page; the message says why, for the person who gave it."""


@dataclass(frozen=True)
class Block:
    """A heading (level 1 to 3) or a paragraph (level 0)."""

    level: int
    text: str


@dataclass(frozen=True)
class CitedDocument:
    """A superior document that the text rests on, with the organs that issued it jointly (R15)."""

    number: str
    title: str
    issuers: tuple[str, ...]


@dataclass
class ParsedNotice:
    """What the page says. Empty where it says nothing; `warnings` tells what had to be inferred."""

    index_letters: str
    index_number: str
    title: str
    catalogue: str = ""
    issuer: str = ""
    made_on: datetime.date | None = None
    document_number: str = ""
    subject_words: str = ""
    published_on: datetime.date | None = None
    headline: str = ""  # the title, where the page repeats it above the paper
    paper_title: str = ""
    addressees: str = ""
    body: list[Block] = field(default_factory=list)
    signature: list[str] = field(default_factory=list)  # the lines from the date to the remark, as typed
    remark: str = ""
    annex_title: str = ""
    annex: list[Block] = field(default_factory=list)
    cited: list[CitedDocument] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    number_line: str = ""

    @property
    def full_text(self) -> str:
        """Everything below the header, in the page's order."""
        blocks = [block.text for block in self.body]
        annex = [block.text for block in self.annex]
        parts = [self.headline, self.number_line, self.paper_title, self.addressees, *blocks, *self.signature]
        return "\n".join(part for part in [*parts, self.annex_title, *annex] if part)

    @property
    def decision(self) -> str:
        """What the remark decides: "open", "on_request", "closed", or "" without a remark that is understood (R13)."""
        found = REMARK.fullmatch(self.remark)
        said = squash(found["decision"]) if found else ""
        if said in {"公开发布", "主动公开", "公开"}:
            return "open"
        if "依申请公开" in said:
            return "on_request"
        return "closed" if said.startswith(("不予公开", "不公开", "不宜公开")) else ""


def squash(text: str) -> str:
    """`text` without any blanks."""
    return "".join(text.split())


def decode(raw: bytes) -> str:
    """The text of a file in UTF-8 (with or without byte order mark) or GBK/GB 18030. Raises NoticeError."""
    if not raw.strip():
        raise NoticeError(_("The file is empty."))
    if b"\x00" in raw:
        raise NoticeError(_("This is not a text file. Save the page as text (UTF-8 or GBK) and try again."))
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoticeError(_("The file is neither UTF-8 nor GBK text. Save the page as text and try again."))


def parse_notice(raw: bytes) -> ParsedNotice:
    """The notice in `raw`, the bytes of a saved page (R04 to R15).

    Raises NoticeError where the file is no text, or the page lacks its header, its index number or its title.
    """
    header, lines = _split_header(decode(raw))
    letters, _slash, number = header["index_number"].rpartition("/")
    try:
        index_number_parts(number)
    except ValueError as error:
        message = _("“%(number)s” is not an index number. Expected letters, a slash and YYYY-MMDDnnn.")
        raise NoticeError(message % {"number": header["index_number"]}) from error
    if not letters:
        raise NoticeError(_("The index number “%(number)s” lacks its letters.") % {"number": number})
    if not header["title"]:
        raise NoticeError(_("The page has no title (标题)."))
    notice = ParsedNotice(letters, number, header["title"])
    notice.catalogue, notice.issuer = header["catalogue"], header["issuer"]
    notice.subject_words = header["subject_words"]
    notice.published_on = _header_date(notice, header["published_on"], "发布日期")
    _read_paper(notice, lines)
    _settle_date_and_number(notice, header)
    notice.cited = cited_documents(notice.full_text)
    return notice


def _split_header(text: str) -> tuple[dict[str, str], list[str]]:
    """The header's fields, and the non-blank lines below it."""
    lines = [line.strip() for line in text.splitlines()]
    labelled = [number for number, line in enumerate(lines) if LABEL.match(line)]
    if not labelled:
        raise NoticeError(_("No header was found (索引号, 公文目录 …). Is this a disclosure page saved as text?"))
    end = labelled[0]
    while end < len(lines) and (not lines[end] or LABEL.match(lines[end])):
        end += 1
    fields = dict.fromkeys(HEADER_LABELS.values(), "")
    for line in filter(None, lines[labelled[0] : end]):
        found = list(LABEL.finditer(line))
        for label, following in zip(found, [*found[1:], None], strict=True):
            value = line[label.end() : following.start() if following else None].strip()
            name = HEADER_LABELS[squash(label[1])]
            fields[name] = fields[name] or value
    if not fields["index_number"]:
        raise NoticeError(_("The page has no index number (索引号)."))
    return fields, [line for line in lines[end:] if line]


def _read_paper(notice: ParsedNotice, lines: list[str]) -> None:
    """Take the lines below the header apart."""
    rest = list(lines)
    if rest and squash(rest[0]) == squash(notice.title):
        notice.headline = rest.pop(0)
    if rest and DOCUMENT_NUMBER.fullmatch(document_number_normalise(rest[0])):
        notice.number_line = rest.pop(0)
    notice.paper_title, rest = _take_title(notice.title, rest)
    if rest and rest[0].endswith((":", "\uff1a")) and len(rest[0]) <= LONGEST_NAME_LINE:
        notice.addressees = rest.pop(0)
    signed = next((at for at, line in enumerate(rest) if read_date(line)), len(rest))
    notice.body = blocks(rest[:signed])
    rest = rest[signed:]
    while rest and (read_date(rest[0]) or REMARK.fullmatch(rest[0])):
        notice.signature.append(rest.pop(0))
    notice.remark = next((line for line in notice.signature if REMARK.fullmatch(line)), "")
    if rest and len(rest[0]) <= LONGEST_NAME_LINE and not rest[0].endswith("。"):
        notice.annex_title = rest.pop(0)
    notice.annex = blocks(rest)


def _take_title(title: str, lines: list[str]) -> tuple[str, list[str]]:
    """The title as the paper has it (the organ's name before it, broken over lines), and the lines after it."""
    for count in range(1, min(4, len(lines)) + 1):
        if squash("".join(lines[:count])).endswith(squash(title)):
            return "".join(lines[:count]), lines[count:]
    return "", lines


def _settle_date_and_number(notice: ParsedNotice, header: dict[str, str]) -> None:
    """Date and number as the header gives them, else as the paper does, with a warning (R07, R09, R12)."""
    notice.made_on = _header_date(notice, header["made_on"], "成文日期")
    if notice.made_on is None:
        dates = (read_date(line) for line in notice.signature)
        notice.made_on = next((date for date in dates if date), None)
        if notice.made_on:
            notice.warnings.append(
                _("成文日期 is empty in the header: %(value)s was taken from the text.") % {"value": notice.made_on}
            )
    notice.document_number = document_number_normalise(header["document_number"] or notice.number_line)
    if notice.document_number and not header["document_number"]:
        notice.warnings.append(
            _("发文字号 is empty in the header: %(value)s was taken from the text.") % {"value": notice.document_number}
        )
    if notice.document_number and not DOCUMENT_NUMBER.fullmatch(notice.document_number):
        notice.warnings.append(
            _("“%(value)s” is not a document number: left empty.") % {"value": notice.document_number}
        )
        notice.document_number = ""


def _header_date(notice: ParsedNotice, value: str, label: str) -> datetime.date | None:
    date = read_date(value)
    if value and date is None:
        notice.warnings.append(_("%(label)s “%(value)s” is not a date: left empty.") % {"label": label, "value": value})
    return date


def read_date(text: str) -> datetime.date | None:
    """The date that `text` is (2019年6月4日, 2019-06-04, 二〇一九年六月四日), or None."""
    for pattern in (DATE, CHINESE_DATE):
        if found := pattern.fullmatch(text.strip()):
            try:
                return datetime.date(*(_value(part) for part in found.groups() if part))
            except ValueError:
                return None
    return None


def _value(number: str) -> int:
    """2019, 二〇一九, 六, 十二, 二十, 三十一 as an integer."""
    if number.isdecimal():
        return int(number)
    if "十" in number:
        tens, _ten, ones = number.partition("十")
        return CHINESE_DIGITS.get(tens, 1) * 10 + CHINESE_DIGITS.get(ones, 0)
    return int("".join(str(CHINESE_DIGITS[digit]) for digit in number))


def blocks(lines: list[str]) -> list[Block]:
    """`lines` as headings and paragraphs: 一、 is level 1, (一) level 2, 1. level 3.

    A heading that runs into its paragraph is cut after its first full stop; a long first sentence is no heading.
    """
    found: list[Block] = []
    for line in lines:
        level = next((at for at, pattern in enumerate(HEADINGS, 1) if pattern.match(line)), 0)
        heading, stop, rest = line.partition("。")
        if level == 0 or len(heading) > LONGEST_HEADING or (not stop and heading.endswith(tuple(";\uff1b,\uff0c"))):
            found.append(Block(0, line))
            continue
        found.append(Block(level, heading + stop))
        if rest.strip():
            found.append(Block(0, rest.strip()))
    return found


def cited_documents(text: str) -> list[CitedDocument]:
    """The documents that `text` names, 《…关于…的通知》(楚文体联发〔2018〕7号), each once (R15)."""
    found: dict[str, CitedDocument] = {}
    for title, raw_number in CITED.findall(text):
        number = document_number_normalise(raw_number)
        if DOCUMENT_NUMBER.fullmatch(number) and number not in found:
            organs, about, subject = title.partition("关于")
            issuers = tuple(organs.split()) if about else ()
            found[number] = CitedDocument(number, about + subject if issuers else title, issuers)
    return list(found.values())
