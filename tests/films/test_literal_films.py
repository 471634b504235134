"""Where points lie on paper, and the words that a surgeon reads from them: drawn by hand, one fact each.

A sheet is drawn as one looks at the radiograph: x to the right, y up, 1 mm a unit, the hip end of the bone at the top.
"""

from __future__ import annotations

from typing import Any

import pytest

import hexapod

# One limb each: the upper fragment upright, the lower one leaning by 1 in 10 (5.71 deg) to the right or left of the
# picture, both axes through the point (0, 0).
TENTH_DEG = 5.710593137499643
UPPER = [(0.0, y) for y in (30.0, 60.0, 90.0)]
LOWER_END_TO_THE_RIGHT = [(3.0, -30.0), (6.0, -60.0), (9.0, -90.0)]
LOWER_END_TO_THE_LEFT = [(-x, y) for x, y in LOWER_END_TO_THE_RIGHT]
UPPER_END_TO_THE_RIGHT = [(3.0, 30.0), (6.0, 60.0), (9.0, 90.0)]
LOWER = [(0.0, y) for y in (-30.0, -60.0, -90.0)]
AP, LATERAL = ("medial", "lateral"), ("anterior", "posterior")


def sheet(
    reference: list[tuple[float, float]],
    moving: list[tuple[float, float]],
    right_is: str,
    **told: Any,
) -> dict[str, Any]:
    """A film of 400 x 400 mm, a pixel a millimetre, from what is drawn; `right_is` names the edge on the right."""
    edges = AP if right_is in AP else LATERAL
    points = [
        {"is": "origin", "at_px": [200.0, 200.0]},
        {"is": "corresponding", "at_px": [200.0 + told.pop("right", 0.0), 200.0 - told.pop("up", 0.0)]},
    ]
    for fragment, middles in (("reference", reference), ("moving", moving)):
        for number, (x, y) in enumerate(middles, 1):
            for edge in edges:
                aside = 12.0 if edge == right_is else -12.0
                name = f"{fragment}.cortex.{number}.{edge}"
                points.append({"is": name, "at_px": [200.0 + x + aside, 200.0 - y]})
    return {
        "id": "one",
        "view": "ap" if edges == AP else "lateral",
        "columns": 400,
        "rows": 400,
        "scale": {"from": "given", "mm_per_px": [1.0, 1.0]},
        "points": points,
        **told,
    }


def words(film: dict[str, Any], reference: str) -> dict[str, float]:
    """The words of one film with their sizes, without those of size zero."""
    limb = {"side": film["side"]}
    films = {"format": "hexapod-films/1", "films": [film]}
    measured = hexapod.measure({"limb": limb, "reference": reference, "measured_with": films})
    return {
        result["word"].removeprefix("deformity."): pytest.approx(result["size"], abs=1e-9)
        for result in measured["results"]
        if result["size"] > 1e-9
    }


@pytest.mark.hazard("H-33")
@pytest.mark.parametrize(
    ("side", "seen_from", "right_is", "word"),
    [
        # Facing the patient, the right limb's midline is to the right of the picture, the left limb's to the left.
        ("right", "front", "medial", "varus_deg"),
        ("left", "front", "lateral", "valgus_deg"),
        # From behind it is the other way round.
        ("right", "back", "lateral", "valgus_deg"),
        ("left", "back", "medial", "varus_deg"),
        # From the patient's left one sees the back of the limb to the right, whichever limb it is; an ankle that lies
        # behind belongs to a bone whose apex points forwards.
        ("right", "left", "posterior", "apex_anterior_deg"),
        ("left", "left", "posterior", "apex_anterior_deg"),
        ("right", "right", "anterior", "apex_posterior_deg"),
        ("left", "right", "anterior", "apex_posterior_deg"),
    ],
)
def test_a_lower_end_that_leans_to_the_right_of_the_picture(
    side: str, seen_from: str, right_is: str, word: str
) -> None:
    drawn = sheet(UPPER, LOWER_END_TO_THE_RIGHT, right_is, side=side, seen_from=seen_from)
    assert words(drawn, "proximal") == {word: TENTH_DEG}
    # The same picture with the lower fragment held: its axis leans, and the upper one is upright.
    held = sheet(LOWER, UPPER_END_TO_THE_RIGHT, right_is, side=side, seen_from=seen_from)
    assert words(held, "distal") == {word: TENTH_DEG}


@pytest.mark.hazard("H-33")
@pytest.mark.parametrize(
    ("side", "seen_from", "right_is", "word"),
    [
        ("right", "front", "medial", "medial_mm"),
        ("left", "front", "lateral", "lateral_mm"),
        ("right", "back", "lateral", "lateral_mm"),
        ("left", "back", "medial", "medial_mm"),
        ("right", "left", "posterior", "posterior_mm"),
        ("left", "left", "posterior", "posterior_mm"),
        ("right", "right", "anterior", "anterior_mm"),
        ("left", "right", "anterior", "anterior_mm"),
    ],
)
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_a_corresponding_point_to_the_right_of_the_origin(
    side: str, seen_from: str, right_is: str, word: str, reference: str
) -> None:
    fragments = (UPPER, LOWER) if reference == "proximal" else (LOWER, UPPER)
    drawn = sheet(*fragments, right_is, side=side, seen_from=seen_from, right=7.0)
    assert words(drawn, reference) == {word: 7.0}


@pytest.mark.hazard("H-33")
@pytest.mark.parametrize(
    ("reference", "up", "word"),
    [
        # The lower fragment's point stands above the upper one's: the fragments overlap.
        ("proximal", 6.0, "short_mm"),
        ("proximal", -6.0, "long_mm"),
        # The upper fragment's point stands above where it belongs on the lower one: they are apart.
        ("distal", 6.0, "long_mm"),
        ("distal", -6.0, "short_mm"),
    ],
)
def test_a_corresponding_point_above_or_below_the_origin(reference: str, up: float, word: str) -> None:
    fragments = (UPPER, LOWER) if reference == "proximal" else (LOWER, UPPER)
    drawn = sheet(*fragments, "medial", side="right", seen_from="front", up=up)
    assert words(drawn, reference) == {word: 6.0}


def test_a_right_tibia_in_varus_as_it_lies_on_a_stored_film() -> None:
    """Pixel by pixel: 0.2 mm a pixel, the ankle of a right limb 10.5 mm towards the midline 60 mm below the apex."""
    upper, lower = [(500.0, 350.0), (500.0, 200.0), (500.0, 50.0)], [(526.25, 650.0), (552.5, 800.0), (578.75, 950.0)]
    points = [
        {"is": f"{fragment}.cortex.{number}.{edge}", "at_px": [x + aside, y]}
        for fragment, middles in (("reference", upper), ("moving", lower))
        for number, (x, y) in enumerate(middles, 1)
        for edge, aside in (("medial", 60.0), ("lateral", -60.0))
    ]
    film = {"id": "ap", "view": "ap", "side": "right", "seen_from": "front", "columns": 1000, "rows": 1000}
    # (578.75 - 526.25) px in (950 - 650) px is 0.175: 9.926 deg.
    assert words({**film, "points": points}, "proximal") == {"varus_deg": 9.926245506651588}
    # Stored the other way round, column c stands where 1000 - c belongs.
    mirrored = [{**point, "at_px": [1000.0 - point["at_px"][0], point["at_px"][1]]} for point in points]
    assert words({**film, "mirrored": True, "points": mirrored}, "proximal") == {"varus_deg": 9.926245506651588}
    # Hung upside down, it is still varus.
    rolled = [{**point, "at_px": [1000.0 - point["at_px"][0], 1000.0 - point["at_px"][1]]} for point in points]
    assert words({**film, "points": rolled}, "proximal") == {"varus_deg": 9.926245506651588}


def test_translation_is_counted_across_the_reference_axis_and_not_the_moving_one() -> None:
    """The moving axis leans, the point lies straight below the origin: nothing medial, nothing lateral."""
    drawn = sheet(UPPER, LOWER_END_TO_THE_RIGHT, "medial", side="right", seen_from="front", up=-20.0)
    assert words(drawn, "proximal") == {"varus_deg": TENTH_DEG, "long_mm": 20.0}


def test_rows_and_columns_have_spacings_of_their_own() -> None:
    """Rows 0.5 mm apart, columns 1 mm: what leans 1 in 10 in pixels leans 1 in 5, and 6 rows are 3 mm."""
    drawn = sheet(UPPER, LOWER_END_TO_THE_RIGHT, "medial", side="right", seen_from="front", right=4.0, up=6.0)
    drawn["scale"] = {"from": "given", "mm_per_px": [0.5, 1.0]}
    assert words(drawn, "proximal") == {"varus_deg": 11.309932474020213, "medial_mm": 4.0, "short_mm": 3.0}


def test_the_scale_is_millimetres_per_pixel() -> None:
    drawn = sheet(UPPER, LOWER, "medial", side="right", seen_from="front", right=10.0)
    drawn["scale"] = {"from": "ball", "mm_per_px": [0.25, 0.25]}
    assert words(drawn, "proximal") == {"medial_mm": 2.5}


def test_a_film_turned_by_ninety_is_the_other_view() -> None:
    """An AP from the front, turned 90 counter-clockwise seen from above, is seen from the patient's left."""
    turned = sheet(UPPER, LOWER_END_TO_THE_RIGHT, "medial", side="right", seen_from="front", turned_deg=90.0)
    assert words(turned, "proximal") == {"apex_anterior_deg": TENTH_DEG}


def test_each_film_has_its_own_scale() -> None:
    ap = sheet(UPPER, LOWER, "medial", side="right", seen_from="front", right=10.0)
    lateral = sheet(UPPER, LOWER, "posterior", side="right", seen_from="left", right=10.0) | {"id": "two"}
    lateral["scale"] = {"from": "given", "mm_per_px": [0.3, 0.3]}
    films = {"format": "hexapod-films/1", "films": [ap, lateral]}
    measured = hexapod.measure({"limb": {"side": "right"}, "reference": "proximal", "measured_with": films})
    sizes = {result["word"]: result["size"] for result in measured["results"]}
    assert sizes["deformity.medial_mm"] == pytest.approx(10.0)
    assert sizes["deformity.posterior_mm"] == pytest.approx(3.0)


def test_what_makes_the_sd() -> None:
    """A turn of 5 deg is 0.0873 rad: it brings that share of one view's tangent and translation into the other."""
    ap = sheet(UPPER, LOWER_END_TO_THE_RIGHT, "medial", side="right", seen_from="front", right=10.0, turned_sd_deg=5.0)
    lateral = sheet(UPPER, LOWER_END_TO_THE_RIGHT, "posterior", side="right", seen_from="left", right=20.0) | {
        "id": "two"
    }
    ap["scale"]["sd_percent"] = 4.0
    films = {"format": "hexapod-films/1", "films": [ap, lateral]}
    measured = hexapod.measure({"limb": {"side": "right"}, "reference": "proximal", "measured_with": films})
    made_of = {result["word"].removeprefix("deformity."): result["contributors"] for result in measured["results"]}
    assert made_of["varus_deg"]["turn of the view"] == pytest.approx(5.0 * 0.1 / 1.01)
    assert made_of["medial_mm"]["turn of the view"] == pytest.approx(0.0872664626 * 20.0)
    assert made_of["posterior_mm"]["turn of the view"] == pytest.approx(0.0872664626 * 10.0)
    assert made_of["medial_mm"]["scale"] == pytest.approx(0.4)
    assert made_of["posterior_mm"]["scale"] == pytest.approx(0.6)
    # Cortex points 2 px, joint centres and levels 1 mm: an axis of three pairs 30 mm apart, and two levels across.
    axis = 57.29577951 * (2.0 / 2.0**0.5) / (2.0 * 30.0**2) ** 0.5
    assert made_of["apex_anterior_deg"]["points"] == pytest.approx(axis * 2.0**0.5, rel=0.02)
    assert made_of["medial_mm"]["points"] == pytest.approx(2.0**0.5, rel=0.01)
    assert made_of["medial_mm"]["floor"] == pytest.approx(0.3)


def test_a_bone_leaning_on_both_views_leans_more_than_on_either() -> None:
    """Tangents add as lengths do: 1 in 10 inwards and 2 in 10 backwards are atan sqrt(0.05), more sagittal than frontal."""
    ap = sheet(UPPER, LOWER_END_TO_THE_RIGHT, "medial", side="right", seen_from="front")
    backwards = [(2.0 * x, y) for x, y in LOWER_END_TO_THE_RIGHT]
    lateral = sheet(UPPER, backwards, "posterior", side="right", seen_from="left") | {"id": "two"}
    films = {"format": "hexapod-films/1", "films": [ap, lateral]}
    measured = hexapod.measure({"limb": {"side": "right"}, "reference": "proximal", "measured_with": films})
    (oblique,) = [entry for entry in measured["cora"] if entry["view"] == "oblique"]
    assert oblique["angle_deg"] == pytest.approx(12.604382648379309)
    assert oblique["from_frontal_deg"] == pytest.approx(63.43494882292201)
    assert oblique["apex"] == "anterior and lateral"


def test_the_cora_of_a_drawn_bone() -> None:
    """Axes drawn through the origin cross there; a lower axis drawn 5 mm lower crosses 5 mm distally."""
    drawn = sheet(UPPER, LOWER_END_TO_THE_RIGHT, "medial", side="right", seen_from="front")
    films = {"format": "hexapod-films/1", "films": [drawn]}
    measured = hexapod.measure({"limb": {"side": "right"}, "reference": "proximal", "measured_with": films})
    (crossing,) = measured["cora"]
    assert crossing["at_px"] == pytest.approx([200.0, 200.0])
    lower = [(x, y - 5.0) for x, y in LOWER_END_TO_THE_RIGHT]
    drawn = sheet(UPPER, lower, "medial", side="right", seen_from="front")
    films = {"format": "hexapod-films/1", "films": [drawn]}
    measured = hexapod.measure({"limb": {"side": "right"}, "reference": "proximal", "measured_with": films})
    (crossing,) = measured["cora"]
    assert crossing["from_origin"] == {"distal_mm": pytest.approx(5.0)}
    assert crossing["is"] == "point"
