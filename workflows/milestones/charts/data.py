"""What the charts show, as plain words, numbers and days, and how much room each needs. Knows no database."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Look:
    """How a chart is drawn: for a narrow screen; in elder mode 长者模式 with larger letters, stronger colours."""

    narrow: bool = False
    elder: bool = False

    @property
    def letters(self) -> int:
        """The size of the letters in pixels, where the picture is shown at its own size."""
        return (20 if self.narrow else 21) if self.elder else (14 if self.narrow else 15)

    @property
    def width(self) -> int:
        """The picture's width in pixels."""
        return 360 if self.narrow else 1080


@dataclass(frozen=True)
class Axis:
    """The days from left to right.

    Attributes:
        ticks: days with their words.
        today: this day with its word, if it lies here.
        bend: after this day time is drawn shorter, in what `PLAN` leaves of the width: a plan that is years late stays
            legible and today is on its picture all the same.
    """

    PLAN: ClassVar[float] = 0.76

    first: dt.date
    last: dt.date
    ticks: tuple[tuple[dt.date, str], ...]
    today: dt.date | None = None
    today_word: str = ""
    bend: dt.date | None = None

    def at(self, day: dt.date, left: float, width: float) -> float:
        """Where a day lies when the axis is so wide; days outside lie at its ends."""
        if self.bend is None:
            return left + width * _share(day, self.first, self.last)
        plan, rest = _share(day, self.first, self.bend), _share(day, self.bend, self.last)
        return left + width * (self.PLAN * plan + (1 - self.PLAN) * rest)


def _share(day: dt.date, first: dt.date, last: dt.date) -> float:
    """How much of a span has passed on a day, from 0 to 1."""
    return min(max((day - first).days / max((last - first).days, 1), 0), 1)


@dataclass(frozen=True)
class Bar:
    """A span of time and how far it is.

    Attributes:
        first: None: since an unknown day before.
        planned, last: the last day as planned, and as it is now.
        share, checking: per cent done and under check.
        words: what stands beside it.
        tone: "still", "running", "done", "late" or "blocked".
        late: the last day that passed with something unfinished, where that is shown.
    """

    name: str
    first: dt.date | None
    planned: dt.date
    last: dt.date
    share: int
    checking: int
    words: str
    tone: str = "running"
    late: dt.date | None = None


@dataclass(frozen=True)
class TimelineData:
    """A programme's stages along time."""

    bars: tuple[Bar, ...]
    axis: Axis

    def row(self, look: Look) -> int:
        """The height of a stage: its name above its bar."""
        return look.letters * (5 if look.narrow else 4)

    def size(self, look: Look) -> tuple[int, int]:
        """Width and height in pixels."""
        return look.width, self.row(look) * len(self.bars) + look.letters * 4


@dataclass(frozen=True)
class TownshipsData:
    """How far each township is: name, per cent done, per cent under check."""

    rows: tuple[tuple[str, int, int], ...]

    def row(self, look: Look) -> int:
        """The height of a township."""
        return round(look.letters * 2.4)

    def size(self, look: Look) -> tuple[int, int]:
        """Width and height in pixels."""
        return look.width, self.row(look) * max(len(self.rows), 1) + look.letters * 2


@dataclass(frozen=True)
class GanttData:
    """Every place's part in every stage along time: stages with their bars."""

    stages: tuple[tuple[Bar, tuple[Bar, ...]], ...]
    axis: Axis

    def row(self, look: Look) -> int:
        """The height of a place; a stage's heading has twice as much."""
        return round(look.letters * 1.75)

    def size(self, look: Look) -> tuple[int, int]:
        """Width and height in pixels."""
        rows = sum(len(bars) + 2 for _stage, bars in self.stages)
        return look.width, self.row(look) * rows + look.letters * 4


ChartData = TimelineData | TownshipsData | GanttData
