import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import FOLD, canonical, fold, keys, runs, tokens


@pytest.mark.parametrize(
    ("typed", "same"),
    [
        ("ＩＮＴＥＲＬＩＢ", "interlib"),
        ("圖書館總館", "图书馆总馆"),
        ("龍川鎮", "龙川镇"),
        ("乾隆", "干隆"),  # one character at a time: a search for 乾 must find it
        ("lóngchuān", "longchuan"),
        ("①", "1"),
        ("㎡", "m2"),
        ("Straße", "strasse"),
    ],
)
def test_spellings_of_one_thing_fold_to_one(typed, same):
    assert fold(typed) == same


def test_brackets_of_any_width_are_one():
    numbers = {
        canonical(f"南政办通{left}2019{right}11号") for left, right in ["〔〕", "[]", "()", "()", "［］", "【】"]
    }
    assert numbers == {" 南政办通 2019 11 号 "}


def test_runs_part_scripts_and_sentences():
    assert runs("2019年、总分馆。馆 Wi-Fi_6\0😀") == ["2019", "年", "总分馆", "馆", "wi", "fi", "6"]


def test_tokens_and_keys():
    assert list(tokens("总分馆 a 馆")) == ["总分", "分馆", "馆", "a", "馆"]
    assert keys("分馆 lib") == {"分", "馆", "分馆", "l", "li", "lib"}


@given(st.text())
def test_folding_looks_at_one_character_at_a_time(text):
    assert fold(text) == "".join(FOLD[ord(character)] for character in text)
    assert fold(fold(text)) == fold(text)
    assert all(run.strip() == run and " " not in run for run in runs(text))
