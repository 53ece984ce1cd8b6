"""Counties for tests: an invented small one, quick to load, and the real one."""

from pathlib import Path

from common.county import County
from common.report import Report
from network import loading

DATA = Path(__file__).parent / "data"
QINGSHAN = DATA / "qingshan"
NANHUA = Path(__file__).parents[1] / "data" / "nanhua"


def load_network(folder: Path = QINGSHAN) -> County:
    """Load the network of a county (the room `network` only). Its branches are in preparation, its points planned."""
    county = County(folder)
    loading.load(county, Report())
    return county
