"""Radiographs of one limb that cannot both be of it: told with names and both values, in the document itself."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.cli.main import main
from tests.films.projector import LimbInSpace, Radiograph, document, film

pytestmark = pytest.mark.hazard("H-33")
STRAIGHT = {"varus_deg": 12.0, "lateral_mm": 10.0, "apex_anterior_deg": 6.0, "posterior_mm": 4.0}
OTHER = {"varus_deg": 2.0, "medial_mm": 10.0}


def told(*films: dict[str, Any], side: str = "right", reference: str = "proximal") -> list[str]:
    measured = hexapod.measure(document(LimbInSpace(side, reference, {}), *films))
    return [warning for warning in measured.get("warnings", []) if "contradicts" in warning]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("reference", ["proximal", "distal"])
@pytest.mark.parametrize("seen_from", ["front", "back"])
def test_two_ap_films_that_differ_are_told_with_both_values(side: str, reference: str, seen_from: str) -> None:
    one, other = (LimbInSpace(side, reference, words) for words in (STRAIGHT, OTHER))
    films = [film(one, Radiograph(seen_from), "ap1"), film(other, Radiograph("front"), "ap2")]
    for beside in ([], [film(one, Radiograph("left"), "lat1")]):
        angulation, translation = told(*films, *beside, side=side, reference=reference)
        assert angulation.startswith(
            "ap1 contradicts ap2 in the AP angulation: ap1 shows 12.0 deg varus, ap2 2.0 deg varus, more than 2 SD apart"
        )
        assert translation.startswith(
            "ap1 contradicts ap2 in the AP translation: ap1 shows 10.0 mm lateral, ap2 10.0 mm medial, more than 2 SD"
        )


def test_an_ap_film_said_to_be_turned_by_90_deg_contradicts_the_lateral_film() -> None:
    limb = LimbInSpace("left", "proximal", {"varus_deg": 9.0})
    films = [
        film(limb, Radiograph("front"), "ap", told={"turned_deg": 90.0}),
        film(limb, Radiograph("left"), "lateral"),
    ]
    (warning,) = told(*films, side="left")
    assert "ap contradicts lateral in the lateral angulation: ap shows 9.0 deg apex" in warning
    assert "lateral 0.0 deg apex" in warning


def test_a_third_view_that_does_not_fit_the_two_is_told() -> None:
    limb, other = (LimbInSpace("right", "distal", words) for words in (STRAIGHT, OTHER))
    views = [film(limb, Radiograph("front"), "ap"), film(limb, Radiograph("left"), "lat")]
    oblique = Radiograph("front", turned_deg=45.0)
    assert told(*views, film(limb, oblique, "oblique"), side="right", reference="distal") == []
    warnings = told(*views, film(other, oblique, "oblique"), side="right", reference="distal")
    assert [warning.partition(":")[0].rpartition(" in the ")[2].split()[-1] for warning in warnings] == [
        "angulation",
        "translation",
    ]
    assert all(name in warning for warning in warnings for name in ("ap", "lat", "oblique"))


def test_two_pairs_of_films_are_told_each() -> None:
    one, other = (
        LimbInSpace("right", "proximal", words) for words in ({"varus_deg": 12.0, "apex_anterior_deg": 9.0}, {})
    )
    films = [
        film(limb, Radiograph(eye), f"{eye}{number}")
        for eye in ("front", "left")
        for number, limb in enumerate((one, other))
    ]
    warnings = told(*films)
    assert len(warnings) == 2
    assert "AP angulation: front0 shows 12.0 deg varus, front1 0.0 deg" in warnings[0] + warnings[1]
    assert "lateral angulation: left0 shows 9.0 deg apex anterior, left1 0.0 deg" in warnings[0] + warnings[1]


@pytest.mark.parametrize("seed", range(3))
def test_films_of_one_limb_taken_with_usual_errors_are_seldom_told(seed: int) -> None:
    """Turned by an SD of 5 deg that nobody typed, tilted, clicked 5 px aside: within two SD, 95 % or more of them."""
    rng = np.random.default_rng(seed)
    limb = LimbInSpace("right", "proximal", STRAIGHT | {"apex_anterior_deg": 20.0})
    count, false = 25, 0
    for _ in range(count):
        views = [
            film(
                limb,
                Radiograph(eye, turned_deg=rng.normal(0.0, 5.0), tilt_deg=rng.normal(0.0, 2.0), source_mm=1200.0),
                name,
                click_px=5.0,
                rng=rng,
                told={"turned_deg": 0.0},
            )
            for name, eye in (("ap1", "front"), ("ap2", "front"), ("lat", "left"))
        ]
        false += len(told(*views))
    assert false <= 0.15 * count


def test_warnings_are_a_key_when_and_only_when_there_are_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one = LimbInSpace("right", "proximal", STRAIGHT)
    fine = document(one, film(one, Radiograph("front"), "ap"), film(one, Radiograph("left"), "lat"))
    assert list(hexapod.measure(fine)) == ["results", "alignment", "cora"]
    edges = json.loads(json.dumps(fine))
    for point in edges["measured_with"]["films"][0]["points"]:
        point["at_px"][0] = 3000 - point["at_px"][0]
    measured = hexapod.measure(edges)
    assert list(measured) == ["results", "alignment", "cora", "warnings"]
    assert any("lie on the lateral side" in warning for warning in measured["warnings"])
    path = tmp_path / "films.json"
    path.write_text(json.dumps(edges), "utf-8")
    assert main(["measure", str(path), "--format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == measured
    assert main(["measure", str(path)]) == 0
    printed = capsys.readouterr()
    assert [line.removeprefix("Check: ") for line in printed.err.splitlines()] == measured["warnings"]


def test_radiographs_of_different_days_are_told_and_measured() -> None:
    limb = LimbInSpace("right", "proximal", STRAIGHT)
    films = [film(limb, Radiograph(eye), name) for eye, name in (("front", "ap1"), ("left", "lat1"))]
    for days, said in (
        (("2026-03-01", "2026-03-02"), ["ap1 of 2026-03-01, lat1 of 2026-03-02"]),
        (("2026-03-01", "2026-03-01"), []),
        ((None, "2026-03-01"), []),
    ):
        dated = [one | ({"date": day} if day else {}) for one, day in zip(films, days, strict=True)]
        measured = hexapod.measure(document(limb, *dated))
        found = [warning for warning in measured.get("warnings", []) if "different days" in warning]
        assert [part for part in said if not any(part in warning for warning in found)] == []
        assert len(found) == len(said)
        assert len(measured["results"]) == 5
