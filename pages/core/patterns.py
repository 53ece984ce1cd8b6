"""Placeholder pictures: a woven pattern for a venue without a photo, always the same for the same slug.

Diamonds and sawteeth as in Yi embroidery, symmetric like cloth. Colours are those of the county's look.
"""

import hashlib

GROUNDS = ("#123d33", "#1d5a4b", "#7d2414", "#23303a", "#4a3a1c")
THREADS = ("#d6a23e", "#f3efe4", "#b23a22", "#8ed2bd", "#e9c987")
WIDTH, HEIGHT, CELL = 640, 360, 80


def _diamond(x: int, y: int, size: int, colour: str) -> str:
    return f'<path fill="{colour}" d="m{x} {y - size} {size} {size}-{size} {size}-{size}-{size}z"/>'


def _sawtooth(y: int, height: int, colour: str) -> str:
    teeth = "".join(f"l{CELL // 4} {-height}l{CELL // 4} {height}" for _ in range(WIDTH * 2 // CELL))
    return f'<path fill="{colour}" d="M0 {y}{teeth}z"/>'


def pattern_svg(slug: str) -> str:
    """The picture for `slug` as an SVG document, decided by its digest alone."""
    digest = hashlib.sha256(slug.encode()).digest()
    ground = GROUNDS[digest[0] % len(GROUNDS)]
    first, second, third = ([t for t in THREADS if t != ground][(digest[1] + step) % len(THREADS)] for step in range(3))
    shapes = []
    for row in range(3):
        y = HEIGHT * (2 * row + 1) // 6
        rings = [(36, first), (24 + digest[2 + row] % 5, ground), (16, second)]
        if digest[5 + row] % 2:
            rings.append((7, third))
        for column in range(WIDTH // CELL + 1):
            x = column * CELL + (CELL // 2 if row % 2 else 0)
            shapes += [_diamond(x, y, size, colour) for size, colour in rings]
            if digest[8 + row] % 3:
                shapes.append(_diamond(x + CELL // 2, y, 8 + digest[11 + row] % 5, third))
    shapes += [
        _sawtooth(HEIGHT, 14, first),
        _sawtooth(HEIGHT // 3 + 2, 6, second),
        _sawtooth(2 * HEIGHT // 3 + 2, 6, second),
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<path fill="{ground}" d="M0 0h{WIDTH}v{HEIGHT}H0z"/>{"".join(shapes)}</svg>'
    )
