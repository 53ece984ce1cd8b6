import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.jsonld import json_ld


def read(script: str) -> dict:
    start, end = '<script type="application/ld+json">', "</script>"
    assert script.startswith(start)
    assert script.endswith(end)
    return json.loads(script[len(start) : -len(end)])


@pytest.mark.parametrize(
    "name",
    ["</script><script>alert(1)</script>", "<!--<script>", "]]>", "a\u2028b\u2029c", '"\\', "A & B", "牌子 “白衣”"],
)
def test_hostile_names_stay_text(name):
    script = json_ld({"@type": "Library", "name": name})
    assert read(script)["name"] == name
    assert script.lower().count("<script") == 1
    assert script.lower().count("</script") == 1
    assert "\u2028" not in script


@given(st.text())
def test_any_text_comes_back_and_never_ends_the_script(text):
    script = json_ld({"name": f"x{text}"})
    assert read(script)["name"] == f"x{text}"
    assert script.count("<") == 2


def test_unknown_facts_are_left_out():
    data = {"name": "x", "telephone": "", "geo": None, "address": {"streetAddress": ""}, "list": [{}, None], "zero": 0}
    assert read(json_ld(data)) == {"@context": "https://schema.org", "name": "x", "zero": 0}


def test_dates_and_decimals_are_written():
    assert read(json_ld({"validFrom": date(2026, 1, 2), "latitude": Decimal("25.1")})) == {
        "@context": "https://schema.org",
        "validFrom": "2026-01-02",
        "latitude": "25.1",
    }
