"""The survey 摸底排查 (R34): questions, the check of answers, and what they write into the venues' register."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from common.changes import differences, log_change, snapshot
from workflows.core.chunks import once

from ..models import Evidence, Milestone, SurveyQuestion
from ..survey_values import Answer, answer_clean

Feeds = SurveyQuestion.Feeds
TOGETHER = (Feeds.LATITUDE, Feeds.LONGITUDE)  # the register takes both or none
FIXED = ("form", "key", "kind")  # what a question with answers keeps


def questions_of(milestone: Milestone) -> list[SurveyQuestion]:
    """What a milestone asks: the questions of its form at its venue's level; none when it is no survey."""
    form, venue = milestone.item.survey, milestone.venue
    if not form or venue is None:
        return []
    asked = SurveyQuestion.objects.filter(form=form).asked_at(venue.tier)
    return list(once(("questions", form, venue.tier), lambda: list(asked)))


def answers_check(
    *, milestone: Milestone, answers: Mapping[str, Any], questions: Iterable[SurveyQuestion] | None = None
) -> dict[str, Answer]:
    """The answers as they are stored: the check of every way in (form, grid, spreadsheet).

    Args:
        milestone: with `item` and `venue`.
        answers: question's key → what was answered, as text or as a number, bool or text of JSON.
        questions: `questions_of(milestone)`, when the caller has them for many milestones.

    Raises:
        ValidationError: by key, with every problem; a key that this form does not ask is one.
    """
    asked = {question.key: question for question in (questions_of(milestone) if questions is None else questions)}
    problems: dict[str, Any] = {
        str(key): _("This form does not ask that.")
        for key in answers
        if key not in asked and answers[key] not in ("", None)
    }
    cleaned: dict[str, Answer] = {}
    for key, question in asked.items():
        try:
            value = answer_clean(question, answers.get(key))
        except ValidationError as error:
            problems[key] = error
        else:
            if value is not None:
                cleaned[key] = value
    for key, problem in problems_together(asked.values(), cleaned).items():
        problems.setdefault(key, problem)
    if problems:
        raise ValidationError(problems)
    return cleaned


def problems_together(questions: Iterable[SurveyQuestion], answers: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with answers that belong together, by key: half a pair of coordinates."""
    pair = [question.key for question in questions if question.register_field in TOGETHER]
    given = [key for key in pair if key in answers]
    if len(pair) == len(TOGETHER) and len(given) == 1:
        return {key: _("Give latitude and longitude together, in degrees.") for key in pair if key not in given}
    return {}


@transaction.atomic
def question_save(*, question: SurveyQuestion, by: Any) -> SurveyQuestion:
    """Add or change a question. One that has answers keeps its form, key and kind, so that they stay readable.

    Raises ValidationError by field; logs what changed, from → to.
    """
    fields = [field.name for field in question._meta.concrete_fields if not field.primary_key]
    old = SurveyQuestion.objects.select_for_update().filter(pk=question.pk).first() if question.pk else None
    question.full_clean()
    if old is None:
        question.save()
        log_change(question, action="milestones.question_create", by=by)
        return question
    changes = differences(snapshot(old, fields), snapshot(question, fields))
    if (fixed := [name for name in FIXED if name in changes]) and has_answers(old.key):
        raise ValidationError({name: _("It has answers: this can no longer be changed.") for name in fixed})
    if changes:
        question.save()
        log_change(question, action="milestones.question_edit", by=by, changes=changes)
    return question


@transaction.atomic
def question_delete(*, question: SurveyQuestion, by: Any) -> None:
    """Take a question away that nobody has answered; ValidationError otherwise: ask no level instead."""
    question = SurveyQuestion.objects.select_for_update().get(pk=question.pk)
    if has_answers(question.key):
        raise ValidationError(_("It has answers: let it be asked of no level instead."))
    log_change(question, action="milestones.question_delete", by=by, deleted=True)
    question.delete()


def has_answers(key: str) -> bool:
    """Whether anybody ever answered the question with this key."""
    return Evidence.objects.filter(answers__has_key=key).exists()
