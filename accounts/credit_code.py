"""Unified social credit code 统一社会信用代码 (GB 32100-2015).

31 is a prime and 3 a primitive root of it, so the check character betrays every single wrong character and every
exchange of two characters, neighbours or not, except that of the first with the last (both weigh 1).
"""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100 leaves out I, O, S, V, Z
LENGTH = 18


def normalise(value: str) -> str:
    """A code as people type it (full width, small letters, blanks) in the standard's form."""
    return "".join(unicodedata.normalize("NFKC", value).split()).upper()


def check_character(body: str) -> str:
    """The check character for the first 17 characters `body` (weights are powers of 3 modulo 31, GB 32100 appendix)."""
    total = sum(ALPHABET.index(character) * pow(3, place, 31) for place, character in enumerate(body))
    return ALPHABET[-total % 31]


def validate_credit_code(value: str) -> None:
    """Raise ValidationError unless `value` is 18 characters of the standard's alphabet with a right check character."""
    if len(value) != LENGTH:
        raise ValidationError(_("A unified social credit code has 18 characters."), code="length")
    if wrong := next((character for character in value if character not in ALPHABET), None):
        raise ValidationError(
            _("“%(character)s” cannot appear in a unified social credit code (I, O, S, V and Z are not used)."),
            code="alphabet",
            params={"character": wrong},
        )
    if check_character(value[:-1]) != value[-1]:
        raise ValidationError(
            _("The check character does not match: compare the code with the certificate."), code="check"
        )
