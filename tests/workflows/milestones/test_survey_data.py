"""Nanhua's questions: loaded once, left as the bureau changed them, answered by the sample at every venue."""

import shutil

import pytest
from django.core.exceptions import ValidationError

from common.county import County, CountyError
from common.report import Report
from network.models import Venue
from tests.county import NANHUA
from tests.workflows.world import act
from workflows.milestones import loading
from workflows.milestones.models import Milestone, SurveyQuestion
from workflows.milestones.selectors.survey import register_diff
from workflows.milestones.services.survey import answers_check, question_save
from workflows.milestones.survey_sample import sample_answers

from .plan import hand_in


@pytest.fixture
def nanhua(world):
    """Nanhua's programme and questions, at the small county's venues."""
    county = County(NANHUA)
    loading.load(county, Report())
    return county


def survey(form, venue):
    return Milestone.objects.select_related("item", "venue").get(item__survey=form, venue=venue)


def test_every_level_has_all_three_forms_and_the_register_is_fed(nanhua):
    asked = {(tier, row.form) for tier in Venue.Tier.values for row in SurveyQuestion.objects.asked_at(tier)}
    assert len(asked) == 9
    fed = SurveyQuestion.objects.exclude(register_field="").values_list("register_field", flat=True)
    assert set(fed) == set(SurveyQuestion.Feeds.values)
    assert not SurveyQuestion.objects.filter(label_en="").exists()


def test_loading_again_adds_only_what_is_missing(nanhua):
    count = SurveyQuestion.objects.count()
    SurveyQuestion.objects.filter(key="square").delete()
    SurveyQuestion.objects.filter(key="rooms").update(label="本县改过")
    loading.load(nanhua, Report())
    assert SurveyQuestion.objects.count() == count
    assert SurveyQuestion.objects.get(key="rooms").label == "本县改过"


@pytest.mark.parametrize(
    "change",
    [("whole", "integer"), ("head branch point", "head village"), (",yes,", ",perhaps,"), ("0,100000", "x,100000")],
)
def test_a_mistake_in_the_file_is_named_with_its_line(world, tmp_path, change):
    folder = shutil.copytree(NANHUA, tmp_path / "county")
    file = folder / "survey_questions.csv"
    file.write_text(file.read_text().replace(*change, 1))
    with pytest.raises(CountyError) as caught:
        loading.load(County(folder), Report())
    assert (caught.value.file, caught.value.line is not None) == ("survey_questions.csv", True)


@pytest.mark.parametrize("form", ["facilities", "resources", "people"])
def test_the_sample_answers_every_form_at_every_level(world, nanhua, form):
    for venue in (world.library, world.culture, world.branch, *world.points):
        row = survey(form, venue)
        assert answers_check(milestone=row, answers=sample_answers(row))


def test_sample_answers_repeat_the_registers_facts_unless_they_are_to_differ(world, nanhua):
    Venue.objects.filter(pk=world.branch.pk).update(floor_area="320.5", seats=40, address="文化路1号", phone="0000-1")
    row = survey("facilities", world.branch)
    given = hand_in(row, world.town, answers=sample_answers(row))
    assert not [line for line in register_diff(given) if line.changed]
    act(given.case, world.lib1, "return", reason="再核")
    given = hand_in(row, world.town, answers=sample_answers(row, differing=True))
    assert {line.name for line in register_diff(given) if line.changed} == {"floor_area", "seats"}


def test_a_question_somebody_answered_keeps_its_kind_and_its_key(world, nanhua):
    row = survey("people", world.branch)
    hand_in(row, world.town, answers=sample_answers(row))
    for field, value in {"kind": "decimal", "key": "other", "form": "resources"}.items():
        question = SurveyQuestion.objects.get(key="full_time")
        setattr(question, field, value)
        with pytest.raises(ValidationError) as caught:
            question_save(question=question, by=world.bureau1)
        assert set(caught.value.message_dict) == {field}
    question = SurveyQuestion.objects.get(key="instructor")  # asked of points only: nobody has answered it
    question.kind, question.norm_point = "short", None
    assert question_save(question=question, by=world.bureau1).kind == "short"
