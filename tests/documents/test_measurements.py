"""What was measured on radiographs, on the clinician's report and in the workbook: beside what is used, with scale."""

from __future__ import annotations

import datetime
import io
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pypdf
import pytest
from PIL import Image

from hexapod import make_plan
from hexapod.case.files import read_case
from hexapod.case.film_format import Film
from hexapod.case.model import Case
from hexapod.documents.document_set import PrintOptions, documents
from hexapod.drawings.report.report_radiographs import film_drawing
from hexapod.films.film_file import read_film
from hexapod.library.models import Readings, RecordedVisit, Visit
from hexapod.plan.make_plan import Plan
from hexapod.text.film_text import measured_rows, scale_words
from tests.films.projector import LimbInSpace, Radiograph, film

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.hazard("H-33")
# The angulations of the sample's entries, and another translation.
LIMB = LimbInSpace(
    "right", "proximal", {"varus_deg": 14.0, "apex_anterior_deg": 6.0, "lateral_mm": 4.0, "short_mm": 8.0}
)


def picture() -> tuple[str, bytes]:
    file = io.BytesIO()
    Image.fromarray(np.full((60, 40), 99, np.uint8)).save(file, "PNG")
    read = read_film(file.getvalue())
    return read.sha256, read.png


SHA256, PNG = picture()


def case(**more: Any) -> Case:
    value = json.loads((ROOT / "sample_cases" / "tibia_varus.json").read_text("utf-8"))
    films = [film(LIMB, Radiograph(eye), name) for eye, name in (("front", "ap1"), ("left", "lateral1"))]
    films[0] |= {"pixels_sha256": SHA256, "date": "2026-03-01"}
    films[1] |= {"scale": {"from": "ball", "true_mm": 25.4, "rim_px": [[100, 100], [300, 100], [200, 200]]}}
    taken = {"word": "deformity.varus_deg", "size": 14.0, "sd": 0.6, "films": ["ap1"], "taken": True}
    value["levels"][0]["measured_with"] = {"format": "hexapod-films/1", "films": films, "results": [taken]} | more
    return read_case(value)


def made(of: Case, kind: str, **options: Any) -> bytes:
    plan = make_plan(of)
    assert isinstance(plan, Plan)
    return next(one for one in documents(plan, PrintOptions(**options)) if one.kind == kind).content()


def pages(pdf: bytes) -> tuple[str, int]:
    """The text of a report, and how many pictures of pixels are in it."""
    read = pypdf.PdfReader(io.BytesIO(pdf))
    text = " ".join(re.sub(r"\s+", " ", page.extract_text()) for page in read.pages)
    return text, sum(len(page.images) for page in read.pages)


def test_each_size_stands_beside_what_the_plan_uses() -> None:
    """By hand: the sample enters 14 varus, 6 apex anterior, 2 lateral, 10 short and nothing across the lateral view."""
    rows = measured_rows(case().levels[0], "right")
    assert not isinstance(rows, str)
    told = {row.quantity: (round(row.size, 1), row.word, row.used, row.used_word, row.words) for row in rows}
    assert told == {
        "AP angulation": (14.0, "varus", 14.0, "varus", "taken over"),
        "lateral angulation": (6.0, "apex anterior", 6.0, "apex anterior", "typed, the same"),
        "AP translation": (4.0, "lateral", 2.0, "lateral", "entered otherwise"),
        "lateral translation": (0.0, "posterior", None, None, "not entered"),
        "axial translation": (8.1, "short", 10.0, "short", "entered otherwise"),
    }
    # What was taken over is as sure as it was measured; what was typed is as sure as usual.
    assert [round(row.used_sd, 2) for row in rows][:2] == [0.6, 1.25]


@pytest.mark.slow
def test_the_report_has_table_and_scale_and_the_pictures_that_are_kept() -> None:
    without, none = pages(made(case(), "report"))
    text, pictures = pages(made(case(), "report", films={SHA256: PNG}))
    assert (none, pictures) == (0, 1)
    for told in (text, without):
        assert "Measured on radiographs" in told
        assert "14.0 ± 0.6 deg varus" in told
        assert "2 ± 1.1 mm lateral" in told
        # 25.4 mm over the circle through (100, 100), (300, 100), (200, 200), whose diameter is 200 px.
        assert "25.4 mm / 200.0 px = 0.127 mm per pixel ± 2 %" in told
    assert "not kept with the case" in without
    assert "not kept with the case" not in text
    assert made(case(), "report", films={SHA256: PNG}) == made(case(), "report", films={SHA256: PNG})


@pytest.mark.slow
def test_radiographs_of_a_visit_are_printed_with_what_it_recorded() -> None:
    """Measured 5 varus; recorded 7 by hand, so as sure as usual; before surgery nothing was measured."""
    limb = LimbInSpace("right", "proximal", {"varus_deg": 5.0})
    films = {"format": "hexapod-films/1", "films": [film(limb, Radiograph("front"), "ap7") | {"pixels_sha256": SHA256}]}
    measured = {"deformity": {"varus_deg": 7.0}, "measured_with": films}
    six = Readings(0, (100.0,) * 6, None, measured)
    visits = tuple(
        RecordedVisit("a" * 24, number, 1, Visit(datetime.date(2026, 8, 2), (readings,)), "AB", "2026-08-02T10:00:00")
        for number, readings in ((1, six), (2, replace(six, measured={"deformity": {}})), (3, replace(six, level=4)))
    )
    bare = read_case(json.loads((ROOT / "sample_cases" / "tibia_varus.json").read_text("utf-8")))
    text, pictures = pages(made(bare, "report", films={SHA256: PNG}, visits=visits))
    assert text.count("Measured on radiographs at the visit of 2026-08-02") == 1
    assert "Recorded ± SD" in text
    assert "5.0 ± 0." in text
    assert "7 ± 0.9 deg varus" in text
    assert "entered otherwise" in text
    assert pictures == 1
    assert "ap7: AP from the front" in text
    without, none = pages(made(bare, "report", visits=visits))
    assert ("not kept with the case" in without, none) == (True, 0)


@pytest.mark.slow
def test_a_case_without_radiographs_has_no_such_section() -> None:
    value = json.loads((ROOT / "sample_cases" / "tibia_varus.json").read_text("utf-8"))
    assert "Measured on radiographs" not in pages(made(read_case(value), "report"))[0]
    book = openpyxl.load_workbook(io.BytesIO(made(read_case(value), "workbook")))
    assert "Measurements" not in book.sheetnames


def test_the_workbook_has_a_sheet_of_them() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(made(case(), "workbook")))["Measurements"]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    varus = next(row for row in rows if row[1] == "AP angulation")
    assert (varus[2], varus[4], varus[5], varus[8], varus[10], varus[11]) == (
        14,
        "deg",
        "varus",
        14,
        "varus",
        "taken over",
    )


@pytest.mark.slow
def test_points_that_tell_nothing_are_told_and_the_report_is_made() -> None:
    one = film(LIMB, Radiograph("front"), "ap1")
    other = film(LIMB, Radiograph("front"), "ap2") | {"turned_deg": 20}
    found = case(films=[one, other], results=[])
    rows = measured_rows(found.levels[0], "right")
    assert isinstance(rows, str)
    assert "45 deg" in rows
    assert "45 deg" in pages(made(found, "report"))[0]


def test_a_picture_stored_mirrored_is_printed_the_right_way_round() -> None:
    """Column 10 of 40, stored mirrored, stands at three quarters of the width."""
    value = {
        "id": "ap1", "view": "ap", "side": "right", "seen_from": "front", "columns": 40, "rows": 60,
        "pixels_sha256": SHA256, "points": [{"is": "origin", "at_px": [10, 30]}],
    }  # fmt: skip
    for mirrored, share in ((False, 0.25), (True, 0.75)):
        drawn = film_drawing(
            [Film.model_validate(value | {"mirrored": mirrored})], {SHA256: PNG}, "right", "proximal", "tibia"
        ).decode()
        wide = float(re.search(r'<image [^>]*width="([0-9.]+)"', drawn)[1])  # type: ignore[index]
        centre = float(re.search(r'<circle cx="([0-9.]+)"', drawn)[1])  # type: ignore[index]
        assert centre / wide == pytest.approx(share, abs=0.01)
        assert ("scale(-1 1)" in drawn) == mirrored


def test_scales_say_where_they_are_from() -> None:
    value = {
        "id": "ap1", "view": "ap", "side": "right", "seen_from": "front", "columns": 40, "rows": 60, "points": [],
    }  # fmt: skip
    for scale, told in (
        (None, "none: angles only"),
        (
            {"from": "header", "mm_per_px": [0.15, 0.14]},
            "header, 0.15 (rows) x 0.14 (columns) mm per pixel ± 3 %",
        ),
        ({"from": "given", "mm_per_px": [0.14, 0.14], "sd_percent": 1}, "given, 0.14 mm per pixel ± 1 %"),
        (
            {"from": "ruler", "true_mm": 10, "ends_px": [[0, 0], [30, 40]], "mm_per_px": [0.21, 0.21]},
            "ruler, 10 mm / 50.0 px = 0.2, used 0.21 mm per pixel ± 2 %",
        ),
    ):
        assert scale_words(Film.model_validate(value | {"scale": scale})) == told
