"""The cards of the sample cases say what is true of them."""

from __future__ import annotations

import pytest

import hexapod
from hexapod.app.session.opening import samples
from hexapod.app.steps.sample_cards import SAMPLE_LESSONS
from hexapod.drawings.entry.measure_drawings import thumbnail
from hexapod.plan.make_plan import Refusal
from hexapod.text.strut_looks import STRUT_LOOKS
from tests.app.driver import SAMPLES, Form


def test_every_sample_has_a_lesson_and_every_lesson_a_sample() -> None:
    assert set(samples()) == set(SAMPLE_LESSONS)


@pytest.mark.parametrize("stem", sorted(SAMPLE_LESSONS))
@pytest.mark.some(3)
def test_the_status_on_a_card_is_that_of_its_plan(stem: str) -> None:
    plan = hexapod.make_plan(hexapod.load_case(SAMPLES / f"{stem}.json"))
    status = "refused" if isinstance(plan, Refusal) else plan.verdict
    assert SAMPLE_LESSONS[stem].status == status


def test_a_picture_shows_every_hexapod_with_its_rings_and_six_struts_in_their_colours() -> None:
    for stem, hexapods in (("tibia_varus", 1), ("tibia_trifocal", 3)):
        drawn = thumbnail(hexapod.load_case(SAMPLES / f"{stem}.json").document, "a leg")
        assert 'aria-label="a leg"' in drawn
        for look in STRUT_LOOKS.values():
            assert drawn.count(f'stroke="{look.shade}"') == hexapods


def test_a_case_without_a_side_has_an_empty_picture() -> None:
    assert "<path" not in thumbnail({"limb": {}, "levels": [{}]}, "nothing yet")


def test_the_first_screen_shows_all_cards() -> None:
    form = Form()
    shown = {button.key.removeprefix("sample-") for button in form.at.button if button.key.startswith("sample-")}
    assert shown == set(SAMPLE_LESSONS)
