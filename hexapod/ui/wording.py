"""Names on the screen for the words and keys of the case file."""

from __future__ import annotations

from collections.abc import Mapping

from hexapod.clinical.words import Pair

SPOKEN = {
    "internal_rotation_deg": "internal",
    "external_rotation_deg": "external",
    "leans_lateral_deg": "leans lateral",
    "leans_medial_deg": "leans medial",
}
BONES = {"tibia": "tibia", "femur": "femur", "humerus": "humerus", "forearm": "forearm", "foot": "foot"}
SIDES = {"right": "RIGHT", "left": "LEFT"}
FRAGMENTS = {"proximal": "proximal fragment", "distal": "distal fragment"}
SETTINGS_AT = {"start": "at the start", "end": "at the end"}
STAGE_KINDS = {"hold_days": "hold", "correct_to": "correct to", "transport": "transport"}


def word_name(word: str) -> str:
    """A direction word as people say it.

    >>> word_name("varus_deg"), word_name("short_mm")
    ('varus', 'short')
    """
    return SPOKEN.get(word, word.rpartition("_")[0].replace("_", " "))


def either(pair: Pair) -> str:
    """Both words of a pair, the commoner first.

    >>> from hexapod.clinical.words import AP_ANGULATION
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
