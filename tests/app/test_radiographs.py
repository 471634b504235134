"""The step Radiographs: what it makes of points, and what of that becomes an entry."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hexapod.app.draft import film_draft
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.draft_model import Draft, blank_draft, blank_level
from hexapod.app.session import entries, library_access
from hexapod.app.session.session import OpenCase
from hexapod.app.steps.radiographs import film_results, radiographs_step
from hexapod.case.film_format import MeasuredWith
from hexapod.deformity.quantities import DEFORMITY
from hexapod.films.film_file import FilmPicture
from hexapod.films.film_header import record_of
from hexapod.films.measure import measurement_of
from tests.app.driver import Form, without_page
from tests.films.projector import LimbInSpace, Radiograph, document, film

LIMB = LimbInSpace(
    "right", "proximal", {"varus_deg": 14.0, "apex_anterior_deg": 6.0, "lateral_mm": 4.0, "short_mm": 8.0}
)
FILMS = [
    film(LIMB, Radiograph(eye), name, told={"pixels_sha256": letter * 64})
    for eye, name, letter in (("front", "ap1", "a"), ("left", "lateral1", "b"))
]


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
    # A point of the scale that moves takes the scale along.
    ball = {"from": "ball", "true_mm": 25.4, "rim_px": [[0, 0], [9, 0], [0, 9]]}
    text = film_draft.with_scale(text, "ap1", ball)
    rim = [{"is": name, "at_px": [7.0, float(k)]} for k, name in enumerate(film_draft.scale_names(3))]
    moved = film_draft.with_points(text, "ap1", rim)
    assert film_draft.films(moved)[0]["scale"]["rim_px"] == [[7.0, 0.0], [7.0, 1.0], [7.0, 2.0]]
    assert film_draft.points_of_scale(film_draft.films(moved)[0]) == rim


def test_what_was_taken_over_loses_its_sd_with_its_last_radiograph() -> None:
    level = _draft()["levels"][0]
    film_draft.take_into(level, measurement_of(document(LIMB, *FILMS)).deformity.sizes, 1)
    assert len(json.loads(level["deformity_sd"])) == 5
    film_draft.remove_film(level, "lateral1")
    MeasuredWith.model_validate(json.loads(level["measured_with"]))
    # What the lateral view told alone went with it.
    assert all(one["films"] == ["ap1"] for one in json.loads(level["measured_with"])["results"])
    film_draft.remove_film(level, "ap1")
    assert (level["measured_with"], level["deformity_sd"]) == ("", "")


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
    film_draft.take_into(case.draft["levels"][0], (varus,), 1)
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
    film_draft.take_into(case.draft["levels"][0], found.deformity.sizes, 1)
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


def _picture(letter: str, **header: Any) -> FilmPicture:
    return FilmPicture(b"", letter * 64, 3000, 4000, header, inverted=False, turned=False)


def _record(picture: FilmPicture, view: Any, seen_from: Any) -> dict[str, Any]:
    return record_of(picture, name="", side="right", view=view, seen_from=seen_from)[0]


def _two_levels(monkeypatch: pytest.MonkeyPatch) -> tuple[OpenCase, dict[str, Any], dict[str, Any]]:
    draft = _draft()
    draft["levels"].append(blank_level() | {"reference": "proximal", "measured_with": _text()})
    case = without_page(monkeypatch, draft)
    monkeypatch.setattr(entries, "save", lambda **_: None)
    monkeypatch.setattr(library_access, "may_enter", lambda *_: True)
    return case, case.draft["levels"][0], case.draft["levels"][1]


@pytest.mark.hazard("H-33")
def test_a_button_of_one_hexapod_never_reaches_another(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, second = _two_levels(monkeypatch)
    case.level = second["uid"]  # chosen while the button of the first was still on the screen
    before = second["measured_with"]
    radiographs_step._remove(first["uid"], "ap1")
    assert [one["id"] for one in film_draft.films(first["measured_with"])] == ["lateral1"]
    film_results._take(first["uid"], measurement_of(document(LIMB, *FILMS)).deformity.sizes)
    assert first["deformity_sd"]
    assert (second["measured_with"], second["deformity_sd"]) == (before, "")
    # What a header says is asked in the level in which the file was opened, and replaces nothing.
    picture = _picture("c", Laterality="L")
    case.asked_film = (first["uid"], _record(picture, "ap", "front"), picture, ["The header says left."])
    radiographs_step._decide(first["uid"], as_said=True)
    assert [one["id"] for one in film_draft.films(first["measured_with"])] == ["lateral1", "ap1"]
    assert second["measured_with"] == before


@pytest.mark.hazard("H-22")
def test_nothing_of_a_closed_case_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, _ = _two_levels(monkeypatch)
    picture, before = _picture("c"), first["measured_with"]
    monkeypatch.setattr(library_access, "may_enter", lambda *_: False)
    case.asked_film = (first["uid"], _record(picture, "ap", "front"), picture, ["x"])
    radiographs_step._decide(first["uid"], as_said=True)
    radiographs_step._remove(first["uid"], "ap1")
    radiographs_step._open_sample(first["uid"])
    film_results._take(first["uid"], measurement_of(document(LIMB, *FILMS)).deformity.sizes)
    assert (first["measured_with"], first["deformity_sd"], case.asked_film) == (before, "", None)


@pytest.mark.hazard("H-33")
def test_the_same_picture_opened_again_is_corrected_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, _ = _two_levels(monkeypatch)
    lateral = _picture("b")
    case.asked_film = (first["uid"], _record(lateral, "lateral", "right"), lateral, [])
    radiographs_step._decide(first["uid"], as_said=True)
    corrected = next(one for one in film_draft.films(first["measured_with"]) if one["id"] == "lateral1")
    assert (corrected["seen_from"], len(corrected["points"])) == ("right", len(FILMS[1]["points"]))
    assert "Look at its points and sizes again" in case.said
    before = first["measured_with"]
    case.asked_film = (first["uid"], _record(lateral, "ap", "front"), lateral, [])
    radiographs_step._decide(first["uid"], as_said=True)
    assert first["measured_with"] == before
    assert "remove that one first" in case.said


@pytest.mark.hazard("H-33")
def test_zero_by_a_click_is_no_measured_size(monkeypatch: pytest.MonkeyPatch) -> None:
    _, first, _ = _two_levels(monkeypatch)
    film_draft.take_into(first, measurement_of(document(LIMB, *FILMS)).deformity.sizes, 1)
    assert entries._enter(("levels", first["uid"], "deformity_zero"), "zero")
    assert first["deformity_sd"] == ""
