import pytest

from tests.county import NANHUA, load_network


@pytest.fixture
def nanhua(db):
    """The real county's network."""
    return load_network(NANHUA)


@pytest.fixture
def qingshan(db):
    """The invented county's network: two branches in preparation, five planned points."""
    return load_network()
