"""A survey is confirmed while somebody edits the same venue, on PostgreSQL: never a value that nobody compared."""

from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from wagtail.models import ModelLogEntry

from network.models import Office, Venue
from network.services import venue_update
from tests.workflows.milestones.plan import PLAN, hand_in, make_programme, milestone
from tests.workflows.milestones.survey import GOOD, make_questions
from tests.workflows.world import act, item, make_world
from workflows.core.services import Done, task_act
from workflows.milestones.models import Milestone
from workflows.milestones.selectors.survey import diff_mark, register_diff

from .test_acting import together

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
ROUNDS = 6


@pytest.fixture
def world(transactional_db):
    assert connection.vendor == "postgresql"
    world = make_world()
    Office.objects.create(name="Test县文化和旅游局", short_name="县文旅局", kind="bureau", slug="bureau")
    make_questions()
    return world


def checked_survey(world, number):
    """A branch's survey that waits for the bureau, and the comparison that the bureau looks at."""
    programme = make_programme(PLAN[:1], slug=f"p{number}")
    Venue.objects.filter(pk=world.branch.pk).update(floor_area=Decimal(100), seats=None)
    given = hand_in(milestone(programme, "survey", world.branch), world.town, answers=GOOD)
    act(given.case, world.lib1, "accept")
    given.milestone.venue.refresh_from_db()
    return given, diff_mark(register_diff(given))


def test_an_edit_comes_before_the_confirmation_or_after_it(world):
    for number in range(ROUNDS):
        given, mark = checked_survey(world, number)
        before = ModelLogEntry.objects.count()
        pk = item(given.case).pk
        data = {"take_over": ["floor_area", "seats"], "mark": mark}
        results = together(
            lambda pk=pk, data=data: task_act(work_item=pk, actor=world.bureau1, decision="confirm", data=data),
            lambda: venue_update(venue=world.branch, changes={"floor_area": Decimal(110)}, by=world.cul1),
        )
        confirmed = isinstance(results[0], Done)
        assert confirmed or isinstance(results[0], ValidationError), results
        venue, row = Venue.objects.get(pk=world.branch.pk), Milestone.objects.get(pk=given.milestone_id)
        assert venue.floor_area == Decimal("110.0")
        assert (venue.seats, row.state) == ((8, "done") if confirmed else (None, "checked"))
        logged = [row.data.get("changes", {}) for row in ModelLogEntry.objects.order_by("pk")[before:]]
        steps = [[Decimal(value) for value in row["floor_area"]] for row in logged if "floor_area" in row]
        assert steps == ([[100, Decimal("120.5")], [Decimal("120.5"), 110]] if confirmed else [[100, 110]])
