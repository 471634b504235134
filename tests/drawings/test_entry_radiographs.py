"""The films beside the entries: signs by literal facts, agreement with the plan, and partial documents of any kind."""

from __future__ import annotations

import copy
import json
import math
import re
import time
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hexapod
from hexapod.drawings.bone_outlines import ENDS, fragment_outlines
from hexapod.drawings.entry.level import CHOOSE_BONE, CHOOSE_REFERENCE, CHOOSE_SIDE, EntryLevel, entry_level
from hexapod.drawings.entry.radiograph_labels import angle_seen, layout_of
from hexapod.drawings.entry.radiographs import EntryRadiographs, entry_radiographs, inner_fragments
from hexapod.drawings.radiograph_views import RADIOGRAPH_AXES, View, radiograph, radiograph_of
from hexapod.drawings.screen_marks import picture, words

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "sample_cases").glob("*.json"))
# Bytes that a redrawn pair of films may have, and the time to draw it (s): three times the 15 ms of a quiet machine, so
# that a busy one does not fail the test.
MOST_BYTES, LONGEST_S = 20_000, 0.045
SVG = "{http://www.w3.org/2000/svg}"
ANGLE, SHIFT, MOVES = "var(--hx-d-angle)", "var(--hx-d-shift)", "var(--hx-d-moves)"


def level_of(deformity: dict[str, float], reference: str = "proximal", **more: Any) -> dict[str, Any]:
    return {"name": "level", "reference": reference, "deformity": deformity, "bone": {"diameter_mm": 28}} | more


def limb_of(side: str, bone: str = "tibia") -> dict[str, str]:
    return {"side": side, "bone": bone}


def shown(limb: dict[str, str], level: dict[str, Any]) -> tuple[ET.Element, ET.Element]:
    ap, lateral = entry_radiographs(limb, level).radiographs
    return ET.fromstring(ap), ET.fromstring(lateral)


def words_of(film_: ET.Element) -> dict[str, tuple[float, float]]:
    return {text.text or "": (float(text.attrib["x"]), float(text.attrib["y"])) for text in film_.iter(f"{SVG}text")}


def lines(film_: ET.Element, colour: str) -> list[list[list[float]]]:
    """Open lines of a colour, each as points x, y (y down)."""
    return [
        [[float(number) for number in point.split()] for point in path.attrib["d"][1:].split(" L")]
        for path in film_.iter(f"{SVG}path")
        if path.attrib.get("stroke") == colour and path.attrib["fill"] == "none"
    ]


def arc_of(film_: ET.Element) -> tuple[list[float], list[float], list[float]]:
    """Where the arc of the angle starts and ends, and the point that it is about."""
    straight, arc = lines(film_, ANGLE)[:2]
    return straight[0], arc[0], arc[-1]


@pytest.mark.hazard("H-01", "H-02")
def test_varus_of_a_right_leg_leans_to_the_viewers_right_where_medial_stands() -> None:
    ap, _ = shown(limb_of("right"), level_of({"varus_deg": 10}))
    words = words_of(ap)
    assert words["lateral"][0] < 104 < words["medial"][0]
    centre, start, end = arc_of(ap)
    assert start[0] == pytest.approx(centre[0], abs=0.2)
    assert start[1] > centre[1] + 40, "the distal fragment hangs below"
    assert end[0] > start[0] + 8
    assert "10 deg varus" in words


@pytest.mark.hazard("H-01", "H-02")
def test_varus_of_a_left_leg_leans_to_the_viewers_left_where_medial_stands() -> None:
    ap, _ = shown(limb_of("left"), level_of({"varus_deg": 10}))
    words = words_of(ap)
    assert words["medial"][0] < 104 < words["lateral"][0]
    _, start, end = arc_of(ap)
    assert end[0] < start[0] - 8


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize("side", ["right", "left"])
def test_procurvatum_has_its_apex_anterior(side: str) -> None:
    _, lateral = shown(limb_of(side), level_of({"apex_anterior_deg": 12}))
    words = words_of(lateral)
    assert words["anterior"][0] < words["posterior"][0]
    _, start, end = arc_of(lateral)
    assert end[0] > start[0] + 8, "the ankle goes backwards, so that the apex points forwards"
    assert "12 deg apex anterior" in words


@pytest.mark.hazard("H-03")
def test_a_distal_reference_moves_the_proximal_fragment() -> None:
    ap, _ = shown(limb_of("right"), level_of({"varus_deg": 10}, "distal"))
    centre, start, end = arc_of(ap)
    assert start[1] < centre[1] - 40, "the proximal fragment stands above"
    assert end[0] > start[0] + 8, "both ends of a varus bone lie medial of its apex"
    entered = entry_level(limb_of("right"), level_of({"varus_deg": 10}, "distal"))
    assert isinstance(entered, EntryLevel)
    shape = radiograph_of(entered.placed, "right", "AP").fragments
    assert shape["distal"].axis_mm[:, 0].tolist() == [0.0, 0.0]
    assert shape["proximal"].axis_mm[1][0] == pytest.approx(80 * math.sin(math.radians(10)))


@pytest.mark.hazard("H-02", "H-03")
@pytest.mark.parametrize(
    ("side", "reference", "words", "view", "right_px", "up_px"),
    [
        ("right", "proximal", {"medial_mm": 12}, "AP", 1, 0),
        ("left", "proximal", {"medial_mm": 12}, "AP", -1, 0),
        ("right", "distal", {"medial_mm": 12}, "AP", 1, 0),
        ("right", "proximal", {"anterior_mm": 12}, "lateral", -1, 0),
        ("left", "distal", {"posterior_mm": 12}, "lateral", 1, 0),
        ("right", "proximal", {"short_mm": 12}, "AP", 0, 1),
        ("right", "distal", {"short_mm": 12}, "AP", 0, -1),
        ("left", "distal", {"long_mm": 12}, "lateral", 0, 1),
    ],
)
def test_a_translation_goes_where_its_word_lies(
    side: str, reference: str, words: dict[str, float], view: str, right_px: int, up_px: int
) -> None:
    film_ = shown(limb_of(side), level_of(words, reference))[("AP", "lateral").index(view)]
    start, tip = next(line for line in lines(film_, SHIFT) if line[0] != line[-1])
    assert np.sign(np.round(tip[0] - start[0])) == right_px
    assert np.sign(np.round(start[1] - tip[1])) == up_px


@pytest.mark.hazard("H-06")
def test_a_ring_mounted_medial_and_leaning_stands_so_on_the_film() -> None:
    frame = {"proximal_ring": {"model": "generic-full-180"}}
    level = level_of({}, mounting={"medial_mm": 20, "proximal_mm": 60, "leans_lateral_deg": 10}, frame=frame)
    for side, way in (("right", 1.0), ("left", -1.0)):
        entered = entry_level(limb_of(side), level)
        assert isinstance(entered, EntryLevel)
        ring = radiograph_of(entered.placed, entered.side, "AP").rings_mm["proximal"]
        assert 0.5 * (ring.min(axis=0) + ring.max(axis=0))[0] == pytest.approx(way * 20.0, abs=0.5)
        # Its proximal normal points to lateral, so its lateral edge is the lower one.
        medial_edge = ring[np.argmax(way * ring[:, 0])]
        lateral_edge = ring[np.argmin(way * ring[:, 0])]
        # Outer radius 106 mm; the outermost corners lie on opposite faces of its 8 mm.
        assert medial_edge[1] - lateral_edge[1] == pytest.approx(212 * 0.17365 - 8 * 0.98481, abs=0.2)
        assert "distal" not in radiograph_of(entered.placed, entered.side, "AP").rings_mm
        assert any("distal ring is not chosen yet" in note for note in entered.notes)


@pytest.mark.hazard("H-01")
@pytest.mark.parametrize(("side", "way"), [("right", 1.0), ("left", -1.0)])
def test_the_fibula_is_lateral_and_the_head_of_the_femur_medial(side: str, way: float) -> None:
    # `way` is the x of medial on the film: +x is the patient's left.
    for bone, fragment, towards_medial in (("tibia", "proximal", False), ("femur", "proximal", True)):
        entered = entry_level(limb_of(side, bone), level_of({}))
        assert isinstance(entered, EntryLevel)
        parts = fragment_outlines(
            entered.placed.shafts[fragment],
            fragment,
            bone,
            entered.side,
            RADIOGRAPH_AXES["AP"],  # type: ignore[index, arg-type]
        )
        beside = max((outline.mean(axis=0)[0] for outline in parts), key=abs)
        assert (beside * way > 0.0) == towards_medial, bone


def levels() -> list[tuple[Path, int]]:
    return [(path, index) for path in SAMPLES for index in range(len(json.loads(path.read_text("utf-8"))["levels"]))]


@pytest.mark.hazard("H-02", "H-06")
@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_film_of_the_entries_is_that_of_the_plan_on_day_0(path: Path) -> None:
    document, plan = json.loads(path.read_text("utf-8")), hexapod.make_plan(hexapod.load_case(path))
    for level, planned in zip_longest(document["levels"], plan.levels):
        entered = entry_level(document["limb"], level)
        assert isinstance(entered, EntryLevel)
        for view in ("AP", "lateral") if planned else ():
            mine, theirs = radiograph_of(entered.placed, entered.side, view), radiograph(planned, 0, view)  # type: ignore[arg-type]
            assert (mine.left_word, mine.right_word) == (theirs.left_word, theirs.right_word)
            for name in ("proximal", "distal"):
                assert abs(mine.fragments[name].axis_mm - theirs.fragments[name].axis_mm).max() < 1e-9  # type: ignore[index]
                assert abs(mine.rings_mm[name] - theirs.rings_mm[name]).max() < 1e-9  # type: ignore[index]
            assert mine.corresponding_mm == pytest.approx(theirs.corresponding_mm, abs=1e-9)
            assert mine.structures_mm == pytest.approx(theirs.structures_mm, abs=1e-9)


@pytest.mark.hazard("H-02")
@pytest.mark.parametrize("view", ["AP", "lateral"])
def test_the_angle_drawn_is_the_angle_entered(view: View) -> None:
    words = {"varus_deg": 17, "apex_posterior_deg": 23, "internal_rotation_deg": 31}
    entered = entry_level(limb_of("left", "femur"), level_of(words, "distal"))
    assert isinstance(entered, EntryLevel)
    now = radiograph_of(entered.placed, "left", view)
    layout = layout_of(now, {"proximal": [now.fragments["proximal"].outline_mm]})
    seen = angle_seen(layout, entered, now)
    assert seen is not None
    _, _, straight, leaning = seen
    assert straight == (0.0, -1.0)
    size = math.degrees(math.atan2(abs(leaning[0]), -leaning[1]))
    assert size == pytest.approx(17 if view == "AP" else 23)


def test_what_neither_film_shows_is_said() -> None:
    made = entry_radiographs(limb_of("right"), level_of({"internal_rotation_deg": 12.5, "varus_deg": 3}))
    assert (
        made.unseen
        == "Seen on neither radiograph: 12.5 deg internal rotation of the distal fragment on the proximal one."
    )


@pytest.mark.hazard("H-01", "H-03")
def test_nothing_is_drawn_for_a_side_bone_or_reference_that_was_not_chosen() -> None:
    whole = level_of({"varus_deg": 5})
    del (without := dict(whole))["reference"]
    for limb, level, sentences in (
        ({"bone": "tibia"}, whole, (CHOOSE_SIDE,)),
        ({"side": "right"}, whole, (CHOOSE_BONE,)),
        (limb_of("right"), without, (CHOOSE_REFERENCE,)),
        ({}, {}, (CHOOSE_SIDE, CHOOSE_BONE, CHOOSE_REFERENCE)),
        (limb_of("both"), whole, (CHOOSE_SIDE,)),
    ):
        assert entry_radiographs(limb, level) == EntryRadiographs((), (), "", sentences)


@pytest.mark.hazard("H-02")
def test_an_entry_that_cannot_be_read_is_not_taken_for_nought() -> None:
    made = entry_radiographs(limb_of("right"), level_of({"short_mm": 4}), unread=["deformity.varus_deg"])
    assert "AP angulation is not drawn: its entry cannot be read yet." in made.notes
    assert "AP angulation: unclear" in words_of(ET.fromstring(made.radiographs[0]))
    both = entry_radiographs(limb_of("right"), level_of({"varus_deg": 3, "valgus_deg": 4}))
    assert not both.radiographs
    too_much = entry_radiographs(limb_of("right"), level_of({"varus_deg": 80}))
    assert not too_much.radiographs
    mounting = entry_radiographs(
        limb_of("right"),
        level_of({}, mounting={"lateral_mm": 4}, frame={"proximal_ring": {"model": "generic-full-180"}}),
        unread=["mounting.proximal_mm"],
    )
    assert any(note.startswith("The mounting parameters cannot be drawn") for note in mounting.notes)
    assert "proximal ring" not in words_of(ET.fromstring(mounting.radiographs[0]))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of everything in a document."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (*path, key)
        yield from places(item, (*path, key))


def changed(document: dict[str, Any], path: tuple[Any, ...], change: Any) -> dict[str, Any]:
    document = copy.deepcopy(document)
    holder: Any = document
    for part in path[:-1]:
        holder = holder[part]
    if change is places:
        del holder[path[-1]]
    else:
        holder[path[-1]] = change
    return document


@pytest.mark.parametrize(("path", "index"), levels(), ids=lambda value: getattr(value, "stem", value))
def test_no_missing_or_odd_entry_stops_the_films(path: Path, index: int) -> None:
    document = json.loads(path.read_text("utf-8"))
    whole = {"limb": document["limb"], "level": document["levels"][index]}
    # Stages, joints and struts are many alike: the first of each does.
    for where in places(whole):
        if any(isinstance(part, int) and part > 0 for part in where):
            continue
        for change in (places, None, "", [], math.nan):
            partial = changed(whole, where, change)
            entry = entry_level(partial.get("limb"), partial.get("level"))
            assert entry, where
        missing = changed(whole, where, places)
        if where[:1] == ("level",) and len(where) < 4:
            for one in entry_radiographs(missing.get("limb"), missing.get("level")).radiographs:
                ET.fromstring(one)


@pytest.mark.parametrize(("path", "index"), levels(), ids=lambda value: getattr(value, "stem", value))
def test_films_are_small_and_quick(path: Path, index: int) -> None:
    document = json.loads(path.read_text("utf-8"))
    limb, level = document["limb"], document["levels"][index]
    assert sum(len(one.encode()) for one in entry_radiographs(limb, level).radiographs) < MOST_BYTES
    times = []
    for _ in range(8):
        begun = time.process_time()
        entry_radiographs(limb, level)
        times.append(time.process_time() - begun)
    assert min(times) < LONGEST_S


@pytest.mark.parametrize("bone", [*ENDS, "forearm"])
@pytest.mark.parametrize("reference", ["proximal", "distal"])
def test_every_bone_is_drawn_within_its_plate(bone: str, reference: str) -> None:
    level = level_of({"varus_deg": 60, "apex_anterior_deg": 50, "short_mm": 300, "medial_mm": 200}, reference)
    for one in shown(limb_of("left", bone), level):
        for number in re.findall(r"[ML]([\d.-]+) ([\d.-]+)", " ".join(p.attrib["d"] for p in one.iter(f"{SVG}path"))):
            assert -1.0 <= float(number[0]) <= 209.0
            assert 0.0 <= float(number[1]) <= 389.0


@pytest.mark.hazard("H-12")
def test_names_of_a_case_cannot_become_markup() -> None:
    name = '<script>alert("1")</script>&\x07\n\n# big'
    level = level_of({}, structures_at_risk=[{"name": name, "at": {"medial_mm": 9}}, {"name": name, "at": {}}])
    made = entry_radiographs(limb_of("right"), level)
    for one in made.radiographs:
        assert all(child.tag != f"{SVG}script" for child in ET.fromstring(one).iter())
    assert [key.words for key in made.key if key.words.startswith("S")] == [f"S1: {name.strip()}"]
    assert any(note.startswith("S2 (") for note in made.notes)
    for key in made.key:
        ET.fromstring(key.mark)
    assert words((1.0, 2.0), "<b>&\x07").endswith(">&lt;b&gt;&amp; </text>")
    assert 'aria-label="&quot;&lt; "' in picture(1.0, 1.0, [], '"<\n', "film")


@pytest.mark.hazard("H-01", "H-02")
def test_a_film_is_told_in_words() -> None:
    ap, lateral = shown(limb_of("left", "femur"), level_of({"valgus_deg": 8.25, "short_mm": 4}, "distal"))
    assert ap.attrib["role"] == lateral.attrib["role"] == "img"
    assert ap.attrib["aria-label"] == (
        "AP view of the left femur as the radiograph shows it: medial on the left, lateral on the right, proximal up. "
        "The distal fragment is fixed, the proximal fragment moves. "
        "8.25 deg valgus; no AP translation; 4 mm short. Drawn with no ring."
    )
    assert "LEFT femur, AP view" in words_of(ap)
    assert "LEFT femur, lateral view" in words_of(lateral)


def test_a_fragment_between_two_levels_has_no_joint_end() -> None:
    document = json.loads((ROOT / "sample_cases" / "tibia_trifocal.json").read_text("utf-8"))
    assert inner_fragments(document["levels"], 0) == {"distal"}
    assert inner_fragments(document["levels"], 1) == {"proximal", "distal"}
    assert inner_fragments(document["levels"], 2) == {"proximal"}
    assert inner_fragments(None, 0) == frozenset()
    entered = entry_level(document["limb"], document["levels"][1])
    assert isinstance(entered, EntryLevel)
    (shaft,) = fragment_outlines(
        entered.placed.shafts["distal"], "distal", "tibia", "right", RADIOGRAPH_AXES["AP"], inner=True
    )
    assert np.ptp(shaft[:, 0]) == pytest.approx(28.0)


def test_chronic_settings_place_the_moving_ring_by_the_last_stage() -> None:
    document = json.loads((ROOT / "sample_cases" / "tibia_chronic.json").read_text("utf-8"))
    level = document["levels"][0]
    whole = entry_radiographs(document["limb"], level)
    assert "proximal ring" in words_of(ET.fromstring(whole.radiographs[0]))
    for stages in ([], [*level["stages"], {"name": "half"}]):
        partial = entry_radiographs(document["limb"], level | {"stages": stages})
        assert "proximal ring" not in words_of(ET.fromstring(partial.radiographs[0]))
        assert any("end of the stages" in note for note in partial.notes)
