"""The charts: the same data give the same bytes, in any thread; no font on the server; nothing foreign."""

import datetime as dt
import re
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.cache import cache

from tests.pages.core.test_contrast import schemes
from workflows.milestones.charts import Axis, Bar, GanttData, Look, TimelineData, TownshipsData, chart_of, digest_of
from workflows.milestones.charts.palette import COLOURS

D = dt.date
AXIS = Axis(D(2026, 1, 1), D(2027, 1, 1), ((D(2026, 1, 1), "2026年1月"), (D(2026, 7, 1), "7月")), D(2026, 6, 1), "今天")
BARS = (
    Bar("摸底规划", None, D(2026, 4, 30), D(2026, 4, 30), 100, 0, "已完成", "done"),
    Bar("全面推进", D(2026, 4, 1), D(2026, 9, 30), D(2026, 12, 1), 40, 70, "超期3天", "late"),
    Bar("<script>$x$ & 'q'", D(2026, 5, 1), D(2026, 12, 31), D(2026, 12, 31), 0, 0, "", "still"),
)
DATA = [
    TimelineData(BARS, AXIS),
    TownshipsData((("雨露白族乡", 100, 0), ("甲镇", 35, 90), ("乙乡", 0, 0))),
    GanttData(((BARS[0], BARS), (BARS[1], BARS)), AXIS),
    TimelineData((), AXIS),
    TownshipsData(()),
    GanttData((), AXIS),
]
LOOKS = [Look(narrow=narrow, elder=elder) for narrow in (False, True) for elder in (False, True)]


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


def drawn_anew(data, look):
    cache.clear()
    return chart_of(data, look)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("data", DATA)
def test_a_chart_is_svg_of_its_size_with_letters_and_no_foreign_thing(data, look):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no font of the server has to know the letters
        svg = drawn_anew(data, look).decode()
    root = ElementTree.fromstring(svg)
    width, height = data.size(look)
    assert (float(root.get("width")), float(root.get("height"))) == (width, height)
    assert "<script" not in svg
    assert "font-family: '" not in svg
    assert not re.search(r"(href|src)=.http|url\(.?http|@import", svg)
    assert not set(re.findall(r"#[0-9a-f]{6}\b", svg)) - {value for row in COLOURS.values() for value in row}


def test_words_stay_words():
    svg = chart_of(DATA[0], Look()).decode()
    for words in ("摸底规划", "超期3天", "今天", "&lt;script&gt;$x$ &amp; 'q'"):
        assert words in svg


@pytest.mark.parametrize("data", DATA[:3])
def test_the_same_data_give_the_same_bytes_also_in_many_threads(data):
    expected = drawn_anew(data, Look())
    cache.clear()

    def draw(_number):
        from importlib import import_module

        from workflows.milestones.charts import MODULES

        module = import_module(f"workflows.milestones.charts.{MODULES[type(data)]}")
        return module.draw(data, Look()).svg(elder=False)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(draw, range(16))) == {expected}


def test_a_digest_changes_with_data_and_look():
    digests = {digest_of(data, look) for data in DATA for look in LOOKS}
    assert len(digests) == len(DATA) * len(LOOKS)
    assert digest_of(TownshipsData((("甲镇", 1, 0),)), Look()) != digest_of(TownshipsData((("甲镇", 2, 0),)), Look())


def test_a_chart_is_drawn_once(monkeypatch):
    first = chart_of(DATA[1], Look())
    monkeypatch.setattr("workflows.milestones.charts.import_module", None)
    assert chart_of(DATA[1], Look()) == first


def test_the_colours_are_the_design_s_tokens():
    known = schemes()
    for name, (light, elder, dark) in COLOURS.items():
        assert (light, elder, dark) == tuple(known[scheme][name] for scheme in ("light", "elder", "dark"))


def test_nothing_is_wider_than_a_narrow_screen():
    for data in DATA:
        for elder in (False, True):
            assert data.size(Look(narrow=True, elder=elder))[0] <= 390


def test_matplotlib_waits_for_the_first_chart():
    asked = "import django, sys; django.setup(); import config.urls; print('matplotlib' in sys.modules)"
    root = Path(__file__).parents[3]
    found = subprocess.check_output([sys.executable, "-c", asked], cwd=root, env=_environment(root), text=True)
    assert found.strip().splitlines()[-1] == "False"


def _environment(root):
    import os

    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "PYTHONPATH": f"{root}:{root / 'site'}",
        "DATABASE_URL": "sqlite://:memory:",
    }


def test_days_outside_the_axis_lie_at_its_ends():
    assert AXIS.at(D(2020, 1, 1), 10, 100) == 10
    assert AXIS.at(D(2030, 1, 1), 10, 100) == 110
    assert Axis(D(2026, 1, 1), D(2026, 1, 1), ()).at(D(2026, 1, 1), 0, 100) == 0
