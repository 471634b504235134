"""The small drawings beside the fields: their words stand where the clinical code leads, for each side and reference."""

from __future__ import annotations

import itertools
import math
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from hexapod.deformity import quantities as w
from hexapod.deformity.pose import deformity_pose, place, ring_mount
from hexapod.deformity.quantities import Fragment, Side
from hexapod.drawings.entry import measure_figures as figures
from hexapod.drawings.entry.measure_drawings import QUANTITIES, measure_drawing, words_in_order
from hexapod.errors import HexapodError

SVG = "{http://www.w3.org/2000/svg}"
BOTH: list[tuple[Side, Fragment]] = list(itertools.product(("right", "left"), ("proximal", "distal")))  # type: ignore[arg-type]


def drawn(quantity: str, side: str | None, reference: str | None) -> ET.Element:
    return ET.fromstring(measure_drawing(quantity, side=side, reference=reference, bone="tibia"))  # type: ignore[arg-type]


def words_of(drawing: ET.Element) -> dict[str, tuple[float, float]]:
    """Words with their places; a word's middle where it is centred, else its edge."""
    return {text.text or "": (float(text.attrib["x"]), float(text.attrib["y"])) for text in drawing.iter(f"{SVG}text")}


def left_to_right(quantity: str, side: str, reference: str) -> list[str]:
    found = words_of(drawn(quantity, side, reference))
    return sorted(
        (word for word in found if word not in ("from proximal", "anterior ")), key=lambda word: found[word][0]
    )


@pytest.mark.hazard("H-01", "H-02")
def test_words_of_a_right_limb_stand_as_on_its_film() -> None:
    for quantity in (
        "AP translation",
        "mounting AP translation",
        "structure AP translation",
        "transport AP translation",
    ):
        assert left_to_right(quantity, "right", "proximal") == ["lateral", "medial"]
    assert left_to_right("AP angulation", "right", "proximal") == ["valgus", "varus"]
    assert left_to_right("mounting tilt on the AP view", "right", "distal") == ["lateral", "medial"]
    for quantity in ("axial rotation", "mounting axial rotation"):
        assert left_to_right(quantity, "right", "proximal")[0] == "external"
        assert left_to_right(quantity, "right", "distal")[-1] == "internal"


@pytest.mark.hazard("H-01", "H-02")
def test_words_of_a_left_limb_are_the_other_way_round() -> None:
    for quantity in (
        "AP translation",
        "mounting AP translation",
        "structure AP translation",
        "transport AP translation",
    ):
        assert left_to_right(quantity, "left", "proximal") == ["medial", "lateral"]
    assert left_to_right("AP angulation", "left", "distal") == ["varus", "valgus"]
    assert left_to_right("mounting tilt on the AP view", "left", "distal") == ["medial", "lateral"]
    for quantity in ("axial rotation", "mounting axial rotation"):
        assert left_to_right(quantity, "left", "proximal")[0] == "internal"
        assert left_to_right(quantity, "left", "distal")[-1] == "external"


@pytest.mark.hazard("H-01", "H-02")
def test_the_words_to_choose_stand_as_on_the_drawing() -> None:
    assert words_in_order("AP angulation", side="right", reference="proximal") == ("valgus_deg", "varus_deg")
    assert words_in_order("AP angulation", side="left", reference="proximal") == ("varus_deg", "valgus_deg")
    assert words_in_order("AP translation", side="right", reference="distal") == ("lateral_mm", "medial_mm")
    assert words_in_order("structure along the bone", side="left", reference="distal") == ("proximal_mm", "distal_mm")
    assert words_in_order("AP angulation", side=None, reference="distal") == ()
    assert words_in_order("girth", side="left", reference="distal") == ()


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize(("side", "reference"), BOTH)
def test_anterior_is_left_and_proximal_up_for_both_sides(side: Side, reference: Fragment) -> None:
    for part in ("", "mounting ", "structure ", "segment ", "transport "):
        assert left_to_right(f"{part}lateral translation", side, reference) == ["anterior", "posterior"]
    # The apex of an apex-anterior bone points to anterior, so its picture stands on that side.
    said = [word for word in left_to_right("lateral angulation", side, reference) if word != "apex"]
    assert said == ["anterior", "posterior"]
    for quantity in ("mounting along the bone", "structure along the bone", "transport along the bone", "osteotomy"):
        found = words_of(drawn(quantity, side, reference))
        assert found["proximal"][1] < found["distal"][1]


@pytest.mark.hazard("H-01", "H-02", "H-03")
@pytest.mark.parametrize(("side", "reference"), BOTH)
def test_every_figure_leads_where_the_clinical_code_leads(side: Side, reference: Fragment) -> None:
    for pair, axis, view in ((w.AP_TRANSLATION, 0, "AP"), (w.LATERAL_TRANSLATION, 1, "lateral")):
        for one in figures.translation(pair, view, side, reference)[1]:  # type: ignore[arg-type]
            p = deformity_pose({one.word: 20.0}, side, reference)[:3, 3]
            assert np.sign(one.at[0] - figures.MIDDLE[0]) == np.sign(p[axis])
        for mark in figures.MARKS.values():
            for one in figures.across(pair, view, side, reference, mark)[1]:  # type: ignore[arg-type]
                assert np.sign(one.at[0] - figures.MIDDLE[0]) == np.sign(place({one.word: 20.0}, side)[axis])
    for one in figures.axial_translation(side, reference)[1]:
        z = deformity_pose({one.word: 20.0}, side, reference)[2, 3]
        # Half of the shift each way about the middle: up on the screen is a smaller y.
        assert np.sign(figures.MIDDLE[1] - one.at[1]) == np.sign(z)
    for one in figures.rotation(side, reference)[1]:
        R = deformity_pose({one.word: 55.0}, side, reference)[:3, :3]
        front = (R if reference == "proximal" else R.T) @ [0.0, -1.0, 0.0]
        assert (one.at[0] - 60.0, 36.0 - one.at[1]) == pytest.approx((20.0 * front[0], 20.0 * front[1]))
    for one in figures.rotation(side, None)[1]:
        front = ring_mount({one.word: 55.0}, side)[:3, :3] @ [0.0, -1.0, 0.0]
        assert (one.at[0] - 60.0, 36.0 - one.at[1]) == pytest.approx((20.0 * front[0], 20.0 * front[1]))
    for pair, axis, view in ((w.AP_TILT, 0, "AP"), (w.LATERAL_TILT, 1, "lateral")):
        for one in figures.tilt(pair, view, side)[1]:  # type: ignore[arg-type]
            normal = ring_mount({one.word: 24.0}, side)[:3, 2]
            assert (one.at[0] - 60.0, 46.0 - one.at[1]) == pytest.approx((26 * normal[axis], 26 * normal[2]), abs=0.06)


@pytest.mark.hazard("H-02", "H-03")
@pytest.mark.parametrize(("side", "reference"), BOTH)
def test_bent_bones_bend_by_the_angle_that_the_code_gives(side: Side, reference: Fragment) -> None:
    for pair, axis in ((w.AP_ANGULATION, 0), (w.LATERAL_ANGULATION, 1)):
        for one in figures.angulation(pair, side, reference)[1]:
            far = {"proximal": -1.0, "distal": 1.0}[reference]
            u = deformity_pose({one.word: 24.0}, side, reference)[:3, 2] * far
            straight_up = 27.0 - one.at[1]
            # The hinge lies half of the lean away from the middle of its half of the drawing.
            half = 30.0 if one.at[0] > figures.MIDDLE[0] else -30.0
            sideways = 2.0 * (one.at[0] - figures.MIDDLE[0] - half)
            assert np.sign(straight_up) == far
            assert sideways / abs(straight_up) == pytest.approx(u[axis] / abs(u[2]), abs=0.03)


def test_rotation_of_a_right_foot_by_hand() -> None:
    # Seen from proximal a right foot points down, to the viewer; turned inwards it points to the big toe's side, right.
    x, y = figures.front_turned({"internal_rotation_deg": 30.0}, "right", "proximal")
    assert (x, y) == pytest.approx((0.5, -math.sqrt(0.75)))
    x, y = figures.front_turned({"internal_rotation_deg": 30.0}, "right", "distal")
    assert (x, y) == pytest.approx((0.5, -math.sqrt(0.75)))
    assert figures.front_turned({"external_rotation_deg": 30.0}, "left", None)[0] == pytest.approx(0.5)


@pytest.mark.hazard("H-03")
def test_the_segment_docks_away_from_the_reference_fragment() -> None:
    for reference, down in (("proximal", True), ("distal", False)):
        found = words_of(drawn("docking gap", None, reference))
        assert (found["docks on"][1] > found["segment"][1]) == down


@pytest.mark.hazard("H-01", "H-03")
@pytest.mark.parametrize("quantity", QUANTITIES)
def test_what_has_to_be_chosen_first_is_said(quantity: str) -> None:
    free = {"gap", "diameter", "girth"}
    of_the_side_alone = {"mounting axial rotation", "mounting tilt on the AP view", "mounting tilt on the lateral view"}
    said = {
        (side, reference): " ".join(words_of(drawn(quantity, side, reference)))
        for side in ("left", None)
        for reference in ("distal", None)
    }
    assert "Choose" not in said["left", "distal"]
    assert ("Choose the side" in said[None, "distal"]) == (quantity not in free | {"docking gap"})
    assert ("reference" in said["left", None]) == (quantity not in free | of_the_side_alone)
    assert ("Choose" in said[None, None]) == (quantity not in free)


@pytest.mark.parametrize("quantity", QUANTITIES)
def test_drawings_are_well_formed_and_differ_where_they_should(quantity: str) -> None:
    all_four = {}
    for side, reference in BOTH:
        drawing = drawn(quantity, side, reference)
        assert drawing.attrib["role"] == "img"
        assert len(drawing.attrib["aria-label"]) > 10
        width, height = (float(number) for number in drawing.attrib["viewBox"].split()[2:])
        for word, (x, y) in words_of(drawing).items():
            assert 0.0 <= x <= width, word
            assert 10.0 <= y <= height - 2.0, word
        all_four[side, reference] = ET.tostring(drawing)
    across = any(word in quantity for word in ("AP ", "axial rotation")) and quantity != "AP view"
    assert (all_four["right", "proximal"] != all_four["left", "proximal"]) or not across


def test_a_quantity_without_a_drawing_is_refused() -> None:
    with pytest.raises(HexapodError, match="There is no drawing of varus"):
        measure_drawing("varus", side="left", reference="distal", bone="tibia")


def test_every_pair_of_the_deformity_and_the_mounting_has_a_drawing() -> None:
    assert {pair.quantity for pair in w.DEFORMITY} <= set(QUANTITIES)
    assert {f"mounting {pair.quantity}" for pair in w.MOUNTING} <= set(QUANTITIES)
    for part in ("structure", "segment", "transport"):
        assert {f"{part} {pair.quantity}" for pair in w.PLACE} <= set(QUANTITIES)
