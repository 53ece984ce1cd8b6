"""The stages along time, for everybody."""

from .canvas import Canvas
from .data import Look, TimelineData
from .parts import grid, span


def draw(data: TimelineData, look: Look) -> Canvas:
    """A stage's name and its figures stand above its bar, so that it is the same on a phone, only narrower."""
    width, height = data.size(look)
    canvas = Canvas(width, height)
    letters, row = look.letters, data.row(look)
    left, room = letters, width - 2 * letters
    bottom = row * len(data.bars) + letters * 2
    grid(canvas, data.axis, look, left, room, letters * 1.4, bottom)
    for number, bar in enumerate(data.bars):
        y = letters * 2 + row * number
        canvas.box(left, y + letters * 0.4, room, letters * 1.5, "sheet")
        canvas.text(left, y + letters * 1.15, bar.name, letters * 1.1, weight="bold", room=room - letters * 4)
        canvas.text(width - left, y + letters * 1.15, bar.words, letters * 1.1, "pine", weight="bold", ha="right")
        span(canvas, data.axis, bar, left, room, y + letters * 2.1, letters * 1.3)
    return canvas
