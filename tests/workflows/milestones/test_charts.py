"""The charts: the same data give the same bytes, in any thread; no font on the server; nothing foreign."""

import datetime as dt
import re
import subprocess
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.core.cache import cache

from tests.pages.core.test_contrast import schemes
from workflows.milestones.charts import Axis, Bar, GanttData, Look, TimelineData, TownshipsData, chart_of, digest_of
from workflows.milestones.charts.boards import axis_of
from workflows.milestones.charts.palette import COLOURS
from workflows.milestones.models import Programme, Stage
from workflows.milestones.selectors.boards import Board, Tally

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


# A plan that is years late ----------------------------------------------------------------------
PLAN = Axis(D(2019, 1, 1), D(2027, 1, 1), (), D(2026, 11, 22), "今天", D(2021, 1, 1))


def test_after_the_bend_time_is_shorter_and_the_plan_keeps_its_room():
    assert PLAN.at(D(2019, 1, 1), 0, 100) == 0
    assert PLAN.at(D(2021, 1, 1), 0, 100) == pytest.approx(76)
    assert PLAN.at(D(2024, 1, 1), 0, 100) == pytest.approx(88, abs=0.1)
    assert PLAN.at(D(2030, 1, 1), 0, 100) == 100


@pytest.mark.parametrize("look", LOOKS)
def test_what_is_late_is_drawn_until_today(look):
    late = Bar("甲镇", D(2019, 4, 1), D(2020, 5, 31), D(2020, 5, 31), 0, 0, "逾期", "late", D(2020, 5, 31))
    heading = Bar("推进", D(2019, 4, 1), D(2020, 5, 31), D(2027, 1, 1), 0, 0, "")
    with_line = drawn_anew(GanttData(((heading, (late,)),), PLAN), look)
    in_time = replace(late, late=None)
    assert (
        with_line.count(b"var(--vermilion)")
        == drawn_anew(GanttData(((heading, (in_time,)),), PLAN), look).count(b"var(--vermilion)") + 1
    )


@pytest.mark.parametrize(
    ("today", "moved", "bend", "last"),
    [
        (D(2020, 6, 1), None, None, D(2021, 1, 1)),  # within the plan
        (D(2021, 2, 1), None, None, D(2021, 4, 1)),  # a little late: the scale stays
        (D(2026, 11, 22), None, D(2021, 1, 1), D(2027, 1, 1)),  # years late
        (D(2026, 11, 22), D(2029, 5, 1), D(2021, 1, 1), D(2029, 7, 1)),  # and one last day moved beyond
    ],
)
def test_the_axis_reaches_today_and_bends_only_where_the_plan_would_be_squeezed(today, moved, bend, last):
    tally = Tally(total=2, begins=D(2019, 4, 1), planned_end=D(2020, 10, 31), ends=moved or D(2020, 10, 31))
    stage = Stage(number=1, name="推进", first_day=D(2019, 4, 1), last_day=D(2020, 10, 31))
    board = Board(Programme(), today, [stage], [], {("county", 1): tally})
    axis = axis_of(board, Look())
    assert (axis.bend, axis.last, axis.today) == (bend, last, today)
    words = [day for day, _words in axis.ticks]
    assert words == sorted(set(words))


def test_when_all_is_done_today_asks_for_no_room():
    tally = Tally(total=2, done=2, begins=D(2019, 4, 1), planned_end=D(2020, 10, 31), ends=D(2020, 10, 31))
    stage = Stage(number=1, name="推进", first_day=D(2019, 4, 1), last_day=D(2020, 10, 31))
    axis = axis_of(Board(Programme(), D(2026, 11, 22), [stage], [], {("county", 1): tally}), Look())
    assert (axis.bend, axis.today, axis.last) == (None, None, D(2021, 1, 1))
