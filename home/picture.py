"""Where everything of the network's picture stands: one drawing for wide screens, one for phones and elder mode."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil

from .tree import Node, Tree

WIDE, TALL = 1120, 360  # widths in units of the drawing; a unit is about a pixel
MOST_COLUMNS = 12  # more branches than that do not stand side by side
DOT = 16  # from one point to the next
LABEL_LETTERS, LABEL_LINES = 5, 2


@dataclass(frozen=True)
class Text:
    """A line of text at its place."""

    x: float
    y: float
    words: str


@dataclass(frozen=True)
class Box:
    """A head institution or a branch."""

    node: Node
    x: float
    y: float
    width: float
    height: float
    label: list[Text]
    count: Text | None = None


@dataclass(frozen=True)
class Dot:
    """A service point; filled when it is in service."""

    x: float
    y: float
    is_open: bool


@dataclass(frozen=True)
class Wire:
    """What ties a branch to a head: `head` counts the heads from 0 and chooses colour and dash."""

    head: int
    path: str


@dataclass
class Drawing:
    """Everything on it, in the drawing's units."""

    width: int
    height: float = 0
    heads: list[Box] = field(default_factory=list)
    branches: list[Box] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    dots: list[Dot] = field(default_factory=list)


def tied(head: Node, branch: Node) -> bool:
    """Whether `branch` belongs to `head`: they share a line (R27)."""
    return (head.venue.library and branch.venue.library) or (head.venue.culture and branch.venue.culture)


def label_lines(label: str) -> list[str]:
    """A branch's name in lines that fit its box; a name that does not fit ends in an ellipsis."""
    lines = [label[at : at + LABEL_LETTERS] for at in range(0, len(label), LABEL_LETTERS)]
    if len(lines) > LABEL_LINES:
        lines = [*lines[: LABEL_LINES - 1], f"{lines[LABEL_LINES - 1][:-1]}…"]
    return lines


def wide_drawing(tree: Tree) -> Drawing | None:
    """Heads above, branches side by side, their points below them; None where there are too many branches."""
    if not 0 < len(tree.branches) <= MOST_COLUMNS:
        return None
    drawing = Drawing(WIDE)
    column = WIDE / len(tree.branches)
    centres = [column * (at + 0.5) for at in range(len(tree.branches))]
    top = 100 + 18 * len(tree.heads)  # of the branches
    for at, head in enumerate(tree.heads):
        middle, rail = WIDE * (at + 0.5) / len(tree.heads), 84 + 18 * at
        drawing.heads.append(_head(head, middle - 150, 0, 300))
        drops = [x + 12 * at - 6 for x, branch in zip(centres, tree.branches, strict=True) if tied(head, branch)]
        if drops:
            path = f"M{middle:g} 56V{rail}M{min([middle, *drops]):g} {rail}H{max([middle, *drops]):g}"
            drawing.wires.append(Wire(at, path + "".join(f"M{x:g} {rail}V{top}" for x in drops)))
    width = min(column - 8, 160)
    per_row = int(width // DOT)
    for middle, branch in zip(centres, tree.branches, strict=True):
        lines = label_lines(branch.label)
        label = [Text(middle, top + 26 + 22 * at, words) for at, words in enumerate(lines)]
        count = Text(middle, top + 48 + 22 * (len(lines) - 1), _count(branch))
        drawing.branches.append(Box(branch, middle - width / 2, top, width, 38 + 22 * len(lines), label, count))
        first = middle - (min(per_row, len(branch.points)) - 1) * DOT / 2
        drawing.dots += _dots(branch.points, first, top + 60 + 22 * len(lines), per_row)
    drawing.height = max([top + 90, *(dot.y + 12 for dot in drawing.dots)])
    return drawing


def tall_drawing(tree: Tree) -> Drawing:
    """Everything below one another, the wires at the left; readable on a phone and in large letters."""
    drawing = Drawing(TALL)
    y = 0.0
    for at, head in enumerate(tree.heads):
        drawing.heads.append(_head(head, 28 * at, y, TALL - 28 * at))
        y += 64
    left = 28 * len(tree.heads) + 8
    stubs: list[list[float]] = [[] for _ in tree.heads]
    y += 8
    for branch in tree.branches:
        for at, head in enumerate(tree.heads):
            if tied(head, branch):
                stubs[at].append(y + 16 + 12 * at)
        name = branch.label if len(branch.label) <= 2 * LABEL_LETTERS else f"{branch.label[: 2 * LABEL_LETTERS - 1]}…"
        label, count = [Text(left + 12, y + 29, name)], Text(TALL - 10, y + 29, _count(branch))
        drawing.branches.append(Box(branch, left, y, TALL - left, 44, label, count))
        per_row = (TALL - left) // DOT
        drawing.dots += _dots(branch.points, left + DOT / 2, y + 58, per_row)
        y += 44 + 28 + DOT * max(ceil(len(branch.points) / per_row), 1)
    for at, ends in enumerate(stubs):
        x = 28 * at + 12
        if ends:
            path = f"M{x} {56 + 64 * at}V{ends[-1]:g}" + "".join(f"M{x} {end:g}H{left}" for end in ends)
            drawing.wires.append(Wire(at, path))
    drawing.height = y
    return drawing


def _head(head: Node, x: float, y: float, width: float) -> Box:
    return Box(head, x, y, width, 56, [Text(x + width / 2, y + 36, head.venue.plaque)])


def _count(branch: Node) -> str:
    return f"{branch.open_points} / {len(branch.points)}"


def _dots(points: Sequence[bool], x: float, y: float, per_row: int) -> list[Dot]:
    return [Dot(x + DOT * (at % per_row), y + DOT * (at // per_row), is_open) for at, is_open in enumerate(points)]
