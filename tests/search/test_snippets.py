import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import parse
from search.snippets import find, mark, snippet


def marked(text, typed):
    return "".join(f"[{part.text}]" if part.hit else part.text for part in mark(text, parse(typed).terms))


@pytest.mark.parametrize(
    ("text", "typed", "expected"),
    [
        ("县图书馆总馆", "图书馆", "县[图书馆]总馆"),
        ("縣圖書館總館", "图书馆", "縣[圖書館]總館"),
        ("面积1200㎡，设图书馆", "图书馆", "面积1200㎡，设[图书馆]"),
        ("面积1200㎡", "1200m2", "面积[1200㎡]"),
        ("南政办通〔2019〕11号", "南政办通[2019]11号", "[南政办通〔2019〕11号]"),
        ("系统(interlib)平台", "inter", "系统([inter]lib)平台"),
        ("系统interlib平台", "lib", "系统interlib平台"),
        ("分馆,馆制", "分馆馆制", "分馆,馆制"),
        ("Ｌóng chuān", "long", "[Ｌóng] chuān"),
        ("图书馆和文化馆", "图书馆 文化馆", "[图书馆]和[文化馆]"),
        ("<b>图书馆</b>", "图书馆", "<b>[图书馆]</b>"),
    ],
)
def test_hits_are_marked_as_they_are_written(text, typed, expected):
    assert marked(text, typed) == expected


def test_the_passage_is_around_the_first_hit():
    text = "开头的话。" + "无关的内容" * 50 + "。这里写着总分馆制的建设。" + "后面的话" * 50
    parts = snippet(["没有", text], parse("总分馆制").terms)
    shown = "".join(part.text for part in parts)
    assert shown.startswith("这里写着总分馆制的建设。")
    assert shown.endswith("…")
    assert len(shown) < 150
    assert [part.text for part in parts if part.hit] == ["总分馆制"]


def test_without_a_hit_the_beginning_is_shown():
    assert [part.text for part in snippet(["", "第一段。"], parse("别的").terms)] == ["第一段。"]
    assert snippet([], parse("别的").terms) == []


@given(st.text(), st.text(min_size=1))
def test_marking_keeps_the_text(text, typed):
    terms = parse(typed).terms
    assert "".join(part.text for part in mark(text, terms)) == text
    assert all(0 <= start < end <= len(text) for start, end in find(text, terms))
