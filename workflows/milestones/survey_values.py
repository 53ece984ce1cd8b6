"""One answer of the survey, whatever it came from: a form's text, a spreadsheet's cell, JSON.

Cleaned values are what JSON keeps: int, float, bool, str. The form, the service and the batches clean with the same
function, so that they cannot disagree.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from common.typed import plain_text
from network.models import Venue

from .models import SurveyQuestion

Kind = SurveyQuestion.Kind
YES = {"是", "有", "对", "√", "✓", "yes", "y", "true", "1"}
NO = {"否", "无", "没有", "不是", "×", "x", "no", "n", "false", "0"}
SHORT, LONG = 200, 2000
NUMBER = re.compile(r"[+-]?\d{1,9}(\.\d{1,6})?", re.ASCII)
GROUPS = re.compile(r"(?<=\d)[,，](?=\d{3}(\D|$))")
Answer = int | float | bool | str


def answer_clean(question: SurveyQuestion, raw: Any) -> Answer | None:
    """The answer as it is stored.

    Args:
        question: what was asked.
        raw: text, a number, a bool or None. Numbers may be full-width, with thousands marks or with their unit.

    Returns:
        int, float, bool or str; None when nothing was answered.

    Raises:
        ValidationError: it is no answer to this question, or one is missing that must be there.
    """
    text = _text(raw)
    if not text:
        if question.required:
            raise ValidationError(_("Answer this question."), code="required")
        return None
    value = CLEANERS[Kind(question.kind)](question, text)
    _fits_register(question, value)
    return value


def answer_text(question: SurveyQuestion, value: Any, *, unit: bool = True) -> str:
    """A stored answer in the reader's words, with its unit unless told not; a dash when there is none."""
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int | float | Decimal):
        text = number_text(value)
        return f"{text} {question.unit_shown}" if unit and question.unit_shown else text
    if question.kind == Kind.CHOICE:
        words = [word for word, _english in question.choice_words]
        return dict(zip(words, question.choices_shown, strict=True)).get(str(value), str(value))
    return str(value)


def number_text(value: float | Decimal) -> str:
    """A number without the zeros that say nothing, in the reader's writing."""
    plain = f"{Decimal(str(value)).normalize():f}"
    return str(number_format(plain))


def answer_number(value: Any) -> Decimal | None:
    """What an answer counts in totals: a number itself, yes 1, no 0; None for words."""
    if isinstance(value, bool):
        return Decimal(int(value))
    return Decimal(str(value)) if isinstance(value, int | float) else None


def _text(raw: Any) -> str:
    """The raw answer as text without what no database keeps: control characters and halves of letters."""
    if raw is None:
        return ""
    if isinstance(raw, bool):
        return "yes" if raw else "no"
    if isinstance(raw, float | Decimal):
        raw = f"{Decimal(str(raw)):f}"
    if isinstance(raw, dt.date | dt.time):
        raise ValidationError(_("This is a date or a time, not an answer."))
    return plain_text(str(raw)).strip()


def _decimal(question: SurveyQuestion, text: str) -> Decimal:
    plain = unicodedata.normalize("NFKC", text).strip()
    for unit in (question.unit, question.unit_en):
        if unit:
            plain = plain.removesuffix(unicodedata.normalize("NFKC", unit)).strip()
    plain = GROUPS.sub("", plain)
    if not NUMBER.fullmatch(plain):
        raise ValidationError(_("Enter a number, such as 120."))
    value = Decimal(plain)
    if question.minimum is not None and value < question.minimum:
        raise ValidationError(_("At least %(least)s.") % {"least": number_text(question.minimum)})
    if question.maximum is not None and value > question.maximum:
        raise ValidationError(_("At most %(most)s.") % {"most": number_text(question.maximum)})
    return value


def _whole(question: SurveyQuestion, text: str) -> int:
    value = _decimal(question, text)
    if value != int(value):
        raise ValidationError(_("Enter a whole number."))
    return int(value)


def _with_decimals(question: SurveyQuestion, text: str) -> float:
    return float(_decimal(question, text))


def _yes_no(_question: SurveyQuestion, text: str) -> bool:
    word = unicodedata.normalize("NFKC", text).casefold()
    if word in YES or word in NO:
        return word in YES
    raise ValidationError(_("Answer yes or no."))


def _choice(question: SurveyQuestion, text: str) -> str:
    for word, english in question.choice_words:
        if text.casefold() in (word.casefold(), english.casefold()):
            return word
    words = _(", ").join(word for word, _english in question.choice_words)
    raise ValidationError(_("Choose one of: %(words)s.") % {"words": words})


def _short(_question: SurveyQuestion, text: str) -> str:
    return _no_longer(" ".join(text.split()), SHORT)


def _long(_question: SurveyQuestion, text: str) -> str:
    return _no_longer(text, LONG)


def _no_longer(text: str, most: int) -> str:
    if len(text) > most:
        raise ValidationError(_("At most %(most)s characters.") % {"most": most})
    return text


CLEANERS: dict[str, Callable[[SurveyQuestion, str], Answer]] = {
    Kind.WHOLE: _whole,
    Kind.DECIMAL: _with_decimals,
    Kind.YES_NO: _yes_no,
    Kind.CHOICE: _choice,
    Kind.SHORT: _short,
    Kind.LONG: _long,
}


def _fits_register(question: SurveyQuestion, value: Answer) -> None:
    """The register's own rules now, so that nobody learns of them only at the confirmation."""
    if question.register_field:
        field: Any = Venue._meta.get_field(question.register_field)
        field.clean(register_value(value), None)


def register_value(value: Any) -> Any:
    """An answer as the register keeps it: numbers with decimals exact."""
    return Decimal(str(value)) if isinstance(value, float) else value
