"""The small county on 2 March 2026, with the staff that secondments need."""

from datetime import UTC, datetime

import pytest
import time_machine

from .posting import add_staff


@pytest.fixture
def clock():
    with time_machine.travel(datetime(2026, 3, 2, 4, tzinfo=UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def staffed(clock, world):
    return add_staff(world)
