"""Sample answers of the survey. Nothing here is true; they follow from the venue's plaque alone."""

from decimal import Decimal
from typing import Any
from zlib import crc32

from network.models import Venue

from .models import Milestone, SurveyQuestion
from .services.survey import questions_of

Kind = SurveyQuestion.Kind
TEXTS = {"address": "示例路1号", "phone": "0000-0000000"}  # no dialling code of China is 0000
UNKNOWN_PLACE = ("latitude", "longitude")  # nobody knows where a made-up venue stands


def sample_answers(milestone: Milestone, *, differing: bool = False) -> dict[str, Any]:
    """Answers that `answers_check` takes, about a quarter of them below their norm.

    What feeds the register is answered as the register has it, so that a confirmation writes nothing where sample
    facts stand already; with `differing` its numbers are larger, for a comparison to look at.
    """
    venue = milestone.venue
    if venue is None:
        return {}
    asked = questions_of(milestone)
    return {row.key: _answer(row, venue, differing) for row in asked if row.register_field not in UNKNOWN_PLACE}


def _answer(row: SurveyQuestion, venue: Venue, differing: bool) -> Any:
    seed = crc32(f"{venue.plaque}{row.key}".encode())
    known = getattr(venue, row.register_field) if row.register_field else None
    if known:
        number = isinstance(known, int | Decimal)
        return str(known + 12) if number and differing else str(known)
    if row.kind in SurveyQuestion.NUMBERS:
        return _number(row, venue, seed)
    if row.kind == Kind.YES_NO:
        return seed % 4 != 0
    if row.kind == Kind.CHOICE:
        words = [word for word, _english in row.choice_words]
        return words[0] if seed % 3 else words[seed % len(words)]
    return TEXTS.get(row.register_field, "（示例）无" if row.kind == Kind.LONG else "（示例）")


def _number(row: SurveyQuestion, venue: Venue, seed: int) -> int:
    """Between three quarters and twice the norm; a modest figure where there is none."""
    norm = int(row.norm_at(venue.tier) or 0)
    most = int(row.maximum) if row.maximum is not None else 5
    figure = norm * (75 + seed % 125) // 100 if norm else seed % (6 if most < 1000 else 300)
    return max(min(figure, most), int(row.minimum or 0))
