"""WCAG contrast of every pair of colours that the style sheets put together, in every scheme."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parents[3] / "static/wenshu/css"
TOKENS = (CSS / "tokens.css").read_text()
CONTRAST = (CSS / "contrast.css").read_text()

TEXT_PAIRS = [
    *((text, ground) for text in ("ink", "ink-soft", "pine", "error", "vermilion") for ground in ("paper", "sheet")),
    ("pine", "pine-tint"),
    ("ink", "pine-tint"),
    ("ink-soft", "pine-tint"),
    ("on-pine", "pine"),
    ("on-mustard", "mustard-tint"),
    ("ink", "mustard-tint"),
    ("ink-soft", "mustard-tint"),
    ("vermilion", "mustard-tint"),
    ("ink", "error-tint"),
    ("error", "error-tint"),
    ("on-deep", "deep"),
    ("on-deep-soft", "deep"),
    ("on-deep-accent", "deep"),
    ("plaque-ink", "plaque-top"),
    ("plaque-ink", "plaque-foot"),
    ("paper", "error"),
]
CONTROL_PAIRS = [("edge", "sheet"), ("edge", "paper"), ("focus", "paper"), ("focus", "sheet"), ("pine", "paper")]


def colours(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})\b", css))


def split_dark(css: str) -> tuple[str, str]:
    light, _media, dark = css.partition("@media (prefers-color-scheme: dark)")
    return light, dark


def schemes() -> dict[str, dict[str, str]]:
    light_css, dark_css = split_dark(TOKENS)
    normal_css, _selector, elder_css = light_css.partition('[data-mode="elder"]')
    light, dark = colours(normal_css), colours(dark_css)
    elder = light | colours(elder_css)
    high, high_dark = (colours(css) for css in split_dark(CONTRAST))
    return {
        "light": light,
        "elder": elder,
        "dark": light | dark,
        "elder dark": elder | dark,
        "high contrast": light | high,
        "high contrast elder": elder | high,
        "high contrast dark": light | dark | high | high_dark,
    }


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_the_formula_agrees_with_known_values():
    assert ratio("#000000", "#ffffff") == pytest.approx(21)
    assert ratio("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("scheme", schemes())
def test_text_can_be_read(scheme):
    least = 4.5 if scheme == "light" else 7
    tokens = schemes()[scheme]
    low = {pair: round(ratio(tokens[pair[0]], tokens[pair[1]]), 2) for pair in TEXT_PAIRS}
    assert {pair: value for pair, value in low.items() if value < least} == {}


@pytest.mark.parametrize("scheme", schemes())
def test_controls_and_focus_can_be_seen(scheme):
    tokens = schemes()[scheme]
    low = {pair: round(ratio(tokens[pair[0]], tokens[pair[1]]), 2) for pair in CONTROL_PAIRS}
    assert {pair: value for pair, value in low.items() if value < 3} == {}


def test_only_tokens_name_colours():
    """On screen. Other files may use black shadows and the fixed ink on mustard; paper, a poster's too, has its own.
    The back office does not load the tokens: the frame of a chart repeats their values."""
    tokens = {value for scheme in schemes().values() for value in scheme.values()}
    for path in CSS.glob("*.css"):
        if path.name in {"tokens.css", "contrast.css", "poster.css"} or path.name.endswith("print.css"):
            continue
        values = " ".join(re.findall(r":([^;{}]*);", path.read_text()))
        found = set(re.findall(r"(?<![\w&-])#[0-9a-fA-F]{3,8}\b", values))
        allowed = tokens if path.name == "programme-office.css" else {"#1e2a2a", "#0003"}
        assert found <= allowed, path.name
