"""The ruler on a radiograph: literal facts by hand, with every direction word on both sides and as it is seen."""

from __future__ import annotations

from typing import Any

import pytest

from hexapod.case.film_format import Film
from hexapod.films.film_reading import ReadFilm
from hexapod.films.placing import ruler_lines, ruler_points
from hexapod.films.ruler import ANGLE, DISTANCE, FROM_LINE, KINDS, PLACE, ruled

MM_PER_PX = 0.5


def straight(
    points: dict[str, list[float]], *, side: str = "left", view: str = "ap", seen_from: str = "front", **told: Any
) -> ReadFilm:
    """An upright reference fragment above the origin at (500, 1000) and free points; half a millimetre to the pixel."""
    # Seen from the front a left limb has lateral to the right; from the patient's left, posterior is to the right.
    right = {"left": ("lateral", "medial"), "right": ("medial", "lateral")}[side]
    right = right if view == "ap" else ("posterior", "anterior")
    if seen_from in ("back", "right"):
        right = right[::-1]
    placed = {
        f"reference.cortex.{k}.{edge}": [500.0 + way * 30.0, 700.0 - 80.0 * k]
        for k in (1, 2, 3)
        for way, edge in zip((1.0, -1.0), right, strict=True)
    }
    film = {
        "id": "a", "view": view, "side": side, "seen_from": seen_from, "columns": 1000, "rows": 2000,
        "scale": {"from": "given", "mm_per_px": [MM_PER_PX, MM_PER_PX]},
        "points": [{"is": name, "at_px": at} for name, at in (placed | {"origin": [500.0, 1000.0]} | points).items()],
    }  # fmt: skip
    return ReadFilm(Film.model_validate(film | told), side, "proximal")  # type: ignore[arg-type]


@pytest.mark.hazard("H-33")
@pytest.mark.parametrize(
    ("side", "view", "seen_from", "word"),
    [
        ("left", "ap", "front", "lateral_mm"),
        ("right", "ap", "front", "medial_mm"),
        ("left", "ap", "back", "medial_mm"),
        ("right", "ap", "back", "lateral_mm"),
        ("left", "lateral", "left", "posterior_mm"),
        ("right", "lateral", "left", "posterior_mm"),
        ("left", "lateral", "right", "anterior_mm"),
    ],
)
def test_a_place_to_the_right_of_the_picture_and_below_the_origin(
    side: str, view: str, seen_from: str, word: str
) -> None:
    """60 px to the right and 40 px down are 30 mm in the word of that side, and 20 mm distal."""
    read = straight({PLACE.names(0)[0]: [560.0, 1040.0]}, side=side, view=view, seen_from=seen_from)
    sizes = {size.word: size.size for size in ruled(read, side)}  # type: ignore[arg-type]
    assert sizes == pytest.approx({word: 30.0, "distal_mm": 20.0})


def test_a_mirrored_picture_is_turned_back() -> None:
    mirror = {name: [1000.0 - x, y] for name, (x, y) in {PLACE.names(0)[0]: (560.0, 1040.0)}.items()}
    points = {
        f"reference.cortex.{k}.{edge}": [1000.0 - (500.0 + way * 30.0), 700.0 - 80.0 * k]
        for k in (1, 2, 3)
        for way, edge in ((1.0, "lateral"), (-1.0, "medial"))
    }
    read = straight(points | mirror, mirrored=True)
    assert {size.word for size in ruled(read, "left")} == {"lateral_mm", "distal_mm"}


def test_a_distance_a_distance_from_a_line_and_an_angle() -> None:
    read = straight(
        dict(zip(DISTANCE.names(0), ([100.0, 100.0], [400.0, 500.0]), strict=True))
        | dict(zip(FROM_LINE.names(2), ([100.0, 0.0], [100.0, 900.0], [160.0, 300.0]), strict=True))
        | dict(zip(ANGLE.names(0), ([0.0, 0.0], [100.0, 0.0], [900.0, 900.0], [800.0, 800.0]), strict=True))
    )
    sizes = ruled(read, "left")
    assert [(one.name, round(one.size, 9), one.unit, one.word) for one in sizes] == [
        ("distance 1", 250.0, "mm", ""),
        ("distance from a line 3", 30.0, "mm", ""),
        ("angle 1", 45.0, "deg", ""),
    ]
    # Two ends of 1 mm each, the scale of 3 % and the floor of 0.3 mm.
    assert sizes[0].sd == pytest.approx((2.0 + (0.03 * 250.0) ** 2 + 0.3**2) ** 0.5, rel=1e-3)
    lines = ruler_lines(read, sizes)
    assert [line.word for line in lines] == ["250.0 mm", "", "30.0 mm", "", "45.0°"]
    assert [pytest.approx(at) for at in lines[2].path] == [(100.0, 300.0), (160.0, 300.0)]


def test_without_a_scale_lengths_are_pixels_and_a_place_is_not_told() -> None:
    points = dict(zip(DISTANCE.names(0), ([0.0, 0.0], [30.0, 40.0]), strict=True)) | {PLACE.names(0)[0]: [1.0, 1.0]}
    read = straight(points, scale=None)
    assert [(one.size, one.unit) for one in ruled(read, "left")] == [(50.0, "px")]


def test_incomplete_or_pointless_measurements_are_not_told() -> None:
    names = ANGLE.names(1)
    assert not ruled(straight({name: [5.0, 5.0] for name in names[:3]}), "left")
    same = dict(zip(names, ([5.0, 5.0], [5.0, 5.0], [9.0, 5.0], [5.0, 9.0]), strict=True))
    assert not ruled(straight(same), "left")
    line = dict(zip(FROM_LINE.names(0), ([5.0, 5.0], [5.0, 5.0], [9.0, 5.0]), strict=True))
    assert not ruled(straight(line), "left")


def test_every_measurement_has_names_of_its_own_in_the_format() -> None:
    names = [name for kind in KINDS for which in range(25) for name in kind.names(which)]
    assert len(set(names)) == len(names)
    points = [{"is": name, "at_px": [1.0, 1.0]} for name in names]
    film = {"id": "a", "view": "ap", "side": "left", "seen_from": "front", "columns": 10, "rows": 10, "points": points}
    assert len(Film.model_validate(film).points) == len(names)
    assert DISTANCE.unused(DISTANCE.names(0)) == 1
    assert DISTANCE.unused(names) is None
    assert [one.name for one in ruler_points(ANGLE, 3)] == ANGLE.names(3)
