"""The step Radiographs: what it makes of points, and what of that becomes an entry."""

from __future__ import annotations

import hashlib
import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import data_store
import numpy as np
import pytest
from PIL import Image

from hexapod.app.draft import film_draft
from hexapod.app.draft.conversion import read_draft
from hexapod.app.draft.draft_model import Draft, blank_draft, blank_level
from hexapod.app.draft.film_draft import film_entries
from hexapod.app.session import entries, library_access, session
from hexapod.app.session.session import OpenCase
from hexapod.app.steps.radiographs import film_about, film_results, film_ruler, film_scale, film_view, radiographs_step
from hexapod.case.film_format import Film, MeasuredWith
from hexapod.deformity.quantities import DEFORMITY
from hexapod.films.film_file import FilmPicture, read_film, record_of
from hexapod.films.measure import measurement_of
from hexapod.films.ruler import PLACE, RulerSize, ruled
from hexapod.text.film_text import scale_words
from hexapod.text.numbers import number
from tests.app.driver import Form, without_page
from tests.films import film_files
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
    assert film_draft.points_beside(film_draft.films(moved)[0]) == rim


def test_what_was_taken_over_loses_its_sd_with_its_last_radiograph() -> None:
    level = _draft()["levels"][0]
    film_draft.take_into(level, measurement_of(document(LIMB, *FILMS)).deformity.sizes, 1)
    assert len(_sds(level)) == 5
    film_draft.remove_film(level, "lateral1")
    MeasuredWith.model_validate(json.loads(level["measured_with"]))
    # What the lateral view told alone went with it.
    assert all(one["films"] == ["ap1"] for one in json.loads(level["measured_with"])["results"])
    film_draft.remove_film(level, "ap1")
    assert (level["measured_with"], _sds(level)) == ("", {})


def _sds(level: Draft, part: str = "deformity_sd") -> dict[str, str]:
    """The SDs that stand at a level."""
    return {key: sd for key, sd in level[part].items() if sd}


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
    assert _sds(case.draft["levels"][0]) == {"ap_angulation_deg": number(round(varus.sd, 3))}
    # Changed by hand, it is no longer what was measured, and no longer as sure.
    place = ("levels", case.draft["levels"][0]["uid"], "deformity", quantity, "size")
    assert entries._enter(place, "14.5")
    assert _sds(case.draft["levels"][0]) == {}
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
    form = Form(case="new", step="radiographs")
    assert not form.at.exception
    assert not form.at.get("file_uploader")
    # Both are asked for where they are needed: the reference fragment is otherwise chosen a step later.
    form.choose("Side", "left")
    assert not form.at.get("file_uploader")
    form.choose("Reference fragment (fixed)", "proximal")
    assert form.at.get("file_uploader")


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
    # Opened, they have told the plan nothing yet.
    assert form.at.button(key="step-radiographs").label.endswith("[none taken over]")


def said(of: dict[str, Any]) -> str:
    return scale_words(Film.model_validate(of | {"points": []}))


def _picture(letter: str, **header: Any) -> FilmPicture:
    return FilmPicture(b"", letter * 64, 30, 40, header, inverted=False, turned=False)


def _record(picture: FilmPicture, view: Any, seen_from: Any) -> dict[str, Any]:
    return record_of(picture, name="", side="right", view=view, seen_from=seen_from)[0]


def _two_levels(monkeypatch: pytest.MonkeyPatch) -> tuple[OpenCase, dict[str, Any], dict[str, Any]]:
    draft = _draft()
    draft["levels"].append(blank_level() | {"reference": "proximal", "measured_with": _text()})
    case = without_page(monkeypatch, draft)
    monkeypatch.setattr(entries, "save", lambda **_: None)
    monkeypatch.setattr(library_access, "may_enter", lambda *_: True)
    return case, case.draft["levels"][0], case.draft["levels"][1]


def _say(path: tuple[str, ...], value: Any) -> None:
    """A field of the open draft says this."""
    session.st.session_state[session.widget_key(path)] = value


def _overruled(uid: str, reason: str = "the technician chose the wrong side") -> None:
    """Somebody has typed why the header is wrong, and opens it as said."""
    _say((radiographs_step.OVERRULED, uid), reason)
    radiographs_step._decide(uid, agreed=True)


@pytest.mark.hazard("H-33")
def test_a_button_of_one_hexapod_never_reaches_another(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, second = _two_levels(monkeypatch)
    case.level = second["uid"]  # chosen while the button of the first was still on the screen
    before = second["measured_with"]
    radiographs_step._remove(first["uid"], "ap1")
    assert [one["id"] for one in film_draft.films(first["measured_with"])] == ["lateral1"]
    film_results._take(first["uid"], measurement_of(document(LIMB, *FILMS)).deformity.sizes)
    assert _sds(first)
    assert (second["measured_with"], _sds(second)) == (before, {})
    # What a header says is asked in the level in which the file was opened, and replaces nothing.
    picture = _picture("c", Laterality="L")
    case.asked_film = (first["uid"], _record(picture, "ap", "front"), picture, ["The header says left."])
    radiographs_step._decide(first["uid"], agreed=True)
    assert case.asked_film is not None, "without a reason nothing is opened"
    assert "why the header is wrong" in case.message
    _overruled(first["uid"])
    opened = film_draft.films(first["measured_with"])
    assert [one["id"] for one in opened] == ["lateral1", "ap1"]
    assert opened[1]["header_overruled"] == "the technician chose the wrong side"
    MeasuredWith.model_validate(json.loads(first["measured_with"]))
    assert second["measured_with"] == before


@pytest.mark.hazard("H-22")
def test_nothing_of_a_closed_case_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, _ = _two_levels(monkeypatch)
    picture, before = _picture("c"), first["measured_with"]
    monkeypatch.setattr(library_access, "may_enter", lambda *_: False)
    case.asked_film = (first["uid"], _record(picture, "ap", "front"), picture, ["x"])
    radiographs_step._decide(first["uid"], agreed=True)
    radiographs_step._remove(first["uid"], "ap1")
    radiographs_step._open_sample(first["uid"])
    film_results._take(first["uid"], measurement_of(document(LIMB, *FILMS)).deformity.sizes)
    assert (first["measured_with"], _sds(first), case.asked_film) == (before, {}, None)


@pytest.mark.hazard("H-33")
def test_the_same_picture_opened_again_is_corrected_or_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, _ = _two_levels(monkeypatch)
    lateral = _picture("b")
    case.asked_film = (first["uid"], _record(lateral, "lateral", "right"), lateral, [])
    _overruled(first["uid"])
    corrected = next(one for one in film_draft.films(first["measured_with"]) if one["id"] == "lateral1")
    assert (corrected["seen_from"], len(corrected["points"])) == ("right", len(FILMS[1]["points"]))
    assert "Look at its points and sizes again" in case.message
    before = first["measured_with"]
    case.asked_film = (first["uid"], _record(lateral, "ap", "front"), lateral, [])
    _overruled(first["uid"])
    assert first["measured_with"] == before
    assert "remove that one first" in case.message


@pytest.mark.hazard("H-33")
def test_zero_by_a_click_is_no_measured_size(monkeypatch: pytest.MonkeyPatch) -> None:
    _, first, _ = _two_levels(monkeypatch)
    film_draft.take_into(first, measurement_of(document(LIMB, *FILMS)).deformity.sizes, 1)
    assert entries._enter(("levels", first["uid"], "deformity_zero"), "zero")
    assert _sds(first) == {}


def _typed(uid: str, name: str, **said: Any) -> None:
    """What the fields of a radiograph say."""
    for what, value in said.items():
        _say((getattr(film_about, what), uid, name), value)


def _film(level: dict[str, Any], name: str = "ap1") -> dict[str, Any]:
    film = film_draft.film_of(level["measured_with"], name)
    assert film is not None
    MeasuredWith.model_validate(json.loads(level["measured_with"]))
    return film


@pytest.mark.hazard("H-33")
def test_the_side_marker_is_clicked_and_read_or_there_is_a_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, _ = _two_levels(monkeypatch)
    uid = first["uid"]
    assert "click the side marker" in film_about.still_open(_film(first))[0]
    # The letter of the other side is refused, and not kept.
    _typed(uid, "ap1", MARKER="L")
    film_about._marker(uid, "ap1")
    assert "marker" not in _film(first)
    assert "right one" in case.message
    _typed(uid, "ap1", MARKER="R")
    case.points_beside[uid, "a" * 64] = [{"is": "marker", "at_px": [12.5, 30.0]}]
    film_about._marker(uid, "ap1")
    assert _film(first)["marker"] == {"reads": "R", "at_px": [12.5, 30.0]}
    assert film_about.still_open(_film(first)) == []
    # Dragged afterwards, it stays the marker; taken away, it is asked for where the picture is open.
    text = film_draft.with_points(first["measured_with"], "ap1", [{"is": "marker", "at_px": [14.0, 31.0]}])
    assert film_draft.films(text)[0]["marker"] == {"reads": "R", "at_px": [14.0, 31.0]}
    first["measured_with"] = film_draft.with_points(first["measured_with"], "ap1", [])
    case.pictures["a" * 64] = _picture("a")
    assert film_about.still_open(_film(first)) == ["ap1: click the side marker on the radiograph."]
    # A letter that reads as its mirror image turns the picture, and says so where the header says otherwise.
    case.pictures["a" * 64] = _picture("a", PatientOrientation=["L", "F"])
    film_about._mirror(uid, "ap1")
    assert (_film(first)["mirrored"], _film(first)["header_overruled"]) == (True, film_about.BY_THE_LETTER)
    film_about._mirror(uid, "ap1")
    assert _film(first)["mirrored"] is False
    # None seen needs a reason.
    _typed(uid, "ap1", MARKER="none", REASON="  ")
    film_about._marker(uid, "ap1")
    assert film_about.still_open(_film(first))
    _typed(uid, "ap1", REASON="cut off; the fibula is lateral")
    film_about._marker(uid, "ap1")
    assert _film(first)["no_marker"] == "cut off; the fibula is lateral"
    assert film_about.still_open(_film(first)) == []


@pytest.mark.hazard("H-33")
def test_a_scale_says_its_formula_and_what_it_is_off_by(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, _ = _two_levels(monkeypatch)
    uid = first["uid"]
    rim = [[600.0, 500.0], [500.0, 600.0], [440.0, 420.0]]  # round (500, 500) with radius 100
    names = film_draft.scale_names(3)
    case.points_beside[uid, "a" * 64] = [{"is": one, "at_px": at} for one, at in zip(names, rim, strict=True)]
    for what, value in ((film_scale.SCALE, "ball"), (film_scale.TRUE_MM, "25")):
        _say((what, uid, "ap1"), value)
    film_scale._use_scale(uid, "ap1")
    assert "at the depth of the bone" in case.message
    for depth, sd in (("bone", "2"), ("unknown", "5")):
        _say((film_scale.DEPTH, uid, "ap1"), depth)
        film_scale._use_scale(uid, "ap1")
        assert said(_film(first)) == f"ball, 25 mm / 200.0 px = 0.125 mm per pixel ± {sd} %"
    _say((film_scale.SCALE, uid, "ap1"), "frame")
    film_scale._use_scale(uid, "ap1")
    assert said(_film(first)) == "frame, 25 mm / 141.4 px = 0.1768 mm per pixel ± 5 %"
    assert [point["is"] for point in film_draft.points_beside(_film(first))] == names[:2]
    header = _film(first) | {"scale": {"from": "header", "mm_per_px": [0.1, 0.2]}}
    assert said(header) == "header, 0.1 (rows) x 0.2 (columns) mm per pixel ± 3 %"


@pytest.mark.hazard("H-33")
def test_date_and_turn_of_a_radiograph(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, _ = _two_levels(monkeypatch)
    uid = first["uid"]
    _typed(uid, "ap1", DATE="7.12.2026")
    film_about._date(uid, "ap1")
    assert _film(first)["date"] == "2026-12-07"
    _typed(uid, "ap1", DATE="yesterday")
    film_about._date(uid, "ap1")
    assert (_film(first)["date"], "no date" in case.message) == ("2026-12-07", True)
    _typed(uid, "ap1", TURNED="12", WAY=None)
    film_about._turned(uid, "ap1")
    assert (_film(first)["turned_deg"], "which way" in case.message) == (0.0, True)
    for way, deg in (("counter-clockwise", 12.0), ("clockwise", -12.0)):
        _typed(uid, "ap1", TURNED="12", WAY=way)
        film_about._turned(uid, "ap1")
        assert _film(first)["turned_deg"] == deg
    _typed(uid, "ap1", TURNED="-12")
    film_about._turned(uid, "ap1")
    assert (_film(first)["turned_deg"], "no sign" in case.message) == (-12.0, True)
    _typed(uid, "ap1", WATCHED="nobody")
    film_about._watched(uid, "ap1")
    assert _film(first)["turned_sd_deg"] == 10.0


@pytest.mark.hazard("H-06")
def test_a_size_of_the_ruler_goes_into_any_entry_with_its_sd(monkeypatch: pytest.MonkeyPatch) -> None:
    _, first, second = _two_levels(monkeypatch)
    uid = first["uid"]
    at = LIMB.origin + np.array([30.0, 0.0, -20.0])  # medial of a right limb is +x
    points = [*_film(first)["points"], {"is": PLACE.names(0)[0], "at_px": Radiograph("front").pixel(at)}]
    first["measured_with"] = film_draft.with_points(first["measured_with"], "ap1", points)
    read = film_view.read_alone(_film(first), "right", "proximal")
    assert read is not None
    across = next(size for size in ruled(read, "right") if size.word == "medial_mm")
    assert across.size == pytest.approx(30.0, abs=1e-6)
    words = {one.word for one in film_entries(first) if film_ruler._fits(one, across)}
    assert words == {"mounting.medial_mm", "deformity.medial_mm"}
    key = session.widget_key((film_ruler.ENTRY, uid, "x"))
    _say((film_ruler.ENTRY, uid, "x"), "mounting.medial_mm")
    before = second["measured_with"]
    film_ruler._take(uid, key, across, "x")
    assert first["mounting"]["AP translation"] == {"size": "30.0", "word": "medial_mm"}
    assert _sds(first, "mounting_sd") == {"ap_offset_mm": number(round(across.sd, 3))}
    assert [one["word"] for one in json.loads(first["measured_with"])["results"]] == ["mounting.medial_mm"]
    assert (second["mounting"]["AP translation"]["size"], second["measured_with"]) == ("", before)
    read_draft(session.draft())
    # Changed by hand, it is as sure as any other entry.
    assert entries._enter(("levels", uid, "mounting", "AP translation", "size"), "31")
    assert _sds(first, "mounting_sd") == {}
    assert [one["taken"] for one in json.loads(first["measured_with"])["results"]] == [False]
    # A plain number, too.
    distance = RulerSize("distance 1", "", 26.4, 1.0, "mm", "ap1", ("free.200", "free.201"))
    _say((film_ruler.ENTRY, uid, "x"), "bone.diameter_mm")
    film_ruler._take(uid, key, distance, "x")
    assert first["bone"]["diameter_mm"] == "26.4"
    film_ruler._remove(uid, across)
    assert all(not point["is"].startswith("free.") for point in _film(first)["points"])


@pytest.mark.hazard("H-33")
def test_the_other_limb_is_shown_for_comparison_and_never_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, _ = _two_levels(monkeypatch)
    before, picture = first["measured_with"], _picture("d")
    record = record_of(picture, name="", side="left", view="ap", seen_from="front")[0]
    case.asked_film = (first["uid"], record, picture, [])
    _overruled(first["uid"])
    assert first["measured_with"] == before
    assert case.other_limb == {(first["uid"], "ap"): (picture, False)}
    assert "other one" in case.message


def test_a_box_over_a_name_is_burned_in_and_the_points_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, _ = _two_levels(monkeypatch)
    uid, file = first["uid"], io.BytesIO()
    Image.fromarray(np.full((40, 30), 200, np.uint8)).save(file, "PNG")
    picture = read_film(file.getvalue())
    first["measured_with"] = film_draft.with_details(
        first["measured_with"], "ap1", {"pixels_sha256": picture.sha256, "columns": 30, "rows": 40}
    )
    points = _film(first)["points"]
    case.pictures[picture.sha256] = picture
    told = {"cover": {"number": 1, "sha256": picture.sha256, "box": [3, 5, 20, 9]}}
    _say(("film", uid, "ap1"), told)
    film_view._cover(uid, "ap1")
    [(name, covered)] = case.pictures.items()
    assert (_film(first)["pixels_sha256"], _film(first)["points"]) == (name, points)
    grey = np.asarray(Image.open(io.BytesIO(covered.png)))
    assert (grey[5:9, 3:20] == 0).all()
    assert grey.sum() == 200 * (1200 - 4 * 17)
    assert picture.sha256 != name
    # A second box; then the file is opened again in another window: covered as before, it finds its points.
    _say(("film", uid, "ap1"), {"cover": {"number": 2, "sha256": name, "box": [0, 30, 9, 40]}})
    film_view._cover(uid, "ap1")
    [twice] = case.pictures
    case.pictures.clear()
    _open(file.getvalue(), NAMED="cover")
    film_ = _film(first)
    assert (film_["pixels_sha256"], film_["points"], film_["id"]) == (twice, points, "ap1")
    assert film_["covered_px"] == [[3, 5, 20, 9], [0, 30, 9, 40]]
    assert (list(case.pictures), case.covering) == ([twice], "")
    assert "black again" in case.message
    # Another picture of the same size is another radiograph.
    file = io.BytesIO()
    Image.fromarray(np.full((40, 30), 100, np.uint8)).save(file, "PNG")
    _open(file.getvalue())
    assert {one["id"] for one in film_draft.films(first["measured_with"])} == {"ap1", "lateral1", "ap2"}


@pytest.mark.parametrize("packed", [1, 2], ids=["as now", "by Pillow"])
def test_a_picture_that_an_older_file_names_by_its_png_finds_its_points(
    monkeypatch: pytest.MonkeyPatch, packed: int
) -> None:
    case, first, _ = _two_levels(monkeypatch)
    file, png = io.BytesIO(), io.BytesIO()
    Image.fromarray(np.arange(1200, dtype=np.uint8).reshape(40, 30)).save(file, "PNG")
    picture = read_film(file.getvalue())
    Image.open(file).save(png, "PNG", compress_level=2)
    name = hashlib.sha256(picture.png if packed == 1 else png.getvalue()).hexdigest()
    first["measured_with"] = film_draft.with_details(
        first["measured_with"], "ap1", {"pixels_sha256": name, "columns": 30, "rows": 40}
    )
    points = _film(first)["points"]
    _open(file.getvalue())
    assert [one["id"] for one in film_draft.films(first["measured_with"])] == ["lateral1", "ap1"]
    opened = film_draft.film_of(first["measured_with"], "ap1")
    assert opened is not None
    assert (opened["pixels_sha256"], opened["points"]) == (picture.sha256, points)
    assert list(case.pictures) == [picture.sha256]


def test_only_adults_have_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    form = Form(case="sample-tibia_varus", step="radiographs")
    tibia = [
        {"is": f"joint.{name}", "at_px": at}
        for name, at in {
            "proximal_tibia.medial": [450.0, 100.0], "proximal_tibia.lateral": [350.0, 60.0],
            "ankle.medial": [440.0, 1000.0], "ankle.lateral": [360.0, 1000.0],
        }.items()
    ]  # fmt: skip
    film_ = FILMS[0] | {"points": tibia, "columns": 800, "rows": 1120}
    draft = form.at.session_state["session"].case.draft
    draft["levels"][0]["measured_with"] = film_draft.with_film("", film_)
    for child, ranges in (("no", True), ("yes", False)):
        draft["limb"]["child"] = child
        form.at.run()
        told = " ".join(str(block.value) for block in form.at.get("html"))
        assert "MPTA" in told
        assert ("85 to 90" in told) is ranges
        assert ('class="hx-outside"' in told) is ranges


def _open(content: bytes, **said: str | None) -> None:
    """Somebody has chosen a file and says this of it, then presses the button."""
    file = SimpleNamespace(getvalue=lambda: content, name="MUELLER_ANNA.dcm")
    fields = {"UPLOAD": file, "SIDE": "right", "VIEW": "ap", "FROM": "front", "NAMED": "none"} | said
    for name, value in fields.items():
        session.st.session_state[radiographs_step._field(getattr(radiographs_step, name))] = value
    radiographs_step._open(session.level()["uid"])


def test_a_file_is_read_when_it_is_chosen_and_only_once(monkeypatch: pytest.MonkeyPatch) -> None:
    case, first, _ = _two_levels(monkeypatch)
    first["measured_with"], read = "", []

    def counted(content: bytes) -> FilmPicture:
        read.append(content)
        return read_film(content)

    monkeypatch.setattr(radiographs_step, "read_film", counted)
    files = []
    for grey in (90, 120):
        file = io.BytesIO()
        Image.fromarray(np.full((40, 30), grey, np.uint8)).save(file, "PNG")
        files.append(file.getvalue())
    field = radiographs_step._field(radiographs_step.UPLOAD)
    session.st.session_state[field] = SimpleNamespace(getvalue=lambda: b"no radiograph")
    radiographs_step._read_ahead(first["uid"])
    assert "DICOM, PNG, JPEG or TIFF" in case.message
    session.st.session_state[field] = SimpleNamespace(getvalue=lambda: files[0])
    radiographs_step._read_ahead(first["uid"])
    _open(files[0])
    assert read == [b"no radiograph", files[0]]
    assert case.read_ahead is None
    # Another file than the one that was read is read itself.
    session.st.session_state[radiographs_step._field(radiographs_step.UPLOAD)] = SimpleNamespace(
        getvalue=lambda: files[0]
    )
    radiographs_step._read_ahead(first["uid"])
    _open(files[1])
    assert read[-1] == files[1]
    assert len({one["pixels_sha256"] for one in film_draft.films(first["measured_with"])}) == 2


def test_the_real_radiograph_is_a_press_away_on_the_sample_alone() -> None:
    form = Form(case="sample-tibia_varus", step="radiographs").press("film-open-real")
    film_ = _film(form.case.draft["levels"][0])
    assert (film_["side"], film_["view"], film_["mirrored"], film_["scale"]) == ("right", "ap", True, None)
    assert "of nobody whom this case tells of" in form.case.message
    # In a window opened later its picture is not there; the same press brings it back.
    again = Form(case=form.case.token, step="radiographs")
    assert again.case.pictures == {}
    again.press("film-open-real")
    assert (list(again.case.pictures), len(film_draft.films(again.case.draft["levels"][0]["measured_with"]))) == (
        [film_["pixels_sha256"]],
        1,
    )
    other = Form(case="sample-femur_lengthening", step="radiographs")
    assert not [one for one in other.at.button if str(one.key).startswith("film-open-") and one.key != "film-open-it"]


@pytest.mark.hazard("H-33")
def test_the_real_radiograph_opens_turned_without_millimetres_and_asks_when_it_is_said_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Row 6: RG3 of pydicom-data, a right lower leg from the front whose R is stored mirrored."""
    case, first, _ = _two_levels(monkeypatch)
    first["measured_with"] = ""
    content = (Path(data_store.__file__).parent / "data" / "RG3_UNCR.dcm").read_bytes()
    _open(content, NAMED=None)
    assert (first["measured_with"], "whether a name is in the picture" in case.message) == ("", True)
    _open(content)
    film_ = _film(first)
    assert (film_["mirrored"], film_["scale"], film_["columns"], film_["rows"]) == (True, None, 1760, 1760)
    assert "stored mirrored" in case.message
    assert "no millimetres" in case.message
    # The same leg said to be seen from the side: the header knows better, and a person has to say why not.
    first["measured_with"] = ""
    _open(content, VIEW="lateral", FROM="left")
    assert first["measured_with"] == ""
    assert case.asked_film is not None
    assert any("The header says that the view is AP, not lateral" in note for note in case.asked_film[3])
    assert any("not seen from the patient's left" in note for note in case.asked_film[3])


def test_a_header_stuffed_with_names_leaves_none_on_the_page_or_in_the_draft(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Row 11, as far as the page and the draft go: nothing of the header or of the file's own name."""
    case, first, _ = _two_levels(monkeypatch)
    first["measured_with"] = ""
    dataset = film_files.dicom(np.full((40, 30), 900, np.uint16))
    for keyword in ("PatientName", "PatientID", "StudyDescription", "ReferringPhysicianName", "ImageComments"):
        setattr(dataset, keyword, "MUELLER^ANNA")
    for keyword in ("ViewPosition", "Laterality"):
        dataset.add_new(keyword, "LO", "MUELLER^ANNA")
    _open(film_files.stored(dataset), NAMED="cover")
    film_ = _film(first)
    assert case.covering == film_["pixels_sha256"]
    _open(b"MUELLER^ANNA is no radiograph")
    said = [case.message, json.dumps(case.draft), repr(case), *capfd.readouterr()]
    assert all("MUELLER" not in text for text in said)
    assert "DICOM, PNG, JPEG or TIFF" in case.message
