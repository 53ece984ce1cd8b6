"""The charts' colours: the design's tokens. A drawing names the first of each; the SVG names variables, so that one
picture serves the light and the dark scheme."""

# token: (light, elder mode, dark). A test keeps them equal to static/wenshu/css/tokens.css.
COLOURS = {
    "sheet": ("#ffffff", "#ffffff", "#1a2123"),
    "ink": ("#1e2a2a", "#141d1d", "#efebe0"),
    "ink-soft": ("#4f5b59", "#2f3a39", "#c3c8be"),
    "rule": ("#ddd8cb", "#8d8a80", "#38423f"),
    "edge": ("#76796f", "#4a4d46", "#8f978f"),
    "pine": ("#1d5a4b", "#174a3e", "#8ed2bd"),
    "pine-tint": ("#e7efe9", "#e7efe9", "#1c302a"),
    "vermilion": ("#b23a22", "#8e2a16", "#f6a28c"),
    "mustard": ("#d6a23e", "#d6a23e", "#d6a23e"),
    "mustard-tint": ("#f7ecd3", "#f7ecd3", "#33290f"),
}
NAMES = {values[0]: name for name, values in COLOURS.items()}
# Nothing is measured by a font: whichever of these the reader's machine has.
SANS = 'system-ui, "PingFang SC", "HarmonyOS Sans SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'


def colour(name: str) -> str:
    """A token as the drawing names it."""
    return COLOURS[name][0]


def style_sheet(*, elder: bool) -> str:
    """The variables of both schemes, and the letters."""
    light, dark = (
        "".join(f"--{name}:{values[at]};" for name, values in COLOURS.items()) for at in (1 if elder else 0, 2)
    )
    return f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}text{{font-family:{SANS}}}"
