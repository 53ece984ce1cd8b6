"""A sheet to draw on, in CSS pixels from the upper left corner; matplotlib without its global state, so that several
threads may draw. The only module that imports it."""

import io
import logging
import re
import threading
import warnings
from typing import Any
from unicodedata import east_asian_width

import matplotlib as mpl
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle

from .palette import NAMES, colour, style_sheet

# The letters stay letters, drawn by the reader's own fonts: the server needs none.
SETTINGS: Any = {"svg.fonttype": "none", "svg.hashsalt": "wenshu", "text.parse_math": False, "hatch.linewidth": 1.6}
mpl.rcParams.update(SETTINGS)
logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
# Its fonts and hatches are kept in caches that all threads share.
DRAWING = threading.Lock()
HEX = re.compile(r"#[0-9a-f]{6}\b")
FILLED = re.compile(r'fill="(#[0-9a-f]{6})"')
FAMILY = re.compile(r"font-family: [^;]+; ")
PIXEL = 72  # dots an inch: one unit of the picture is one pixel


def estimated_width(words: str) -> float:
    """About how wide a line is, in letters: no font is asked, since nobody knows the reader's."""
    return sum(1.0 if east_asian_width(letter) in "WF" else 0.62 for letter in words)


class Canvas:
    """What is drawn later lies above."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.figure = Figure(figsize=(width / PIXEL, height / PIXEL), dpi=PIXEL, facecolor=colour("sheet"))
        self.axes = self.figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
        self.axes.axis("off")
        self.layer = 0

    def above(self) -> int:
        """The next layer."""
        self.layer += 1
        return self.layer

    def box(self, x: float, y: float, width: float, height: float, fill: str, edge: str = "", **more: Any) -> None:
        """A rectangle. `hatch` and `linestyle` are matplotlib's; a hatch has the edge's colour."""
        look = {"facecolor": colour(fill), "edgecolor": colour(edge) if edge else "none", "linewidth": 1.2, **more}
        self.axes.add_patch(Rectangle((x, y), max(width, 0), height, zorder=self.above(), **look))

    def line(self, x: float, y: float, to_x: float, to_y: float, of: str, **more: Any) -> None:
        """A straight line."""
        self.axes.plot([x, to_x], [y, to_y], color=colour(of), zorder=self.above(), **{"linewidth": 1, **more})

    def sawtooth(self, x: float, top: float, bottom: float, tooth: float, of: str) -> None:
        """The embroidery's sawtooth from top to bottom: here the scale changes."""
        count = max(round((bottom - top) / tooth), 2)
        ys = [top + (bottom - top) * number / count for number in range(count + 1)]
        xs = [x + (tooth / 2 if number % 2 else -tooth / 2) for number in range(count + 1)]
        self.axes.plot(xs, ys, color=colour(of), linewidth=1, zorder=self.above())

    def diamond(self, x: float, y: float, radius: float, fill: str) -> None:
        """The embroidery's diamond, for a last day; its rim parts it from a bar of the same colour."""
        corners = [(x, y - radius), (x + radius, y), (x, y + radius), (x - radius, y)]
        look = {"facecolor": colour(fill), "edgecolor": colour("sheet"), "linewidth": 1.5}
        self.axes.add_patch(Polygon(corners, closed=True, zorder=self.above(), **look))

    def text(self, x: float, y: float, words: str, size: float, of: str = "ink", **more: Any) -> None:
        """A line of text; `y` is the middle of its height. `ha` and `weight` are matplotlib's; where it would be wider
        than `room`, its letters are smaller."""
        room = more.pop("room", None)
        if room and (wide := estimated_width(words) * size) > room:
            size *= room / wide
        self.axes.text(x, y, words, fontsize=size, color=colour(of), zorder=self.above(), **{"va": "center", **more})

    def svg(self, *, elder: bool) -> bytes:
        """The picture. Colours become variables of both schemes, the letters' family the reader's."""
        out = io.BytesIO()
        with DRAWING:
            warnings.filterwarnings("ignore", message=r"Glyph \d+")  # they are not in a font that nobody will see
            self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": None})
        text = FAMILY.sub("", out.getvalue().decode())
        text = FILLED.sub(r'style="fill: \1"', text)
        text = HEX.sub(lambda found: f"var(--{NAMES[found[0]]})" if found[0] in NAMES else found[0], text)
        text = text.replace('pt"', '"', 2)
        return text.replace("</style>", style_sheet(elder=elder) + "</style>", 1).encode()
