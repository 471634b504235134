"""What is asked for on a radiograph, and the axes drawn on it."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from hexapod.case.film_format import Film
from hexapod.films.film_reading import ReadFilm
from hexapod.films.placing import asked_points, axis_lines
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
    lines = {line.word: line for line in axis_lines(read)}
    for word, start, along in (
        ("reference axis", LIMB.origin, np.array([0.0, 0.0, 1.0])),
        ("moving axis", LIMB.corresponding(), LIMB.axis()),
    ):
        a, b = np.array(lines[word].start), np.array(lines[word].end)
        for height in (20.0, 100.0):
            at = np.array(radiograph.pixel(start + height * along))
            apart = (b - a)[0] * (at - a)[1] - (b - a)[1] * (at - a)[0]
            assert abs(apart) / np.linalg.norm(b - a) < 0.01
        for end in (a, b):  # right across, and not beyond
            assert -1e-6 <= end[0] <= radiograph.columns + 1e-6
            assert -1e-6 <= end[1] <= radiograph.rows + 1e-6
            edges = (end[0], end[1], radiograph.columns - end[0], radiograph.rows - end[1])
            assert min(map(abs, edges)) < 1e-6


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
