"""Each kind of answer, from a form's text, a spreadsheet's cell or JSON; and the check of a whole form."""

import datetime as dt
import json
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import example, given
from hypothesis import strategies as st

from workflows.milestones.models import SurveyQuestion
from workflows.milestones.services.survey import answers_check
from workflows.milestones.survey_forms import survey_form_for
from workflows.milestones.survey_values import answer_clean, answer_number, answer_text

from .plan import milestone
from .survey import GOOD, make_questions, question

KINDS = SurveyQuestion.Kind.values
FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")


def asked(kind, **more):
    options = "完好|Good\n危房|Unsafe" if kind == "choice" else ""
    return question("q", kind, save=False, **{"options": options, **more})


@pytest.fixture
def questions(programme):
    return make_questions()


@pytest.fixture
def survey(world, programme, questions):
    """The survey's milestone of a service point."""
    return milestone(programme, "survey", world.points[0])


@given(st.integers(0, 999_999_999))
def test_a_whole_number_is_read_however_it_is_written(number):
    row = asked("whole", unit="册", unit_en="volumes")
    for text in (number, str(number), f"{number:,}", f" {number} 册", f"{number}volumes", float(number), f"{number}.0"):
        assert answer_clean(row, text) == number
    assert answer_clean(row, str(number).translate(FULL_WIDTH)) == number


@given(st.decimals(0, 999_999, places=3))
def test_a_number_with_decimals_keeps_every_digit(number):
    row = asked("decimal")
    for raw in (str(number), number, str(number).translate(FULL_WIDTH)):
        assert Decimal(str(answer_clean(row, raw))) == number
    assert answer_number(answer_clean(row, number)) == number


@given(st.sampled_from(KINDS), st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none()))
@example("whole", "1e3")
@example("decimal", "١٢")
@example("whole", "1,23")
@example("decimal", float("inf"))
@example("whole", "-")
@example("short", "a\x00\ud800b")
def test_whatever_comes_is_an_answer_or_said_to_be_none(kind, raw):
    """Never another error; what is stored is JSON that a database takes, and is read again as itself."""
    row = asked(kind, required=False)
    try:
        value = answer_clean(row, raw)
    except ValidationError:
        return
    stored = json.dumps(value, allow_nan=False)
    stored.encode()
    assert "\\u0000" not in stored
    assert answer_clean(row, json.loads(stored)) == value
    assert answer_text(row, value)


@pytest.mark.parametrize(
    ("kind", "raw", "more"),
    [
        ("whole", "12.5", {}),
        ("whole", "-1", {"minimum": 0}),
        ("whole", "11", {"maximum": 10}),
        ("whole", True, {}),
        ("whole", "1,23", {}),
        ("whole", dt.date(2019, 6, 4), {}),
        ("decimal", "12.1234567", {}),
        ("decimal", float("nan"), {}),
        ("decimal", "120.55", {"register_field": "floor_area"}),
        ("yes_no", "也许", {}),
        ("choice", "一般", {}),
        ("short", "字" * 201, {}),
        ("short", "1" * 31, {"register_field": "phone"}),
        ("long", "字" * 2001, {}),
        ("short", " \x00 ", {}),
    ],
)
def test_what_is_no_answer_is_refused(kind, raw, more):
    with pytest.raises(ValidationError):
        answer_clean(asked(kind, **more), raw)


@pytest.mark.parametrize(
    ("raw", "value"), [("有", True), ("√", True), (1, True), ("否", False), ("NO", False), (0, False)]
)
def test_yes_and_no_in_every_usual_word(raw, value):
    assert answer_clean(asked("yes_no"), raw) is value


def test_a_choice_is_stored_in_chinese_and_shown_in_the_readers_language():
    row = asked("choice")
    assert answer_clean(row, "unsafe") == answer_clean(row, "危房") == "危房"
    with translation.override("en"):
        assert (answer_text(row, "危房"), answer_text(row, "早先的词")) == ("Unsafe", "早先的词")
    assert answer_text(row, "危房") == "危房"


def test_a_question_says_what_it_cannot_be(programme):
    for wrong in (
        {"kind": "choice", "options": "一个"},
        {"kind": "whole", "options": "a\nb"},
        {"kind": "short", "minimum": 1},
        {"kind": "long", "norm_point": 1},
        {"kind": "whole", "minimum": 5, "maximum": 1},
        {"kind": "yes_no", "register_field": "seats"},
        {"kind": "whole", "key": "Bad Key"},
    ):
        with pytest.raises(ValidationError):
            SurveyQuestion(**{"form": "people", "key": "k", "label": "x", **wrong}).full_clean()


def test_a_level_is_asked_its_own_questions(world, programme, questions):
    point, head = (milestone(programme, "survey", venue) for venue in (world.points[0], world.library))
    assert "square" in survey_form_for(point).fields
    assert "square" not in survey_form_for(head).fields
    assert survey_form_for(milestone(programme, "signage", world.branch)) is None
    assert survey_form_for(milestone(programme, "measures")) is None


def test_form_and_service_clean_alike(survey):
    data = {f"survey-{key}": value for key, value in (GOOD | {"state": "完好", "square": ""}).items()}
    form = survey_form_for(survey, data)
    assert form.is_valid(), form.errors
    assert form.cleaned_data == answers_check(milestone=survey, answers=GOOD | {"state": "Good"})
    assert form.cleaned_data == {"area": 120.5, "seats": 8, "stage": True, "state": "完好"}


def test_the_form_keeps_what_was_typed_beside_its_problem(survey):
    form = survey_form_for(survey, {"survey-area": "很大", "survey-seats": "8", "survey-stage": "no"})
    assert set(form.errors) == {"area"}
    assert 'value="很大"' in str(form["area"])
    assert 'value="8"' in str(form["seats"])


def test_answers_handed_in_before_stand_in_the_form(survey):
    form = survey_form_for(survey, initial={"area": 120.0, "stage": False, "state": "危房"})
    assert 'value="120"' in str(form["area"])
    assert form["stage"].value() == "no"
    assert str(form["stage"]).count("checked") == 1
    assert 'value="危房" selected' in str(form["state"])


def test_every_problem_is_named_by_its_key(survey):
    with pytest.raises(ValidationError) as caught:
        answers_check(milestone=survey, answers={"area": "?", "stage": "是", "nonsense": 1})
    assert set(caught.value.message_dict) == {"area", "seats", "nonsense"}


def test_a_milestone_that_is_no_survey_takes_no_answers(world, programme):
    place = milestone(programme, "signage", world.branch)
    assert answers_check(milestone=place, answers={}) == {}
    with pytest.raises(ValidationError):
        answers_check(milestone=place, answers={"area": 1})


def test_half_a_pair_of_coordinates_is_refused(world, programme):
    for key in ("latitude", "longitude"):
        question(key, "decimal", register_field=key, required=False)
    survey = milestone(programme, "survey", world.points[0])
    with pytest.raises(ValidationError) as caught:
        answers_check(milestone=survey, answers={"latitude": "25.19"})
    assert set(caught.value.message_dict) == {"longitude"}
    form = survey_form_for(survey, {"survey-latitude": "25.19"})
    assert set(form.errors) == {"longitude"}
    assert answers_check(milestone=survey, answers={"latitude": "25.19", "longitude": 101.27})["longitude"] == 101.27
