"""How struts are told apart on screen and paper: number first, then colour; colour is never the only sign."""

from __future__ import annotations

from dataclasses import dataclass

from hexapod.report.notice import STRUT_COLOURS


@dataclass(frozen=True)
class StrutLook:
    """A strut's colour by name, its shade, and the ink that can be read on it (contrast 4.5:1 or more)."""

    name: str
    shade: str
    ink: str


_SHADES = {
    "red": ("#c8352b", "#ffffff"),
    "orange": ("#e8862a", "#10151c"),
    "yellow": ("#f0c419", "#10151c"),
    "green": ("#217a3f", "#ffffff"),
    "blue": ("#2269b8", "#ffffff"),
    "violet": ("#7f4bb0", "#ffffff"),
}
# Struts 1 to 6.
STRUT_LOOKS = {strut: StrutLook(name, *_SHADES[name]) for strut, name in STRUT_COLOURS.items()}
