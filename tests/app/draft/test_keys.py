"""Every key that a case file may have is kept by the page, and goes when it is taken out."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.app.draft.outcome import work_out
from hexapod.case.model import Case
from hexapod.deformity.quantities import DEFORMITY_SD, MOUNTING_SD
from hexapod.text.case_fields import CASE, LEVEL
from hexapod.text.field_kinds import NUMBERS

ROOT = Path(__file__).resolve().parents[3]
Document = dict[str, Any]
Change = Callable[[Document], object]


def _sample(stem: str) -> Document:
    return json.loads((ROOT / "sample_cases" / f"{stem}.json").read_text("utf-8"))


def _edited(document: Document) -> Document:
    """The document after it was opened, kept on disk and read back, and one unrelated entry was edited."""
    hexapod.read_case(document)
    draft = json.loads(json.dumps(draft_of(document)))
    draft["title"] = "another title"
    reading = read_draft(draft)
    assert not reading.troubles
    return reading.document


# Every key of the radiographs that a level was measured with.
SDS: Document = {
    "deformity_sd": {one.key: 1.5 for one in DEFORMITY_SD},
    "mounting_sd": {one.key: 2 for one in MOUNTING_SD},
    "reading_sd_mm": 0.25,
}
MEASURED: Document = {
    "format": "hexapod-films/1",
    "method": "square-films/1",
    "films": [
        {
            "id": "ap1", "date": "2026-03-01", "view": "ap", "side": "right", "seen_from": "front",
            "pixels_sha256": "ab" * 32, "columns": 1760, "rows": 1760, "mirrored": True,
            "marker": {"reads": "R", "at_px": [1204.5, 1430.0]}, "turned_deg": 0, "turned_sd_deg": 5,
            "scale": {"from": "ball", "mm_per_px": [0.1262, 0.12620000000000001], "sd_percent": 2.0, "true_mm": 25.4,
                      "rim_px": [[1, 2], [3, 5], [9, 4.125]]},
            "points": [{"is": "reference.cortex.1.medial", "at_px": [801.25, 97.0], "sd_px": 5, "snapped": False}],
        },
        {
            "id": "lat1", "view": "lateral", "side": "right", "seen_from": "left", "columns": 10, "rows": 10,
            "no_marker": "cut off at the edge", "header_overruled": "the header is of the other leg",
            "covered_px": [[0, 0, 5, 2]],
            "scale": {"from": "ruler", "true_mm": 50, "ends_px": [[0, 0], [400, 0]]}, "points": [],
        },
    ],
    "results": [
        {"word": "deformity.varus_deg", "size": 13.8, "sd": 0.6, "films": ["ap1"], "typed_before": 14, "taken": True}
    ],
}  # fmt: skip
KEYS: list[tuple[str, str, Change]] = [
    ("two clinic days", "tibia_varus", lambda c: c.update(clinic_days=["mon", "thu"])),
    ("clinic days in another order", "tibia_varus", lambda c: c.update(clinic_days=["sun", "thu", "mon"])),
    ("every clinic day", "tibia_varus", lambda c: c.update(clinic_days=["mon", "tue", "wed", "thu", "fri", "sat", "sun"])),
    ("closed dates", "tibia_varus", lambda c: c.update(clinic_closed=["2026-12-25", "2026-12-24"])),
    ("reserve", "tibia_varus", lambda c: c.update(exchange_reserve_mm=4.5)),
    ("no reserve", "tibia_varus", lambda c: c.update(exchange_reserve_mm=0)),
    ("fine reserve", "tibia_varus", lambda c: c.update(exchange_reserve_mm=2.00001)),
    ("derived", "tibia_varus", lambda c: c.update(derived_from="0123456789abcdef" * 4)),
    ("child", "tibia_varus", lambda c: c["limb"].update(child=True)),
    ("no child", "tibia_varus", lambda c: c["limb"].update(child=False)),
    ("girth", "tibia_varus", lambda c: c["levels"][0].update(limb_girth_mm={"proximal": 320, "distal": 310.5})),
    ("the clinic's papers", "tibia_varus", lambda c: c.update(clinic={"name": "Clinic  X ", "contact": "+34 1", "missed_or_stuck": "Call us.\n\nAlways."})),
    ("one line of the clinic", "tibia_varus", lambda c: c.update(clinic={"contact": "+34 1"})),
    ("time zone", "tibia_varus", lambda c: c.update(time_zone="America/Argentina/Buenos_Aires")),
    ("times", "tibia_varus", lambda c: c["levels"][0].update(adjustment_times=["00:00", "08:05", "12:00", "23:59"])),
    ("index", "tibia_varus", lambda c: c["levels"][0].update(index_days_per_cm=45.5)),
    ("gap at the cut", "tibia_varus", lambda c: c["levels"][0]["bone"].update(gap_mm=5.25)),
    ("length kept", "tibia_stacked_transport", lambda c: c["levels"][1].update(course_from={"long_mm": 60.000000000012})),
    ("goes on, one level", "tibia_varus", lambda c: c["levels"][0].update(course_from=c["levels"][0]["deformity"])),
    ("length kept, driven", "tibia_stacked_transport", lambda c: c["levels"][0].update(course_from={"short_mm": 0.000000000012})),
    ("nothing mounted elsewhere", "tibia_varus", lambda c: c["levels"][0].update(mounting={}, deformity={})),
    ("mounting left out", "tibia_varus", lambda c: c["levels"][0].pop("mounting")),
    ("deformity left out", "tibia_transport", lambda c: c["levels"][0].pop("deformity")),
    ("both left out of a coupled level", "tibia_stacked_transport", lambda c: [c["levels"][1].pop(key) for key in ("mounting", "deformity")]),
    ("all kept", "tibia_varus", lambda c: c["levels"][0]["stages"][1].update(correct_to={"keep": ["translation", "length", "angulation", "rotation"]})),
    ("a rest that is meant", "tibia_varus", lambda c: c["levels"][0]["stages"][0].update(meant=True)),
    ("a transport that is meant", "tibia_transport", lambda c: c["levels"][0]["stages"][1].update(meant=True)),
    ("ring of the clinic", "tibia_varus", lambda c: c["levels"][0]["frame"].update(distal_ring={"joints_mm": [[x, 2.5, -10] for x in (-50, -40, 1, 2, 3, 4.125)], "measured": {"ring": "R 155/a", "on": "2026-11-30"}})),
    ("radiographs measured", "tibia_varus", lambda c: c["levels"][0].update(measured_with=copy.deepcopy(MEASURED))),
    ("standard deviations", "tibia_varus", lambda c: (c["levels"][0].update(copy.deepcopy(SDS)), c.update(estimated_from=["cd" * 32]))),
    ("docking gap", "tibia_transport", lambda c: c["levels"][0].update(docking_gap_mm=60)),
    ("no limit of rotation", "tibia_transport", lambda c: c["levels"][0].update(limits={"deg_per_day": None})),
    ("no limit in a stage", "tibia_transport", lambda c: c["levels"][0]["stages"][1].update(limits={"mm_per_day": 1, "deg_per_day": None})),
    ("index of a coupled level", "tibia_stacked_transport", lambda c: c["levels"][1].update(index_days_per_cm=40)),
    ("treatment began", "tibia_varus", lambda c: c.update(derived_from="0123456789abcdef" * 4, treatment_started="2026-02-01")),
    ("since then", "tibia_varus", lambda c: (c.update(treatment_started="2026-02-01"), c["levels"][0].update(so_far={"rest_days": 0, "largest_gap_mm": 12.000001}))),
    ("latency had", "tibia_varus", lambda c: (c.update(treatment_started="2026-02-01"), c["levels"][0].update(so_far={"latency_days": 7, "first_gap_mm": 3.5}))),
    ("return", "tibia_stacked_transport", lambda c: c["levels"][1].update(return_stages=[{"name": "pause", "hold_days": 2}, {"name": "return", "correct_to": {"long_mm": 59.000000000012}, "days": 2, "limits": {"mm_per_day": 0.7}}])),
    ("same point", "tibia_stacked_transport", lambda c: c["levels"][1].update(segment={})),
    ("point by a zero", "tibia_stacked_transport", lambda c: c["levels"][1].update(segment={"distal_mm": 0})),
    ("one ring on the segment", "tibia_stacked_transport", lambda c: c["levels"][1]["segment"].update(ring="shared")),
    ("two rings on the segment", "tibia_stacked_transport", lambda c: c["levels"][1]["segment"].update(ring="separate")),
    ("nothing said of the ring", "tibia_stacked_transport", lambda c: c["levels"][1]["segment"].pop("ring")),
    ("one ring at the same point", "tibia_two_levels", lambda c: c["levels"][1].update(segment={"ring": "shared"})),
    ("point without a follower", "tibia_two_levels", lambda c: c["levels"][1].update(segment={"distal_mm": 188})),
    ("first level coupled", "tibia_stacked_transport", lambda c: _swap_roles(c)),
    ("coupled in the middle", "tibia_trifocal", lambda c: c.update(title="")),
]  # fmt: skip


def _swap_roles(document: Document) -> None:
    """The upper level follows, the lower one is driven."""
    upper, lower = document["levels"]
    upper["couple"], lower["stages"] = lower.pop("couple"), upper.pop("stages")


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize(("stem", "change"), [key[1:] for key in KEYS], ids=[key[0] for key in KEYS])
@pytest.mark.some(15)
def test_a_key_survives_an_edit_elsewhere(stem: str, change: Change) -> None:
    document = _sample(stem)
    change(document)
    assert _edited(copy.deepcopy(document)) == document | {"title": "another title"}


def _all_keys() -> list[Document]:
    """Documents that have, between them, every key of the format."""
    stacked, own, turned = _sample("tibia_stacked_transport"), _sample("tibia_transport"), _sample("tibia_varus")
    turned["levels"][0]["indication"] = "fracture"
    stacked |= {"clinic_closed": ["2026-12-25"], "exchange_reserve_mm": 2, "derived_from": "ab" * 32}
    stacked |= {
        "clinic": {
            "name": "N",
            "contact": "C",
            "missed_or_stuck": "M\nN",
            "danger_signs": "D\nS",
            "visit_time": "10:30",
        },
        "time_zone": "Europe/Madrid",
    }
    stacked["levels"][1] |= {"adjustments_per_day": 2, "adjustment_times": ["08:00", "20:30"]}
    stacked["limb"]["child"] = True
    stacked["levels"][1]["course_from"] = stacked["levels"][1]["deformity"] | {"varus_deg": 0.123456789012}
    stacked["treatment_started"] = "2026-02-01"
    stacked["levels"][0]["so_far"] = {
        "latency_days": 7,
        "first_gap_mm": 1,
        "largest_gap_mm": 12.123456,
        "overlap_mm": 0.25,
    }
    stacked["levels"][1]["so_far"] = {"rest_days": 3}
    stacked["levels"][1]["return_stages"] = [{"name": "return", "correct_to": {"long_mm": 59}, "days": 2}]
    stacked["levels"][0]["course_from"] = {"short_mm": 0.2, "valgus_deg": 0.123456789012}
    stacked["levels"][1]["segment"] = {"lateral_mm": 1, "anterior_mm": 2, "proximal_mm": 3, "ring": "separate"}
    level = own["levels"][0]
    level |= {"docking_gap_mm": 60, "index_days_per_cm": 45, "limb_girth_mm": {"proximal": 350, "distal": 340}}
    level["frame"]["distal_ring"] = {
        "joints_mm": [[x, 2.5, -10] for x in (-50, -40, 1, 2, 3, 4.125)],
        "measured": {"ring": "R 155/a", "on": "2026-11-30"},
    }
    level["frame"]["struts"][0] = {"min_mm": 90, "max_mm": 200, "graduation_mm": 0.25}
    level["limits"] = {"mm_per_day": 0.9, "deg_per_day": 1.5}
    level["stages"].append({"name": "last", "correct_to": {"valgus_deg": 1, "keep": ["length", "rotation"]}, "meant": True, "days": 3, "limits": {"deg_per_day": 1, "mm_per_day": 1}})  # fmt: skip
    stacked["levels"][0]["limits"] = {"mm_per_day": 0.9, "deg_per_day": None}
    stacked["levels"][0]["structures_at_risk"][0]["crosses"] = "all"
    words = [
        (turned, "deformity", ("varus_deg", "apex_anterior_deg", "internal_rotation_deg", "medial_mm", "anterior_mm", "short_mm")),
        (own, "deformity", ("valgus_deg", "apex_posterior_deg", "external_rotation_deg", "lateral_mm", "posterior_mm", "long_mm")),
        (turned, "mounting", ("medial_mm", "anterior_mm", "proximal_mm", "internal_rotation_deg", "leans_medial_deg", "leans_anterior_deg")),
        (own, "mounting", ("lateral_mm", "posterior_mm", "distal_mm", "external_rotation_deg", "leans_lateral_deg", "leans_posterior_deg")),
    ]  # fmt: skip
    turned["levels"][0] |= {"measured_with": copy.deepcopy(MEASURED), **copy.deepcopy(SDS)}
    turned["estimated_from"] = ["cd" * 32]
    for document, part, names in words:
        document["levels"][0][part] = dict.fromkeys(names, 1.5)
    own["levels"][0]["bone"] |= {"osteotomy": {"proximal_mm": 3}, "gap_mm": 4.5}
    turned["levels"][0]["bone"]["osteotomy"] = {"distal_mm": 3}
    for holder, rows in ((own, CASE), (level, LEVEL)):
        for row in (row for row in rows if row.kind in NUMBERS):
            part = reduce(lambda here, name: here.get(name, {}), row.path[:-1], holder)
            part.setdefault(row.path[-1], 3)
    turned["levels"][0]["stages"][-1] = {"name": "on", "transport": {"medial_mm": 1, "posterior_mm": 1, "distal_mm": 1}}
    return [stacked, own, turned]


def _written(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for item in value.values() for key in _written(item)}
    return {key for item in value for key in _written(item)} if isinstance(value, list) else set()


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize("document", _all_keys(), ids=["stacked", "own hardware", "turned"])
def test_every_key_of_the_format_survives_an_edit_elsewhere(document: Document) -> None:
    assert _edited(copy.deepcopy(document)) == document | {"title": "another title"}


def test_these_documents_leave_no_key_of_the_format_out() -> None:
    """A key that is new in the format fails here until the page knows it."""
    schema = Case.model_json_schema()
    known = {key for part in (schema, *schema["$defs"].values()) for key in part.get("properties", {})}
    assert known - {key for document in _all_keys() for key in _written(document)} == set()


REMOVED: list[tuple[str, Change]] = [
    ("clinic_days", lambda r: r["clinic_days"].update(dict.fromkeys(r["clinic_days"], False))),
    ("clinic_closed", lambda r: r.update(clinic_closed=" \n")),
    ("exchange_reserve_mm", lambda r: r.update(exchange_reserve_mm="")),
    ("derived_from", lambda r: r.update(derived_from="")),
    ("levels[0].so_far", lambda r: r["levels"][0].update(so_far=d.blank_level()["so_far"])),
    ("levels[1].return_stages", lambda r: r["levels"][1].update(return_stages=[])),
    ("limb.child", lambda r: r["limb"].update(child=None)),
    (
        "clinic",
        lambda r: r.update(
            clinic={"name": "", "contact": " ", "missed_or_stuck": "\n", "danger_signs": "", "visit_time": " "}
        ),
    ),
    ("clinic.contact", lambda r: r["clinic"].update(contact="")),
    ("time_zone", lambda r: r.update(time_zone=" ")),
    ("levels[0].adjustment_times", lambda r: r["levels"][0].update(adjustment_times=" ")),
    ("levels[0].limb_girth_mm", lambda r: r["levels"][0].update(limb_girth_mm={"proximal": "", "distal": ""})),
    ("levels[0].index_days_per_cm", lambda r: r["levels"][0].update(index_days_per_cm="")),
    ("levels[0].docking_gap_mm", lambda r: r["levels"][0].update(docking_gap_mm="")),
]


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize(("key", "change"), REMOVED, ids=[key for key, _ in REMOVED])
def test_a_key_taken_out_on_the_page_really_goes(key: str, change: Change) -> None:
    document = _sample("tibia_stacked_transport")
    document |= {"clinic_closed": ["2026-12-25"], "exchange_reserve_mm": 2, "derived_from": "ab" * 32}
    document |= {"clinic": {"name": "N", "contact": "C"}, "time_zone": "Europe/Madrid"}
    document["limb"]["child"] = True
    document |= {"treatment_started": "2026-02-01"}
    document["levels"][0]["so_far"] = {"latency_days": 7}
    document["levels"][1]["return_stages"] = [{"name": "return", "correct_to": {"long_mm": 59}, "days": 2}]
    document["levels"][0] |= {"docking_gap_mm": 60, "adjustments_per_day": 2, "adjustment_times": ["08:00", "20:00"]}
    draft = draft_of(copy.deepcopy(document))
    change(draft)
    *holders, name = key.replace("levels[0]", "levels.0").replace("levels[1]", "levels.1").split(".")
    here: Any = document
    for part in holders:
        here = here[int(part) if part.isdigit() else part]
    del here[name]
    assert read_draft(draft).document == document


def test_a_level_that_follows_keeps_what_was_typed_for_its_stages_and_has_it_back() -> None:
    document = _sample("tibia_stacked_transport")
    draft = draft_of(document)
    upper = draft["levels"][0]
    upper["docking_gap_mm"] = "60"
    upper["couple"] = "keep-length"
    followed = read_draft(draft).document["levels"][0]
    assert followed["couple"] == "keep-length"
    assert not {"stages", "docking_gap_mm"} & followed.keys()
    upper["couple"] = "stages"
    assert read_draft(draft).document["levels"][0] == document["levels"][0] | {"docking_gap_mm": 60}


def test_the_segment_of_the_first_level_is_not_written_and_is_not_thrown_away() -> None:
    document = _sample("tibia_stacked_transport")
    draft = draft_of(document)
    upper, lower = draft["levels"]
    lower["couple"] = "stages"
    assert read_draft(draft).document["levels"][1]["segment"] == document["levels"][1]["segment"]
    draft["levels"] = [lower, upper]
    assert not any("segment" in level for level in read_draft(draft).document["levels"])
    draft["levels"] = [upper, lower]
    lower["couple"] = "keep-length"
    assert read_draft(draft).document == document


def test_a_ring_without_a_point_on_the_segment_is_asked_for_it() -> None:
    draft = draft_of(_sample("tibia_two_levels"))
    lower = draft["levels"][1]
    lower["segment"] |= d.blank_segment()
    (trouble,) = work_out(draft).troubles
    assert (trouble.path, trouble.missing) == (("levels", lower["uid"], "segment", "where"), True)
    lower["segment"]["ring"] = None
    assert not work_out(draft).troubles


def test_levels_without_a_follower_need_no_segment() -> None:
    """A case without a coupled level is asked nothing new."""
    draft = draft_of(_sample("tibia_two_levels"))
    draft["title"] = "x"
    assert not work_out(draft).troubles


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize("level", [0, 1])
def test_that_no_deformity_should_be_left_survives_an_edit_elsewhere(level: int) -> None:
    """Entries left empty would say that nothing was written."""
    document = _sample("tibia_stacked_transport")
    document["levels"][level]["course_from"] = {}
    assert _edited(document)["levels"][level]["course_from"] == {"short_mm": 0}


@pytest.mark.parametrize("level", [0, 1])
def test_where_a_level_cannot_be_is_said_at_its_entry(level: int) -> None:
    document = _sample("tibia_stacked_transport")
    document["levels"][level]["course_from"] = {"short_mm": 3, "varus_deg": 2}
    draft = draft_of(document)
    (trouble,) = work_out(draft).troubles
    assert trouble.path == ("levels", draft["levels"][level]["uid"], "course_from")
    assert "leave it out" in trouble.sentence


@pytest.mark.parametrize(
    ("change", "path", "sentence", "missing"),
    [
        (lambda r: r["levels"][1]["segment"].update(where=None), ("segment", "where"), "choose where", True),
        (lambda r: r["levels"][1].update(segment=d.blank_level()["segment"] | {"where": "apart"}), ("segment", "where"), "type where the point lies", True),
        (lambda r: r["levels"][1]["segment"]["from"]["along the bone"].update(word=None), ("segment", "from", "along the bone"), "choose proximal or distal.", False),
        (lambda r: r["levels"][1]["limb_girth_mm"].update(distal=""), ("limb_girth_mm", "distal"), "still to be entered.", True),
        (lambda r: r["levels"][1]["limb_girth_mm"].update(distal="0"), ("limb_girth_mm", "distal"), "must be above 0.", False),
        (lambda r: r["levels"][1]["limb_girth_mm"].update(distal="25 cm"), ("limb_girth_mm", "distal"), "type the number alone", False),
        (lambda r: r["levels"][1].update(index_days_per_cm="0"), ("index_days_per_cm",), "must be above 0.", False),
        (lambda r: r["levels"][1].update(adjustments_per_day="2", adjustment_times="8:00, 20:00"), ("adjustment_times",), "“8:00”: write a time as HH:MM", False),
        (lambda r: r["levels"][1].update(adjustments_per_day="2", adjustment_times="08:00 24:00"), ("adjustment_times",), "“24:00”: write a time as HH:MM", False),
        (lambda r: r["levels"][1].update(adjustments_per_day="2", adjustment_times="08.00 8pm"), ("adjustment_times",), "“8pm”: write a time as HH:MM", False),
        (lambda r: r["levels"][1].update(adjustments_per_day="2", adjustment_times="08:00"), ("adjustment_times",), "must be 2 times of the day", False),
        (lambda r: r["levels"][1].update(adjustments_per_day="2", adjustment_times="20:00 08:00"), ("adjustment_times",), "earliest first", False),
        (lambda r: r["levels"][1].update(adjustments_per_day="2.5", adjustment_times="08:00 20:00"), ("adjustments_per_day",), "must be a whole number", False),
        (lambda r: [level.update(couple="keep-length") for level in r["levels"]], ("couple",), "only one hexapod can compensate", False),
    ],
    ids=["no segment", "empty segment", "no word", "one girth", "no girth", "unit", "index", "hour of one digit", "hour 24", "other marks", "one time for two", "late first", "no count for times", "two follow"],
)  # fmt: skip
def test_a_trouble_of_a_level_is_said_at_its_entry(change: Change, path: d.Path, sentence: str, missing: bool) -> None:
    draft = draft_of(_sample("tibia_stacked_transport"))
    change(draft)
    outcome = work_out(draft)
    assert outcome.plan is None
    assert {trouble.path for trouble in outcome.troubles} == {("levels", draft["levels"][1]["uid"], *path)}
    assert any(sentence in trouble.sentence for trouble in outcome.troubles)
    assert outcome.troubles[0].missing is missing


def test_a_level_that_follows_alone_is_said_at_its_choice() -> None:
    draft = draft_of(_sample("tibia_stacked_transport"))
    del draft["levels"][0]
    outcome = work_out(draft)
    assert [trouble.path[-1] for trouble in outcome.troubles] == ["couple"]
    assert "needs another one with stages" in outcome.troubles[0].sentence


@pytest.mark.parametrize(
    ("entry", "typed", "sentence"),
    [
        ("clinic_closed", "2026-12-25, 24.13.2026", "“24.13.2026”: no date of the calendar. Type it as"),
        ("clinic_closed", "2026-02-30", "“2026-02-30”: no date of the calendar"),
        ("exchange_reserve_mm", "-3", "a size has no sign"),
        ("exchange_reserve_mm", "2000", "must be at most 1000."),
        ("derived_from", "abc", "must be the fingerprint of a case"),
        ("time_zone", "Madrid", "must be a time zone by its place, such as Europe/Madrid"),
        ("time_zone", "../../etc/passwd", "must be a time zone by its place"),
    ],
)
def test_a_trouble_of_the_case_is_said_at_its_entry(varus: Document, entry: str, typed: str, sentence: str) -> None:
    draft = draft_of(varus)
    draft[entry] = typed
    outcome = work_out(draft)
    assert outcome.plan is None
    assert [trouble.path for trouble in outcome.troubles] == [(entry,)]
    assert sentence in outcome.troubles[0].sentence


def test_closed_dates_are_read_with_lines_and_commas(varus: Document) -> None:
    draft = draft_of(varus)
    draft["clinic_closed"] = "2026-12-24, 2026-12-25\n\n 2027-01-01 ,\n"
    assert read_draft(draft).document["clinic_closed"] == ["2026-12-24", "2026-12-25", "2027-01-01"]


def test_times_are_read_with_spaces_and_commas(varus: Document) -> None:
    draft = draft_of(varus)
    draft["levels"][0]["adjustment_times"] = " 08:00,12:00 ;16:00\u00a020:00\n"
    assert read_draft(draft).document["levels"][0]["adjustment_times"] == ["08:00", "12:00", "16:00", "20:00"]


def test_a_time_zone_is_read_without_the_spaces_of_a_paste(varus: Document) -> None:
    draft = draft_of(varus)
    draft["time_zone"] = " Europe/Madrid "
    assert read_draft(draft).document["time_zone"] == "Europe/Madrid"
