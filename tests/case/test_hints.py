"""What an unknown key is answered with: the key that says the same, or the keys that stand there; never a guess."""

import copy
from typing import Any

import pytest

import hexapod
from hexapod.case.validation_messages import suggestion
from hexapod.errors import CaseError
from tests.amount import amount

pytestmark = pytest.mark.hazard("H-02")


def answer(case: dict[str, Any], where: str, key: str, bone: str = "tibia", reference: str = "proximal") -> str:
    """What is said of an unknown key in one of the objects of a case."""
    case = copy.deepcopy(case)
    level = case["levels"][0]
    case["limb"]["bone"], level["reference"] = bone, reference
    level["stages"].append({"name": "on", "transport": {}})
    level["frame"]["struts"][0] = {"min_mm": 1, "max_mm": 500, "graduation_mm": 1}
    objects: dict[str, dict[str, Any]] = {
        "case": case,
        "level": level,
        "frame": level["frame"],
        "strut": level["frame"]["struts"][0],
        "stage": level["stages"][0],
        "correct_to": level["stages"][2]["correct_to"],
        "transport": level["stages"][-1]["transport"],
        "at": level["structures_at_risk"][0]["at"],
        "osteotomy": level["bone"]["osteotomy"],
        "deformity": level["deformity"],
        "mounting": level["mounting"],
        "bone": level["bone"],
    }
    objects[where][key] = 5
    with pytest.raises(CaseError) as caught:
        hexapod.read_case(case)
    (problem,) = caught.value.problems
    assert problem.path.endswith(key)
    assert problem.message.startswith("is not a key of this format here; ")
    return problem.message.partition("here; ")[2]


MEANT = [
    ("deformity", "recurvatum_deg", "tibia", "apex_posterior_deg"),
    ("deformity", "procurvatum_deg", "femur", "apex_anterior_deg"),
    ("correct_to", "antecurvatum_deg", "humerus", "apex_anterior_deg"),
    ("deformity", "varum_deg", "tibia", "varus_deg"),
    ("deformity", "valgus", "tibia", "valgus_deg"),
    ("deformity", "valgus_angulation_degrees", "tibia", "valgus_deg"),
    ("deformity", "apex_lateral_deg", "tibia", "varus_deg"),
    ("deformity", "apexMedial_deg", "femur", "valgus_deg"),
    ("deformity", "internal_torsion_deg", "tibia", "internal_rotation_deg"),
    ("deformity", "lateral_rotation_deg", "tibia", "external_rotation_deg"),
    ("deformity", "exorotation_deg", "femur", "external_rotation_deg"),
    ("deformity", "endorotation", "femur", "internal_rotation_deg"),
    ("mounting", "medial_rotation_deg", "tibia", "internal_rotation_deg"),
    ("mounting", "superior_mm", "tibia", "proximal_mm"),
    ("mounting", "inferior_mm", "femur", "distal_mm"),
    ("transport", "caudal_mm", "femur", "distal_mm"),
    ("osteotomy", "cranial_mm", "femur", "proximal_mm"),
    ("mounting", "radial_mm", "forearm", "lateral_mm"),
    ("deformity", "ulnar_mm", "forearm", "medial_mm"),
    ("at", "volar_mm", "forearm", "anterior_mm"),
    ("deformity", "dorsal_mm", "forearm", "posterior_mm"),
    ("deformity", "apex_dorsal_deg", "forearm", "apex_posterior_deg"),
    ("deformity", "apex_radial_deg", "forearm", "varus_deg"),
    ("mounting", "fibular_mm", "tibia", "lateral_mm"),
    ("deformity", "tibial_mm", "tibia", "medial_mm"),
    ("mounting", "tilts_medial_deg", "tibia", "leans_medial_deg"),
    ("mounting", "tilt_ulnar_deg", "forearm", "leans_medial_deg"),
    ("deformity", "overlap_mm", "tibia", "short_mm"),
    ("deformity", "shortening_mm", "tibia", "short_mm"),
    ("deformity", "medial_translation_mm", "tibia", "medial_mm"),
    ("deformity", "Varus_deg", "tibia", "varus_deg"),
    ("deformity", "anteriro_mm", "tibia", "anterior_mm"),
    ("level", "mountng", "tibia", "mounting"),
    ("level", "adjustment_per_days", "tibia", "adjustments_per_day"),
    ("frame", "settings", "tibia", "settings_mm"),
    ("strut", "graduation", "tibia", "graduation_mm"),
    ("stage", "hold", "tibia", "hold_days"),
    ("bone", "diamter_mm", "tibia", "diameter_mm"),
]
LISTED = [
    ("deformity", "superior_mm", "tibia"),  # no displacement along the bone here
    ("deformity", "proximal_mm", "tibia"),
    ("mounting", "recurvatum_deg", "tibia"),
    ("mounting", "radial_mm", "tibia"),
    ("mounting", "ulnar_mm", "humerus"),
    ("deformity", "fibular_mm", "femur"),
    ("deformity", "dorsal_mm", "foot"),
    ("deformity", "plantar_mm", "foot"),
    ("deformity", "dorsal_deg", "forearm"),
    ("deformity", "lengthening_mm", "tibia"),  # how much too long it is, or how much it shall be lengthened
    ("deformity", "distraction_mm", "tibia"),
    ("deformity", "gap_mm", "tibia"),
    ("correct_to", "shortening_mm", "tibia"),
    ("deformity", "lateral_translation_mm", "tibia"),  # towards lateral, or on the lateral view
    ("mounting", "lateral_offset_mm", "tibia"),
    ("deformity", "lateral_deg", "tibia"),
    ("deformity", "varus_mm", "tibia"),
    ("deformity", "short_cm", "tibia"),
    ("deformity", "vagus_deg", "tibia"),  # one slip from varus, one from valgus
    ("deformity", "enternal_rotation_deg", "tibia"),
    ("deformity", "interior_mm", "tibia"),
    ("deformity", "left_mm", "tibia"),
    ("deformity", "flexion_deg", "tibia"),
    ("case", "patient", "tibia"),
]


@pytest.mark.parametrize(("where", "key", "bone", "meant"), MEANT)
def test_the_key_that_says_the_same_is_named(
    case_dict: dict[str, Any], where: str, key: str, bone: str, meant: str
) -> None:
    assert answer(case_dict, where, key, bone) == f"did you mean {meant}?"


@pytest.mark.parametrize(("where", "key", "bone"), LISTED)
def test_without_one_for_certain_the_keys_are_listed(
    case_dict: dict[str, Any], where: str, key: str, bone: str
) -> None:
    told = answer(case_dict, where, key, bone)
    assert told.startswith("the keys here are ")
    assert "take it out" not in told
    first = {
        "deformity": "varus_deg, valgus_deg",
        "correct_to": "keep, varus_deg",
        "mounting": "medial_mm",
        "case": "format, id",
    }
    assert first[where].partition(", ")[0] in told


@pytest.mark.parametrize(
    ("reference", "away", "back"), [("proximal", "distal", "proximal"), ("distal", "proximal", "distal")]
)
def test_a_way_along_the_bone_depends_on_the_fragment_that_is_held(
    case_dict: dict[str, Any], reference: str, away: str, back: str
) -> None:
    """Lengthening carries the moving fragment away from the reference fragment."""
    for key, word in (
        ("lengthening_mm", away),
        ("distraction_mm", away),
        ("compression_mm", back),
        ("shortening_mm", back),
    ):
        assert answer(case_dict, "transport", key, reference=reference) == f"did you mean {word}_mm?"


def test_the_keys_listed_are_those_of_this_very_object(case_dict: dict[str, Any]) -> None:
    assert answer(case_dict, "strut", "range") == "the keys here are min_mm, max_mm, graduation_mm."
    assert answer(case_dict, "osteotomy", "level") == "the keys here are proximal_mm, distal_mm."
    listed = answer(case_dict, "stage", "what")
    assert listed == "the keys here are name, hold_days, correct_to, transport, meant, days, limits."
    level = answer(case_dict, "level", "patient").removesuffix(".").split(", ")
    assert {"mounting", "stages", "couple"} <= set(level)
    assert "varus_deg" not in level


def test_a_measured_deformity_alone_knows_no_bone() -> None:
    with pytest.raises(CaseError, match=r"^recurvatum_deg = 3: .*did you mean apex_posterior_deg\?$"):
        hexapod.case.files.parse_deformity(b'{"recurvatum_deg": 3}')
    with pytest.raises(CaseError, match="the keys here are varus_deg"):
        hexapod.case.files.parse_deformity(b'{"radial_mm": 3}')


@pytest.mark.brief
@pytest.mark.slow
def test_no_word_of_the_format_becomes_its_opposite_by_one_letter(case_dict: dict[str, Any]) -> None:
    """Every letter of every direction left out, doubled, or changed: the same word is meant, or none is named."""
    opposite = {
        "varus": "valgus",
        "medial": "lateral",
        "anterior": "posterior",
        "internal_rotation": "external_rotation",
    }
    opposite |= {"proximal": "distal", "short": "long", "apex_anterior": "apex_posterior"}
    opposite |= {other: word for word, other in opposite.items()}
    from hexapod.case.level_parts import Deformity, Mounting
    from hexapod.case.validation_messages import KeyContext

    for word in opposite:
        for model in (Deformity, Mounting):
            key = next((key for key in model.model_fields if key.rpartition("_")[0] == word), None)
            if key is None:
                continue
            for k in range(len(word)):
                for letter in ("", word[k] * 2, "x", "i", "e", "r", "l", "g")[: amount(8, 2)]:
                    slip = f"{word[:k]}{letter}{word[k + 1 :]}{key[len(word) :]}"
                    assert suggestion(slip, tuple(model.model_fields), KeyContext()) in (None, key), slip
