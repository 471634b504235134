"""What the treatment step does to a draft: its lists, its templates, and the alternatives kept beside it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hexapod
from hexapod.app.draft import alternatives, stage_list, storage
from hexapod.app.draft import draft_model as d
from hexapod.app.draft.conversion import draft_of, read_draft
from hexapod.app.draft.outcome import work_out
from hexapod.app.session import entries
from hexapod.text.case_fields import CASE, LEVEL
from tests.amount import amount
from tests.app.driver import without_page

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ROOT / "sample_cases").glob("*.json"))
Document = dict[str, Any]


def _sample(stem: str) -> Document:
    return json.loads((ROOT / "sample_cases" / f"{stem}.json").read_text("utf-8"))


def _names(draft: d.Draft) -> list[str]:
    return [stage["name"] for stage in draft["levels"][0]["stages"]]


def _first(draft: d.Draft) -> str:
    return draft["levels"][0]["uid"]


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["move", "duplicate", "remove", "put back", "template", "days", "limit"]),
        st.integers(0, 5),
        st.integers(-2, 2),
    ),
    max_size=8,
)


@given(MOVES)
@settings(max_examples=amount(15, 5), deadline=None)
@pytest.mark.slow
def test_the_same_edits_in_the_page_and_in_python_give_the_same_plan(moves: list[tuple[str, int, int]]) -> None:
    document = _sample("tibia_varus")
    draft = draft_of(document)
    level, gone = document["levels"][0], []
    uid = _first(draft)
    for what, place, by in moves:
        stages = level["stages"]
        index = place % len(stages) if stages else 0
        mine = [stage["uid"] for stage in draft["levels"][0]["stages"]]
        if what == "template":
            options = {"gap_mm": 3 + place}
            made = hexapod.stages_from_template(
                "distract-then-correct", deformity=level["deformity"], reference=level["reference"], **options
            )
            draft["template"] |= {"name": "distract-then-correct", "gap_mm": str(3 + place)}
            by_form = stage_list.made(draft, draft["levels"][0]).stages
            assert by_form == made
            stage_list.replace(draft, uid, by_form)
            level["stages"], gone = copy.deepcopy(made), []
        elif what == "put back":
            stage_list.put_back(draft, uid)
            if gone:
                at, stage = gone.pop()
                stages.insert(at, stage)
        elif not stages:
            continue
        elif what == "move":
            stage_list.move(draft, uid, mine[index], by)
            if 0 <= index + by < len(stages):
                stages.insert(index + by, stages.pop(index))
        elif what == "duplicate":
            stage_list.duplicate(draft, uid, mine[index])
            stages.insert(index + 1, copy.deepcopy(stages[index]))
        elif what == "remove":
            stage_list.remove(draft, uid, mine[index])
            gone.append((index, stages.pop(index)))
        elif what == "days":
            key = "hold_days" if "hold_days" in stages[index] else "days"
            draft["levels"][0]["stages"][index][key] = str(12 + by)
            stages[index][key] = 12 + by
        else:
            draft["levels"][0]["limits"]["mm_per_day"] = f"0,{7 + by}"
            level["limits"] = {"mm_per_day": (7 + by) / 10}
    outcome = work_out(draft)
    if not level["stages"]:
        assert outcome.plan is None
        return
    assert outcome.case is not None
    case = hexapod.read_case(document)
    assert outcome.case.sha256 == case.sha256
    assert outcome.plan is not None
    rows = [[row.settings_mm for row in lv.rows] for lv in outcome.plan.levels]
    assert rows == [[row.settings_mm for row in lv.rows] for lv in hexapod.make_plan(case).levels]


def test_removed_stages_come_back_one_by_one_to_their_places() -> None:
    draft = draft_of(_sample("tibia_varus"))
    uid, before = _first(draft), _names(draft)
    for stage in list(draft["levels"][0]["stages"])[::2]:
        stage_list.remove(draft, uid, stage["uid"])
    assert _names(draft) == [before[1], before[3]]
    assert stage_list.removed(draft, uid)["name"] == before[2]  # type: ignore[index]
    stage_list.put_back(draft, uid)
    stage_list.put_back(draft, uid)
    assert _names(draft) == before
    assert stage_list.removed(draft, uid) is None
    stage_list.put_back(draft, uid)
    assert read_draft(draft).document == _sample("tibia_varus")


@pytest.mark.hazard("H-21")
def test_the_stages_of_before_come_back_with_what_was_removed_from_them() -> None:
    draft = draft_of(_sample("tibia_varus"))
    uid, typed = _first(draft), _names(draft)
    stage_list.remove(draft, uid, draft["levels"][0]["stages"][0]["uid"])
    for gap in ("3", "4"):
        draft["template"] |= {"name": "distract-then-correct", "gap_mm": gap}
        stage_list.replace(draft, uid, stage_list.made(draft, draft["levels"][0]).stages or [])
    assert stage_list.removed(draft, uid) is None
    draft = json.loads(json.dumps(draft))
    seen = []
    for _ in range(3):
        stage_list.take_back(draft, uid)
        seen.append(read_draft(draft).document["levels"][0]["stages"])
    # First the template before, then what was typed, then round again to the template put in last.
    assert [stage["correct_to"].get("long_mm") for stage in seen[0] if stage["name"] == "distract"] == [3]
    assert [stage["name"] for stage in seen[1]] == typed[1:]
    assert [stage["correct_to"].get("long_mm") for stage in seen[2] if stage["name"] == "distract"] == [4]
    stage_list.take_back(draft, uid)
    stage_list.take_back(draft, uid)
    stage_list.put_back(draft, uid)
    assert _names(draft) == typed


def test_a_stage_not_yet_begun_is_not_kept() -> None:
    draft = draft_of(_sample("tibia_varus"))
    draft["levels"][0]["stages"] = [d.blank_stage()]
    stage_list.replace(draft, _first(draft), [{"name": "x", "hold_days": 5}])
    assert stage_list.before(draft, _first(draft)) == []


@pytest.mark.parametrize("do", [stage_list.remove, stage_list.duplicate, lambda *a: stage_list.move(*a, 1)])
def test_a_stage_that_is_gone_is_not_changed(do: Any) -> None:
    draft = draft_of(_sample("tibia_varus"))
    before = copy.deepcopy(draft)
    with pytest.raises(KeyError):
        do(draft, _first(draft), "nothing")
    assert d.entries(draft) == d.entries(before)


TEMPLATES: list[tuple[str, Document, Document]] = [
    ("all-at-once", {"latency_days": "5"}, {"latency_days": 5}),
    ("distract-then-correct", {"gap_mm": "3,5", "consolidation_days": "60"}, {"gap_mm": 3.5, "consolidation_days": 60}),
    ("distract-derotate-reduce", {"gap_mm": "4", "latency_days": "0"}, {"gap_mm": 4, "latency_days": 0}),
    ("lengthening", {"length_mm": "40"}, {"length_mm": 40}),
    ("transport", {"compression_mm": "1.25"}, {"compression_mm": 1.25, "transport": {"distal_mm": 60, "medial_mm": 2.5}}),
    ("accordion", {"compress_mm": "2", "distract_mm": "3", "cycles": "2"}, {"compress_mm": 2, "distract_mm": 3, "cycles": 2}),
]  # fmt: skip


def _typed(draft: d.Draft, name: str, typed: Document) -> None:
    draft["template"] |= {"name": name} | typed
    if name == "transport":
        draft["template"]["transport"]["along the bone"] = {"size": "60", "word": "distal_mm"}
        draft["template"]["transport"]["AP translation"] = {"size": "2,5", "word": "medial_mm"}


@pytest.mark.parametrize("stem", ["tibia_varus", "femur_valgus_distal_reference"])
@pytest.mark.parametrize(("name", "typed", "options"), TEMPLATES, ids=[one[0] for one in TEMPLATES])
@pytest.mark.some(5)
def test_a_template_typed_makes_what_the_python_function_makes(
    stem: str, name: str, typed: Document, options: Document
) -> None:
    document = _sample(stem)
    level = document["levels"][0]
    draft = draft_of(document)
    _typed(draft, name, typed)
    wanted = hexapod.stages_from_template(name, deformity=level["deformity"], reference=level["reference"], **options)
    made = stage_list.made(draft, draft["levels"][0])
    assert (made.stages, made.troubles) == (wanted, ())
    stage_list.replace(draft, _first(draft), wanted)
    level["stages"] = wanted
    assert read_draft(draft).document == document


def test_the_templates_of_the_page_are_those_of_the_package_with_all_their_options() -> None:
    assert list(stage_list.NAMES) == list(hexapod.TEMPLATES)
    options = {option for template in hexapod.TEMPLATES.values() for option in template.options}
    assert {option.name for option in options} == set(stage_list.LABELS) == d.blank_template().keys() - {"name"}


@pytest.mark.parametrize(
    ("name", "typed", "entry", "sentence", "missing"),
    [
        ("lengthening", {}, ("length_mm",), "still to be entered.", True),
        ("lengthening", {"length_mm": "0"}, ("length_mm",), "“Lengthening” must be a number, above 0", False),
        ("lengthening", {"length_mm": "-5"}, ("length_mm",), "a size has no sign", False),
        ("lengthening", {"length_mm": "5", "latency_days": "7.5"}, ("latency_days",), "must be a whole number", False),
        ("lengthening", {"length_mm": "5", "latency_days": "800"}, ("latency_days",), "at most 730 days", False),
        ("distract-then-correct", {"gap_mm": "1e1"}, ("gap_mm",), "powers of ten", False),
        ("accordion", {"compress_mm": "1", "distract_mm": "1", "cycles": "0"}, ("cycles",), "“Number of cycles” must be", False),
        ("transport", {}, ("transport",), "still to be entered.", True),
        ("transport", {"transport": d.blank_words(d.PLACE) | {"AP translation": {"size": "4", "word": None}}}, ("transport", "AP translation"), "choose medial or lateral.", False),
        ("transport", {"transport": d.blank_words(d.PLACE) | {"AP translation": {"size": "4", "word": "medial_mm"}}}, ("compression_mm",), "give “Compression after docking” 0, or proximal or distal in the transport", False),
    ],
)  # fmt: skip
def test_what_a_template_lacks_is_said_at_its_entry(
    name: str, typed: Document, entry: d.Path, sentence: str, missing: bool
) -> None:
    draft = draft_of(_sample("tibia_varus"))
    draft["template"] |= {"name": name} | typed
    made = stage_list.made(draft, draft["levels"][0])
    assert made.stages is None
    assert [(trouble.path, trouble.missing) for trouble in made.troubles] == [(("template", *entry), missing)]
    assert sentence in made.troubles[0].sentence
    # It stands beside the case: the plan is not held up.
    assert work_out(draft).plan is not None


def test_a_template_waits_for_the_deformity_and_the_reference_that_it_starts_from() -> None:
    draft = draft_of(_sample("tibia_varus"))
    draft["template"]["name"] = "all-at-once"
    level = draft["levels"][0]
    level["deformity"]["AP angulation"]["size"] = "x"
    assert "first correct the deformity" in stage_list.made(draft, level).troubles[0].sentence
    level["deformity"]["AP angulation"]["size"] = "9"
    level["reference"] = None
    assert "first choose the reference fragment" in stage_list.made(draft, level).troubles[0].sentence


def test_a_template_that_the_deformity_does_not_allow_says_so() -> None:
    draft = draft_of(_sample("tibia_transport"))
    draft["template"]["name"] = "distract-then-correct"
    (trouble,) = stage_list.made(draft, draft["levels"][0]).troubles
    assert trouble.path == ("template", "gap_mm")


def _another(draft: d.Draft) -> d.Draft:
    """The first alternative that is not in work."""
    other: d.Draft = next(one for one in draft["alternatives"] if not alternatives.is_in_work(one))
    return other


def _letters(several: list[d.Draft]) -> list[str]:
    return [one["letter"] for one in several]


@pytest.mark.hazard("H-15")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
@pytest.mark.some(5)
def test_alternatives_never_reach_the_case(path: Path) -> None:
    """The file as it is; and with one edit in work, that edit and nothing else."""
    document = json.loads(path.read_text("utf-8"))
    draft = draft_of(document)
    alternatives.keep(draft)
    other = _another(draft)["treatment"]
    other["case"]["exchange_reserve_mm"] = "7"
    for level in other["levels"].values():
        level |= {"limits": {"mm_per_day": "0,5", "deg_per_day": ""}, "stages": [d.blank_stage()]}
    other["aside"] = {_first(draft): {"removed": [], "before": []}}
    assert read_draft(draft).document == document
    draft["title"] = "edited"
    assert read_draft(draft).document == document | {"title": "edited"}
    assert "alternative" not in json.dumps(read_draft(draft).document)


@pytest.mark.hazard("H-15")
def test_an_alternative_leaves_the_fingerprint_of_the_file() -> None:
    """Nulls and defaults written out belong to the file: it is no other case because something stands beside it."""
    document = _sample("tibia_varus") | {"title": None}
    document["levels"][0] |= {"limits": {}, "adjustments_per_day": 1}
    draft = draft_of(document)
    alternatives.keep(draft)
    draft["template"]["name"] = "lengthening"
    assert read_draft(draft).document == document


@pytest.mark.hazard("H-21")
def test_choosing_among_four_loses_nothing() -> None:
    """Each of the four has its own limit and stages, chosen in every order, after a save and a reopening."""
    draft = draft_of(_sample("tibia_two_levels"))
    uid = _first(draft)
    stage_list.remove(draft, uid, draft["levels"][0]["stages"][0]["uid"])
    had = {"A": alternatives.treatment_of(draft)}
    for letter, limit in (("B", "0,75"), ("C", "0,6"), ("D", "0,5")):
        alternatives.keep(draft)
        for level in draft["levels"]:
            level["limits"]["mm_per_day"] = limit
        stage_list.add(draft, uid)
        draft["alternatives"][-1]["name"] = f"limit {limit}"
        had[letter] = alternatives.treatment_of(draft)
    assert [alternatives.title(one) for one in alternatives.compared(draft)] == [
        "A",
        "B: limit 0,75",
        "C: limit 0,6",
        "D: limit 0,5",
    ]
    beside = {key: value for key, value in draft.items() if key not in ("levels", *had["A"]["case"], "aside", "alternatives")}  # fmt: skip
    names = {one["letter"]: one["uid"] for one in draft["alternatives"]}
    for letter in "ADBCABDCA":
        draft = json.loads(json.dumps(draft))
        other = alternatives.draft_with(draft, names[letter])
        alternatives.choose(draft, names[letter])
        assert draft == other
        assert alternatives.treatment_of(draft) == had[letter]
        assert alternatives.in_work(draft)["letter"] == letter  # type: ignore[index]
        kept = {one["letter"]: one["treatment"] for one in draft["alternatives"]}
        assert kept == had | {letter: None}
    assert all(draft[key] == value for key, value in beside.items())
    rates = [values for name, values in alternatives.differing(draft) if name == "Hexapod 1, Maximum rate"]
    assert rates == [("1", "0,75", "0,6", "0,5")]


def test_a_fifth_column_waits_until_one_is_dropped() -> None:
    draft = draft_of(_sample("tibia_varus"))
    for _ in range(5):
        alternatives.keep(draft)
    assert _letters(draft["alternatives"]) == ["A", "B", "C", "D"]
    alternatives.drop(draft, draft["alternatives"][1]["uid"])
    assert _letters(alternatives.compared(draft)) == ["A", "C", "D"]
    alternatives.keep(draft)
    assert _letters(alternatives.compared(draft)) == ["A", "C", "D", "E"]


def test_an_alternative_dropped_can_be_taken_up_again() -> None:
    draft = draft_of(_sample("tibia_varus"))
    alternatives.keep(draft)
    kept = copy.deepcopy(draft["alternatives"])
    first, mine = (one["uid"] for one in kept)
    alternatives.drop(draft, first)
    assert (alternatives.compared(draft), alternatives.in_work(draft)) == ([], None)
    assert _letters(alternatives.dropped(draft)) == ["A"]
    alternatives.take_up(draft, first)
    assert draft["alternatives"] == kept == alternatives.compared(draft)
    alternatives.drop(draft, mine)  # what is in work stays
    assert draft["alternatives"] == kept


def test_levels_that_came_or_went_meanwhile_keep_what_they_have() -> None:
    draft = draft_of(_sample("tibia_two_levels"))
    alternatives.keep(draft)
    gone = draft["levels"].pop(1)
    new = d.blank_level() | {"limits": {"mm_per_day": "0,4", "deg_per_day": ""}}
    draft["levels"].append(new)
    draft["levels"][0]["limits"]["mm_per_day"] = "0,6"
    alternatives.choose(draft, _another(draft)["uid"])
    assert [level["limits"]["mm_per_day"] for level in draft["levels"]] == [gone["limits"]["mm_per_day"], "0,4"]
    kept = _another(draft)["treatment"]["levels"]
    assert kept[gone["uid"]] == {row.path[0]: gone[row.path[0]] for row in alternatives.OF_LEVEL}
    assert kept[draft["levels"][0]["uid"]]["limits"]["mm_per_day"] == "0,6"


def test_an_alternative_is_everything_that_the_treatment_step_edits() -> None:
    """A part of a level or of the case goes into an alternative whole, or not at all."""
    assert {row.path[0] for row in alternatives.OF_LEVEL} >= {"couple", "segment", "stages", "limits", "so_far"}
    for rows, mine in ((CASE, alternatives.OF_CASE), (LEVEL, alternatives.OF_LEVEL)):
        assert not {row.path[0] for row in mine} & {row.path[0] for row in rows if row not in mine}


@pytest.mark.hazard("H-21")
@pytest.mark.parametrize("title", [None, "edited"])
def test_a_draft_without_an_alternative_is_opened_without_one(title: str | None) -> None:
    document = _sample("tibia_varus")
    draft = {
        key: value for key, value in draft_of(document).items() if key not in ("alternatives", "aside", "template")
    }
    if title:
        draft["title"] = document["title"] = title
    kept = storage.draft_in(json.dumps({"format": "hexapod-draft/4", "alternative": None} | draft))
    assert kept.keys() == d.blank_draft().keys()
    assert kept["alternatives"] == []
    assert read_draft(kept).document == document


@pytest.mark.hazard("H-21")
@pytest.mark.parametrize(("kept", "dropped"), [("A", False), ("B", True)])
def test_the_one_alternative_of_an_older_draft_is_a_column_now(kept: str, dropped: bool) -> None:
    draft = draft_of(_sample("tibia_varus"))
    other = alternatives.treatment_of(draft)
    draft["levels"][0]["limits"]["mm_per_day"] = "0,5"
    mine = alternatives.treatment_of(draft)
    del draft["alternatives"]
    old = {"format": "hexapod-draft/4"} | draft
    old["alternative"] = {"kept": kept, "dropped": dropped, "treatment": other}
    opened = storage.draft_in(json.dumps(old))
    told = {one["letter"]: (one["name"], one["dropped"], one["treatment"]) for one in opened["alternatives"]}
    assert list(told) == ["A", "B"]
    assert told.pop(kept) == ("", dropped, other)
    assert list(told.values()) == [("", False, None)]
    assert alternatives.treatment_of(opened) == mine
    assert storage.draft_in(storage.text_of(opened)) == opened


@pytest.mark.hazard("H-21")
def test_an_alternative_is_kept_on_disk() -> None:
    draft = draft_of(_sample("tibia_varus"))
    alternatives.keep(draft)
    draft["levels"][0]["limits"]["mm_per_day"] = "0,5"
    assert storage.draft_in(storage.text_of(draft)) == draft


def test_a_stage_moves_past_the_others_which_keep_their_order() -> None:
    draft = draft_of(_sample("tibia_varus"))
    first, *others = _names(draft)
    stage_list.move(draft, _first(draft), draft["levels"][0]["stages"][0]["uid"], 2)
    assert _names(draft) == [*others[:2], first, others[2]]


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize("button", ["work on the other", "take back"])
def test_a_field_that_streamlit_has_not_reported_is_taken_along(button: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A click may come before the callback of the field that was left by it."""
    draft = draft_of(_sample("tibia_varus"))
    uid = _first(draft)
    stage_list.replace(draft, uid, [{"name": "x", "hold_days": 5}])
    alternatives.keep(draft)
    without_page(monkeypatch, draft, {f"now|levels|{uid}|limits|mm_per_day": "0,7"})
    if button == "take back":
        entries.changed(lambda draft: stage_list.take_back(draft, uid))
        assert draft["levels"][0]["limits"]["mm_per_day"] == "0,7"
        return
    other = _another(draft)["uid"]
    entries.changed(lambda draft: alternatives.choose(draft, other), new_fields=True)
    assert draft["levels"][0]["limits"]["mm_per_day"] == "1"
    assert _another(draft)["treatment"]["levels"][uid]["limits"]["mm_per_day"] == "0,7"
