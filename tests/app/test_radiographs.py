"""The step Radiographs: what it makes of points, and what of that becomes an entry."""

from __future__ import annotations

import json

import pytest

from hexapod.app.draft import film_draft
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.draft_model import Draft, blank_draft
from hexapod.app.session import entries
from hexapod.app.steps.radiographs import film_results
from hexapod.case.film_format import MeasuredWith
from hexapod.deformity.quantities import DEFORMITY
from hexapod.films.measure import measurement_of
from tests.app.driver import Form, without_page
from tests.films.projector import LimbInSpace, Radiograph, document, film

LIMB = LimbInSpace(
    "right", "proximal", {"varus_deg": 14.0, "apex_anterior_deg": 6.0, "lateral_mm": 4.0, "short_mm": 8.0}
)
FILMS = [film(LIMB, Radiograph(eye), name) for eye, name in (("front", "ap1"), ("left", "lateral1"))]


def _text() -> str:
    return film_draft.with_film(film_draft.with_film("", FILMS[0]), FILMS[1])


def test_the_text_of_the_draft_is_always_one_of_the_format() -> None:
    text = _text()
    assert [one["id"] for one in film_draft.films(text)] == ["ap1", "lateral1"]
    assert film_draft.free_id(text, "ap") == "ap2"
    placed = [{"is": "origin", "at_px": [1.0, 2.0]}, {"is": "scale.1", "at_px": [3.0, 4.0]}]
    moved = film_draft.with_points(text, "ap1", placed)
    assert film_draft.films(moved)[0]["points"] == placed[:1]
    assert film_draft.films(moved)[1] == film_draft.films(text)[1]
    scaled = film_draft.with_scale(moved, "ap1", {"from": "given", "mm_per_px": [0.2, 0.2]})
    MeasuredWith.model_validate(json.loads(scaled))
    left = film_draft.without_film(scaled, "lateral1")
    assert [one["id"] for one in film_draft.films(left)] == ["ap1"]
    assert film_draft.without_film(left, "ap1") == ""


def test_what_was_taken_over_stays_noted_when_a_radiograph_is_removed() -> None:
    results = [{"word": "deformity.varus_deg", "size": 14.0, "films": ["ap1"], "taken": True}]
    text = film_draft._taken_over(_text(), results)
    other = [{"word": "deformity.valgus_deg", "size": 1.0, "films": ["ap1", "lateral1"], "taken": True}]
    text = film_draft.without_film(film_draft._taken_over(text, other), "lateral1")
    assert json.loads(text)["results"] == [{**other[0], "films": ["ap1"]}]
    MeasuredWith.model_validate(json.loads(text))


def _draft() -> Draft:
    draft = blank_draft()
    draft["limb"] |= {"side": "right", "bone": "tibia"}
    draft["levels"][0] |= {"reference": "proximal", "measured_with": _text()}
    return draft


@pytest.mark.hazard("H-33")
def test_only_what_is_taken_over_becomes_an_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = _draft()
    quantity = next(pair.quantity for pair in DEFORMITY if "valgus_deg" in (pair.positive, pair.negative))
    draft["levels"][0]["deformity"][quantity] = {"size": "11", "word": "valgus_deg"}
    case = without_page(monkeypatch, draft)
    found = measurement_of(document(LIMB, *FILMS))
    varus = next(size for size in found.deformity.sizes if size.word == "varus_deg")
    film_results._take_into(case.draft, (varus,))
    words = case.draft["levels"][0]["deformity"]
    assert words[quantity] == {"size": "14.0", "word": "varus_deg"}
    assert all(one == {"size": "", "word": None} for name, one in words.items() if name != quantity)
    result = json.loads(case.draft["levels"][0]["measured_with"])["results"]
    assert [(one["word"], one["typed_before"], one["taken"]) for one in result] == [("deformity.varus_deg", 11.0, True)]
    assert json.loads(case.draft["levels"][0]["deformity_sd"]) == {"ap_angulation_deg": round(varus.sd, 3)}
    # Changed by hand, it is no longer what was measured, and no longer as sure.
    place = ("levels", case.draft["levels"][0]["uid"], "deformity", quantity, "size")
    assert entries._enter(place, "14.5")
    assert case.draft["levels"][0]["deformity_sd"] == ""
    assert not json.loads(case.draft["levels"][0]["measured_with"])["results"][0]["taken"]
    # Once more, from its own size: the last one counts.
    film_results._take_into(case.draft, found.deformity.sizes)
    document_ = read_draft(case.draft).document
    assert document_["levels"][0]["deformity"] == {
        "varus_deg": 14.0, "apex_anterior_deg": 6.0, "lateral_mm": 4.0, "short_mm": 8.0,
        "posterior_mm": 0.0,
    }  # fmt: skip


def test_the_step_is_optional_and_asks_for_the_side_first() -> None:
    assert "Optional" in " ".join(
        str(block.value) for block in Form(case="sample-tibia_varus", step="radiographs").at.caption
    )
    empty = Form(case="new", step="radiographs").at
    assert not empty.exception
    assert not empty.get("file_uploader")


def test_the_radiographs_of_a_sample_are_a_press_away() -> None:
    form = Form(case="sample-tibia_varus", step="radiographs")
    form.at.button(key="film-open-sample").click()
    form.at.run()
    assert not form.at.exception
    draft = form.at.session_state["session"].case.draft
    opened = film_draft.films(draft["levels"][0]["measured_with"])
    assert [(one["id"], one["columns"], one["rows"], one["points"]) for one in opened] == [
        ("ap1", 800, 1120, []),
        ("lateral1", 800, 1120, []),
    ]
    assert read_draft(draft).document["levels"][0]["measured_with"]["films"][0]["side"] == "right"
