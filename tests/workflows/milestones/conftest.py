import pytest
import time_machine

from workflows.milestones.models import Programme

from .county import make_county
from .plan import PLAN, make_programme


@pytest.fixture(autouse=True)
def day_of_the_programme():
    """The small county's plan ends with 2026 and dates are moved into 2027: the tests' days do not wait for ours."""
    with time_machine.travel("2026-11-23 09:00+08:00"):
        yield


@pytest.fixture
def world(db):
    """See county.py."""
    return make_county()


@pytest.fixture
def programme(world) -> Programme:
    """A running programme of the small county: see plan.py."""
    return make_programme(PLAN)
