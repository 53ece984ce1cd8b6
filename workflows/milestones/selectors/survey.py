"""The survey's results (R34): what answers would change in the register, totals by township, gaps below the norms."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from network.models import Division, Venue

from ..models import Evidence, Milestone, SurveyQuestion
from ..survey_values import answer_number, answer_text, number_text, register_value

State = Milestone.State
Kind = SurveyQuestion.Kind


# Against the register ---------------------------------------------------------------------------
@dataclass(frozen=True)
class DiffRow:
    """One field of the register beside the answer that would be written into it."""

    question: SurveyQuestion
    old: Any
    new: Any

    @property
    def name(self) -> str:
        """The field of network.Venue."""
        return self.question.register_field

    @property
    def changed(self) -> bool:
        return self.old != self.new

    @property
    def text(self) -> str:
        """“from → to”, or the value with a word that it stays."""
        new = answer_text(self.question, self.new)
        if not self.changed:
            return _("%(value)s (as in the register)") % {"value": new}
        return f"{answer_text(self.question, self.old)} → {new}"


def diff_mark(rows: Iterable[DiffRow]) -> str:
    """A short mark of a comparison, by which a confirmation shows that it is about the same one."""
    text = "\n".join(f"{row.name}:{row.old}→{row.new}" for row in rows)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def register_diff(evidence: Evidence, venue: Venue | None = None) -> list[DiffRow]:
    """What a survey's answers say about fields of the register; empty for other evidence.

    Args:
        evidence: with its milestone.
        venue: the venue as it is now, when the caller holds its lock; otherwise it is read.
    """
    venue = venue or evidence.milestone.venue
    if venue is None or not evidence.answers:
        return []
    return _compare(venue, evidence.answers, _feeding().filter(form=evidence.milestone.item.survey))


def register_diffs(milestones: Iterable[Milestone]) -> dict[int, list[DiffRow]]:
    """The same for many milestones (with item and venue), by their primary key: what differs, and only where something
    does. Two queries."""
    surveyed = {row.pk: row for row in milestones if row.item.survey and row.venue}
    if not surveyed:
        return {}
    handed_in = Evidence.objects.filter(milestone__in=surveyed, withdrawn_at=None).order_by("pk")
    answers = dict(handed_in.values_list("milestone", "answers"))  # the newest one is the last
    questions = list(_feeding())
    found = {}
    for pk, given in answers.items():
        row = surveyed[pk]
        asked = [question for question in questions if question.form == row.item.survey]
        if differing := [line for line in _compare(row.venue, given, asked) if line.changed]:
            found[pk] = differing
    return found


def _feeding() -> QuerySet[SurveyQuestion]:
    return SurveyQuestion.objects.exclude(register_field="")


def _compare(venue: Any, answers: dict[str, Any], questions: Iterable[SurveyQuestion]) -> list[DiffRow]:
    return [
        DiffRow(row, getattr(venue, row.register_field), register_value(answers[row.key]))
        for row in questions
        if row.key in answers
    ]


def answer_pairs(evidence: Evidence, questions: Sequence[SurveyQuestion] | None = None) -> list[tuple[str, str]]:
    """Question and answer in words, in the form's order, as a case page shows them. Answers to questions that are no
    longer asked stay; a key without a question is shown as it is. `questions`: of the form, when the caller shows
    several."""
    if not evidence.answers:
        return []
    if questions is None:
        questions = list(SurveyQuestion.objects.filter(key__in=list(evidence.answers)))
    answered = [row for row in questions if row.key in evidence.answers]
    pairs = [(str(row), answer_text(row, evidence.answers[row.key])) for row in answered]
    known = {row.key for row in answered}
    return pairs + [(key, str(value)) for key, value in evidence.answers.items() if key not in known]


# Totals and gaps --------------------------------------------------------------------------------
@dataclass(frozen=True)
class Gap:
    """An answer below its norm: `short` is what is missing (1 for a no)."""

    question: SurveyQuestion
    value: Any
    norm: Decimal

    @property
    def value_text(self) -> str:
        return answer_text(self.question, self.value)

    @property
    def norm_text(self) -> str:
        return answer_text(self.question, True if self.question.kind == Kind.YES_NO else self.norm)

    @property
    def norm_figure(self) -> str:
        """The norm without its unit, for a table that names the unit once."""
        return self.norm_text if self.question.kind == Kind.YES_NO else number_text(self.norm)

    @property
    def short_text(self) -> str:
        if self.question.kind == Kind.YES_NO:
            return "–"
        missing = self.norm - (answer_number(self.value) or 0)
        return f"{number_text(missing)} {self.question.unit_shown}".strip()


@dataclass(frozen=True)
class Answered:
    """One venue of the survey: its milestone and, once handed in, its answers."""

    milestone: Milestone
    answers: dict[str, Any] | None

    @property
    def venue(self) -> Venue:
        return self.milestone.venue  # type: ignore[return-value]  # a survey stands at venues

    def gap(self, question: SurveyQuestion) -> Gap | None:
        """What is missing of the norm of its level, if anything."""
        norm = question.norm_at(self.venue.tier)
        number = answer_number((self.answers or {}).get(question.key))
        if norm is None or number is None or not question.is_asked_at(self.venue.tier) or number >= norm:
            return None
        return Gap(question, (self.answers or {})[question.key], norm)


@dataclass
class Total:
    """One question over some venues: how many were asked, handed the form in and answered; what that adds up to; how
    many are below the norm."""

    question: SurveyQuestion
    asked: int = 0
    given: int = 0
    amount: Decimal = Decimal(0)
    words: Counter[str] = field(default_factory=Counter)
    short: int = 0
    handed_in: int = 0

    def add(self, place: Answered) -> None:
        if not self.question.is_asked_at(place.venue.tier):
            return
        self.asked += 1
        self.handed_in += place.answers is not None
        value = (place.answers or {}).get(self.question.key)
        if value is None:
            return
        self.given += 1
        self.amount += answer_number(value) or 0
        if self.question.kind == Kind.CHOICE:
            self.words[value] += 1
        self.short += place.gap(self.question) is not None

    @property
    def number(self) -> Decimal | int | None:
        """What a spreadsheet may reckon with: the sum or average, or how many yes, or how many answered; None for
        choices, and where nobody has answered."""
        if not self.given or self.question.kind == Kind.CHOICE:
            return None
        if self.question.kind not in SurveyQuestion.MEASURED or self.question.total == SurveyQuestion.Total.COUNT:
            return self.given
        amount = self.amount
        if self.question.kind != Kind.YES_NO and self.question.total == SurveyQuestion.Total.MEAN:
            amount = round(self.amount / self.given, 1)
        return int(amount) if amount == int(amount) else amount

    @property
    def text(self) -> str:
        """The total in words."""
        if not self.asked:
            return ""
        if self.question.kind == Kind.CHOICE:
            shown = [(answer_text(self.question, word), count) for word, count in self.words.most_common()]
            return _(", ").join(f"{word} {count}" for word, count in shown) or "–"
        return "–" if self.number is None else number_text(Decimal(self.number))


@dataclass
class TotalsRow:
    """A township, the head institutions (`township` None), or all together."""

    township: Division | None
    label: str
    totals: list[Total]
    of: int = 0
    answered: int = 0
    short: int = 0

    def add(self, place: Answered) -> None:
        self.of += 1
        self.answered += place.answers is not None
        for total in self.totals:
            before = total.short
            total.add(place)
            self.short += total.short - before


class Results:
    """The answers to one form, read in one query however many venues there are.

    Args:
        milestones: those that the reader may see (`permissions.visible_milestones`).
        programme: whose survey.
        form: a PlanItem.Survey.
        tier: only venues of this tier; empty for all.
        confirmed: only what the bureau has confirmed; otherwise also what is being checked.
    """

    def __init__(
        self, milestones: QuerySet[Milestone], *, programme: Any, form: str, tier: str = "", confirmed: bool = False
    ) -> None:
        self.questions = list(SurveyQuestion.objects.filter(form=form).asked_somewhere())
        if tier:
            self.questions = [row for row in self.questions if row.is_asked_at(tier)]
        counted = [State.DONE] if confirmed else [State.HANDED_IN, State.CHECKED, State.DONE]
        newest = Evidence.objects.filter(milestone=OuterRef("pk"), withdrawn_at=None).order_by("-pk")
        rows = milestones.filter(programme=programme, item__survey=form, venue__isnull=False).exclude(state=State.VOID)
        rows = rows.filter(venue__tier=tier) if tier else rows
        rows = rows.select_related("item", "venue__division", "township").annotate(
            newest_answers=Subquery(newest.values("answers")[:1])
        )
        rows = rows.order_by(F("township__code").asc(nulls_first=True), "venue__tier", "venue__division__code", "pk")
        self.places = [Answered(row, (row.newest_answers or {}) if row.state in counted else None) for row in rows]

    def rows(self) -> list[TotalsRow]:
        """The head institutions first, then a row for each township."""
        rows: dict[int | None, TotalsRow] = {}
        for place in self.places:
            township = place.milestone.township
            if (key := township.pk if township else None) not in rows:
                rows[key] = self._empty(township, str(township) if township else _("Head institutions"))
            rows[key].add(place)
        return list(rows.values())

    @cached_property
    def all(self) -> TotalsRow:
        """Everything together."""
        row = self._empty(None, _("Together"))
        for place in self.places:
            row.add(place)
        return row

    def of_township(self, township: Division | None) -> list[Answered]:
        """The places of one township; of None, the head institutions."""
        key = township.pk if township else None
        return [place for place in self.places if place.milestone.township_id == key]

    def gaps(self, question: str = "") -> list[tuple[Answered, Gap]]:
        """Every answer below its norm, by township and venue; of one question only, when its key is given."""
        asked = [row for row in self.questions if question in ("", row.key)]
        return [(place, gap) for place in self.places for row in asked if (gap := place.gap(row))]

    def _empty(self, township: Division | None, label: str) -> TotalsRow:
        return TotalsRow(township, label, [Total(row) for row in self.questions])


def cells(place: Answered, questions: Iterable[SurveyQuestion]) -> Sequence[dict[str, Any]]:
    """A venue's answers in the order of the questions, each with its gap; what its level is not asked is empty."""
    return [
        {
            "text": answer_text(row, (place.answers or {}).get(row.key), unit=False)
            if row.is_asked_at(place.venue.tier)
            else "",
            "gap": place.gap(row),
            "number": answer_number((place.answers or {}).get(row.key)) if row.kind in row.MEASURED[:2] else None,
        }
        for row in questions
    ]
