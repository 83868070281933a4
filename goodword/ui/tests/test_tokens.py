"""The colours keep their contrast, and the layers their order."""

import re
from pathlib import Path

import pytest

CSS = Path(__file__).parent.parent / "static/ui/css"
TOKENS = {
    name: (light, dark)
    for name, light, dark in re.findall(
        r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)",
        (CSS / "tokens.css").read_text(),
    )
}
GROUNDS = ["paper", "desk", "sheet", "hover"]
TEXT = (
    [(ink, ground) for ink in ("ink", "ink-2", "ink-3") for ground in [*GROUNDS, "accent-soft"]]
    + [(mark, ground) for mark in ("accent", "late", "soon") for ground in GROUNDS]
    + [("accent", "accent-soft"), ("soon", "soon-soft"), ("late", "late-soft")]
    + [("on-accent", "accent-fill"), ("on-accent", "accent-fill-hover")]
    + [("on-broken", "broken-fill"), ("ink-2", "avatar"), ("paper", "ink")]
)
SHAPES = [("edge", ground) for ground in ("paper", "desk", "sheet")] + [("accent-fill", "paper")]


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("least", "pairs"), [(4.5, TEXT), (3, SHAPES)], ids=["text", "shapes"])
def test_everything_to_read_or_see_stands_out_enough(theme, least, pairs):
    faint = {
        pair: round(contrast(TOKENS[pair[0]][theme], TOKENS[pair[1]][theme]), 2) for pair in pairs
    }
    assert {pair: found for pair, found in faint.items() if found < least} == {}


def test_every_rule_stands_in_a_layer_and_every_token_used_is_defined():
    defined = set(re.findall(r"(--[a-z0-9-]+):", (CSS / "tokens.css").read_text()))
    for sheet in CSS.glob("*.css"):
        text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
        assert text.count("{") == text.count("}"), sheet.name
        outside = [line for line in text.splitlines() if line and line[0] not in " @}"]
        assert outside == [], sheet.name
        assert set(re.findall(r"var\((--[a-z0-9-]+)", text)) <= defined, sheet.name


def test_fonts_named_by_the_stylesheet_are_there():
    named = re.findall(r'url\("\.\./fonts/([^"]+)"\)', (CSS / "tokens.css").read_text())
    present = {path.name for path in (CSS.parent / "fonts").glob("*.woff2")}
    assert set(named) == present
    assert len(present) == 6
