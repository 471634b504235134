"""How far an entry can be off stands beside it, closed; what is typed there goes into the case and into the error bars."""

from __future__ import annotations

import json
from html import unescape

import pytest

import hexapod
from hexapod.app.draft import film_draft, storage
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.deformity.quantities import DEFORMITY_SD
from hexapod.films.measure import measurement_of
from hexapod.preoperative.end_error import USUAL_GOAL, Goal, end_error
from hexapod.text.field_kinds import MISSING
from hexapod.text.preoperative_text import end_error_sentences
from tests.app.driver import SAMPLES, Form
from tests.app.steps.test_radiographs import FILMS, LIMB
from tests.films.projector import document

pytestmark = pytest.mark.hazard("H-06")
AP, TURN, READ = "SD of the AP angulation, deg", "SD of the rotary frame offset, deg", "SD of a reading, mm"


def _told(form: Form) -> str:
    return unescape(form.html).replace("\xa0", " ")


def test_an_sd_typed_beside_its_entry_is_in_the_case_and_moves_the_error_bars(form: Form) -> None:
    form.sample("tibia_varus")
    form.step("deformity").type(AP, "0,5").step("mounting").type(TURN, "2.5").step("frame").type(READ, "0.25")
    level = form.document["levels"][0]
    assert level["deformity_sd"] == {"ap_angulation_deg": 0.5}
    assert level["mounting_sd"] == {"rotation_deg": 2.5}
    assert level["reading_sd_mm"] == 0.25
    plan = hexapod.make_plan(hexapod.read_case(form.document))
    assert isinstance(plan, hexapod.Plan)
    form.step("check")
    assert all(sentence in _told(form) for sentence in end_error_sentences(plan.levels[0], USUAL_GOAL))


def test_the_usual_sd_and_its_source_stand_there_until_another_is_typed(form: Form) -> None:
    form.sample("tibia_varus").step("deformity")
    assert [form.field(AP).placeholder, form.field(AP).value] == ["0.9", ""]
    assert "s12891-022-05112-3" in form.html
    assert "deformity_sd" not in form.document["levels"][0]


@pytest.mark.parametrize("bad", ["0", "x", "91"])
def test_an_sd_that_means_nothing_is_refused_where_it_is_typed(form: Form, bad: str) -> None:
    form.sample("tibia_varus").step("deformity").type(AP, bad)
    assert "± to be corrected" in {block.proto.popover.label for block in form.at.main if block.type == "popover"}
    assert "No schedule was made" in form.step("check").html


def test_the_sd_of_radiographs_stands_where_the_entry_is_theirs(form: Form) -> None:
    draft = draft_of(json.loads((SAMPLES / "tibia_varus.json").read_text("utf-8")))
    level = draft["levels"][0]
    level["measured_with"] = film_draft.with_film(film_draft.with_film("", FILMS[0]), FILMS[1])
    one = DEFORMITY_SD[0]
    assert film_draft.sd_measured(level, "deformity", one.pair.quantity) is None
    sizes = measurement_of(document(LIMB, *FILMS)).deformity.sizes
    film_draft.take_into(level, sizes, 1)
    varus = next(size for size in sizes if size.pair == one.pair)
    assert film_draft.sd_measured(level, "deformity", one.pair.quantity) == varus.sd
    level["deformity"][one.pair.quantity]["size"] = "20"
    assert film_draft.sd_measured(level, "deformity", one.pair.quantity) is None


def test_the_goal_is_chosen_on_the_page_and_is_no_part_of_the_case(form: Form) -> None:
    form.sample("tibia_varus").step("check")
    before = form.document
    form.type("To end within an angle of, deg", "2").type("To end within a distance of, mm", "3")
    plan = hexapod.make_plan(hexapod.read_case(before))
    assert isinstance(plan, hexapod.Plan)
    strict = end_error(plan.levels[0], Goal(2.0, 3.0))
    assert strict is not None
    assert f"Within 2 deg and 3 mm in about {round(100 * strict.within_goal)} of 100 such cases." in _told(form)
    assert form.document == before
    form.type("To end within a distance of, mm", "0")
    assert "Above 0 and at most 1000 mm." in form.html


def test_a_draft_of_before_has_its_sds_as_entries() -> None:
    case = json.loads((SAMPLES / "tibia_varus.json").read_text("utf-8"))
    case["levels"][0] |= {"deformity_sd": {"ap_angulation_deg": 0.61234567}, "mounting_sd": {}, "reading_sd_mm": 0.25}
    draft = json.loads(storage.text_of(draft_of(case))) | {"format": "hexapod-draft/3"}
    for level in (draft["levels"][0], draft["origin"]["entries"]["levels"][0]):
        level |= {"deformity_sd": '{"ap_angulation_deg": 0.61234567}', "mounting_sd": "{}", "reading_sd_mm": "0.25"}
    del draft["goal"]
    opened = storage.draft_in(json.dumps(draft))
    assert read_draft(opened).document == case
    opened["title"] = "edited"
    level = read_draft(opened).document["levels"][0]
    assert (level["deformity_sd"], level["reading_sd_mm"]) == ({"ap_angulation_deg": 0.61234567}, 0.25)
    assert MISSING not in {trouble.sentence for trouble in read_draft(opened).troubles}
