"""The survey's forms, made of the questions that a venue's level is asked (R34)."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from .models import Milestone, SurveyQuestion
from .services.survey import problems_together, questions_of
from .survey_values import LONG, SHORT, answer_clean, number_text

Kind = SurveyQuestion.Kind
PREFIX = "survey"  # the name of each field is its question's key behind this, apart from the fields around the form


class AnswerField(forms.Field):
    """One question. What was typed is read by the same function that the service uses."""

    def __init__(self, question: SurveyQuestion, **options: Any) -> None:
        self.question = question
        super().__init__(
            label=question.label_with_unit,
            help_text=question.help_shown,
            required=question.required,
            widget=_widget(question),
            **options,
        )

    def clean(self, value: Any) -> Any:
        return answer_clean(self.question, value)

    def prepare_value(self, value: Any) -> Any:
        """A stored answer as the field shows it; what was typed stays as it was typed."""
        if isinstance(value, bool):
            return "yes" if value else "no"
        return number_text(value) if isinstance(value, int | float) else value


class SurveyForm(forms.Form):
    """The questions of one form at one level; `cleaned_data` are the answers, without those not given."""

    def __init__(self, *args: Any, questions: Iterable[SurveyQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            self.fields[question.key] = AnswerField(question)

    def clean(self) -> dict[str, Any]:
        given = {key: value for key, value in (super().clean() or {}).items() if value is not None}
        for key, problem in problems_together(self.questions, given).items():
            if key not in self.errors:
                self.add_error(key, ValidationError(problem))
        return given


def survey_form_for(
    milestone: Milestone, data: Any = None, initial: Mapping[str, Any] | None = None
) -> SurveyForm | None:
    """The form of a survey's milestone at its venue's level; None where it is no survey, or nothing is asked.

    Args:
        milestone: with `item` and `venue`.
        data: what was sent, the whole of it: the form's fields start with «survey-».
        initial: answers handed in before.
    """
    questions = questions_of(milestone)
    if not questions:
        return None
    return SurveyForm(data, initial=dict(initial or {}), questions=questions, prefix=PREFIX)


def _widget(question: SurveyQuestion) -> forms.Widget:
    nothing = [] if question.required else [("", _("not answered"))]
    if question.kind == Kind.YES_NO:
        return forms.RadioSelect(choices=[("yes", _("yes")), ("no", _("no")), *nothing])
    if question.kind == Kind.CHOICE:
        words = [word for word, _english in question.choice_words]
        shown = list(zip(words, question.choices_shown, strict=True))
        return forms.Select(choices=[("", "–"), *shown])
    if question.kind == Kind.LONG:
        return forms.Textarea(attrs={"rows": 3, "maxlength": LONG})
    modes = {Kind.WHOLE: "numeric", Kind.DECIMAL: "decimal"}
    mode = modes.get(Kind(question.kind))
    return forms.TextInput(attrs={"inputmode": mode} if mode else {"maxlength": SHORT})
