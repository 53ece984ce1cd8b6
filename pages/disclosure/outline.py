"""A document's outline: headings with anchors, and the table of contents they make."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.html import strip_tags

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .models import Annex


@dataclass(frozen=True)
class Heading:
    """A line of the table of contents. `level` 0 is an annex's title, 1 to 3 are 一、 (一) 1. (h2, h3, h4)."""

    level: int
    anchor: str
    text: str

    @property
    def runs_in(self) -> bool:
        """Whether the paper sets the paragraph behind it on the same line."""
        return self.text.endswith("。")


@dataclass
class Part:
    """The document's own text (no heading) or an annex: headings and other blocks in order."""

    heading: Heading | None
    items: list[Any] = field(default_factory=list)


@dataclass
class Outline:
    """The parts of a document and its table of contents."""

    parts: list[Part]
    contents: list[Heading]


def plain_text(body: Any) -> str:
    """The words of `body`, without markup."""
    texts = (block.value["text"] if block.block_type == "heading" else strip_tags(str(block.value)) for block in body)
    return "\n".join(texts)


def outline(body: Any, annexes: "Sequence[Annex]" = ()) -> Outline:
    """The outline of a document with `body` (a StreamField value of DocumentBody) and its annexes.

    Anchors count headings (s-5-2, annex-1-s-5-2), so that a link stays right while the wording is corrected.
    """
    parts = [_part(body, heading=None, prefix="")]
    for number, annex in enumerate(annexes, 1):
        anchor = f"annex-{number}"
        parts.append(_part(annex.body, heading=Heading(0, anchor, annex.title), prefix=f"{anchor}-"))
    contents = []
    for part in parts:
        contents += [part.heading] if part.heading else []
        contents += [item["heading"] for item in part.items if item["heading"]]
    return Outline(parts, contents)


def _part(body: Any, *, heading: Heading | None, prefix: str) -> Part:
    part, counts = Part(heading), [0, 0, 0]
    for block in body:
        if block.block_type != "heading":
            part.items.append({"heading": None, "block": block})
            continue
        level = int(block.value["level"])
        counts[level - 1] += 1
        counts[level:] = [0] * (3 - level)
        anchor = f"{prefix}s-" + "-".join(str(count) for count in counts[:level])
        part.items.append({"heading": Heading(level, anchor, block.value["text"]), "block": block})
    return part
