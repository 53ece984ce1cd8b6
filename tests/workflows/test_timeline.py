"""The history of a case in words: the log keeps codes, people read none."""

import re

import pytest
from django.utils.translation import override

from tests.workflows.milestones.county import make_county
from tests.workflows.milestones.plan import PLAN, confirmed, make_programme, milestone
from workflows.core.timeline import official_timeline

from .world import submit, until_panel

pytestmark = pytest.mark.django_db


def changes_of(case):
    return [change for step in official_timeline(case) for change in step.changes]


def test_an_application_s_history_shows_no_codes_and_no_english(world):
    case = submit(world)
    until_panel(world, case)
    told = {field: new for field, _old, new in changes_of(case)}
    assert (told["乡镇意见"], told["图书馆初审"]) == ("同意", "通过")
    assert "有指引标识" in told["核查表"]
    assert told["核查表"].endswith(": 是")


def test_a_milestone_s_history_is_in_the_reader_s_language_whoever_acted(db):
    world = make_county()
    row = milestone(make_programme(PLAN), "signage", world.branch)
    with override("en"):
        case = confirmed(row, world).case
    shown = [text for change in changes_of(case) for text in change]
    assert [text for text in shown if re.search("[A-Za-z]{3}", text)] == []
    assert ("补录", "否", "是") in changes_of(case)
    with override("en"):
        assert ("milestone", "Checked by the head institution", "Confirmed and done") in changes_of(case)
