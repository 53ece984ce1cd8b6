"""How far each township is, for everybody."""

from .canvas import Canvas
from .data import Look, TownshipsData
from .parts import HATCH

QUARTERS = (0, 25, 50, 75, 100)


def draw(data: TownshipsData, look: Look) -> Canvas:
    """One bar a township: done in full colour, under check hatched, the rest empty."""
    width, height = data.size(look)
    canvas = Canvas(width, height)
    letters, row = look.letters, data.row(look)
    left, right = letters * (6.6 if look.narrow else 8), letters * 3.6
    room, bottom = width - left - right, row * len(data.rows) + letters * 0.3
    for quarter in QUARTERS:
        x = left + room * quarter / 100
        canvas.line(x, 0, x, bottom, "rule")
        if not look.narrow or quarter % 50 == 0:
            canvas.text(x, bottom + letters, f"{quarter} %", letters * 0.87, "ink-soft", ha="center")
    for number, (name, share, checking) in enumerate(data.rows):
        y = row * number + letters * 0.6
        middle, thick = y + letters * 0.7, letters * 1.4
        canvas.text(left - letters * 0.7, middle, name, letters, ha="right", room=left - letters * 0.8)
        canvas.box(left, y, room, thick, "pine-tint", "rule")
        if checking := min(checking, 100 - share):
            canvas.box(
                left + room * share / 100, y, room * checking / 100, thick, "mustard-tint", "mustard", hatch=HATCH
            )
        canvas.box(left, y, room * share / 100, thick, "pine")
        canvas.text(width - 2, middle, f"{share} %", letters, "pine", weight="bold", ha="right")
    canvas.line(left, 0, left, bottom, "edge")
    return canvas
