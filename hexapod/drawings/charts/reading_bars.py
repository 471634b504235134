"""What six scales read beside what they should read: a bar a strut, and the same in words."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from hexapod.deformity.quantities import other
from hexapod.drawings.entry.visit_radiographs import LETTERS_MM, PAPER, Inks
from hexapod.drawings.svg_marks import area, disc, line, svg, text
from hexapod.follow_up.compare_with_plan import FollowUp
from hexapod.plan.adjustments import LENGTH_DECIMALS
from hexapod.text.case_sentences import direction_words
from hexapod.text.numbers import number
from hexapod.text.strut_looks import STRUT_LOOKS

WIDTH_MM, ROW_MM, HEAD_MM = 96.0, 5.6, 6.0
# The middle of the bars and how long the longest is (mm of the drawing): the words stand on their right.
ZERO_MM, LONGEST_MM = 34.0, 25.0
WORDS_MM = ZERO_MM + LONGEST_MM + 3.0
BAR_MM = 3.0
# A bar of this many mm of reading or less is not drawn longer than it is: no picture makes a mark look like a slip.
LEAST_SPAN_MM = 5.0


@dataclass(frozen=True)
class StrutOff:
    """A strut, 1 to 6: what its scale reads, what it should read, and the reading minus that, all mm."""

    strut: int
    reads_mm: float
    planned_mm: float
    off_mm: float

    @property
    def off_told(self) -> str:
        """The difference with its sign.

        >>> StrutOff(3, 143.0, 142.0, 1.0).off_told, StrutOff(3, 141.5, 142.0, -0.5).off_told
        ('+1', '-0.5')
        """
        return f"{'+' if self.off_mm > 0.0 else ''}{number(self.off_mm)}"

    @property
    def told(self) -> str:
        """In words.

        >>> StrutOff(3, 143.0, 142.0, 1.0).told, StrutOff(3, 142.0, 142.0, 0.0).told
        ('reads 143, planned 142: 1 mm more', 'reads 142, as planned')
        """
        if not self.off_mm:
            return f"reads {number(self.reads_mm)}, as planned"
        return f"reads {number(self.reads_mm)}, planned {number(self.planned_mm)}: {self.short}"

    @property
    def short(self) -> str:
        """The difference in words.

        >>> StrutOff(3, 141.5, 142.0, -0.5).short
        '0.5 mm less'
        """
        if not self.off_mm:
            return "as planned"
        return f"{number(abs(self.off_mm))} mm {'more' if self.off_mm > 0.0 else 'less'}"


def struts_off(found: FollowUp) -> tuple[StrutOff, ...]:
    """All six, on the scales of the struts that are on."""
    planned = found.planned_mm
    return tuple(
        StrutOff(strut, reads, should, round(reads - should, LENGTH_DECIMALS) + 0.0)
        for strut, (reads, should) in enumerate(zip(found.settings_mm, planned, strict=True), start=1)
    )


def bone_off_words(found: FollowUp) -> str:
    """Where the moving fragment is from its planned position, in a sentence; empty when it is there or nowhere."""
    if found.T_ref_mov is None:
        return ""
    setup = found.planned.setup
    told = direction_words(found.T_ref_mov[:3, 3] - found.intended.pose[:3, 3], setup.side)
    return f"The {other(setup.reference)} fragment lies {told} of its planned position." if told else ""


def visit_bars(found: FollowUp, inks: Inks = PAPER) -> bytes:
    """Reading minus plan of every strut (SVG): to the right where a scale reads more than it should."""
    struts = struts_off(found)
    scale = LONGEST_MM / max(LEAST_SPAN_MM, *(abs(one.off_mm) for one in struts))
    told = "; ".join(f"strut {one.strut} {one.told}" for one in struts)
    foot = HEAD_MM + len(struts) * ROW_MM
    marks = [
        f"<title>Reading minus plan in mm: {escape(told)}</title>",
        text((ZERO_MM - 2.0, 3.2), "reads less", LETTERS_MM, anchor="end", colour=inks.soft),
        text((ZERO_MM + 2.0, 3.2), "reads more", LETTERS_MM, colour=inks.soft),
    ]
    for row, one in enumerate(struts):
        look = STRUT_LOOKS[one.strut]
        y = HEAD_MM + (row + 0.5) * ROW_MM
        end = ZERO_MM + one.off_mm * scale
        marks.append(disc((4.0, y), str(one.strut), look.shade, look.ink))
        if one.off_mm:
            low, high = y - 0.5 * BAR_MM, y + 0.5 * BAR_MM
            marks.append(area([(ZERO_MM, low), (end, low), (end, high), (ZERO_MM, high)], look.shade, inks.ink))
        words = f"{look.name}: {one.short}"
        marks.append(text((WORDS_MM, y + 0.95), words, LETTERS_MM, bold=bool(one.off_mm), colour=inks.ink))
    return svg(WIDTH_MM, foot + 1.0, [*marks, line([(ZERO_MM, HEAD_MM - 1.0), (ZERO_MM, foot)], inks.ink)])
