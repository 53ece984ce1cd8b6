"""What arrives as text from an address, a form or a spreadsheet, read with care: anybody may type anything there."""

import unicodedata

KEY_DIGITS = 18  # what every database keeps in a primary key


def key_of(text: str) -> int | None:
    """The primary key that a text names; None where it is none."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= KEY_DIGITS else None


def keys_of(texts: list[str]) -> list[int]:
    """The primary keys among some texts; what is none is left out."""
    return [key for text in texts if (key := key_of(text)) is not None]


def plain_text(text: str) -> str:
    """A text without what no database and no spreadsheet keeps: control characters and halves of letters."""
    return "".join(letter for letter in text if letter in "\n\t" or unicodedata.category(letter) not in ("Cc", "Cs"))
