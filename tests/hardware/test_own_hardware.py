"""Hardware files of the user's own: read as strictly as a case, and refused with place and sentence."""

import copy
import datetime
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.case.files import read_case
from hexapod.errors import CaseError, CatalogueError
from hexapod.hardware.measured_rings import RingMeasurement, write_measured
from hexapod.trajectory.level_setup import set_up

SAMPLES = Path(__file__).parents[2] / "sample_cases"
RINGS = {
    "name": '"ours-{diameter}"',
    "inner_diameters_mm": "[160, 200]",
    "joint_radius_mm": "91.0",
    "half_angle_deg": "4.7",
    "joint_height_mm": "9.5",
    "body_width_mm": "18.0",
    "body_thickness_mm": "6.0",
    "layout": '"standard"',
}
COMMON = {
    "scale_direction": "1",
    "scale_offset_mm": "0.0",
    "body_diameter_mm": "12.0",
    "max_lean_deg": "60.0",
}
SERIES = {
    "name": '"ours-{size}"',
    "graduation_mm": "0.5",
    "sizes": "{ short = [90.0, 120.0], long = [115.0, 190.0] }",
}
TOP = {"family": '"ours"', "title": '"Ours"', "status": '"user"', "source": '"measured"'}
WHOLE = {"": TOP, "[rings]": RINGS, "[struts.common]": COMMON, "[[struts.series]]": SERIES}


def written(folder: Path, table: str = "", key: str = "", value: str | None = None) -> Path:
    """A file that is right but for one value; None leaves the key out."""
    parts: dict[str, dict[str, str]] = copy.deepcopy(WHOLE)
    if key:
        parts[table].pop(key, None)
        if value is not None:
            parts[table][key] = value
    file = folder / "ours.toml"
    lines = [line for head, values in parts.items() for line in (head, *(f"{k} = {v}" for k, v in values.items()))]
    file.write_text("\n".join(lines), "utf-8")
    return file


def test_a_file_that_is_right_is_read(tmp_path: Path) -> None:
    catalogue = hexapod.load_catalogue(written(tmp_path))
    assert catalogue.strut("ours-long").length(120.0) == 120.0
    assert catalogue.ring("ours-160").thickness_mm == 6.0
    down = hexapod.load_catalogue(written(tmp_path, "[struts.common]", "scale_offset_mm", "300")).strut("ours-short")
    assert (down.length(100.0), down.scale_direction) == (400.0, 1)


def test_names_as_people_buy_them_are_data() -> None:
    catalogue = hexapod.load_catalogue()
    assert catalogue.ring("tsf-full-155").label == "TSF full ring 155 mm"
    assert catalogue.strut("tsf-fastfx-xshort").label == "TSF Fast Fx x-short strut"
    assert catalogue.strut("hoffmann-lrf-xshort").label == "Hoffmann LRF extra short telescopic strut (black)"
    # Every model that is shipped has a name that is not its key.
    for item in (*catalogue.rings.values(), *catalogue.struts.values()):
        assert item.label != item.name
        assert "{" not in item.label


def test_a_file_of_ones_own_may_name_its_models_and_is_refused_with_a_word_for_no_size(tmp_path: Path) -> None:
    assert hexapod.load_catalogue(written(tmp_path)).strut("ours-long").label == "ours-long"
    file = written(tmp_path, "[[struts.series]]", "label", '"Our {size} strut"')
    text = file.read_text("utf-8")
    file.write_text(
        text.replace("[struts.common]", '[struts]\nsize_words = { long = "extra long" }\n[struts.common]'), "utf-8"
    )
    assert hexapod.load_catalogue(file).strut("ours-long").label == "Our extra long strut"
    file.write_text(
        text.replace("[struts.common]", '[struts]\nsize_words = { lang = "long" }\n[struts.common]'), "utf-8"
    )
    with pytest.raises(CatalogueError, match=r"lang.*did you mean long"):
        hexapod.load_catalogue(file)


@pytest.mark.hazard("H-19")
@pytest.mark.parametrize("direction", ["1", "1.0", "-1", "-1.0"])
def test_both_directions_of_a_scale_are_known(tmp_path: Path, direction: str) -> None:
    # 300 - 100 = 200 mm joint to joint where the scale counts down, 100 + 300 = 400 mm where it counts up
    file = written(tmp_path, "[struts.common]", "scale_direction", f"{direction}\n# offset below")
    file.write_text(file.read_text("utf-8").replace("scale_offset_mm = 0.0", "scale_offset_mm = 300.0"), "utf-8")
    length = hexapod.load_catalogue(file).strut("ours-short").length(100.0)
    assert length == (200.0 if direction.startswith("-") else 400.0)


@pytest.mark.hazard("H-19")
@pytest.mark.parametrize(
    ("table", "key", "values", "told"),
    [
        (
            "[struts.common]",
            "scale_direction",
            ["0.9", "2", "-0.5", "0", "nan", "true", '"1"', "inf"],
            "number|1, or -1",
        ),
        ("[struts.common]", "scale_offset_mm", ["nan", "inf", "-inf", '"0"', "1001", "-90.5"], "number|0 mm or more"),
        ("[struts.common]", "body_diameter_mm", ["0", "-12", "nan"], "above 0"),
        ("[struts.common]", "max_lean_deg", ["0", "-1", "91", "nan"], "above 0 to 90"),
        (
            "[[struts.series]]",
            "graduation_mm",
            ["0", "-0.5", "nan", "inf", "false", "31"],
            "number|whole scale of short",
        ),
        ("[[struts.series]]", "name", ['""', "7", '"ours-{dia}"', '"ours-{size"'], "text in quotes"),
        ("[[struts.series]]", "sizes", ["[90, 120]", "{ short = 90 }", "{ short = [90] }"], "table|list|two numbers"),
        ("[[struts.series]]", "sizes", ["{ short = [120, 90] }", "{ short = [90, 90] }"], "smaller reading first"),
        ("[[struts.series]]", "sizes", ["{ short = [-1, 90] }", "{ short = [nan, 90] }", "{ s = [1, inf] }"], "number"),
        ("[rings]", "inner_diameters_mm", ["[]", "160", "[-160]", "[0]", "[nan]", '["160"]', "[inf]"], "list|above 0"),
        ("[rings]", "joint_radius_mm", ["0", "-91", "nan", "inf", "1001"], "above 0"),
        ("[rings]", "joint_radius_beyond_inner_mm", ["10"], "either"),
        ("[rings]", "half_angle_deg", ["0", "-4.7", "60", "nan"], "above 0|60 deg from their tab"),
        ("[rings]", "joint_pair_mm", ["15"], "either"),
        ("[rings]", "joint_height_mm", ["-9.5", "nan"], "from 0"),
        ("[rings]", "body_width_mm", ["0", "-18", "nan"], "above 0"),
        ("[rings]", "body_thickness_mm", ["0", "-6"], "above 0"),
        ("[rings]", "layout", ['"crossed"', "1"], "standard|text"),
        ("", "status", ['"certain"', "1"], "generic|text"),
        ("", "source", ['" "', "5"], "text in quotes"),
    ],
)
def test_a_wrong_value_is_refused_with_its_place(
    tmp_path: Path, table: str, key: str, values: list[str], told: str
) -> None:
    for value in values:
        with pytest.raises(hexapod.CatalogueError, match=told) as refused:
            hexapod.load_catalogue(written(tmp_path, table, key, value))
        message = str(refused.value)
        assert message.startswith("ours.toml, family ours")
        assert key in message or (key == "sizes" and ("short" in message or ", s = " in message))


@pytest.mark.hazard("H-19")
@pytest.mark.parametrize("table", list(WHOLE))
def test_every_key_is_required_and_no_other_is_known(tmp_path: Path, table: str) -> None:
    for key in WHOLE[table]:
        with pytest.raises(hexapod.CatalogueError, match=rf"{key}|either"):
            hexapod.load_catalogue(written(tmp_path, table, key, None))
        with pytest.raises(hexapod.CatalogueError, match=f"did you mean {key}"):
            hexapod.load_catalogue(written(tmp_path, table, f"{key}s", "1"))


@pytest.mark.hazard("H-19")
def test_the_place_names_file_family_model_and_key(tmp_path: Path) -> None:
    with pytest.raises(hexapod.CatalogueError) as refused:
        hexapod.load_catalogue(written(tmp_path, "[rings]", "joint_height_mm", "-3.0"))
    assert str(refused.value).startswith(
        "ours.toml, family ours, rings, ring ours-160, joint_height_mm = -3.0: must be a number from 0 to 1000"
    )


@pytest.mark.hazard("H-19")
def test_a_family_without_hardware_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "ours.toml"
    file.write_text("\n".join(f"{key} = {value}" for key, value in TOP.items()), "utf-8")
    with pytest.raises(hexapod.CatalogueError, match="neither rings nor struts"):
        hexapod.load_catalogue(file)


@pytest.mark.hazard("H-19")
def test_notes_are_read_as_strictly(tmp_path: Path) -> None:
    for note, told in (
        ('{ colour = { status = "user", source = "x" } }', "colour"),
        ('{ range_mm = { status = "sure", source = "x" } }', "status"),
        ('{ range_mm = { status = "user" } }', "source"),
        ('{ range_mm = "x" }', "table"),
    ):
        with pytest.raises(hexapod.CatalogueError, match=told):
            hexapod.load_catalogue(written(tmp_path, "[[struts.series]]", "notes", note))


@pytest.mark.hazard("H-19")
@pytest.mark.parametrize(
    ("scale", "key"),
    [
        ({"min_mm": 180, "max_mm": 120, "graduation_mm": 1}, "struts"),
        ({"min_mm": 120, "max_mm": 120, "graduation_mm": 1}, "struts"),
        ({"min_mm": 120, "max_mm": 180, "graduation_mm": 61}, "graduation_mm"),
        ({"min_mm": 120, "max_mm": 180, "graduation_mm": 0}, "graduation_mm"),
        ({"min_mm": 120, "max_mm": 180, "graduation_mm": -1}, "graduation_mm"),
        ({"min_mm": -1, "max_mm": 180, "graduation_mm": 1}, "min_mm"),
        ({"min_mm": 120, "max_mm": 1001, "graduation_mm": 1}, "max_mm"),
        ({"min_mm": 120, "max_mm": 180, "graduation_mm": True}, "graduation_mm"),
        ({"min_mm": 120, "max_mm": 180, "graduation_mm": 1, "offset": 3}, "offset"),
    ],
)
def test_a_strut_of_the_case_file_is_read_as_strictly(case_dict: dict[str, Any], scale: dict, key: str) -> None:
    case_dict["levels"][0]["frame"]["struts"][2] = scale
    with pytest.raises(hexapod.CaseError, match=rf"levels\[0\]\.frame\.struts\[2\].*{key}|{key}"):
        hexapod.read_case(case_dict)


@pytest.mark.hazard("H-10")
@pytest.mark.parametrize("end", ["proximal_ring", "distal_ring"])
@pytest.mark.parametrize(
    "joints",
    [[[1, 2, 3]] * 6, [[x, 2.5, -10] for x in (-50, -40, 1, 2, 3, 4.125)], [[x, 0.001 * x * x, -10] for x in range(6)]],
    ids=["one place", "one line", "nearly one line"],
)
def test_joints_that_hold_no_ring_are_a_singular_frame(case_dict: dict[str, Any], end: str, joints: list) -> None:
    case_dict["levels"][0]["frame"][end] = {"joints_mm": joints}
    plan = hexapod.make_plan(hexapod.read_case(case_dict))
    assert plan.verdict == "refused"
    assert "frame.singular" in {finding.code for finding in plan.findings}


@pytest.mark.hazard("H-19")
@pytest.mark.parametrize(
    ("table", "key", "value", "told"),
    [
        ("", "family", '"Own"', "is the name of hardware described in a case"),
        ("[[struts.series]]", "name", '"own"', "stands for a strut described in a case"),
        ("[[struts.series]]", "graduation_mm", "6.0", "5"),
    ],
)
def test_names_of_what_a_case_tells_and_marks_of_no_scale(
    tmp_path: Path, table: str, key: str, value: str, told: str
) -> None:
    """By that family limb and rings would be judged as if nothing were known of them."""
    with pytest.raises(hexapod.CatalogueError, match=told):
        hexapod.load_catalogue(written(tmp_path, table, key, value))


MEASURED = {"ring": "R 155/a", "on": "2026-11-30"}


def test_a_measured_ring_travels_with_its_numbers_and_is_named_with_its_date() -> None:
    """The same joints as those of the catalogue give the same plan; only what is told of the ring differs."""
    case = hexapod.load_case(SAMPLES / "tibia_varus.json")
    document = case.document
    ring = hexapod.load_catalogue().ring(document["levels"][0]["frame"]["proximal_ring"]["model"])
    joints = ring.proximal_joints_mm.tolist()
    document["levels"][0]["frame"]["proximal_ring"] = {"joints_mm": joints, "measured": MEASURED}
    setup = set_up(read_case(document), 0, hexapod.load_catalogue())
    assert setup.joints_mm[0].tolist() == joints
    told = setup.proximal_ring.provenance["joints"]
    assert (told.status, "R 155/a" in told.source, "2026-11-30" in told.source) == ("measured", True, True)
    document["levels"][0]["frame"]["proximal_ring"] = {"model": ring.name, "measured": MEASURED}
    with pytest.raises(CaseError, match="joints_mm"):
        read_case(document)


def test_a_ring_measured_for_one_use_is_refused_for_the_other(tmp_path: Path) -> None:
    ring = hexapod.load_catalogue().ring("generic-full-155")
    kept = RingMeasurement(
        "R 155/a",
        "proximal",
        datetime.date(2026, 11, 30),
        tuple((x, y, z) for x, y, z in ring.proximal_joints_mm.tolist()),
        (0.1,) * 6,
        ((1, 2, 15.0),),
        0.3,
    )
    file = tmp_path / "ours.toml"
    file.write_text(write_measured([kept]), "utf-8")
    catalogue = hexapod.load_catalogue(file)
    document = hexapod.load_case(SAMPLES / "tibia_varus.json").document
    document["levels"][0]["frame"]["proximal_ring"] = {"model": "R 155/a"}
    set_up(read_case(document), 0, catalogue)
    document["levels"][0]["frame"]["distal_ring"] = {"model": "R 155/a"}
    with pytest.raises(CaseError, match="measured as a proximal ring"):
        set_up(read_case(document), 0, catalogue)
