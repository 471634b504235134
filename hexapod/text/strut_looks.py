"""How struts are distinguished on screen and paper: by number, colour and pattern, never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from hexapod.text.languages import STRUT_COLOURS


@dataclass(frozen=True)
class StrutPattern:
    """What is drawn along the middle of a strut, in the ink that can be read on its colour.

    `thickness` is a share of the strut's; `dash` are lengths drawn and left out alternately, in strut thicknesses: a
    length of 0 is a round dot, an empty tuple an unbroken line, and a thickness of 0 no line at all.
    """

    thickness: float
    dash: tuple[float, ...] = ()


@dataclass(frozen=True)
class StrutLook:
    """A strut's colour by name, its shade, the ink that can be read on it (contrast 4.5:1 or more), and its pattern."""

    name: str
    shade: str
    ink: str
    pattern: StrutPattern


_SHADES = {
    "red": ("#c8352b", "#ffffff"),
    "orange": ("#e8862a", "#10151c"),
    "yellow": ("#f0c419", "#10151c"),
    "green": ("#217a3f", "#ffffff"),
    "blue": ("#2269b8", "#ffffff"),
    "violet": ("#7f4bb0", "#ffffff"),
}
# Plain, one long line, dots, cross bars, long dashes, pairs of cross bars: told apart without any colour.
_PATTERNS = {
    1: StrutPattern(0.0),
    2: StrutPattern(0.3),
    3: StrutPattern(0.5, (0.0, 1.1)),
    4: StrutPattern(1.0, (0.3, 1.3)),
    5: StrutPattern(0.3, (1.8, 1.0)),
    6: StrutPattern(1.0, (0.25, 0.3, 0.25, 1.5)),
}
# Struts 1 to 6.
STRUT_LOOKS = {strut: StrutLook(name, *_SHADES[name], _PATTERNS[strut]) for strut, name in STRUT_COLOURS.items()}
