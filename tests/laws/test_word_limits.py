"""How large an entry may be, to its last digit, and how exact it is taken to be: in literal numbers."""

from __future__ import annotations

import dataclasses
import math

import pytest

from hexapod.deformity import quantities as q
from hexapod.errors import HexapodError

# First word of each quantity with its limit, and whether the limit itself may be entered (conventions, section 2 and 5).
LIMITS = [
    ("valgus_deg", q.AP_ANGULATION, 80.0, False),
    ("apex_anterior_deg", q.LATERAL_ANGULATION, 80.0, False),
    ("internal_rotation_deg", q.AXIAL_ROTATION, 180.0, False),
    ("leans_lateral_deg", q.AP_TILT, 45.0, False),
    ("leans_posterior_deg", q.LATERAL_TILT, 45.0, False),
    ("lateral_mm", q.AP_TRANSLATION, 1000.0, True),
    ("posterior_mm", q.LATERAL_TRANSLATION, 1000.0, True),
    ("short_mm", q.AXIAL_TRANSLATION, 1000.0, True),
    ("proximal_mm", q.ALONG_BONE, 1000.0, True),
]


@pytest.mark.hazard("H-24")
@pytest.mark.parametrize(("word", "pair", "limit", "included"), LIMITS, ids=[one[0] for one in LIMITS])
def test_an_entry_is_accepted_up_to_its_limit_and_refused_beyond(
    word: str, pair: q.Pair, limit: float, included: bool
) -> None:
    assert pair.positive == word
    below, above = math.nextafter(limit, 0.0), math.nextafter(limit, math.inf)
    assert pair.check(word, 0.0) == 0.0
    assert pair.check(word, below) == below
    if included:
        assert pair.check(word, limit) == limit
    for size in (above, *([] if included else [limit])):
        bound = "at most" if included else "below"
        with pytest.raises(HexapodError, match=rf"^{word} must be {bound} {limit:g} {pair.unit}\.$"):
            pair.check(word, size)
    for size in (-5e-324, -1.0, -math.inf, math.inf, math.nan):
        with pytest.raises(HexapodError, match="must be 0 or more"):
            pair.check(word, size)


@pytest.mark.hazard("H-02")
def test_a_word_of_another_quantity_is_refused_and_a_size_of_nothing_has_no_word() -> None:
    with pytest.raises(HexapodError, match="'vargus_deg' is not one of"):
        q.check_words({"varus_deg": 1.0, "vargus_deg": 2.0}, q.DEFORMITY)
    assert q.AP_ANGULATION.say(0.0) == {}
    assert q.AP_ANGULATION.say(math.nextafter(1e-9, 0.0)) == {}
    assert q.AP_ANGULATION.say(-1e-9) == {"varus_deg": 1e-9}
    assert (q.other("proximal"), q.other("distal")) == ("distal", "proximal")


@pytest.mark.hazard("H-06")
def test_entries_are_as_exact_as_their_sources_say() -> None:
    """Angulations by controls read by hand, distances by landmarks, rotation by the clinical examination: deg and mm."""
    assert {one.key: one.sd for one in q.DEFORMITY_SD} == {
        "ap_angulation_deg": 0.9,
        "lateral_angulation_deg": 1.25,
        "axial_rotation_deg": 5.0,
        "ap_translation_mm": 1.15,
        "lateral_translation_mm": 1.1,
        "axial_translation_mm": 0.7,
    }
    assert {one.key: one.sd for one in q.MOUNTING_SD} == {
        "ap_offset_mm": 1.6,
        "lateral_offset_mm": 1.6,
        "axial_offset_mm": 0.6,
        "rotation_deg": 5.0,
        "ap_tilt_deg": 0.6,
        "lateral_tilt_deg": 0.6,
    }
    assert q.READING_SD_MARKS == 0.5


def test_a_number_too_few_or_too_many_has_no_words_and_nothing_is_changed_later() -> None:
    for numbers in ([1.0], [1.0] * 7):
        with pytest.raises(ValueError, match="zip"):
            q.words_of(numbers, q.DEFORMITY)
    for one, name in ((q.AP_ANGULATION, "limit"), (q.DEFORMITY_SD[0], "sd")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(one, name, 1.0)
