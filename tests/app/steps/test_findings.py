"""Every finding that the program can tell: on the Check page with its numbers, and gone when the entry is put right.

Refused ones take the schedule, the signature and every download but the case file with them.  Where each stands:

==================================  ======================================================================
code                              put right in
==================================  ======================================================================
bone.overlap                      Treatment: direction of a transport
clearance.ring_limb, .strut_limb  Mounting: girth
clearance.strut_bone              Deformity: diameter of the bone
clearance.strut_strut             Frame: joints of a ring in its own axes
clearance.ring_ring, strut.lean   Treatment: size of a transport
strut.low                         Treatment: size of a transport
limits.working                    Deformity: what is treated
index.unused                      Treatment: external fixation index
defect.closed, docking.open       Treatment: size of a transport
deformity.not_entered             Deformity: none
docking.rate, rate.high           Treatment: limit of a stage, of the level
exchange.reserve                  Treatment: scale left at an exchange
frame.near_singular, .singular    Deformity: axial rotation
frame.time, latency.short         Treatment: days of a hold
hardware.unverified               Frame: model of the struts
limb.wider_than_ring              Mounting: girth
mounting.not_entered              Mounting: 0, square
outcome.residual, stage.increases Treatment: what a stage leaves
rate.unjudged                     Deformity: diameter of the bone
rate.above_limit, .low            Treatment: fixed length of a stage
rate.too_fast                     Treatment: fixed length of a stage
rate.child                        Limb: still growing
rate.rounded, .rounded_too_fast   Frame: graduation of one's own struts
rate.dose_sum                     Frame: graduation of one's own struts
readings.implausible, .no_pose    Frame: six readings pasted
ring.other_fragment, .one_fragment  Mounting: centre along the bone
segment.ring_apart, _two_places   Mounting: centre along the bone
segment.ring_unsaid               Mounting: centre along the bone
strut.step_high, .step_too_far    Treatment: fixed length of a stage
strut.travel                      Frame: one reading
turn.high, .too_fast              Treatment: fixed length of a stage
==================================  ======================================================================

`rate.combined` and `date.unlikely` have tests of their own below.

Withdrawal on a wrong or a missing entry is tested in test_form.py, of the documents in test_made_documents.py.
"""

from __future__ import annotations

import ast
import copy
import json
import re
from html import escape
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest

import hexapod
from hexapod.app.draft import storage
from hexapod.app.draft.conversion import draft_of
from hexapod.checks.collision_bodies import Kind
from hexapod.checks.findings import grouped
from hexapod.library import ANYONE, new_key, open_library
from tests.app.driver import ROOT, Form, plan_id
from tests.golden.scenarios import scenarios
from tests.laws.builder import case_of

Document = dict[str, Any]
PLAIN: Document = json.loads((ROOT / "tests" / "data" / "plain_case.json").read_text("utf-8"))
GOLDEN = {name: one.case for name, one in scenarios().items()}
BONE = {"diameter_mm": 28}


class Told(NamedTuple):
    """A case with a finding: words and numbers of its message, and the entry that puts it right."""

    case: Document
    says: str
    step: str
    field: str
    entry: str


def _case(*stages: Document, struts: Any = None, settings: list[float] | None = None, **level: Any) -> Document:
    """A right tibia on two 180 mm rings, struts reading 150, the proximal fragment the reference."""
    document = case_of("right", "proximal", stages=stages, settings=settings or [150] * 6, **level)
    if struts is not None:
        document["levels"][0]["frame"]["struts"] = struts
    return document


def _move(**words: float) -> Document:
    return {"name": "move", "transport": words}


def _leave(**words: float) -> Document:
    return {"name": "correct", "correct_to": words}


def _readings(*, struts: Any = None, **by_strut: float) -> Document:
    """The plain case with one reading wrong."""
    document = copy.deepcopy(PLAIN)
    frame = document["levels"][0]["frame"]
    frame["struts"] = struts or frame["struts"]
    for name, reading in by_strut.items():
        frame["settings_mm"][int(name[-1]) - 1] = reading
    return document


def _never(part: str) -> Document:
    """A file that says nothing of its mounting or its deformity."""
    document = _case(_leave(), bone=BONE)
    del document["levels"][0][part]
    return document


def _child(document: Document) -> Document:
    return document | {"limb": {"side": "left", "bone": "forearm", "child": True}}


def _one_ring(**segment: Any) -> Document:
    """Two hexapods on one ring, the segment between them told otherwise."""
    document: Document = json.loads((ROOT / "sample_cases" / "tibia_two_levels.json").read_text("utf-8"))
    document["levels"][1]["segment"] = segment
    return document


def _turned(degrees: float, days: int) -> Document:
    """A thin bone turned by so many degrees in so many days, with no limit of rotation."""
    free = {"deg_per_day": None}
    turn = {"external_rotation_deg": degrees}
    return _case(_leave() | {"days": days}, deformity=turn, bone={"diameter_mm": 10}, limits=free)


def _marks(mm: float) -> list[dict[str, float]]:
    """Six struts of one's own with marks so far apart."""
    return [{"min_mm": 50, "max_mm": 400, "graduation_mm": mm}] * 6


DAYS = "Fixed length, days"
FINE = ["generic-fine-medium"] * 6
TSF = ["tsf-medium"] * 6
ALONG = "Along the bone, mm"
RING_ALONG = "Axial frame offset, mm"
OWN_JOINTS = "-8 -99 -9\n7 -100 -10.5\n90.5 43 -10\n82 57 -10\n-80 58 -11\n-90 44 -10"
TOLD: dict[str, Told] = {
    "bone.overlap": Told(
        _case(_move(proximal_mm=1.5), bone=BONE),
        "by 1.5 mm beyond contact at most, on day 2",
        "treatment",
        "along the bone: direction",
        "distal_mm",
    ),
    "clearance.ring_limb": Told(
        _case(_move(distal_mm=2), limb_girth_mm={"proximal": 443, "distal": 188}),
        "The proximal ring and the limb come within 19.5 mm of each other on day 0; at least 20 mm",
        "mounting",
        "Girth at the proximal ring, mm",
        "430",
    ),
    "clearance.strut_limb": Told(
        _case(_move(distal_mm=2), struts=FINE, limb_girth_mm={"proximal": 402, "distal": 405}),
        "and the limb come within 19.9 mm of each other on day 0; at least 20 mm",
        "mounting",
        "Girth at the distal ring, mm",
        "402",
    ),
    "clearance.strut_bone": Told(
        _case(_move(distal_mm=2), struts=FINE, bone={"diameter_mm": 130}),
        "and the bone come within 19.1 mm of each other on day 0; at least 20 mm",
        "deformity",
        "Diameter of the bone at the osteotomy, mm",
        "28",
    ),
    "clearance.ring_ring": Told(
        _case(_move(proximal_mm=119.5), struts=_marks(0.01), limits={"mm_per_day": 1}),
        "The two rings come within 14.9 mm of each other on day 120; at least 15 mm",
        "treatment",
        ALONG,
        "119",
    ),
    "clearance.strut_strut": Told(
        GOLDEN["own-joints"],
        "Struts 5 and 6 come within 1.9 mm of each other on day 0; at least 2 mm",
        "frame",
        "Proximal ring: joints in its own axes, mm",
        OWN_JOINTS,
    ),
    "defect.closed": Told(
        _case(_move(proximal_mm=31), settings=[200] * 6, bone={"diameter_mm": 28, "gap_mm": 31}),
        "31 mm of a defect are closed by shortening the limb; above 30 mm of a tibia",
        "treatment",
        ALONG,
        "30",
    ),
    "docking.open": Told(
        _case(_move(distal_mm=28), docking_gap_mm=30),
        "the distance to docking is still 2.0 mm",
        "treatment",
        ALONG,
        "30",
    ),
    "docking.rate": Told(
        _case(_move(distal_mm=31), limits={"mm_per_day": 0.5}, docking_gap_mm=30),
        "after docking, the bone ends are compressed by 0.50 mm; 0.25 mm a day is usual",
        "treatment",
        "Maximum rate, mm per day",
        "0,25",
    ),
    "exchange.reserve": Told(
        GOLDEN["exchange-before-the-end"],
        "is changed out on day 30 with only 1.1 mm of strut travel remaining, less than the minimum of 3 mm",
        "treatment",
        "Minimum strut travel remaining, mm",
        "0",
    ),
    "frame.near_singular": Told(
        GOLDEN["caution-near-singular"],
        "comes near a singular position (singularity index 10.2;",
        "deformity",
        "Axial rotation, deg",
        "60",
    ),
    "frame.singular": Told(
        GOLDEN["refused-singular-on-the-way"],
        "The frame is singular on day 0 (singularity index ",
        "deformity",
        "Axial rotation, deg",
        "60",
    ),
    "frame.time": Told(
        _case(_move(distal_mm=10), {"name": "rest", "hold_days": 34}, bone=BONE, index_days_per_cm=45),
        "The plan ends on day 44; with an external fixation index of 45 days/cm, 45 days",
        "treatment",
        "Hold, days",
        "35",
    ),
    "hardware.unverified": Told(
        _readings(struts=TSF),
        "Unverified values are used for TSF medium strut:",
        "frame",
        "All struts",
        "generic-medium",
    ),
    "latency.short": Told(
        _case({"name": "latency", "hold_days": 4}, _move(distal_mm=10), bone=BONE),
        "Distraction begins on day 5, after 4 days of latency; callus usually needs 5 to 7 days",
        "treatment",
        "Hold, days",
        "5",
    ),
    "deformity.not_entered": Told(
        _never("deformity"), "The deformity was never entered", "deformity", "Nothing to enter above", "zero"
    ),
    "mounting.not_entered": Told(
        _never("mounting"), "The mounting parameters were never entered", "mounting", "Nothing to enter above", "zero"
    ),
    "stage.increases": Told(
        _case(_leave(varus_deg=4), deformity={"varus_deg": 3}, limits={"mm_per_day": 1}),
        "takes AP angulation from 3 deg varus to 4 deg varus",
        "treatment",
        "AP angulation, deg",
        "3",
    ),
    "limb.wider_than_ring": Told(
        GOLDEN["refused-limb-wider"],
        "makes the limb 191 mm wide, 11 mm wider than the 180 mm inside that ring (Generic full ring 180 mm)",
        "mounting",
        "Girth at the proximal ring, mm",
        "380",
    ),
    "outcome.residual": Told(
        _case(_leave(varus_deg=5.1)),
        "At its end the plan leaves 5.1 deg varus; more than 5 deg or 10 mm",
        "treatment",
        "AP angulation, deg",
        "5",
    ),
    "rate.above_limit": Told(
        GOLDEN["caution-above-limit"],
        "moves 0.91 mm on day 1; its limit is 0.8 mm/day",
        "treatment",
        "Fixed length, days",
        "13",
    ),
    "rate.child": Told(
        _child(_case(_move(distal_mm=10), bone=BONE)),
        "a child's forearm is moved by 1.00 mm;",
        "limb",
        "Still growing",
        "no",
    ),
    "rate.high": Told(
        GOLDEN["caution-rate-high"],
        "moves 1.20 mm on day 1, above the usual 1 mm a day",
        "treatment",
        "Maximum rate, mm per day",
        "1",
    ),
    "rate.low": Told(
        GOLDEN["caution-rate-low"],
        "nothing moves more than 0.40 mm (the corresponding point); below 0.5 mm a day",
        "treatment",
        "Fixed length, days",
        "4",
    ),
    "rate.rounded": Told(
        _case(_move(distal_mm=10), struts=_marks(2), limits={"mm_per_day": 0.3}),
        "Read on whole marks of 2 mm, the corresponding point moves 2.44 mm on day 5, more than its limit of 0.3 mm/day",
        "frame",
        "Graduation, mm",
        "0,25",
    ),
    "rate.rounded_too_fast": Told(
        _case(_move(distal_mm=10), struts=_marks(5), limits={"mm_per_day": 0.3}),
        "Read on marks of 5 mm, the corresponding point really moves 6.08 mm from one evening to the next on day 11; more",
        "frame",
        "Graduation, mm",
        "0,25",
    ),
    "rate.dose_sum": Told(
        GOLDEN["caution-dose-sum"],
        "Read on marks of 2 mm, the doses of day 2 move the corresponding point 3.73 mm in all",
        "frame",
        "Graduation, mm",
        "0,25",
    ),
    "rate.too_fast": Told(
        GOLDEN["refused-too-fast"],
        "moves 2.10 mm on day 1; more than 2 mm a day harms soft tissue",
        "treatment",
        "Fixed length, days",
        "21",
    ),
    "rate.unjudged": Told(
        _case(_leave(), deformity={"external_rotation_deg": 10}),
        "Stage 'correct' rotates the moving fragment by 10.0 deg, but neither the diameter of the bone nor a structure",
        "deformity",
        "Diameter of the bone at the osteotomy, mm",
        "28",
    ),
    "readings.implausible": Told(
        GOLDEN["caution-implausible"],
        "The six readings fit, but",
        "frame",
        "Strut 1 (red), mm",
        "150 150 150 150 150 150",
    ),
    "readings.no_pose": Told(
        GOLDEN["refused-no-pose"],
        "No position of the two rings fits the six readings. Strut",
        "frame",
        "Strut 1 (red), mm",
        "150 150 150 150 150 150",
    ),
    "ring.other_fragment": Told(
        _case(_leave(), mounting={"distal_mm": 40}),
        "lies 40.0 mm distal of the corresponding point (no osteotomy is given), on the distal fragment",
        "mounting",
        RING_ALONG,
        "0",
    ),
    "ring.one_fragment": Told(
        _case(_leave(), mounting={"proximal_mm": 300}),
        "Both rings lie on the proximal fragment: the proximal ring 300.0 mm",
        "mounting",
        RING_ALONG,
        "60",
    ),
    "segment.ring_apart": Told(
        _one_ring(distal_mm=192, ring="shared"),
        "the entries of hexapod 2 put it 4.0 mm distal against those of hexapod 1.",
        "mounting",
        RING_ALONG,
        "100",
    ),
    "segment.ring_two_places": Told(
        _one_ring(distal_mm=200, ring="shared"),
        "the entries of hexapod 2 put it 12.0 mm distal against those of hexapod 1.",
        "mounting",
        RING_ALONG,
        "108",
    ),
    "segment.ring_unsaid": Told(
        _one_ring(distal_mm=192),
        "stand 4.0 mm apart; nearer than 25 mm it must be entered whether they are one ring.",
        "mounting",
        RING_ALONG,
        "126",
    ),
    "strut.lean": Told(
        _case(_move(proximal_mm=72.5), struts=["generic-medium"] * 6),
        "is 60.1 deg away from the normal of the distal ring on day 73; its joint allows 60 deg",
        "treatment",
        ALONG,
        "72",
    ),
    "strut.low": Told(
        _case(_move(proximal_mm=61.7), struts=["generic-medium"] * 6),
        "stands at only 34.98 deg against the",
        "treatment",
        ALONG,
        "61",
    ),
    "limits.working": Told(
        GOLDEN["fracture-reduced"],
        "rate 5 and 15 mm/day, rotation 6 and 15 deg/day, strut 10 and 20 mm/day",
        "deformity",
        "What is treated",
        "osteotomy",
    ),
    "index.unused": Told(
        GOLDEN["caution-index-unused"],
        "The external fixation index of 45 days/cm is for the regenerate of an osteotomy",
        "treatment",
        "External fixation index, days/cm",
        "",
    ),
    "strut.step_high": Told(_turned(10, 2), "mm; more than 4 mm a day is unusual", "treatment", DAYS, "8"),
    "strut.step_too_far": Told(_turned(10, 1), "mm; more than 8 mm a day is refused", "treatment", DAYS, "6"),
    "turn.high": Told(
        GOLDEN["caution-turned-fast"], "rotates by 4.00 deg; more than 3 deg a day", "treatment", DAYS, "4"
    ),
    "turn.too_fast": Told(
        _turned(10, 1),
        "On day 1 the moving fragment rotates by 10.00 deg; more than 5 deg a day",
        "treatment",
        DAYS,
        "6",
    ),
    "strut.travel": Told(
        _readings(strut_3=119),
        "Strut 3 cannot read 119 mm: its scale (Generic medium strut) reads 120 to 180 mm",
        "frame",
        "Strut 3 (yellow), mm",
        "134",
    ),
}


def _codes_of_the_program() -> set[str]:
    """Every text in hexapod/checks that is written as a code, and one for each kind of pair that is judged."""
    found = {f"clearance.{kind}" for kind in get_args(Kind)}
    for path in sorted(Path(ROOT, "hexapod", "checks").glob("*.py")):
        texts = (node.value for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Constant))
        found |= {text for text in texts if isinstance(text, str) and re.fullmatch(r"[a-z]+\.[a-z_]+", text)}
    return found


def test_the_table_has_every_code_of_the_program() -> None:
    # visit.not_continued needs a library with a visit: tests/app/session/test_library_pages.py
    of_their_own = {"rate.combined", "date.unlikely", "visit.not_continued"}
    assert set(TOLD) | of_their_own == _codes_of_the_program()


def _opened(document: Document) -> Form:
    """The case in the library, its Check page."""
    key = new_key()
    open_library().as_user(ANYONE).drafts.save(key, 0, storage.text_of(draft_of(document)))
    return Form(case=key, step="check")


def _put_right(form: Form, told: Told) -> None:
    form.step(told.step)
    if told.step == "treatment":
        form.press("open-all")
    if told.field == "All struts":
        form.choose("All struts: family", told.entry.partition("-")[0])
    widgets = (*form.at.text_input, *form.at.text_area, *form.at.button_group, *form.at.selectbox)
    widget = next(one for one in widgets if one.label == told.field and _means_it(one))
    widget.set_value(told.entry)
    form.run().step("check")


def _means_it(widget: Any) -> bool:
    """The first field of a label that holds an entry: the hidden templates have fields of the same name."""
    return "template" not in (widget.key or "")


def _withdrawn(form: Form) -> bool:
    """Whether the schedule and the signature are gone; where they stand, both do."""
    gone = "hx-schedule" not in form.html
    assert gone == (not [button for button in form.at.button if button.key == "issue"])
    # A finding leads to its day only where there is a preview of it.
    assert not (gone and [button for button in form.at.button if button.label.startswith("Show day")])
    return gone


@pytest.mark.hazard("H-07", "H-08", "H-09", "H-10", "H-11", "H-13")
@pytest.mark.parametrize("code", sorted(TOLD))
@pytest.mark.some(14)
def test_a_finding_is_told_with_its_numbers_and_gone_when_put_right(code: str) -> None:
    told = TOLD[code]
    plan = hexapod.make_plan(hexapod.read_case(told.case))
    (group,) = (one for one in grouped(plan.findings) if one.worst.code == code)
    assert told.says in group.message
    form = _opened(told.case)
    assert form.document == told.case
    levels = told.case["levels"]
    where = f"{levels[group.worst.level]['name']} · " if len(levels) > 1 else ""
    kind = {"refused": "Refused", "caution": "Warning", "ok": "Note"}[group.worst.verdict]
    name = f"<b>{kind}</b> <span>{where}{code}</span><p>{escape(group.message)}</p>"
    assert name in form.html
    assert _withdrawn(form) == (plan.verdict == "refused")
    _put_right(form, told)
    after = hexapod.make_plan(hexapod.read_case(form.document))
    assert code not in {finding.code for finding in after.findings}
    assert f"{code}</span>" not in form.html
    assert after.verdict != "refused"
    assert not _withdrawn(form)
    assert plan_id(after.case) in form.html


@pytest.mark.hazard("H-31")
def test_a_ring_on_the_wrong_side_is_told_beside_the_mounting_too() -> None:
    form = _opened(TOLD["ring.other_fragment"].case).step("mounting")
    assert TOLD["ring.other_fragment"].says in form.html
    form.type(RING_ALONG, "0")
    assert "ring.other_fragment" not in form.html


@pytest.mark.hazard("H-29")
def test_hexapods_that_are_too_fast_together_are_told_and_gone_when_one_is_slower() -> None:
    document = copy.deepcopy(GOLDEN["caution-together"])
    document["levels"][1]["name"] = "lower"
    form = _opened(document)
    assert "rate.combined" in form.html
    assert "make the limb 1.46 mm longer (hexapod 1: 0.71 mm longer, hexapod 2: 0.75 mm longer)" in form.html
    assert not _withdrawn(form)
    form.step("treatment").type("Maximum rate, mm per day", "0,25").step("check")
    assert "rate.combined" not in form.html


@pytest.mark.hazard("H-16")
def test_an_unlikely_year_is_told_beside_its_field_and_is_never_ready() -> None:
    form = _opened(PLAIN | {"start_date": "2062-03-02"})
    told = "Day 0 is 2062-03-02, in the year 2062: more than 3 years after today"
    assert told in form.html
    assert "hx-banner hx-caution" in form.html
    assert told in form.step("limb").html
    form.type("Date of day 0", "2026-12-01")
    assert "in the year" not in form.html
    assert "hx-banner hx-ok" in form.html
    assert "in the year" not in form.step("check").html


@pytest.mark.hazard("H-23")
def test_no_limit_of_rotation_is_a_word_of_its_own() -> None:
    """Typed in either case it is null; taken out again it is the usual limit."""
    form = _opened(_case(_leave(), deformity={"external_rotation_deg": 10}, bone=BONE))
    form.step("treatment").type("Maximum angular rate, deg per day", " None ")
    assert form.document["levels"][0]["limits"] == {"deg_per_day": None}
    form.type("Maximum angular rate, deg per day", "")
    assert "limits" not in form.document["levels"][0]
    form.type("Maximum angular rate, deg per day", "nothing")
    assert "hx-banner hx-wrong" in form.html
