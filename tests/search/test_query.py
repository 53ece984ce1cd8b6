import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.query import MAX_LENGTH, parse
from search.terms import MAX_TERMS, Every, Some, Term, Without, found_in
from search.text import canonical


def typed(text):
    query = parse(text)
    return [" ".join(term.runs) for term in query.terms], [" ".join(term.runs) for term in query.unwanted]


@pytest.mark.parametrize(
    ("text", "terms", "unwanted"),
    [
        ("分馆", ["分馆"], []),
        ("图书馆 开放时间", ["图书馆", "开放时间"], []),
        ("图书馆、文化馆", ["图书馆", "文化馆"], []),
        ("图书馆　分馆", ["图书馆", "分馆"], []),
        ("“总分馆制 建设”", ["总分馆制 建设"], []),
        ("「总分馆」 图书", ["总分馆", "图书"], []),
        ('"未闭合', ["未闭合"], []),
        ("图书馆 -文化馆", ["图书馆"], ["文化馆"]),
        ('村 -"村民 委员会"', ["村"], ["村民 委员会"]),
        ("Wi-Fi", ["wi fi"], []),
        ("0878-7221234", ["0878 7221234"], []),
        ("南政办通〔2019〕11号", ["南政办通 2019 11 号"], []),
        ("分馆 分馆", ["分馆"], []),
        ('*** - " “”', [], []),
        ("a AND b OR c", ["a", "and", "b", "or", "c"], []),
    ],
)
def test_what_is_typed(text, terms, unwanted):
    assert typed(text) == (terms, unwanted)


def test_all_then_any():
    query = parse("图书馆 分馆 -文化馆")
    a, b, c = (Term((word,)) for word in ("图书馆", "分馆", "文化馆"))
    assert query.every == Every((Every((a, b)), Without(c)))
    assert query.any == Every((Some((a, b)), Without(c)))
    assert parse("图书馆").any is None
    assert parse("-图书馆").every == Some(())


def test_a_phrase_ends_with_a_whole_word_and_a_term_does_not():
    text = canonical("interlibrary 馆藏")
    assert found_in(parse("inter").every, text)
    assert not found_in(parse('"inter"').every, text)


def test_a_long_query_is_shortened_and_says_so():
    query = parse("长" * 10_000)
    assert query.shortened
    assert len(query.text) == MAX_LENGTH
    assert len(parse(" ".join(map(str, range(100)))).terms) == MAX_TERMS


@given(st.text())
def test_parsing_never_fails(text):
    query = parse(text)
    found_in(query.every, canonical(text))
