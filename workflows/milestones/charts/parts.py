"""What the charts along time have in common."""

from .canvas import Canvas, estimated_width
from .data import Axis, Bar, Look

HATCH = "////"


def grid(canvas: Canvas, axis: Axis, look: Look, left: float, width: float, top: float, bottom: float) -> None:
    """Lines at the ticks with their words below, and today."""
    size = round(look.letters * 0.87)
    free, end = left, left + width + look.letters  # words stand only where they meet neither others nor the edge
    for day, words in axis.ticks:
        x = axis.at(day, left, width)
        canvas.line(x, top, x, bottom, "rule")
        if x >= free and x + estimated_width(words) * size < end:
            canvas.text(x + 4, bottom + size, words, size, "ink-soft")
            free = x + (estimated_width(words) + 0.8) * size
    canvas.line(left, bottom, left + width, bottom, "edge")
    if axis.bend:
        canvas.sawtooth(axis.at(axis.bend, left, width), top, bottom, look.letters * 0.4, "edge")
    if axis.today:
        x = axis.at(axis.today, left, width)
        canvas.line(x, top - 4, x, bottom, "vermilion", linewidth=2, linestyle=(0, (4, 3)))
        side = "right" if x > left + width / 2 else "left"
        y = top - size * 0.8
        canvas.text(x + (6 if side == "left" else -6), y, axis.today_word, size, "vermilion", ha=side)


def span(canvas: Canvas, axis: Axis, bar: Bar, left: float, width: float, y: float, height: float) -> None:
    """A bar: the planned time, the done part of it from the left, what is under check beside it, a diamond at its end;
    dashed behind it the time until a moved last day; in red how far what is late lies behind today."""
    start = axis.at(bar.first, left, width) if bar.first else left
    planned, end = axis.at(bar.planned, left, width), axis.at(bar.last, left, width)
    edge = "vermilion" if bar.tone in ("late", "blocked") else "edge"
    if end > planned:
        canvas.box(planned, y, end - planned, height, "sheet", edge, linestyle=(0, (3, 2)))
    canvas.box(start, y, planned - start, height, "pine-tint", edge)
    done = (planned - start) * bar.share / 100
    checking = (planned - start) * min(bar.checking, 100 - bar.share) / 100
    if checking:
        canvas.box(start + done, y, checking, height, "mustard-tint", "mustard", hatch=HATCH)
    if done:
        canvas.box(start, y, done, height, "pine", "pine")
    if not bar.first:  # begun on an unknown day: the bar has no beginning
        canvas.line(start, y - 1, start, y + height + 1, "sheet", linewidth=4, linestyle=(0, (1, 1)))
    middle = y + height / 2
    if bar.late and axis.today:
        late = max(axis.at(bar.late, left, width), planned)
        canvas.line(late, middle, axis.at(axis.today, left, width), middle, "vermilion", linewidth=2)
    canvas.diamond(planned, middle, height * 0.62, "vermilion" if edge == "vermilion" else "pine")
    if end > planned:
        canvas.diamond(end, middle, height * 0.4, "edge")
