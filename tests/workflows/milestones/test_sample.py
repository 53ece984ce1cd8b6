"""Sample progress on the real county's plan: it says that it is sample data, and goes without a trace."""

import pytest

from common.county import County
from common.report import Report
from network import loading as network_loading
from network import sample as network_sample
from network.models import UnifiedItem, Venue
from tests.county import NANHUA
from workflows.core.models import Case, Decision
from workflows.milestones import loading, sample
from workflows.milestones.models import (
    DateMove,
    Evidence,
    GroupIssue,
    Milestone,
    MilestoneCase,
    Programme,
)

pytestmark = pytest.mark.django_db
State = Milestone.State


@pytest.fixture
def county(db, settings):
    settings.DEMO = True
    found = County(NANHUA)
    network_loading.load(found, Report())
    loading.load(found, Report())
    network_sample.load(Report())
    return found


def registers():
    """Everything that the sample could have touched."""
    items = UnifiedItem.objects.order_by("pk").values_list("venue", "item", "state", "evidence", "checked_by")
    venues = Venue.objects.order_by("pk").values_list(
        "pk", "address", "phone", "seats", "floor_area", "stock", "status"
    )
    names = ["state", "last_day", "done_on", "confirmed_on", "back_dated", "case", "unified_was"]
    return list(items), list(venues), list(Milestone.objects.order_by("pk").values_list(*names))


def states():
    rows = Milestone.objects.values_list("state", flat=True)
    return {state: list(rows).count(state) for state in set(rows)}


def test_it_comes_says_what_it_is_and_goes_without_a_trace(county, settings):
    before = registers()
    settings.DEMO = False
    sample.load(Report())
    settings.DEMO = True
    Programme.objects.update(state=Programme.State.ACCEPTED)
    sample.load(Report())
    assert registers() == before  # neither outside development nor for a programme that does not run
    Programme.objects.update(state=Programme.State.RUNNING)
    sample.load(Report())
    found = states()
    assert found[State.DONE] >= 30
    assert found[State.HANDED_IN] == 3
    assert found[State.BLOCKED] == 1
    assert Milestone.objects.filter(state=State.DONE, back_dated=False).count() == 0
    assert Milestone.objects.filter(township=None, state=State.DONE).count() == 2  # the county's own
    assert Milestone.objects.filter(state=State.DONE).exclude(township=None).values("township").distinct().count() == 2
    assert {"示例" in row.note for row in Evidence.objects.all()} == {True}
    assert {"示例" in file.label for row in Evidence.objects.all() for file in row.files.all()} == {True}
    assert "示例" in GroupIssue.objects.get().problem
    assert "示例" in DateMove.objects.get(approved=True).reason
    assert not MilestoneCase.objects.filter(is_sample=False).exists()
    assert registers()[1] == before[1]  # nothing was taken over into the register
    sample.load(Report())
    assert states() == found
    sample.remove(Report())
    assert registers() == before
    assert not Evidence.objects.exists()
    assert not Case.objects.filter(number__startswith="SS").exists()
    assert not Decision.objects.filter(case__number__startswith="SS").exists()
