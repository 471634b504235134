"""What patients read of stages and scales: usual names in their language, no stray English."""

from __future__ import annotations

import pytest

from hexapod.hardware.models import Strut
from hexapod.text.language import language, scale_places, stage_words


@pytest.mark.hazard("H-20")
@pytest.mark.parametrize(
    ("stage", "code", "told"),
    [
        ("latency", "de", "Ruhephase"),
        ("Distraction ", "es", "alargamiento"),
        ("correct", "fr", "correction"),
        ("docking", "pt", "contacto ósseo (docking)"),
        ("consolidation", "de", "Festigung"),
        ("open the ankle joint", "de", ""),
        ("open the ankle joint", "en", "open the ankle joint"),
        ("latency", "en", "latency"),
    ],
)
def test_usual_stages_are_translated_and_free_ones_are_left_out_of_another_language(
    stage: str, code: str, told: str
) -> None:
    assert stage_words(stage, language(code)) == told


def test_a_reading_has_the_decimals_of_its_marks() -> None:
    assert [scale_places(Strut("x", "test", 100.0, 200.0, mark)) for mark in (1.0, 0.5, 0.25, 0.125)] == [0, 1, 2, 3]
