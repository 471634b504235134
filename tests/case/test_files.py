"""A case file either loads or is refused with the path of the key, the value and what to type instead."""

import copy
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import hexapod
from hexapod.case import files
from hexapod.deformity import quantities

Spoil = Callable[[dict[str, Any]], Any]


def level(case: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = case["levels"][0]
    return found


def two(case: dict[str, Any]) -> dict[str, Any]:
    """The case with a second level like the first."""
    case["levels"] = [case["levels"][0], copy.deepcopy(case["levels"][0])]
    return case


def couple(case: dict[str, Any], number: int) -> dict[str, Any]:
    """A level made to follow the others."""
    one: dict[str, Any] = case["levels"][number]
    one.pop("stages", None)
    one["couple"] = "keep-length"
    return one


REFUSALS: list[tuple[str, Spoil, str]] = [
    ("both words", lambda c: level(c)["deformity"].update(valgus_deg=3), "levels[0].deformity.varus_deg"),
    ("negative size", lambda c: level(c)["deformity"].update(varus_deg=-9), "levels[0].deformity.varus_deg = -9"),
    ("angle of 80", lambda c: level(c)["deformity"].update(varus_deg=80), "levels[0].deformity.varus_deg = 80"),
    ("true for a number", lambda c: level(c)["deformity"].update(varus_deg=True), "varus_deg = true"),
    ("text for a number", lambda c: level(c)["deformity"].update(varus_deg="9"), 'varus_deg = "9"'),
    ("endless number", lambda c: level(c)["deformity"].update(varus_deg=10**400), "varus_deg"),
    ("misspelt key", lambda c: level(c)["deformity"].update(varrus_deg=1), "did you mean varus_deg?"),
    ("a key named as a tag of the library", lambda c: c.update(own=1), "own = 1: is not a key"),
    ("the same, further in", lambda c: level(c).update(catalogue=1), "levels[0].catalogue = 1"),
    ("the same, in a strut", lambda c: level(c)["frame"]["struts"].__setitem__(0, {"own": 1, "min_mm": 1, "max_mm": 2, "graduation_mm": 1}), "levels[0].frame.struts[0].own = 1"),
    ("word of another place", lambda c: level(c)["deformity"].update(proximal_mm=1), "deformity.proximal_mm"),
    ("wrong case of a word", lambda c: c["limb"].update(side="Right"), "limb.side = \"Right\": must be 'right' or 'left'"),
    ("no side", lambda c: c["limb"].pop("side"), "limb.side: is required"),
    ("null side", lambda c: c["limb"].update(side=None), "limb.side: is required"),
    ("no reference", lambda c: level(c).pop("reference"), "levels[0].reference: is required"),
    ("unknown bone", lambda c: c["limb"].update(bone="skull"), "limb.bone"),
    ("unknown null key", lambda c: c.update(patient=None), "patient"),
    ("a patient's name", lambda c: c.update(name="Jane"), "name"),
    ("path in id", lambda c: c.update(id="../x"), "id"),
    ("dots as id", lambda c: c.update(id=".."), "id"),
    ("newline in id", lambda c: c.update(id="a\n"), "id"),
    ("long id", lambda c: c.update(id="a" * 65), "id"),
    ("30 February", lambda c: c.update(start_date="2026-02-30"), "start_date"),
    ("29 February 2026", lambda c: c.update(start_date="2026-02-29"), "start_date"),
    ("other date form", lambda c: c.update(start_date="02.03.2026"), "start_date"),
    ("date with time", lambda c: c.update(start_date="2026-03-02T00:00:00"), "start_date"),
    ("other format", lambda c: c.update(format="hexapod-case/2"), 'format = "hexapod-case/2"'),
    ("no format", lambda c: c.pop("format"), "format"),
    ("unknown weekday", lambda c: c.update(clinic_days=["Mon"]), 'clinic_days[0] = "Mon": must be'),
    ("never a clinic day", lambda c: c.update(clinic_days=[]), "clinic_days = []: must have at least 1"),
    ("no closed date", lambda c: c.update(clinic_closed=["Easter"]), 'clinic_closed[0] = "Easter": must be a date'),
    ("negative reserve", lambda c: c.update(exchange_reserve_mm=-1), "exchange_reserve_mm = -1"),
    ("no fingerprint", lambda c: c.update(derived_from="A" * 64), "derived_from"),
    ("text for yes or no", lambda c: c["limb"].update(child="no"), "limb.child = \"no\": must be true or false"),
    ("girth at one ring", lambda c: level(c).update(limb_girth_mm={"proximal": 300}), "levels[0].limb_girth_mm.distal"),
    ("no girth", lambda c: level(c).update(limb_girth_mm={"proximal": 0, "distal": 300}), "must be above 0"),
    ("no index", lambda c: level(c).update(index_days_per_cm=0), "index_days_per_cm"),
    ("coupled alone", lambda c: couple(c, 0), "levels[0].couple: a hexapod that compensates needs another one"),
    ("coupled otherwise", lambda c: couple(c, 0).update(couple="free"), "levels[0].couple = \"free\": must be 'keep-length'"),
    ("coupled with stages", lambda c: level(c).update(couple="keep-length"), "levels[0].stages"),
    ("coupled with a gap", lambda c: couple(two(c), 1).update(docking_gap_mm=9), "levels[1].docking_gap_mm"),
    ("two coupled", lambda c: [couple(two(c), k).update(segment={}) for k in (0, 1)], "levels[1].couple: only one hexapod"),
    ("no segment", lambda c: couple(two(c), 1), 'levels[1].segment: say where'),
    ("segment of the first", lambda c: [couple(two(c), 1).update(segment={}), level(c).update(segment={})], "levels[0].segment"),
    ("segment without coupling", lambda c: level(c).update(segment={}), "levels[0].segment"),
    ("no levels", lambda c: c.update(levels=[]), "levels"),
    ("no stages", lambda c: level(c).update(stages=[]), "levels[0].stages"),
    ("blank name", lambda c: level(c).update(name=" "), "levels[0].name"),
    ("a million days", lambda c: level(c)["stages"][0].update(hold_days=1_000_000), "hold_days = 1000000"),
    ("half a day", lambda c: level(c)["stages"][0].update(hold_days=7.5), "hold_days = 7.5"),
    ("no days", lambda c: level(c)["stages"][0].update(hold_days=0), "hold_days = 0"),
    ("two kinds of stage", lambda c: level(c)["stages"][0].update(transport={}), "levels[0].stages[0]"),
    ("no kind of stage", lambda c: level(c)["stages"][0].pop("hold_days"), "levels[0].stages[0]"),
    ("days of a hold", lambda c: level(c)["stages"][0].update(days=3), "levels[0].stages[0].days"),
    ("limits of a hold", lambda c: level(c)["stages"][0].update(limits={"mm_per_day": 1}), "stages[0].limits"),
    ("kept and told", lambda c: level(c)["stages"][1]["correct_to"].update(keep=["angulation"]),
     "levels[0].stages[1].correct_to.varus_deg = 9: goes with no angulation that is kept as the stage finds it: take it out"),
    ("kept and told as zero", lambda c: level(c)["stages"][2]["correct_to"].update(keep=["length"], short_mm=0),
     "levels[0].stages[2].correct_to.short_mm = 0: goes with no length that is kept"),
    ("kept twice", lambda c: level(c)["stages"][2]["correct_to"].update(keep=["length", "length"]),
     "levels[0].stages[2].correct_to.keep"),
    ("another quantity kept", lambda c: level(c)["stages"][2]["correct_to"].update(keep=["varus"]),
     "correct_to.keep[0] = \"varus\": must be 'angulation', 'rotation', 'translation' or 'length'"),
    ("kept outside a target", lambda c: level(c)["deformity"].update(keep=["length"]), "levels[0].deformity.keep"),
    ("meant by a text", lambda c: level(c)["stages"][1].update(meant="yes"), "stages[1].meant = \"yes\": must be true or false"),
    ("transport with a deformity word", lambda c: level(c)["stages"].append({"name": "t", "transport": {"short_mm": 3}}),
     "levels[0].stages[4].transport.short_mm"),
    ("limit of zero", lambda c: level(c).update(limits={"mm_per_day": 0}), "levels[0].limits.mm_per_day"),
    ("limit of eleven", lambda c: level(c).update(limits={"mm_per_day": 11}), "levels[0].limits.mm_per_day"),
    ("13 adjustments", lambda c: level(c).update(adjustments_per_day=13), "adjustments_per_day = 13"),
    ("5 struts", lambda c: level(c)["frame"]["struts"].pop(), "levels[0].frame.struts"),
    ("7 settings", lambda c: level(c)["frame"]["settings_mm"].append(150), "levels[0].frame.settings_mm"),
    ("null setting", lambda c: level(c)["frame"]["settings_mm"].__setitem__(2, None), "settings_mm[2] = null"),
    ("negative setting", lambda c: level(c)["frame"]["settings_mm"].__setitem__(2, -1), "settings_mm[2] = -1"),
    ("settings at noon", lambda c: level(c)["frame"].update(settings_at="noon"), "settings_at"),
    ("ring both ways", lambda c: level(c)["frame"]["distal_ring"].update(joints_mm=[[0, 0, 0]] * 6), "distal_ring"),
    ("ring no way", lambda c: level(c)["frame"].update(distal_ring={}), "distal_ring"),
    ("flat joints", lambda c: level(c)["frame"].update(distal_ring={"joints_mm": [[0, 0]] * 6}), "joints_mm[0]"),
    ("far joints", lambda c: level(c)["frame"].update(distal_ring={"joints_mm": [[0, 0, 1001]] * 6}), "joints_mm[0][2]"),
    ("empty scale", lambda c: level(c)["frame"]["struts"].__setitem__(1, {"min_mm": 5, "max_mm": 5, "graduation_mm": 1}),
     "levels[0].frame.struts[1]"),
    ("unknown strut", lambda c: level(c)["frame"]["struts"].__setitem__(1, "generic-huge"), "levels[0].frame.struts[1]"),
    ("unknown ring", lambda c: level(c)["frame"].update(proximal_ring={"model": "x"}), "frame.proximal_ring.model"),
    ("no diameter", lambda c: level(c).update(bone={}), "levels[0].bone.diameter_mm: is required"),
    ("nameless structure", lambda c: level(c)["structures_at_risk"][0].pop("name"), "structures_at_risk[0].name"),
    ("length above 1 m", lambda c: level(c)["mounting"].update(proximal_mm=1000.5), "levels[0].mounting.proximal_mm"),
    ("lean of 45", lambda c: level(c)["mounting"].update(leans_anterior_deg=45), "levels[0].mounting.leans_anterior_deg"),
    ("list for an object", lambda c: c.update(limb=[]), "limb"),
    ("endless stage", lambda c: level(c)["stages"][1].update(limits={"mm_per_day": 0.001}), "levels[0].stages[1]"),
    ("level of 2001 days", lambda c: level(c).update(stages=[{"name": "h", "hold_days": 667}] * 3), "stages[2]"),
    ("beyond the calendar", lambda c: c.update(start_date="9999-12-01"), "start_date"),
]  # fmt: skip


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize(("spoil", "told"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_refused_with_the_path_of_the_key(case_dict: dict[str, Any], spoil: Spoil, told: str) -> None:
    spoil(case_dict)
    with pytest.raises(hexapod.CaseError) as refused:
        hexapod.make_plan(hexapod.read_case(case_dict))
    assert told in str(refused.value)
    assert "pydantic" not in str(refused.value)


RAW_REFUSALS = {
    "duplicate key": (b'{"format": "hexapod-case/1", "limb": {"side": "left", "side": "right"}}', "limb.side: stands twice"),
    "NaN": (b'{"format": "hexapod-case/1", "levels": [NaN]}', "levels[0] = NaN"),
    "Infinity": (b'{"levels": [1, -Infinity]}', "levels[1] = -Infinity"),
    "deep nesting": (b"[" * 100_000, "nested too deeply"),
    "long number": (b'{"x": ' + b"9" * 5000 + b"}", "too long"),
    "not UTF-8": (b"\xff\x00", "The file is not UTF-8 text (byte 1): save it as UTF-8."),
    "half of UTF-16": (b"\xff\xfe{", "UTF-16"),
    "not JSON": (b"{", "line 1"),
    "a number beyond all": (b'{"format": "hexapod-case/1", "levels": [{"x": -1e400}]}', "levels[0].x = -1e400"),
    "a list": (b"[]", "one object"),
    "empty": (b"", "not JSON"),
    "half a character": (b'{"format": "hexapod-case/1", "title": "\\ud800"}', "title = \"\\ud800\": holds a character that is not seen on a page (U+D800)"),
    "too big": (b" " * 1_000_001, "1000001 bytes"),
}  # fmt: skip


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize(("raw", "told"), RAW_REFUSALS.values(), ids=RAW_REFUSALS)
def test_damaged_files_are_refused(raw: bytes, told: str) -> None:
    with pytest.raises(hexapod.CaseError) as refused:
        hexapod.parse_case(raw)
    assert told in str(refused.value)


def test_several_problems_are_told_at_once(case_dict: dict[str, Any]) -> None:
    case_dict["limb"].pop("side")
    level(case_dict)["deformity"]["varus_deg"] = 99
    with pytest.raises(hexapod.CaseError) as refused:
        hexapod.read_case(case_dict)
    assert [problem.path for problem in refused.value.problems] == ["limb.side", "levels[0].deformity.varus_deg"]


def test_null_is_absent_and_whole_numbers_may_have_a_point(case_dict: dict[str, Any]) -> None:
    plain = hexapod.make_plan(hexapod.read_case(case_dict))
    level(case_dict)["limits"]["mm_per_day"] = None
    level(case_dict)["stages"][0].update(hold_days=7.0, days=None, correct_to=None)
    level(case_dict)["adjustments_per_day"] = 4.0
    case_dict["title"] = None
    same = hexapod.make_plan(hexapod.read_case(case_dict))
    assert [row.settings_mm for row in same.levels[0].rows] == [row.settings_mm for row in plain.levels[0].rows]


def test_defaults_are_those_of_the_contract(case_dict: dict[str, Any]) -> None:
    for key in ("mounting", "deformity", "bone", "structures_at_risk", "limits", "adjustments_per_day"):
        level(case_dict).pop(key)
    case = hexapod.read_case(case_dict)
    assert case.levels[0].stage_limits(case.levels[0].stages[1]) == (1.0, 2.0)
    assert case.levels[0].adjustments_per_day == 1
    assert case.levels[0].deformity is None
    assert case.levels[0].deformity_words == {}
    assert case.levels[0].mounting_words == {}


@pytest.mark.hazard("H-13")
def test_fingerprint_is_of_the_files_value_not_of_its_spelling(case_dict: dict[str, Any]) -> None:
    tight = json.dumps(case_dict, separators=(",", ":")).encode()
    shuffled = json.dumps(dict(reversed(case_dict.items())), indent=4).encode()
    assert hexapod.parse_case(tight).sha256 == hexapod.parse_case(shuffled).sha256
    assert hexapod.parse_case(tight.replace(b":163,", b":163.0,")).sha256 == hexapod.parse_case(tight).sha256
    assert hexapod.parse_case(tight.replace(b"163", b"164")).sha256 != hexapod.parse_case(tight).sha256


def test_fingerprint_of_a_small_value_worked_by_hand() -> None:
    # RFC 8785: keys sorted, no spaces, 4.0 as 4, no defaults filled in
    from hexapod.case.model import Case

    case = Case.model_construct().with_document({"b": 4.0, "a": [True, None, "é"]})
    assert case.sha256 == hashlib.sha256('{"a":[true,null,"é"],"b":4}'.encode()).hexdigest()


def test_saved_and_loaded_again_is_the_same(case_dict: dict[str, Any], tmp_path: Path) -> None:
    case = hexapod.read_case(case_dict)
    hexapod.save_case(case, tmp_path / "a.json")
    again = hexapod.load_case(tmp_path / "a.json")
    assert again == case
    assert again.sha256 == case.sha256
    assert [file.name for file in tmp_path.iterdir()] == ["a.json"]


@pytest.mark.hazard("H-21")
def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.json"
    files.write_atomically(target, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        files.write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(hexapod.CaseError, match="cannot be read"):
        hexapod.load_case(tmp_path / "none.json")


@pytest.mark.hazard("H-02")
def test_every_word_of_the_pairs_has_a_field_with_its_limit() -> None:
    from hexapod.case.level_parts import AlongBone, Deformity, Mounting, Place

    for model in (Deformity, Mounting, Place, AlongBone):
        told = {word for pair in model.PAIRS for word in (pair.positive, pair.negative)}
        assert set(model.model_fields) == told
        for pair in model.PAIRS:
            for word in (pair.positive, pair.negative):
                with pytest.raises(ValueError, match=word):
                    model.model_validate({word: pair.limit + 1})
                if not pair.limit_included:
                    with pytest.raises(ValueError, match=word):
                        model.model_validate({word: pair.limit})
    assert quantities.AP_ANGULATION.limit == 80.0


def test_the_given_value_is_not_changed(case_dict: dict[str, Any]) -> None:
    before = copy.deepcopy(case_dict)
    case = hexapod.read_case(case_dict)
    hexapod.make_plan(case)
    assert case_dict == before
    case.document["id"] = "other"
    assert case.document == before
