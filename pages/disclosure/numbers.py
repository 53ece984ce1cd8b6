"""The two numbers of a document: the organ's document number 发文字号 and the index number 索引号 (R04, R09)."""

import datetime
import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

BRACKETS = str.maketrans(
    "([{【〖「)]}】〗」", "〔〔〔〔〔〔〕〕〕〕〕〕"
)  # after NFKC, which folds the full-width ones
DOCUMENT_NUMBER = re.compile(r"[\u3400-\u9fff]{1,20}〔(?:19|20)\d{2}〕[1-9]\d{0,4}号")
INDEX_NUMBER = re.compile(r"(?P<day>\d{4}-\d{4})(?P<serial>\d{3})", re.ASCII)
LAST_SERIAL = 999


def document_number_normalise(text: str) -> str:
    """`text` with hexagonal brackets, half-width digits and no blanks: 南政办通[2019]11号 → 南政办通〔2019〕11号."""
    folded = unicodedata.normalize("NFKC", text).translate(BRACKETS)
    return "".join(folded.split())


def validate_document_number(text: str) -> None:
    """Refuse what is not {organ code}〔{year}〕{serial}号 (GB/T 9704-2012, 7.2.5; R09).

    Raises ValidationError: no 第, no leading zero, a year of four digits, an organ code in Chinese characters.
    """
    if not DOCUMENT_NUMBER.fullmatch(text):
        raise ValidationError(
            _(
                "“%(number)s” is not a document number. Write the organ code, the year in 〔〕 and the serial number "
                "without leading zero, as in 南政办通〔2019〕11号."
            ),
            code="document_number",
            params={"number": text},
        )


class DocumentNumberField(models.CharField):
    """A document number 发文字号, stored normalised."""

    default_validators = [validate_document_number]

    def to_python(self, value: object) -> str | None:
        text = super().to_python(value)
        return document_number_normalise(text) if text else text


def index_number_parts(number: str) -> tuple[datetime.date, int]:
    """The day of entry and the serial number in `number`: 2023-1027116 → (2023-10-27, 116).

    Raises ValueError where it is not YYYY-MMDDnnn with a real day and a serial number from 001 (R04).
    """
    found = INDEX_NUMBER.fullmatch(number)
    if not found or found["serial"] == "000":
        raise ValueError(number)
    day = datetime.date.fromisoformat(f"{found['day'][:7]}-{found['day'][7:]}")
    return day, int(found["serial"])
