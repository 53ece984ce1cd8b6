"""The notice's clauses: read from the county's files, grouped for the page."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from common.county import County, Row

from .models import Clause, PolicyPage

CHAPTERS = "一二三四五六七八九十"
SECTION = re.compile(rf"([{CHAPTERS}])(?:\(([{CHAPTERS}])\)(\d)?)?")  # 五(三)1
HEADING = re.compile(rf"(?:([{CHAPTERS}])、|\(([{CHAPTERS}])\)|(\d)\.)(.+)")
RUN_IN = 40  # a longer sentence behind a number is no heading but the text itself


@dataclass(frozen=True)
class Section:
    """The clauses of one section. `anchor` marks it here, `place` in the notice itself."""

    name: str
    heading: str
    anchor: str
    place: str
    clauses: list[Clause]


def clauses_load(county: County) -> int:
    """Replace the clauses by those of the county's files and return how many there are.

    Three files named in [policy]: `clauses` (the notice taken apart), `fulfilment` (what on this site fulfils each) and
    `notice` (its text, for the headings). Raises CountyError for a clause that is unknown, missing or given twice, and
    for a quote that the notice does not have.
    """
    notice = (county.folder / county.require("policy.notice")).read_text("utf-8")
    headings = dict(notice_headings(notice))
    fulfilment = {row.required("id"): row for row in county.rows(county.require("policy.fulfilment"))}
    clauses = []
    for order, row in enumerate(county.rows(county.require("policy.clauses")), 1):
        if row.required("quote") not in notice:
            raise row.error(f"the notice has no “{row['quote']}”")
        if (answer := fulfilment.pop(row.required("id"), None)) is None:
            raise row.error(f"nothing says how far {row['id']} is fulfilled")
        clauses.append(_clause(order, row, answer, headings))
    for answer in fulfilment.values():
        raise answer.error(f"the notice has no clause {answer['id']}")
    Clause.objects.all().delete()
    return len(Clause.objects.bulk_create(clauses))


def _clause(order: int, row: Row, answer: Row, headings: dict[str, str]) -> Clause:
    if (state := answer.required("state")) not in Clause.State.values:
        raise answer.error(f"“{state}” is none of {', '.join(Clause.State.values)}")
    return Clause(
        number=row["id"],
        order=order,
        section=row.required("section"),
        heading=headings.get(row["section"], ""),
        quote=row["quote"],
        state=state,
        words=answer.required("zh"),
        words_en=answer.required("en"),
        url=answer["address"],
    )


def notice_headings(notice: str) -> Iterator[tuple[str, str]]:
    """Each section of the notice ("五(三)1") with its heading; the paragraphs that have none are left out."""
    chapter = part = ""
    for line in notice.splitlines():
        if not (match := HEADING.match(line.strip())):
            continue
        if match[1]:
            chapter, name = match[1], match[1]
        elif match[2]:
            part = name = f"{chapter}({match[2]})"
        else:
            name = f"{part}{match[3]}"
        heading = match[4].partition("。")[0]
        if len(heading) <= RUN_IN:
            yield name, heading


def policy_context(page: PolicyPage) -> dict[str, Any]:
    """The page's sections, and how many clauses are how far."""
    clauses = list(Clause.objects.all())
    counts = Counter(clause.state for clause in clauses)
    figures, before = [], 0
    for state in Clause.State:
        figures.append({"state": state.value, "label": state.label, "number": counts[state], "before": before})
        before += counts[state]
    groups = groupby(clauses, key=lambda clause: clause.section)
    return {
        "sections": [_section(name, list(group), page.document) for name, group in groups],
        "figures": figures,
        "total": len(clauses),
    }


def _section(name: str, clauses: list[Clause], document: str) -> Section:
    """A section's own anchor is made of its numbers, as the notice's page makes its own: 五(三)1 → s-5-3-1."""
    heading = clauses[0].heading
    if not (match := SECTION.fullmatch(name)):
        return Section(name, heading, f"s-{clauses[0].number}", document, clauses)
    chapter, part, item = match.groups()
    numbers = [str(CHAPTERS.index(each) + 1) for each in (chapter, part) if each]
    above = "-".join(["s", *numbers])
    anchor = f"{above}-{item}" if item else above
    place = anchor if heading else above  # a paragraph without a heading is found below the one above it
    return Section(name, heading, anchor, f"{document}#annex-1-{place}" if document else "", clauses)
