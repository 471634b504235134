"""Strut colours as the screen shows them, always together with number and name."""

from __future__ import annotations

from hexapod.report.notice import STRUT_COLOURS

# Shade, and the ink that can be read on it (4.5:1 or more).
_SHADES = {
    "red": ("#c8352b", "#ffffff"),
    "orange": ("#e8862a", "#10151c"),
    "yellow": ("#f0c419", "#10151c"),
    "green": ("#217a3f", "#ffffff"),
    "blue": ("#2269b8", "#ffffff"),
    "violet": ("#7f4bb0", "#ffffff"),
}
STRUT_NAMES = dict(STRUT_COLOURS)
# Shade of strut 1 to 6.
STRUT_SHADES = {strut: _SHADES[name][0] for strut, name in STRUT_COLOURS.items()}


def strut_style() -> str:
    """Style rules that give every strut its colour: the stripe of its entry, the disc in the head of the schedule."""
    rules = []
    for strut, name in STRUT_NAMES.items():
        shade, ink = _SHADES[name]
        rules.append(
            f'.st-key-strut-{strut} [data-testid="stTextInputRootElement"] {{ border-top: 6px solid {shade}; }}'
        )
        rules.append(f".hx-strut-{strut} .hx-disc {{ background: {shade}; color: {ink}; }}")
    return f"<style>{' '.join(rules)}</style>"
