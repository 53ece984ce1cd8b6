"""Stages and places along time, for the officials."""

from .canvas import Canvas
from .data import GanttData, Look
from .parts import grid, span

TONES = {"still": "ink-soft", "running": "ink-soft", "done": "pine", "late": "vermilion", "blocked": "vermilion"}


def draw(data: GanttData, look: Look) -> Canvas:
    """A stage's heading, below it a bar for every place, its slack beside it."""
    width, height = data.size(look)
    canvas = Canvas(width, height)
    letters, row = look.letters, data.row(look)
    left, right = (letters * 5.6, letters * 6) if look.narrow else (letters * 8, letters * 8)
    room, top = width - left - right - letters, letters * (1.8 if data.axis.today else 0.4)
    bottom = height - letters * 2
    grid(canvas, data.axis, look, left, room, top, bottom)
    y = top
    for heading, bars in data.stages:
        canvas.box(0, y + row * 0.35, width, row * 1.25, "pine-tint")
        canvas.text(letters * 0.6, y + row, heading.name, letters * 1.05, weight="bold", room=width - letters * 11)
        canvas.text(width - letters * 0.6, y + row, heading.words, letters, "pine", weight="bold", ha="right")
        y += row * 2
        for bar in bars:
            middle = y + row / 2
            canvas.text(left - letters * 0.6, middle, bar.name, letters * 0.93, ha="right", room=left - letters)
            span(canvas, data.axis, bar, left, room, y + row * 0.24, row * 0.52)
            canvas.text(
                width - letters * 0.3, middle, bar.words, letters * 0.93, TONES[bar.tone], ha="right", room=right
            )
            y += row
    return canvas
