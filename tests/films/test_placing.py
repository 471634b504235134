"""What is asked for on a radiograph, and the axes drawn on it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from hexapod.case.film_format import Film
from hexapod.films.alignment import JOINT_ANGLES, drawn_angles
from hexapod.films.film_reading import ReadFilm
from hexapod.films.placing import asked_points, axis_lines, drawn_lines, edge_to_the_right, joint_points, level_lines
from tests.films.projector import VIEW, LimbInSpace, Radiograph, film
from tests.films.rendered import PAIR, rendered, sample_file, sample_limb

LIMB = LimbInSpace(
    "right", "proximal", {"varus_deg": 14.0, "apex_anterior_deg": 6.0, "lateral_mm": 4.0, "short_mm": 8.0}
)


@pytest.mark.parametrize("view", ["ap", "lateral"])
def test_every_point_that_is_asked_for_is_one_of_the_format(view: Any) -> None:
    asked = asked_points(view)
    points = [{"is": one.name, "at_px": [float(k), 2.0 * k]} for k, one in enumerate(asked)]
    seen = "front" if view == "ap" else "left"
    told = {"id": "a", "view": view, "side": "right", "seen_from": seen, "columns": 100, "rows": 100, "points": points}
    assert len(Film.model_validate(told).points) == len(asked) == 23
    assert len({one.label for one in asked}) == len(asked)


@pytest.mark.parametrize("radiograph", [Radiograph("front"), Radiograph("left", mirrored=True, roll_deg=20.0)])
def test_the_axes_are_drawn_where_the_bones_are(radiograph: Radiograph) -> None:
    read = ReadFilm(Film.model_validate(film(LIMB, radiograph, "a")), "right", "proximal")
    lines = {line.word: line for line in axis_lines(read, "proximal")}
    for word, start, along in (
        ("reference axis", LIMB.origin, np.array([0.0, 0.0, 1.0])),
        ("moving axis", LIMB.corresponding(), LIMB.axis()),
    ):
        a, b = (np.array(at) for at in lines[word].path)
        for height in (20.0, 100.0):
            at = np.array(radiograph.pixel(start + height * along))
            apart = (b - a)[0] * (at - a)[1] - (b - a)[1] * (at - a)[0]
            assert abs(apart) / np.linalg.norm(b - a) < 0.01
        # Its word, at the last place, stands where the fragment lies: the reference fragment is the upper one.
        assert (b[1] < a[1]) == (word == "reference axis")
        for end in (a, b):  # right across, and not beyond
            assert -1e-6 <= end[0] <= radiograph.columns + 1e-6
            assert -1e-6 <= end[1] <= radiograph.rows + 1e-6
            edges = (end[0], end[1], radiograph.columns - end[0], radiograph.rows - end[1])
            assert min(map(abs, edges)) < 1e-6


def test_the_height_of_a_point_is_drawn_on_the_other_view() -> None:
    """Through the corresponding point of the lateral view goes the line that the AP view gives, square to the bone."""
    lateral = Radiograph("left", (0.2, 0.1), mirrored=True, roll_deg=20.0)
    ap, seen = (
        ReadFilm(Film.model_validate(film(LIMB, one, name)), "right", "proximal")
        for one, name in ((Radiograph("front"), "ap1"), (lateral, "lat1"))
    )
    [line] = level_lines(seen, [ap])
    assert line.word == "corresponding point on ap1"
    a, b = (np.array(at) for at in line.path)
    at = np.array(lateral.pixel(LIMB.corresponding()))
    assert abs((b - a)[0] * (at - a)[1] - (b - a)[1] * (at - a)[0]) / np.linalg.norm(b - a) < 0.01
    up = np.array(lateral.pixel(np.array([0.0, 0.0, 100.0]))) - np.array(lateral.pixel(np.zeros(3)))
    assert abs(((b - a) * (0.1, 0.2)) @ (up * (0.1, 0.2))) < 1e-6
    unscaled = ReadFilm(seen.film.model_copy(update={"scale": None}), "right", "proximal")
    assert level_lines(unscaled, [ap]) == level_lines(seen, [unscaled]) == []


@pytest.mark.parametrize("radiograph", [
    Radiograph("front", (0.3, 0.3), 880, 960),
    Radiograph("left", (0.3, 0.3), 880, 960, mirrored=True),
    Radiograph("back", (0.25, 0.35), 880, 960, roll_deg=10.0),
])  # fmt: skip
def test_pictures_for_tests_show_the_edges_where_the_points_are(radiograph: Radiograph) -> None:
    grey = np.asarray(Image.open(io.BytesIO(rendered(LIMB, radiograph)))).astype(float)
    points = LIMB.points(VIEW[radiograph.seen_from])
    for number in range(1, 6):
        names = [name for name in points if name.startswith(f"reference.cortex.{number}.")]
        one, other = (np.array(radiograph.pixel(points[name])) for name in names)
        middle = (one + other) / 2.0
        for edge in (one, other):
            outwards = (edge - middle) / np.linalg.norm(edge - middle)
            inside, outside = (grey[tuple((edge + way * outwards).astype(int)[::-1])] for way in (-5.0, 3.0))
            assert inside > outside + 40.0


@pytest.mark.parametrize("name", PAIR)
def test_the_radiographs_of_the_sample_are_those_of_its_entries(name: str) -> None:
    shipped, drawn = (
        np.asarray(Image.open(io.BytesIO(content)))
        for content in (sample_file(name).read_bytes(), rendered(sample_limb(), PAIR[name]))
    )
    assert np.abs(shipped.astype(int) - drawn.astype(int)).max() <= 1  # another processor rounds otherwise


@pytest.mark.parametrize("view", ["ap", "lateral"])
def test_the_joints_that_are_asked_for_tell_the_angles_of_the_view(view: Any) -> None:
    """Every joint point is one of the format, and together with the axes they tell every angle of alignment."""
    asked = [one.name for one in joint_points(view)]
    parts = {(name.split(".")[1], name.split(".")[2]) for name in asked}
    wanted = {
        "ap": {"hip", "trochanter", "distal_femur", "knee", "proximal_tibia", "ankle"},
        "lateral": {"distal_femur", "proximal_tibia", "ankle"},
    }
    assert {joint for joint, _ in parts} == wanted[view]
    places = {
        "hip": 0, "trochanter": 60, "distal_femur": 1500, "knee": 1540, "proximal_tibia": 1580, "ankle": 2900,
    }  # fmt: skip
    points = film(LIMB, Radiograph("front" if view == "ap" else "left"), "a")["points"]
    points += [
        {"is": name, "at_px": [1500.0 + 90.0 * (part in ("medial", "anterior")), 300.0 + places[joint]]}
        for name in asked
        for _, joint, part in [name.split(".")]
    ]
    told = film(LIMB, Radiograph("front" if view == "ap" else "left"), "a", told={"points": points})
    read = ReadFilm(Film.model_validate(told), "right", "proximal")
    drawn = {angle.name for bone in ("femur", "tibia") for angle in drawn_angles(read, "proximal", bone)}
    assert drawn == {angle.name for angle in JOINT_ANGLES if angle.view == view}


def arc_of(read: ReadFilm) -> tuple[str, np.ndarray]:
    lines = [line for line in drawn_lines(read, "proximal", "tibia") if line.word.endswith("°")]
    assert len(lines) == 1
    return lines[0].word, np.array(lines[0].path)


@pytest.mark.hazard("H-33")
@pytest.mark.parametrize("mirrored", [False, True])
def test_the_arc_of_14_deg_varus_lies_below_the_crossing_between_the_axes(mirrored: bool) -> None:
    """A right tibia in varus from the front: the lower end leans to the right of the picture, where medial is."""
    limb = LimbInSpace("right", "proximal", {"varus_deg": 14.0})
    radiograph = Radiograph("front", mirrored=mirrored)
    read = ReadFilm(Film.model_validate(film(limb, radiograph, "a")), "right", "proximal")
    word, arc = arc_of(read)
    assert word == "14.0°"
    centre = np.array(radiograph.pixel(limb.origin))
    from_centre = arc - centre
    assert np.allclose(np.linalg.norm(from_centre, axis=1), 0.12 * 3000, atol=0.1)
    # Straight down first, then 14 deg to the right as seen, which is to the left of what is stored mirrored.
    assert from_centre[0] == pytest.approx([0.0, 360.0], abs=0.1)
    side = -1.0 if mirrored else 1.0
    assert from_centre[-1] == pytest.approx(
        [side * 360.0 * np.sin(np.radians(14.0)), 360.0 * np.cos(np.radians(14.0))], abs=0.1
    )


def test_axes_that_cross_beyond_the_picture_have_their_arc_on_it() -> None:
    limb = LimbInSpace("right", "proximal", {"varus_deg": 3.0, "lateral_mm": 25.0})
    read = ReadFilm(Film.model_validate(film(limb, Radiograph("front"), "a")), "right", "proximal")
    word, arc = arc_of(read)
    assert word == "3.0°"
    assert np.all((arc >= 0.0) & (arc <= [3000.0, 4000.0]))
    assert sum(line.faint for line in drawn_lines(read, "proximal", "tibia")) == 1


@pytest.mark.hazard("H-33")
@pytest.mark.parametrize(
    ("side", "view", "seen_from", "edge"),
    [
        # Facing a patient, his left is on the right of the picture: lateral of a left limb, medial of a right one.
        ("left", "ap", "front", "lateral"),
        ("right", "ap", "front", "medial"),
        ("left", "ap", "back", "medial"),
        ("right", "ap", "back", "lateral"),
        # Standing at his left, his back is on the right.
        ("left", "lateral", "left", "posterior"),
        ("right", "lateral", "left", "posterior"),
        ("left", "lateral", "right", "anterior"),
        ("right", "lateral", "right", "anterior"),
    ],
)
def test_the_edge_on_the_right_of_the_picture(side: str, view: str, seen_from: str, edge: str) -> None:
    told = {"id": "a", "view": view, "side": side, "seen_from": seen_from, "columns": 9, "rows": 9, "points": []}
    for mirrored in (False, True):
        assert edge_to_the_right(Film.model_validate(told | {"mirrored": mirrored})) == edge
