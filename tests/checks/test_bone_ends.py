"""H-11: what is said of bone ends that overlap, on both sides of the limit, and that the named template helps."""

import math
import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.checks.bone_ends import check_bone_ends, overlap
from hexapod.checks.findings import Finding
from hexapod.collision.bone_end_overlap import overlap_depths_mm
from hexapod.hardware.catalogue import load_catalogue
from hexapod.stages.templates import setup_with_stages, stages_from_template
from hexapod.trajectory.bone_trajectory import Course, bone_course
from hexapod.trajectory.level_setup import set_up
from tests.laws.builder import REFERENCES, SIDES, Words, case_of

BONE = {"diameter_mm": 28}
# The worst moment is looked for in steps of a quarter of a day divided by 16, so at most half of that is missed.
CLOSELY_DAYS = 1.0 / 128.0
PRESSED = {"proximal": "proximal_mm", "distal": "distal_mm"}
FREED = {"proximal": "distal_mm", "distal": "proximal_mm"}


def course_of(
    stages: Sequence[dict[str, Any]],
    deformity: Words | None = None,
    *,
    side: str = "right",
    reference: str = "proximal",
    bone: dict[str, Any] | None = BONE,
    **keys: Any,
) -> Course:
    keys |= {"bone": bone} if bone else {}
    case = hexapod.read_case(case_of(side, reference, deformity=deformity, stages=stages, **keys))
    return bone_course(set_up(case, 0, load_catalogue()))


def findings(course: Course) -> list[Finding]:
    return check_bone_ends(course)


def finding(course: Course) -> Finding:
    (found,) = findings(course)
    assert (found.code, found.verdict, found.unit, found.limit) == ("bone.overlap", "caution", "mm", 1.0)
    return found


@pytest.mark.hazard("H-11")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_both_sides_of_the_limit(side: str, reference: str) -> None:
    """One millimetre is not above the limit; 1.01 is. The same towards the reference fragment on either end."""
    where = {"side": side, "reference": reference}
    for word, size, expected in (
        (PRESSED, 1.0, None),
        (PRESSED, 1.01, 1.01),
        (FREED, 40.0, None),
    ):
        stage = {"name": "move", "transport": {word[reference]: size}}
        found = findings(course_of([stage], **where))  # type: ignore[arg-type]
        assert [one.value for one in found] == ([] if expected is None else [pytest.approx(expected, abs=1e-9)])


@pytest.mark.hazard("H-11")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_days_and_depth_of_a_straightened_bone(side: str, reference: str) -> None:
    """20 deg of varus straightened in 10 days before the bone is drawn out by its 12 mm, a day each.

    The reference face was cut oblique by 20 deg: straight, the other rim stands 14 tan 20 = 5.096 mm deep on day 10.
    Of 4 deg and more: 14 tan 4 = 0.98 mm, so day 2 (to 4 deg) just keeps the limit and day 3 does not. Drawn out by
    1 mm a day from 5.096: 1.096 on day 14, less than the limit within day 15.
    """
    course = course_of(
        [
            {"name": "straighten", "correct_to": {"short_mm": 12}, "days": 10},
            {"name": "lengthen", "correct_to": {}},
        ],
        {"varus_deg": 20, "short_mm": 12},
        side=side,
        reference=reference,
    )
    found = finding(course)
    assert found.value == pytest.approx(5.0956, abs=5e-5)
    assert found.day == 10
    assert "overlap on days 3 to 15: by 5.1 mm at worst, on day 10," in found.message
    assert "The template distract-then-correct with gap_mm 0 avoids it." in found.message


def named_template(course: Course, message: str) -> Course:
    """The course with the template that the message names, typed in as the user would."""
    told = re.search(r"The template (\S+) with gap_mm (\d+) avoids it", message)
    assert told is not None, message
    words = course.setup.level.deformity.words()
    stages = stages_from_template(
        told[1], deformity=words, reference=course.setup.reference, gap_mm=int(told[2]), latency_days=0
    )
    return bone_course(setup_with_stages(course.setup, stages))


OBLIQUE: Words = {
    "valgus_deg": 24,
    "apex_posterior_deg": 2,
    "external_rotation_deg": 40,
    "medial_mm": 15,
    "posterior_mm": 14,
}


@pytest.mark.hazard("H-11")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(
    ("deformity", "first"),
    [
        ({"varus_deg": 20, "short_mm": 12}, {"short_mm": 12}),
        (OBLIQUE, {"medial_mm": 15, "posterior_mm": 14}),
    ],
)
def test_the_named_template_really_avoids_it(side: str, reference: str, deformity: Words, first: Words) -> None:
    stages = [{"name": "turn", "correct_to": first}, {"name": "rest", "correct_to": {}}]
    if reference == "distal" and "external_rotation_deg" in deformity:
        # The same picture upside down: the word is said of the distal fragment, which is now the one held still.
        deformity = {**deformity, "internal_rotation_deg": deformity["external_rotation_deg"]}
        del deformity["external_rotation_deg"]
    bone = {"diameter_mm": 28, "osteotomy": {"distal_mm" if reference == "proximal" else "proximal_mm": 20}}
    course = course_of(stages, deformity, side=side, reference=reference, bone=bone)
    better = named_template(course, finding(course).message)
    assert np.array_equal(better.T_ref_mov[-1], np.eye(4))
    assert findings(better) == []


@pytest.mark.hazard("H-11")
def test_no_template_is_named_when_the_last_position_overlaps() -> None:
    """10 deg of varus about the middle of the cut: straight, the rim stands 14 tan 10 = 2.47 mm deep, whatever the way.
    3 mm longer it does not."""
    message = finding(course_of([{"name": "correct", "correct_to": {}}], {"varus_deg": 10})).message
    assert "In the last position they still overlap by 2.5 mm, so no template avoids it. End 3 mm longer" in message
    assert "gap in the bone" not in message
    assert findings(course_of([{"name": "correct", "correct_to": {"long_mm": 3}}], {"varus_deg": 10})) == []


@pytest.mark.hazard("H-11")
def test_templates_that_cannot_be_planned_are_not_named() -> None:
    """At 0.01 mm a day 12 mm would take 1200 days, more than a stage may have; the level's own stages have fixed days."""
    stages = [
        {"name": "turn", "correct_to": {"short_mm": 12}, "days": 5},
        {"name": "rest", "correct_to": {}, "days": 12},
    ]
    course = course_of(stages, {"varus_deg": 20, "short_mm": 12}, limits={"mm_per_day": 0.01})
    assert "No template was found to avoid it: distract-then-correct and" in finding(course).message


@pytest.mark.hazard("H-11")
def test_another_target_is_told_to_distract_first() -> None:
    """A template would end elsewhere than this level, so none is named."""
    stages = [{"name": "straighten", "correct_to": {}}, {"name": "lengthen", "transport": {"distal_mm": 20}}]
    message = finding(course_of(stages, {"varus_deg": 20})).message
    assert "Distract first, by about 6 mm beyond length" in message
    assert "template" not in message


@pytest.mark.hazard("H-11")
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_compression_is_told_as_compression(side: str, reference: str) -> None:
    """Pressed 3 mm, held two days, drawn out again: beyond 1 mm from day 2 to the day on which it comes back to 1."""
    stages = [
        {"name": "compress", "transport": {PRESSED[reference]: 3}},
        {"name": "rest", "hold_days": 2},
        {"name": "distract", "transport": {FREED[reference]: 3}},
    ]
    found = finding(course_of(stages, side=side, reference=reference))
    assert found.message == (
        "The bone ends are compressed on days 2 to 7: by 3.0 mm beyond contact at most, on day 3. If this "
        "compression is intended (docking, accordion), confirm it; if not, end the stage that much earlier."
    )
    # Docked 6 mm off after an oblique cut, where the rim hangs 5.1 mm down, and pressed on by 3.
    docked = {"name": "straighten", "correct_to": {"long_mm": 6}}
    pressed = finding(course_of([docked, stages[0]], {"varus_deg": 20}, side=side, reference=reference))
    assert "compressed on days" in pressed.message
    assert pressed.value == pytest.approx(5.0956 - 3.0, abs=5e-5)
    # Said as a deformity it is the same wish; with a turn in it, it is none.
    short = finding(course_of([{"name": "compress", "correct_to": {"short_mm": 3}}], side=side, reference=reference))
    assert "compressed on days 2 to 3: by 3.0 mm" in short.message
    turned = {"name": "compress", "correct_to": {"short_mm": 3, "internal_rotation_deg": 5}}
    assert "catch on each other" in finding(course_of([turned], side=side, reference=reference)).message
    aside = {"name": "compress", "correct_to": {"short_mm": 3, "medial_mm": 4}}
    assert "catch on each other" in finding(course_of([aside], side=side, reference=reference)).message


@pytest.mark.hazard("H-11")
def test_an_accordion_in_a_drawn_out_bone_says_nothing() -> None:
    template = {"deformity": {}, "reference": "proximal", "latency_days": 0}
    lengthen = stages_from_template("lengthening", length_mm=20, **template)  # type: ignore[arg-type]
    accordion = stages_from_template("accordion", compress_mm=4, distract_mm=4, cycles=3, **template)  # type: ignore[arg-type]
    assert findings(course_of([*lengthen, *accordion])) == []
    assert "are compressed" in finding(course_of(accordion)).message


@pytest.mark.hazard("H-11")
def test_a_gap_of_day_0_is_no_overlap_when_it_is_told() -> None:
    """10 mm long and brought together: overlap of a fresh cut, none over a gap of 10 mm, 4 over one of 6."""
    course = course_of([{"name": "close", "correct_to": {}}], {"long_mm": 10})
    assert "If the 10 mm on day 0 are a gap in the bone, enter it as the bone's gap_mm." in finding(course).message
    stages = [{"name": "close", "correct_to": {}}]
    assert findings(course_of(stages, {"long_mm": 10}, bone={**BONE, "gap_mm": 10})) == []
    some = findings(course_of(stages, {"long_mm": 10}, bone={**BONE, "gap_mm": 6}))
    assert [one.value for one in some] == [pytest.approx(4.0, abs=1e-9)]


@pytest.mark.hazard("H-11")
def test_without_a_bone_there_is_no_check() -> None:
    stage = {"name": "move", "transport": {"proximal_mm": 5}}
    assert findings(course_of([stage], bone=None)) == []


@pytest.mark.hazard("H-11")
def test_a_peak_that_no_quarter_of_a_day_shows_is_looked_for_beside_the_deepest() -> None:
    """Rims that pass each other within half a day: 0.79 mm at the nearest quarter, 1.27 mm between."""
    tilt = {"varus_deg": 10.0, "anterior_mm": 26.0}
    stages = [
        {"name": "open", "correct_to": {**tilt, "medial_mm": 15, "long_mm": 10}},
        {"name": "close", "correct_to": {**tilt, "medial_mm": 15}},
        {"name": "pass", "correct_to": {**tilt, "lateral_mm": 40}, "days": 1},
    ]
    course = course_of(stages)
    assert course.setup.level.bone is not None
    found = overlap(course, course.setup.level.bone)
    assert found.depths_mm.max() < 0.8
    assert found.worst_mm == pytest.approx(1.2715, abs=0.001)
    assert found.days() == [course.days]
    assert f"overlap on day {course.days}: by 1.3 mm" in finding(course).message
    assert "catch on each other" in finding(course).message


@pytest.mark.hazard("H-11")
@pytest.mark.parametrize("anterior_mm", [0.0, 20.0, 25.0])
@pytest.mark.parametrize("days", [1, 2, 5, 20])
def test_a_peak_between_two_evenings_is_found(anterior_mm: float, days: int) -> None:
    """A fragment in 10 deg of varus passes under the other from side to side; before and after nothing overlaps.

    Its plane meets the other's wall at most 14 tan 10 = 2.469 mm deep, less when it only passes the rim. In one day no
    evening shows it. However slow, 128 moments a day show nothing deeper.
    """
    tilt = {"varus_deg": 10.0, "anterior_mm": anterior_mm}
    stages = [
        {"name": "open", "correct_to": {**tilt, "medial_mm": 15, "long_mm": 10}},
        {"name": "close", "correct_to": {**tilt, "medial_mm": 15}},
        {"name": "pass", "correct_to": {**tilt, "lateral_mm": 40}, "days": days},
    ]
    course = course_of(stages)
    bone, poses_at = course.setup.level.bone, course.poses_at
    assert bone is not None
    found = overlap(course, bone)

    def deepest(per_day: int) -> float:
        moments = np.linspace(0.0, course.days, per_day * course.days + 1)
        depths = overlap_depths_mm(poses_at(moments), np.eye(4), diameter_mm=28.0, cut_height_mm=0.0, far=-1.0)
        return float(depths.max())

    assert 1.0 < found.worst_mm < 2.46863
    if anterior_mm == 0.0:
        assert found.worst_mm == pytest.approx(2.46858, abs=5e-5)
    assert found.worst_mm >= deepest(128) - 55.0 / days * CLOSELY_DAYS * math.tan(math.radians(10.0))
    if days == 1:
        assert deepest(1) == pytest.approx(0.0, abs=1e-12)
        assert finding(course).day == course.days
