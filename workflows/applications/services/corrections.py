"""Correction 补正: what the applicant is asked to put right, and the answers."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from common.changes import Changes
from common.privatefiles import CheckedFile
from workflows.core.services import case_file_add

from ..models import Application, Correction, Paper


def corrections_ask(application: Application, *, corrections: Mapping[str, str], by: Any) -> None:
    """Ask the applicant to put items right: target → what to do."""
    asked = {target: text.strip() for target, text in corrections.items() if text.strip()}
    if not asked:
        raise ValidationError({"corrections": _("Say which items need a correction, and what is wrong.")})
    Correction.objects.bulk_create(
        Correction(application=application, target=target[:40], request=text, asked_by=by)
        for target, text in asked.items()
    )


def corrections_answer(
    application: Application, *, answers: Mapping[int, str], files: Mapping[int, CheckedFile], by: Any
) -> Changes:
    """Answer every open correction, each in words, with a new paper, or both.

    Args:
        application: locked.
        answers: correction's primary key → words.
        files: correction's primary key → the new paper.
        by: who answers.

    Raises:
        ValidationError: an item is unanswered; the key names it.
    """
    now, changes = timezone.now(), {}
    for row in application.corrections.filter(answered_at=None):
        words, paper = answers.get(row.pk, "").strip(), files.get(row.pk)
        if not words and paper is None:
            raise ValidationError({f"answer_{row.pk}": _("Please answer this, in words or with a new paper.")})
        if paper is not None:
            file = case_file_add(case=application, checked=paper, paper=row.target, label=label_of(row.target), by=by)
            changes[row.target] = ("", file.name)
        row.answer, row.answered_at = words, now
        row.save(update_fields=["answer", "answered_at"])
    return changes


def label_of(target: str) -> str:
    """What a correction is about, in the reader's language: a paper's name or a field's."""
    if paper := Paper.objects.filter(code=target).first():
        return str(paper)
    try:
        return str(Application._meta.get_field(target).verbose_name)
    except FieldDoesNotExist:
        return _("Other")
