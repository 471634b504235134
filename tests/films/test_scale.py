"""The scale of a radiograph: a ball, a ruler, and every way of a DICOM header."""

from __future__ import annotations

from typing import Any

import pytest

from hexapod.case.film_format import Film
from hexapod.errors import HexapodError
from hexapod.films.scale import ScaleUnclear, mm_per_px_by_points, scale_of_header, spacing


def film_with(scale: dict[str, Any] | None) -> Film:
    return Film.model_validate(
        {
            "id": "a", "view": "ap", "side": "left", "seen_from": "front", "columns": 1000, "rows": 1000, "points": [],
            "scale": scale,
        }
    )  # fmt: skip


@pytest.mark.parametrize(
    ("header", "rows", "columns"),
    [
        ({"PixelSpacing": [0.1, 0.12], "PixelSpacingCalibrationType": "FIDUCIAL"}, 0.1, 0.12),
        ({"PixelSpacing": "0.1\\0.12", "PixelSpacingCalibrationType": "GEOMETRY"}, 0.1, 0.12),
        (
            {"PixelSpacing": [0.1, 0.1], "ImagerPixelSpacing": [0.12, 0.12], "PixelSpacingCalibrationType": "FIDUCIAL"},
            0.1,
            0.1,
        ),
        ({"ImagerPixelSpacing": [0.15, 0.18], "EstimatedRadiographicMagnificationFactor": 1.2}, 0.125, 0.15),
        (
            {
                "ImagerPixelSpacing": ["0.15", "0.18"],
                "DistanceSourceToPatient": "1000",
                "DistanceSourceToDetector": "1200",
            },
            0.125,
            0.15,
        ),
        (
            {
                "PixelSpacing": [0.15, 0.15],
                "ImagerPixelSpacing": [0.15, 0.15],
                "EstimatedRadiographicMagnificationFactor": 1.2,
            },
            0.125,
            0.125,
        ),
    ],
)
@pytest.mark.hazard("H-33")
def test_every_way_of_the_header(header: dict[str, Any], rows: float, columns: float) -> None:
    """Rows first: the first number is the distance from row to row."""
    found = scale_of_header(header)
    assert found.mm_per_px == pytest.approx((rows, columns), abs=1e-15)
    assert all(character.isdigit() or character for character in found.formula)
    assert "mm" in found.formula


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"ImagerPixelSpacing": [0.14, 0.14]},
        {"PixelSpacing": [0.14, 0.14]},
        {"PixelSpacing": [0.14, 0.14], "ImagerPixelSpacing": [0.14, 0.14]},
        {"ImagerPixelSpacing": [0.14, 0.14], "DistanceSourceToDetector": 1500},
    ],
)
def test_the_detector_alone_gives_no_millimetres(header: dict[str, Any]) -> None:
    found = scale_of_header(header)
    assert found.mm_per_px is None
    assert "no millimetres" in found.formula


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ({"PixelSpacing": [0.12, 0.12], "ImagerPixelSpacing": [0.14, 0.14]}, "does not say"),
        ({"PixelSpacing": [0.0, 0.0]}, "must be above 0"),
        ({"ImagerPixelSpacing": [0.0, 0.14]}, "must be above 0"),
        ({"PixelSpacing": [0.16, 0.16], "ImagerPixelSpacing": [0.14, 0.14]}, "above ImagerPixelSpacing"),
        ({"PixelSpacing": [0.16, 0.16], "ImagerPixelSpacing": [0.14, 0.14], "PixelSpacingCalibrationType": "FIDUCIAL"}, "above"),
        ({"ImagerPixelSpacing": [0.14, 0.14], "EstimatedRadiographicMagnificationFactor": 0.85}, "below 1"),
        ({"ImagerPixelSpacing": [0.14, 0.14], "DistanceSourceToPatient": 1500, "DistanceSourceToDetector": 1200}, "between"),
        (
            {"ImagerPixelSpacing": [0.14, 0.14], "EstimatedRadiographicMagnificationFactor": 1.2, "DistanceSourceToPatient": 1000, "DistanceSourceToDetector": 1100},
            "differ by more than 2 %",
        ),
        ({"PixelSpacing": [0.14], "PixelSpacingCalibrationType": "FIDUCIAL"}, "two numbers"),
        ({"PixelSpacing": ["fine", "fine"]}, "no number"),
    ],
)  # fmt: skip
def test_what_the_header_leaves_open_is_asked(header: dict[str, Any], part: str) -> None:
    with pytest.raises(ScaleUnclear, match=part):
        scale_of_header(header)


def test_ways_within_two_per_cent_agree() -> None:
    header = {
        "ImagerPixelSpacing": [0.14, 0.14],
        "EstimatedRadiographicMagnificationFactor": 1.2,
        "DistanceSourceToPatient": 1000,
        "DistanceSourceToDetector": 1210,
    }
    assert scale_of_header(header).mm_per_px == pytest.approx((0.14 / 1.2, 0.14 / 1.2))


def test_a_ball_of_25_mm_that_is_200_pixels_wide() -> None:
    rim = [[600.0, 500.0], [500.0, 600.0], [440.0, 420.0]]  # round (500, 500) with radius 100
    film = film_with({"from": "ball", "true_mm": 25.0, "rim_px": rim})
    assert spacing(film) == pytest.approx((0.125, 0.125))
    # Pixels twice as high as wide: the ball is 200 columns and 100 rows.
    oblong = [[600.0, 250.0], [500.0, 300.0], [440.0, 210.0]]
    film = film_with({"from": "ball", "true_mm": 25.0, "rim_px": oblong, "mm_per_px": [0.25, 0.125]})
    assert mm_per_px_by_points(film) == pytest.approx(0.125)


def test_a_ruler_of_100_mm() -> None:
    film = film_with({"from": "ruler", "true_mm": 100.0, "ends_px": [[100.0, 100.0], [400.0, 500.0]]})
    assert spacing(film) == pytest.approx((0.2, 0.2))


@pytest.mark.parametrize(
    "scale",
    [
        {"from": "ruler", "true_mm": 100.0, "ends_px": [[100.0, 100.0], [100.0, 100.0]]},
        {"from": "ball", "true_mm": 25.0, "rim_px": [[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]]},
    ],
)
def test_points_that_give_no_length(scale: dict[str, Any]) -> None:
    with pytest.raises(HexapodError, match="Place them again"):
        spacing(film_with(scale))
