"""What a document must have, what it says when it has not, and what of it is told and left out."""

from __future__ import annotations

import copy
import json
import math
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.cli.main import main
from hexapod.errors import CaseError, HexapodError
from hexapod.films.measure import measurement_of
from hexapod.plan.plan_file import plan_sha256
from tests.films.projector import LimbInSpace, Radiograph, document, film


def usual(**told: Any) -> dict[str, Any]:
    limb = LimbInSpace(
        "right", "proximal", {"varus_deg": 14.0, "apex_anterior_deg": 6.0, "lateral_mm": 2.0, "short_mm": 10.0}
    )
    films = [film(limb, Radiograph(eye), name, told=told) for eye, name in (("front", "ap1"), ("left", "lat1"))]
    return document(limb, *films)  # fmt: skip


def test_exactly_these_keys_and_no_bare_minus(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "films.json"
    path.write_text(json.dumps(usual()), "utf-8")
    assert main(["measure", str(path), "--format", "json"]) == 0
    printed = capsys.readouterr().out
    measured = json.loads(printed)
    assert measured == hexapod.measure(usual())
    assert list(measured) == ["results", "alignment", "cora"]
    assert [result["word"] for result in measured["results"]] == [
        "deformity.varus_deg",
        "deformity.apex_anterior_deg",
        "deformity.lateral_mm",
        "deformity.posterior_mm",
        "deformity.short_mm",
    ]
    for result in measured["results"]:
        assert set(result) == {"word", "size", "sd", "films", "contributors"}
        shares = result["contributors"]
        assert list(shares) == ["points", "scale", "turn of the view", "floor"]
        assert math.sqrt(sum(share**2 for share in shares.values())) == pytest.approx(result["sd"])
    assert ": -" not in printed
    assert measured["results"][0]["films"] == ["ap1"]
    assert measured["results"][4]["films"] == ["ap1", "lat1"]
    assert main(["measure", str(path)]) == 0
    told = capsys.readouterr().out
    assert "14.0 +/- " in told
    assert "deg varus" in told
    assert "oblique plane" in told


def test_without_a_scale_angles_only() -> None:
    words = [result["word"] for result in hexapod.measure(usual(scale=None))["results"]]
    assert words == ["deformity.varus_deg", "deformity.apex_anterior_deg"]


def test_one_film_tells_its_own_view() -> None:
    one = usual()
    one["measured_with"]["films"].pop()
    words = [result["word"] for result in hexapod.measure(one)["results"]]
    assert words == ["deformity.varus_deg", "deformity.lateral_mm", "deformity.short_mm"]
    one["measured_with"]["films"][0]["turned_deg"] = 5.0
    found = measurement_of(one)
    assert [result["word"] for result in found.document()["results"]] == ["deformity.short_mm"]
    assert any("no other view" in warning for warning in found.warnings)


def test_views_less_than_45_deg_apart_are_refused() -> None:
    limb = LimbInSpace("left", "distal", {"valgus_deg": 10.0})
    for turned, fine in ((-44.0, True), (-46.0, False), (-136.0, True)):
        films = [film(limb, Radiograph("front"), "a"), film(limb, Radiograph("left", turned_deg=turned), "b")]
        if fine:
            hexapod.measure(document(limb, *films))
        else:
            with pytest.raises(HexapodError, match="at least 45 deg apart"):
                hexapod.measure(document(limb, *films))


def test_two_pairs_make_no_axis() -> None:
    few = usual()
    points = few["measured_with"]["films"][0]["points"]
    few["measured_with"]["films"][0]["points"] = [
        p for p in points if not p["is"].startswith(("moving.cortex.3", "moving.cortex.4", "moving.cortex.5"))
    ]
    found = measurement_of(few)
    words = [result["word"] for result in found.document()["results"]]
    assert "deformity.varus_deg" not in words
    assert "deformity.lateral_mm" in words
    assert any("needs 3 pairs" in warning for warning in found.warnings)


def test_points_in_one_place_and_angles_beyond_the_words_are_refused() -> None:
    heap = usual()
    for point in heap["measured_with"]["films"][0]["points"]:
        if point["is"].startswith("moving"):
            point["at_px"] = [1500.0, 2500.0]
    with pytest.raises(HexapodError, match="stand in one place"):
        hexapod.measure(heap)
    limb = LimbInSpace("right", "proximal", {"varus_deg": 81.0})
    with pytest.raises(HexapodError, match="below 80"):
        hexapod.measure(document(limb, film(limb, Radiograph("front"), "a")))


@pytest.mark.hazard("H-33")
def test_a_mirrored_film_that_is_not_declared_is_told() -> None:
    wrong = usual()
    one = wrong["measured_with"]["films"][0]
    for point in one["points"]:
        point["at_px"][0] = one["columns"] - point["at_px"][0]
    assert any("lie on the lateral side" in warning for warning in measurement_of(wrong).warnings)
    one["mirrored"] = True
    assert measurement_of(wrong).warnings == ()


def test_scales_that_contradict_each_other_are_told() -> None:
    wrong = usual()
    for number, one in enumerate(wrong["measured_with"]["films"]):
        one["scale"]["mm_per_px"] = [0.125 * (1.0 + number)] * 2
        one["points"].append({"is": "joint.ankle.centre", "at_px": [1500.0, 3600.0], "sd_px": 1.0})
    told = " ".join(measurement_of(wrong).warnings)
    assert "The ankle lies 200.0 mm distal of the origin on ap1, 400.0 mm distal on lat1, more than 2 SD apart" in told
    assert "The corresponding point lies" in told
    wrong["measured_with"]["films"][0]["scale"] |= {"true_mm": 25.0, "rim_px": [[0.0, 0.0], [100.0, 0.0], [50.0, 50.0]]}
    assert any("mm_per_px says" in warning for warning in measurement_of(wrong).warnings)


def _moved(name: str, right: float, down: float, film_number: int = 1) -> list[str]:
    """The warnings when one point of the usual radiographs was placed so many pixels away."""
    wrong = usual()
    [point] = [p for p in wrong["measured_with"]["films"][film_number]["points"] if p["is"] == name]
    point["at_px"] = [point["at_px"][0] + right, point["at_px"][1] + down]
    return list(measurement_of(wrong).warnings)


@pytest.mark.hazard("H-33")
def test_a_point_that_was_misplaced_is_told() -> None:
    """Pixels of 0.125 mm; bones of 26 mm."""
    [told] = _moved("corresponding", 0.0, 80.0)
    assert told.startswith("The corresponding point lies ")
    assert "of the origin on ap1" in told
    assert "on lat1, more than 2 SD apart" in told
    assert _moved("corresponding", 0.0, 8.0) == []
    # 30 mm beside the bone, at the same height.
    [told] = _moved("corresponding", 240.0, 0.0)
    assert "lat1: the corresponding point lies " in told
    assert "beside the axis of the moving fragment, whose bone is 26 mm wide" in told
    [told] = _moved("reference.cortex.5.anterior", 80.0, 0.0)
    assert told.startswith("lat1: the middle of pair 5 of the reference fragment lies ")
    assert _moved("reference.cortex.5.anterior", 8.0, 0.0) == []
    half = usual()
    points = half["measured_with"]["films"][1]["points"]
    points.remove(next(p for p in points if p["is"] == "origin"))
    assert "lat1: the corresponding point is placed and the origin is not: without both it tells no translation." in (
        measurement_of(half).warnings
    )


@pytest.mark.parametrize(
    ("change", "path", "part"),
    [
        ({"seen_from": "left"}, "measured_with.films[0].seen_from", "must be front or back"),
        ({"side": "left"}, "measured_with.films[0].side", "must be right, the side of the limb"),
        ({"marker": {"reads": "L"}}, "measured_with.films[0].marker.reads", "not the marker of a right limb"),
        ({"view": "pa"}, "measured_with.films[0].view", "'ap' or 'lateral'"),
        ({"scale": {"from": "ball", "mm_per_px": [8.0, 8.0]}}, "measured_with.films[0].scale.mm_per_px[0]", "at most 2"),
        ({"scale": {"from": "given"}}, "measured_with.films[0].scale.mm_per_px", "is required"),
        ({"scale": {"from": "ball", "mm_per_px": [0.1, 0.1], "ends_px": [[0, 0], [1, 1]]}}, "measured_with.films[0].scale.ends_px", "does not go"),
        ({"points": [{"is": "orign", "at_px": [1, 1]}]}, "measured_with.films[0].points[0].is", "must be the name of a point"),
        ({"points": [{"name": "origin", "at_px": [1, 1]}]}, "measured_with.films[0].points[0].name", "is"),
        ({"points": [{"is": "origin", "at_px": [1]}]}, "measured_with.films[0].points[0].at_px", "2 entries"),
        ({"points": [{"is": "origin", "at_px": [1, 1]}] * 2}, "measured_with.films[0].points[1].is", "stands twice"),
        ({"points": [{"is": "moving.cortex.1.anterior", "at_px": [1, 1]}]}, "measured_with.films[0].points[0].is", "its edges are medial and lateral"),
        ({"id": "lat1"}, "measured_with.films[1].id", "two radiographs"),
        ({"ring": {}}, "measured_with.films[0].ring", "is not a key"),
    ],
)  # fmt: skip
def test_refusals_say_what_to_type(change: dict[str, Any], path: str, part: str) -> None:
    wrong = copy.deepcopy(usual())
    wrong["measured_with"]["films"][0] |= change
    with pytest.raises(CaseError) as refused:
        hexapod.measure(wrong)
    told = {problem.path: problem.message for problem in refused.value.problems}
    assert part in told.get(path, ""), told


def test_what_is_missing_is_named() -> None:
    with pytest.raises(CaseError) as refused:
        hexapod.measure({"limb": {}, "measured_with": {"format": "hexapod-films/1", "films": [{}]}})
    missing = {problem.path for problem in refused.value.problems if problem.missing}
    needed = ("id", "view", "side", "seen_from", "columns", "rows", "points")
    assert missing == {"limb.side", "reference", *(f"measured_with.films[0].{key}" for key in needed)}


def test_alignment_of_a_drawn_limb() -> None:
    """A right limb from the front, 1 mm a pixel: the ankle lies 87.4 mm lateral of hip and knee's line of 400 mm each."""
    at = {
        "joint.hip.centre": (500.0, 100.0),
        "joint.trochanter.centre": (440.0, 100.0),
        "joint.distal_femur.medial": (540.0, 500.0),
        "joint.distal_femur.lateral": (460.0, 500.0),
        "joint.proximal_tibia.medial": (540.0, 503.0),
        "joint.proximal_tibia.lateral": (460.0, 503.0 - 80.0 * math.tan(math.radians(1.0))),
        "joint.knee.centre": (500.0, 500.0),
        "joint.ankle.centre": (420.0, 900.0),
    }
    one = {"id": "ap", "view": "ap", "side": "right", "seen_from": "front", "columns": 1000, "rows": 1000,
           "scale": {"from": "given", "mm_per_px": [1.0, 1.0]},
           "points": [{"is": name, "at_px": list(place)} for name, place in at.items()]}  # fmt: skip
    films = {"format": "hexapod-films/1", "films": [one]}
    measured = hexapod.measure({"limb": {"side": "right"}, "reference": "proximal", "measured_with": films})
    found = {entry["name"]: (entry["word"], entry["size"]) for entry in measured["alignment"]}
    # The tibia's shaft runs laterally by 80 in 400: atan(0.2) = 11.310 deg, away from the medial edge of the plateau,
    # which itself rises by 1 deg laterally.
    assert found["MPTA"] == ("angle_deg", pytest.approx(90.0 + 11.309932474 - 1.0))
    assert found["mLDFA"] == ("angle_deg", pytest.approx(90.0))
    assert found["mLPFA"] == ("angle_deg", pytest.approx(90.0))
    # The medial gap is 3 mm, the lateral one smaller by 80 mm x tan(1 deg): the lines open medially.
    assert found["JLCA"] == ("opens_medial_deg", pytest.approx(1.0))
    # A valgus limb: the line from hip to ankle passes lateral of the knee, 40 mm across the vertical at half way.
    assert found["MAD"] == ("lateral_mm", pytest.approx(40.0 * math.cos(math.atan(0.1))))
    assert {entry["status"] for entry in measured["alignment"] if entry["name"] == "JLCA"} == {"not read in a source"}
    mirrored = copy.deepcopy(one) | {"mirrored": True}
    for point in mirrored["points"]:
        point["at_px"][0] = 1000.0 - point["at_px"][0]
    films = {"format": "hexapod-films/1", "films": [mirrored]}
    again = hexapod.measure({"limb": {"side": "right"}, "reference": "proximal", "measured_with": films})
    assert again["alignment"] == [
        {key: pytest.approx(value) if isinstance(value, float) else value for key, value in entry.items()}
        for entry in measured["alignment"]
    ]


def test_slopes_of_a_tibia_from_the_side() -> None:
    """A right tibia from the patient's left: anterior is to the left; the plateau falls 9 deg backwards."""
    limb = LimbInSpace("right", "proximal", {})
    lateral = film(limb, Radiograph("left"), "lat")
    fall = 20.0 * math.tan(math.radians(9.0))
    lateral["points"] += [
        {"is": "joint.proximal_tibia.anterior", "at_px": [1480.0, 1000.0 - fall], "sd_px": 1.0},
        {"is": "joint.proximal_tibia.posterior", "at_px": [1520.0, 1000.0 + fall], "sd_px": 1.0},
    ]
    asked = document(limb, lateral)
    asked["limb"]["bone"] = "tibia"
    (entry,) = hexapod.measure(asked)["alignment"]
    assert (entry["name"], entry["size"]) == ("PPTA", pytest.approx(81.0))
    asked["limb"]["bone"] = "femur"
    assert [entry["name"] for entry in hexapod.measure(asked)["alignment"]] == []


def test_a_case_is_measured_and_planned_as_without_its_radiographs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The key changes the fingerprint of the case, and nothing of the plan and its ID."""
    case = json.loads((Path(__file__).parents[2] / "sample_cases" / "tibia_varus.json").read_text("utf-8"))
    plain = hexapod.read_case(copy.deepcopy(case))
    asked = usual()
    case["levels"][0]["measured_with"] = asked["measured_with"]
    measured = hexapod.read_case(case)
    assert hexapod.measure(measured)["results"] == hexapod.measure(case)["results"] == hexapod.measure(asked)["results"]
    assert measured.sha256 != plain.sha256
    assert measured.planned_sha256 == plain.planned_sha256 == plain.sha256
    one, other = hexapod.make_plan(plain), hexapod.make_plan(measured)
    assert plan_sha256(one) == plan_sha256(other)
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), "utf-8")
    assert main(["measure", str(path), "--hexapod", "1", "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == hexapod.measure(case)
    assert main(["measure", str(path), "--level", "1"]) == 2
    assert "there is no level 1, which would be hexapod 2" in capsys.readouterr().err
    del case["levels"][0]["measured_with"]
    path.write_text(json.dumps(case), "utf-8")
    assert main(["measure", str(path)]) == 2
    assert "no measured_with" in capsys.readouterr().err


@pytest.mark.hazard("H-33")
@pytest.mark.parametrize(
    ("change", "place", "sentence"),
    [
        ({"side": "left"}, "side", "must be right, the side of the limb, not left: correct the side"),
        ({"marker": {"reads": "L"}}, "marker.reads", '"L" is not the marker of a right limb'),
    ],
)
def test_a_case_with_a_radiograph_of_the_other_limb_is_not_read(
    change: dict[str, Any], place: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    case = json.loads((Path(__file__).parents[2] / "sample_cases" / "tibia_varus.json").read_text("utf-8"))
    case["levels"][0]["measured_with"] = usual()["measured_with"]
    case["levels"][0]["measured_with"]["films"][1] |= change
    with pytest.raises(CaseError) as refused:
        hexapod.read_case(case)
    (problem,) = refused.value.problems
    assert problem.path == f"levels[0].measured_with.films[1].{place}"
    assert sentence in problem.message
    path = tmp_path / "case.json"
    path.write_text(json.dumps(case), "utf-8")
    for command in ("plan", "measure"):
        assert main([command, str(path)]) == 2
        assert problem.path in capsys.readouterr().err
