import pytest

from workflows.milestones.models import Programme

from .county import make_county
from .plan import PLAN, make_programme


@pytest.fixture
def world(db):
    """See county.py."""
    return make_county()


@pytest.fixture
def programme(world) -> Programme:
    """A running programme of the small county: see plan.py."""
    return make_programme(PLAN)
