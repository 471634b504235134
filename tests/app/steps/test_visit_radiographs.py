"""Radiographs of a visit: measured as before surgery, offered to the visit's entries, set beside the plan's day."""

from __future__ import annotations

import json

import numpy as np
import pytest

from hexapod.app.draft import film_draft, storage
from hexapod.app.draft.conversion import draft_of
from hexapod.app.draft.draft_model import blank_measured
from hexapod.films.measure import measurement_of
from hexapod.films.ruler import PLACE
from tests.app.driver import Form
from tests.app.steps.test_follow_up import DATE, RED, _records, _signed, _six, _text
from tests.films.projector import LimbInSpace, Radiograph, document, film

pytestmark = pytest.mark.hazard("H-33")
LIMB = LimbInSpace("right", "proximal", {"varus_deg": 5.0, "apex_anterior_deg": 3.0, "medial_mm": 2.0, "short_mm": 4.0})
FILMS = [
    film(LIMB, Radiograph(eye), name, told={"no_marker": "cut off; seen on the patient", "pixels_sha256": letter * 64})
    for eye, name, letter in (("front", "ap1", "a"), ("left", "lateral1", "b"))
]


@pytest.mark.slow
def test_what_the_radiographs_of_a_visit_tell_is_measured_again_and_set_beside_the_plan() -> None:
    key, case, plan = _signed()
    draft = draft_of(case.document)
    measured = blank_measured()
    measured["measured_with"] = film_draft.with_film(film_draft.with_film("", FILMS[0]), FILMS[1])
    draft["visit"]["measured"] = {"0": measured}
    _records().drafts.save(key, 1, storage.text_of(draft))
    form = Form(case=key, step="follow-up")
    form.type(DATE, plan.levels[0].rows[20].date.isoformat())
    form.type(RED, _text(_six(plan, 20)))
    before = case.levels[0].deformity_words
    form.press("film-take-all")
    entered = form.case.draft["visit"]["measured"]["0"]
    told = {
        words["word"]: (words["size"], entered["deformity_sd"][f"{key_}"])
        for quantity, words in entered["deformity"].items()
        if words["word"]
        for key_ in entered["deformity_sd"]
        if key_.rpartition("_")[0] == quantity.lower().replace(" ", "_")
    }
    sizes = measurement_of(document(LIMB, *FILMS)).deformity.sizes
    sure = {size.word: size.sd for size in sizes}
    assert told["varus_deg"] == ("5.0", f"{sure['varus_deg']:.3f}".rstrip("0"))
    assert {word: size for word, (size, _) in told.items()}["apex_anterior_deg"] == "3.0"
    # The entries of the plan itself stay as they are.
    assert case.levels[0].deformity_words == before
    assert form.case.draft["levels"][0]["measured_with"] == ""
    # Axial rotation is measured on the patient: typed, as are all quantities of a deformity.
    form.type("Axial rotation now, deg", "0")
    assert "Measured beside the plan: day 20" in form.html
    left = plan.levels[0].rows[20].remaining["varus_deg"]
    off = 5.0 - left
    word = "varus" if off > 0 else "valgus"
    assert f"<td>{left:.1f} deg varus</td><td>5.0 ± {sure['varus_deg']:.1f} deg varus</td>" in form.html
    assert f"<td>{abs(off):.1f} deg {word} ({abs(off) / round(sure['varus_deg'], 3):.1f} SD)</td>" in form.html
    form.press("visit-record")
    recorded = _records().visits.of(key)[-1].visit.readings[0].measured
    assert recorded is not None
    assert recorded["deformity"]["varus_deg"] == 5.0
    assert [one["id"] for one in recorded["measured_with"]["films"]] == ["ap1", "lateral1"]
    assert json.dumps(recorded)


def test_the_ruler_measures_the_mounting_again_at_a_visit() -> None:
    key, case, _ = _signed()
    draft = draft_of(case.document)
    # The middle of the reference ring, 30 mm medial of the origin: of a right limb that is +x.
    place = Radiograph("front").pixel(LIMB.origin + np.array([30.0, 0.0, 40.0]))
    ap = FILMS[0] | {"points": [*FILMS[0]["points"], {"is": PLACE.names(0)[0], "at_px": place}]}
    draft["visit"]["measured"] = {"0": blank_measured() | {"measured_with": film_draft.with_film("", ap)}}
    _records().drafts.save(key, 1, storage.text_of(draft))
    form = Form(case=key, step="follow-up")
    mounted = form.case.draft["levels"][0]["mounting"]["AP translation"]
    offered = [one for one in form.at.selectbox if one.label == "Into the entry"]
    medial = next(one for one in offered if any("medial" in option for option in one.options))
    # Of a visit only deformity and mounting are measured again.
    assert [option.split(":")[0] for option in medial.options] == ["Mounting", "Deformity"]
    medial.set_value("mounting.medial_mm")
    form.run()
    form.press(f"film-ruled-take-ap1-{PLACE.names(0)[0].replace('.', '-')}-medial_mm")
    entered = form.case.draft["visit"]["measured"]["0"]
    assert entered["mounting"]["AP translation"] == {"size": "30.0", "word": "medial_mm"}
    assert float(entered["mounting_sd"]["ap_offset_mm"]) > 0.5
    # The entries of the plan itself stay as they are.
    assert form.case.draft["levels"][0]["mounting"]["AP translation"] == mounted


@pytest.mark.slow
def test_a_size_changed_by_hand_is_no_longer_as_sure() -> None:
    key, case, _ = _signed()
    draft = draft_of(case.document)
    measured = blank_measured()
    measured["measured_with"] = film_draft.with_film(film_draft.with_film("", FILMS[0]), FILMS[1])
    draft["visit"]["measured"] = {"0": measured}
    _records().drafts.save(key, 1, storage.text_of(draft))
    form = Form(case=key, step="follow-up").press("film-take-all")
    entered = form.case.draft["visit"]["measured"]["0"]
    assert entered["deformity_sd"]["ap_angulation_deg"]
    form.type("AP angulation now, deg", "7")
    entered = form.case.draft["visit"]["measured"]["0"]
    assert entered["deformity_sd"]["ap_angulation_deg"] == ""
    assert entered["deformity_sd"]["lateral_angulation_deg"]
