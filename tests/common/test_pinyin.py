import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.pinyin import pinyin_slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("龙川镇", "longchuanzhen"),
        ("2026年 新春 gala", "2026nian-xinchun-gala"),
        ("总分馆（二）", "zongfenguaner"),
        ("！？", ""),
        ("", ""),
    ],
)
def test_pinyin_slug(text, slug):
    assert pinyin_slug(text) == slug


@given(st.text(max_size=200))
def test_pinyin_slug_is_always_a_short_ascii_address_part(text):
    slug = pinyin_slug(text)
    assert len(slug) <= 60
    assert slug.isascii()
    assert not slug.startswith("-")
    assert not slug.endswith("-")
