"""Templates make ordinary stages: literal stages, the pose that they end in, and refusals that say what to type."""

import json
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.case.model import Stage
from hexapod.deformity.pose import deformity_pose, deformity_words
from hexapod.errors import HexapodError
from hexapod.hardware.catalogue import load_catalogue
from hexapod.stages.templates import TEMPLATES, setup_with_stages, stages_from_template
from hexapod.trajectory.bone_trajectory import Course, bone_course
from hexapod.trajectory.level_setup import set_up
from tests.laws.builder import REFERENCES, SIDES, Words, case_of

BENT: Words = {"varus_deg": 9, "apex_anterior_deg": 6, "external_rotation_deg": 7, "medial_mm": 3, "short_mm": 9}
# Sums of poses of some 100 mm in double precision.
ROUNDING = 1e-12
NEEDED: dict[str, dict[str, Any]] = {
    "distract-then-correct": {"gap_mm": 4},
    "distract-derotate-reduce": {"gap_mm": 4},
    "lengthening": {"length_mm": 40},
    "transport": {"transport": {"distal_mm": 60}},
    "accordion": {"compress_mm": 2, "distract_mm": 3, "cycles": 2},
}


def course_of(
    side: str, reference: str, template: str, *, deformity: Words | None = None, **options: Any
) -> tuple[Course, list[dict[str, Any]]]:
    words = deformity or {}
    options = {"indication": TEMPLATES[template].treats[0]} | options
    stages = stages_from_template(template, deformity=words, reference=reference, **options)  # type: ignore[arg-type]
    json.dumps(stages, allow_nan=False)
    for stage in stages:
        Stage.model_validate(stage)
    case = hexapod.read_case(case_of(side, reference, deformity=words, stages=stages))
    return bone_course(set_up(case, 0, load_catalogue())), stages


def words_at(course: Course, day: int) -> dict[str, float]:
    setup = course.setup
    return deformity_words(course.T_ref_mov[day], setup.side, setup.reference)


def test_the_names_and_their_order() -> None:
    names = [
        "all-at-once",
        "distract-then-correct",
        "distract-derotate-reduce",
        "lengthening",
        "transport",
        "accordion",
        "open-then-correct",
    ]
    assert list(TEMPLATES) == names
    for name, template in TEMPLATES.items():
        assert template.name == name
        assert template.description.endswith(".")
        assert "\n" not in template.description
        assert len({option.name for option in template.options}) == len(template.options)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("name", ["all-at-once", "distract-then-correct", "distract-derotate-reduce"])
@pytest.mark.parametrize("deformity", [BENT, {"short_mm": 20}, {"varus_deg": 12, "long_mm": 2}])
def test_every_correction_ends_without_deformity(side: str, reference: str, name: str, deformity: Words) -> None:
    course, _ = course_of(side, reference, name, deformity=deformity, **NEEDED.get(name, {}))
    assert np.array_equal(course.T_ref_mov[-1], np.eye(4))


def test_all_at_once() -> None:
    _, stages = course_of("right", "proximal", "all-at-once", deformity=BENT, latency_days=5, consolidation_days=60)
    assert stages == [
        {"name": "latency", "hold_days": 5},
        {"name": "correct", "correct_to": {}},
        {"name": "consolidation", "hold_days": 60},
    ]


def test_distract_derotate_reduce_stage_by_stage() -> None:
    """Length and gap first, all else kept; then the angles, the translation kept; then the rest."""
    course, stages = course_of("left", "distal", "distract-derotate-reduce", deformity=BENT, gap_mm=4)
    distracted = {"long_mm": 4, "keep": ["angulation", "rotation", "translation"]}
    assert stages == [
        {"name": "latency", "hold_days": 7},
        {"name": "distract", "correct_to": distracted, "meant": True},
        {"name": "derotate", "correct_to": {"keep": ["translation", "length"]}},
        {"name": "reduce", "correct_to": {}},
    ]
    _, distract, derotate, _ = course.stages
    # Distraction is straight along the bone: 9 mm to length and 4 beyond.
    assert distract.path.angle == pytest.approx(0.0, abs=ROUNDING)
    assert distract.path.T_end[:3, 3] - distract.path.T_start[:3, 3] == pytest.approx([0, 0, 13], abs=ROUNDING)
    # The corresponding point stands still while the fragment turns.
    assert derotate.path.T_end[:3, 3] == pytest.approx(derotate.path.T_start[:3, 3], abs=ROUNDING)
    bent = {word: size for word, size in BENT.items() if word != "short_mm"}
    assert words_at(course, distract.last_day) == pytest.approx(bent | {"long_mm": 4}, abs=ROUNDING)
    assert words_at(course, derotate.last_day) == pytest.approx({"medial_mm": 3, "long_mm": 4}, abs=ROUNDING)


@pytest.mark.hazard("H-25")
@pytest.mark.parametrize("name", ["distract-then-correct", "distract-derotate-reduce"])
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_stages_stay_right_when_the_deformity_is_corrected_afterwards(side: str, reference: str, name: str) -> None:
    """Varus typed as 12, corrected to 6: the distraction moves straight along the bone and turns nothing."""
    stages = stages_from_template(name, deformity={"varus_deg": 12, "short_mm": 9}, reference=reference, gap_mm=4)  # type: ignore[arg-type]
    case = hexapod.read_case(case_of(side, reference, deformity={"varus_deg": 6, "short_mm": 9}, stages=stages))
    course = bone_course(set_up(case, 0, load_catalogue()))
    assert words_at(course, course.stages[1].last_day) == pytest.approx({"varus_deg": 6, "long_mm": 4}, abs=ROUNDING)
    assert course.stages[1].path.angle == pytest.approx(0.0, abs=ROUNDING)
    assert words_at(course, course.days) == {}
    assert "stage.increases" not in {finding.code for finding in hexapod.make_plan(case).findings}


def test_without_a_gap_nothing_is_meant() -> None:
    """Drawn out to length only: no stage enlarges anything, so none has to say that it may."""
    stages = stages_from_template("distract-then-correct", deformity=BENT, reference="proximal")
    kept = {"keep": ["angulation", "rotation", "translation"]}
    assert stages[1:] == [{"name": "distract", "correct_to": kept}, {"name": "correct", "correct_to": {}}]


def test_a_stage_that_would_move_nothing_is_left_out() -> None:
    names = {
        name: [stage["name"] for stage in stages_from_template(name, latency_days=0, **keys)]
        for name, keys in {
            "distract-then-correct": {"deformity": {"short_mm": 9, "varus_deg": 0.0}, "reference": "proximal"},
            "distract-derotate-reduce": {"deformity": {"medial_mm": 5}, "reference": "proximal", "gap_mm": 3},
            "all-at-once": {"deformity": {}, "reference": "proximal"},
        }.items()  # type: ignore[arg-type]
    }
    assert names == {
        "distract-then-correct": ["distract"],
        "distract-derotate-reduce": ["distract", "reduce"],
        "all-at-once": ["correct"],
    }


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(("reference", "word"), [("proximal", "distal_mm"), ("distal", "proximal_mm")])
def test_lengthening_goes_away_from_the_reference_fragment(side: str, reference: str, word: str) -> None:
    """40 mm at 1 mm a day after 7 days of latency, and the bone is 40 mm long on either reference."""
    course, stages = course_of(side, reference, "lengthening", length_mm=40)
    assert stages == [{"name": "latency", "hold_days": 7}, {"name": "lengthen", "transport": {word: 40}}]
    assert course.days == 47
    assert words_at(course, 7) == {}
    assert words_at(course, 47) == pytest.approx({"long_mm": 40}, abs=ROUNDING)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("reference", REFERENCES)
def test_transport_docks_and_presses_on_along_the_bone(side: str, reference: str) -> None:
    """60 mm distal and 4 lateral are 61 days (60.13 mm); 2 mm more at 0.25 mm a day are 8, straight along the bone."""
    words = {"distal_mm": 60, "lateral_mm": 4}
    course, stages = course_of(side, reference, "transport", transport=words, latency_days=0)
    assert stages == [
        {"name": "transport", "transport": words},
        {"name": "docking compression", "transport": {"distal_mm": 2}, "limits": {"mm_per_day": 0.25}},
    ]
    assert [part.days for part in course.stages] == [61, 8]
    lateral = {"right": -4.0, "left": 4.0}[side]
    assert course.T_ref_mov[61][:3, 3] == pytest.approx([lateral, 0, -60], abs=ROUNDING)
    assert course.T_ref_mov[-1][:3, 3] == pytest.approx([lateral, 0, -62], abs=ROUNDING)
    bare = stages_from_template(
        "transport",
        deformity={},
        reference="proximal",
        transport={"medial_mm": 9, "distal_mm": 0},
        compression_mm=0,
        latency_days=0,
    )
    assert bare == [{"name": "transport", "transport": {"medial_mm": 9}}]


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize(
    ("reference", "towards", "away"),
    [
        ("proximal", "proximal_mm", "distal_mm"),
        ("distal", "distal_mm", "proximal_mm"),
    ],
)
def test_accordion_ends_where_its_cycles_say(side: str, reference: str, towards: str, away: str) -> None:
    """Pressed 2, drawn out 3, twice: from 5 mm long to 3, 6, 4 and 7 mm. No latency: nothing is freshly cut."""
    keys: dict[str, Any] = {"compress_mm": 2, "distract_mm": 3, "cycles": 2}
    course, stages = course_of(side, reference, "accordion", deformity={"long_mm": 5}, **keys)
    assert stages == [
        {"name": "compress 1", "transport": {towards: 2}},
        {"name": "distract 1", "transport": {away: 3}},
        {"name": "compress 2", "transport": {towards: 2}},
        {"name": "distract 2", "transport": {away: 3}},
    ]
    ends = [words_at(course, part.last_day)["long_mm"] for part in course.stages]
    assert ends == pytest.approx([3, 6, 4, 7], abs=ROUNDING)


@pytest.mark.parametrize(
    ("name", "keys", "sentence"),
    [
        ("distract", {}, "no template 'distract': choose one of all-at-once, distract-then-correct"),
        ("lengthening", {}, "lengthening needs length_mm, the lengthening, in mm"),
        ("lengthening", {"length": 40}, "no option length; did you mean length_mm?"),
        ("all-at-once", {"quickly": 1}, "no option quickly; it has latency_days, consolidation_days."),
        ("lengthening", {"length_mm": 0}, "length_mm must be a number, above 0 and at most 1000 mm"),
        ("lengthening", {"length_mm": -40}, "length_mm must be a number, above 0"),
        ("lengthening", {"length_mm": float("nan")}, "length_mm must be a number"),
        ("lengthening", {"length_mm": float("inf")}, "length_mm must be a number"),
        ("lengthening", {"length_mm": "40"}, "length_mm must be a number"),
        ("lengthening", {"length_mm": True}, "length_mm must be a number"),
        ("lengthening", {"length_mm": 40, "latency_days": 2.5}, "latency_days must be a whole number, 0 or more"),
        ("lengthening", {"length_mm": 40, "latency_days": 731}, "at most 730 days"),
        ("lengthening", {"length_mm": 40, "latency_days": -7}, "latency_days must be a whole number, 0 or more"),
        ("distract-then-correct", {"gap_mm": -2}, "gap_mm must be a number, 0 or more and at most 1000 mm"),
        ("accordion", {"compress_mm": 2, "distract_mm": 2, "cycles": 0}, "cycles must be a whole number, above 0"),
        ("accordion", {"compress_mm": 2, "distract_mm": 2, "cycles": 1001}, "at most 1000 cycles"),
        ("transport", {}, "transport needs transport, the transport vector of the segment, in place words"),
        (
            "transport",
            {"transport": 60},
            'transport must be directions with their magnitudes, such as {"distal_mm": 6}',
        ),
        ("transport", {"transport": {"down_mm": 6}}, "'down_mm' is not one of"),
        ("transport", {"transport": {"distal_mm": 6, "proximal_mm": 6}}, "Give proximal_mm or distal_mm, not both"),
        ("transport", {"transport": {"distal_mm": "6"}}, "distal_mm of transport must be a number"),
        ("transport", {"transport": {"distal_mm": 0}}, "transport moves nothing"),
        ("transport", {"transport": {"medial_mm": 6}}, "give compression_mm 0, or proximal_mm or distal_mm"),
    ],
)
def test_what_cannot_be_made_is_refused_with_what_to_type(name: str, keys: dict[str, Any], sentence: str) -> None:
    with pytest.raises(HexapodError, match=sentence):
        stages_from_template(name, deformity=BENT, reference="proximal", **keys)


@pytest.mark.parametrize(
    ("deformity", "keys", "sentence"),
    [
        ({"varus_deg": 9}, {}, "give gap_mm above 0: the bone is not short"),
        ({"long_mm": 5}, {"gap_mm": 4}, "give gap_mm at least 5: the bone is that long already"),
        ({"varus_deg": -9}, {"gap_mm": 4}, "varus_deg must be 0 or more"),
        ({"bent_deg": 9}, {"gap_mm": 4}, "'bent_deg' is not one of"),
    ],
)
def test_distraction_needs_somewhere_to_go(deformity: Words, keys: dict[str, Any], sentence: str) -> None:
    with pytest.raises(HexapodError, match=sentence):
        stages_from_template("distract-then-correct", deformity=deformity, reference="proximal", **keys)


def test_an_unknown_reference_is_refused() -> None:
    with pytest.raises(HexapodError, match="proximal or distal, not 'left'"):
        stages_from_template("all-at-once", deformity=BENT, reference="left")  # type: ignore[arg-type]


def test_other_stages_tried_on_the_bone_alone(case_dict: dict[str, Any]) -> None:
    """The same course as the case with these stages has, without reading a case again."""
    case = hexapod.read_case(case_dict)
    stages = stages_from_template("lengthening", deformity={}, reference="proximal", length_mm=12)
    catalogue = load_catalogue()
    tried = bone_course(setup_with_stages(set_up(case, 0, catalogue), stages))
    case_dict["levels"][0]["stages"] = stages
    written = bone_course(set_up(hexapod.read_case(case_dict), 0, catalogue))
    assert np.array_equal(tried.T_ref_mov, written.T_ref_mov)
    start = deformity_pose(case.levels[0].deformity_words, "right", "proximal")
    assert tried.T_ref_mov[-1][2, 3] == pytest.approx(start[2, 3] - 12, abs=ROUNDING)
