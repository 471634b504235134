"""Names on the screen for the words and keys of the case file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape

from hexapod.deformity.quantities import Pair
from hexapod.text.field_kinds import SIDES

SPOKEN = {
    "internal_rotation_deg": "internal",
    "external_rotation_deg": "external",
    "leans_lateral_deg": "leans lateral",
    "leans_medial_deg": "leans medial",
}
_MARKS = re.compile(r"[\\`*_\[\]~$:<]")


def word_name(word: str) -> str:
    """A direction word as people say it.

    >>> word_name("varus_deg"), word_name("short_mm")
    ('varus', 'short')
    """
    return SPOKEN.get(word, word.rpartition("_")[0].replace("_", " "))


def either(pair: Pair) -> str:
    """Both words of a pair, the commoner first.

    >>> from hexapod.deformity.quantities import AP_ANGULATION
    >>> either(AP_ANGULATION)
    'varus or valgus'
    """
    return " or ".join(word_name(word) for word in words_of(pair))


def words_of(pair: Pair) -> tuple[str, str]:
    """The two words of a pair in the order of the screen."""
    first = {"varus_deg", "medial_mm", "anterior_mm", "leans_medial_deg", "leans_anterior_deg"}
    return (pair.negative, pair.positive) if pair.negative in first else (pair.positive, pair.negative)


def limb_name(limb: Mapping[str, str | None]) -> str:
    """Side and bone in capitals, with what is missing said.

    >>> limb_name({"side": "left", "bone": "tibia"}), limb_name({"side": None, "bone": "tibia"})
    ('LEFT TIBIA', 'SIDE? TIBIA')
    """
    return f"{SIDES.get(limb['side'] or '', 'SIDE?')} {(limb['bone'] or 'bone?').upper()}"


def plain(text: str) -> str:
    r"""A text of a case for the label of a button, where Streamlit would read it as Markdown.

    >>> print(plain("![x](y) _a_"))
    !\[x\](y) \_a\_
    """
    return _MARKS.sub(r"\\\g<0>", text)


def unbroken(text: str) -> str:
    """A sentence as HTML in which a size keeps its unit on its line.

    >>> unbroken("5 mm < 6 deg")
    '5&nbsp;mm &lt; 6&nbsp;deg'
    """
    return escape(text).replace(" mm", "&nbsp;mm").replace(" deg", "&nbsp;deg")
