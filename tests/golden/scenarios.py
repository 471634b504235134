"""The named scenarios: cases built from a few tables, each with the verdict and the finding codes it is there for.

The grid crosses side, reference and known moment with three patterns of deformity, bone and stages.  The named ones
below it each show one thing: an exchange, a refusal, a caution, a calendar, a kind of hardware.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Case = dict[str, Any]
Level = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """A case, and what its plan must find whatever its numbers are."""

    name: str
    case: Case
    verdict: str = "ok"
    codes: frozenset[str] = frozenset()


HOLD = {"name": "latency", "hold_days": 5}
REST = {"name": "consolidation", "hold_days": 2}
MEDIUM = ["generic-medium"] * 6
WIDE = [{"min_mm": 50, "max_mm": 400, "graduation_mm": 1}] * 6
EVEN = [150.0] * 6
NERVE = {"name": "common peroneal nerve", "at": {"lateral_mm": 34, "posterior_mm": 20}, "limit_mm_per_day": 0.8}

# Three patterns of deformity and what is done about them; bone by side.
PATTERNS: dict[str, dict[str, Any]] = {
    "bow": {
        "bones": {"right": "tibia", "left": "femur"},
        "deformity": {
            "varus_deg": 11,
            "apex_anterior_deg": 7,
            "internal_rotation_deg": 6,
            "medial_mm": 3,
            "short_mm": 9,
        },
        "stages": [
            HOLD,
            {"name": "distract", "correct_to": {"varus_deg": 11, "apex_anterior_deg": 7, "internal_rotation_deg": 6}},
            {"name": "correct", "correct_to": {}, "limits": {"mm_per_day": 0.75}},
            REST,
        ],
        "level": {
            "bone": {"diameter_mm": 28, "osteotomy": {"distal_mm": 8}},
            "structures_at_risk": [NERVE],
            "limits": {"mm_per_day": 0.9},
        },
    },
    "twist": {
        "bones": {"right": "femur", "left": "tibia"},
        "codes": frozenset({"bone.overlap"}),  # turned in contact: the rims meet
        "deformity": {"valgus_deg": 6, "apex_posterior_deg": 5, "external_rotation_deg": 14, "anterior_mm": 4},
        "stages": [
            {"name": "correct", "correct_to": {"external_rotation_deg": 2}, "limits": {"deg_per_day": 1.0}},
            REST,
        ],
        "level": {"bone": {"diameter_mm": 32}, "limits": {"mm_per_day": 0.9, "deg_per_day": 1.5}},
    },
    "shift": {
        "codes": frozenset({"rate.unjudged"}),  # varus goes, and there is no bone whose edge could be judged
        "bones": {"right": "forearm", "left": "humerus"},
        "deformity": {"lateral_mm": 6, "posterior_mm": 5, "short_mm": 4, "varus_deg": 3},
        "stages": [
            {"name": "reduce", "correct_to": {"short_mm": 4, "varus_deg": 3}},
            {"name": "shift", "transport": {"medial_mm": 2, "anterior_mm": 1}},
            {"name": "correct", "correct_to": {"long_mm": 2}, "meant": True},
        ],
        "level": {"limits": {"mm_per_day": 0.75}, "adjustments_per_day": 3, "struts": ["generic-fine-medium"] * 6},
    },
}

# Readings of a frame whose moving ring sits nearly square on its fragment at the start, in whole mm.
CROOKED: dict[tuple[str, str, str], list[int]] = {
    ("bow", "right", "proximal"): [145, 158, 122, 137, 142, 161],
    ("bow", "right", "distal"): [160, 143, 131, 133, 128, 167],
    ("bow", "left", "proximal"): [158, 145, 161, 142, 137, 122],
    ("bow", "left", "distal"): [143, 160, 167, 128, 133, 131],
    ("twist", "right", "proximal"): [148, 137, 174, 153, 168, 136],
    ("twist", "right", "distal"): [159, 142, 170, 143, 171, 130],
    ("twist", "left", "proximal"): [137, 148, 136, 168, 153, 174],
    ("twist", "left", "distal"): [142, 159, 130, 171, 143, 170],
    ("shift", "right", "proximal"): [141, 140, 134, 147, 143, 142],
    ("shift", "right", "distal"): [142, 139, 144, 128, 144, 150],
    ("shift", "left", "proximal"): [140, 141, 142, 143, 147, 134],
    ("shift", "left", "distal"): [139, 142, 150, 144, 128, 144],
}

MOUNTING = {"lateral_mm": 5, "posterior_mm": 11, "external_rotation_deg": 4, "leans_anterior_deg": 2}


def case(name: str, side: str, bone: str, *levels: Level, start_date: str = "2026-03-02") -> Case:
    """A case file value."""
    return {
        "format": "hexapod-case/1",
        "id": name,
        "limb": {"side": side, "bone": bone},
        "start_date": start_date,
        "levels": [copy.deepcopy(level) for level in levels],
    }


def level(
    reference: str = "proximal",
    *,
    rings: tuple[Any, Any] = ({"model": "generic-full-180"}, {"model": "generic-full-180"}),
    struts: list[Any] = MEDIUM,
    settings: Sequence[float] = EVEN,
    at: str = "start",
    stages: list[dict[str, Any]] | None = None,
    **more: Any,
) -> Level:
    """One level; `more` are its further keys."""
    frame = {
        "proximal_ring": rings[0],
        "distal_ring": rings[1],
        "struts": struts,
        "settings_mm": list(settings),
        "settings_at": at,
    }
    correct = [{"name": "correct", "correct_to": {}}]
    said = {"name": "level", "reference": reference, "frame": frame, "mounting": {}, "deformity": {}}
    return said | {"stages": stages or correct, **more}


def coupled(one: Level, segment: dict[str, float] | None = None) -> Level:
    """The level made to follow the others."""
    rest = {key: value for key, value in one.items() if key != "stages"}
    return rest | {"couple": "keep-length"} | ({} if segment is None else {"segment": segment})


def grid() -> list[Scenario]:
    """Side x reference x known moment x pattern: 24 scenarios, without a finding but for what a pattern is known for."""
    found = []
    for side in ("right", "left"):
        for reference in ("proximal", "distal"):
            for at in ("start", "end"):
                for pattern, told in PATTERNS.items():
                    name = f"grid-{pattern}-{side}-{reference}-{at}"
                    away = {"proximal": "proximal_mm", "distal": "distal_mm"}[reference]
                    one = level(
                        reference,
                        settings=CROOKED[pattern, side, reference] if at == "start" else EVEN,
                        at=at,
                        mounting=MOUNTING | {away: 45},
                        deformity=told["deformity"],
                        stages=told["stages"],
                        **told["level"],
                    )
                    whole, codes = case(name, side, told["bones"][side], one), told.get("codes", frozenset())
                    found.append(Scenario(name, whole, "caution" if codes else "ok", codes))
    return found


def equal_tabs() -> tuple[dict[str, Any], dict[str, Any]]:
    """Two rings with the same six joints, strut i from joint i to joint i: a frame that is singular when neutral."""
    joints = [[-8, 94, 0], [8, 94, 0], [85, -40, 0], [77, -53, 0], [-77, -53, 0], [-85, -40, 0]]
    return {"joints_mm": joints}, {"joints_mm": joints}


def short_by(mm: float, **more: Any) -> dict[str, Any]:
    """Keys of a level that is so many mm short."""
    return {"deformity": {"short_mm": mm}, "bone": {"diameter_mm": 28}} | more


def named() -> list[Scenario]:
    """One thing each."""
    transport = [
        HOLD,
        {"name": "transport", "transport": {"distal_mm": 35, "medial_mm": 1}},
        {"name": "docking compression", "transport": {"distal_mm": 1}, "limits": {"mm_per_day": 0.25}},
        REST,
    ]
    days = {"name": "correct", "correct_to": {}}
    tsf = {"model": "tsf-full-180"}
    found = []

    def add(name: str, verdict: str, codes: str, side: str, bone: str, *levels: Level, **keys: Any) -> None:
        found.append(Scenario(name, case(name, side, bone, *levels, **keys), verdict, frozenset(codes.split())))

    add("no-deformity", "ok", "", "right", "tibia", level(bone={"diameter_mm": 28}))
    add("hold-only", "ok", "", "left", "foot", level(stages=[HOLD, REST]))
    add("hold-only-end", "ok", "", "left", "foot", level("distal", at="end", stages=[HOLD, REST], settings=[150.4] * 6))
    add(
        "between-marks",
        "ok",
        "",
        "right",
        "tibia",
        level(settings=[150.3] * 6, **short_by(6), stages=[HOLD, days, REST]),
    )
    add("leap-day", "ok", "", "right", "femur", level(**short_by(5)), start_date="2028-02-26")
    add("year-end", "ok", "", "left", "femur", level("distal", **short_by(5)), start_date="2026-12-29")
    add(
        "own-joints",
        "caution",
        "clearance.strut_strut",
        "right",
        "tibia",
        level(rings=OWN_JOINTS, settings=[147, 152, 149, 151, 150, 148], **short_by(8)),
    )
    add(
        "different-rings",
        "ok",
        "",
        "left",
        "femur",
        level(rings=({"model": "generic-full-205"}, {"model": "generic-full-155"}), **short_by(8)),
    )
    add(
        "fine-struts",
        "ok",
        "",
        "left",
        "forearm",
        level(
            struts=["generic-fine-medium"] * 6,
            settings=[150.25, 149.5, 150, 150.75, 149.25, 150],
            limits={"mm_per_day": 0.75},
            adjustments_per_day=3,
            **short_by(9),
        ),
    )
    add(
        "twelve-doses",
        "ok",
        "",
        "right",
        "humerus",
        level(struts=["generic-fine-medium"] * 6, adjustments_per_day=12, **short_by(4)),
    )
    add(
        "mixed-graduations",
        "ok",
        "",
        "right",
        "tibia",
        level(struts=["generic-medium", "generic-fine-medium", *WIDE[:4]], **short_by(6)),
    )
    add(
        "angular-limit",
        "ok",
        "",
        "right",
        "tibia",
        level(deformity={"external_rotation_deg": 12}, limits={"deg_per_day": 0.75}, bone={"diameter_mm": 30}),
    )
    add(
        "structure-sets-the-pace",
        "caution",
        "bone.overlap",
        "left",
        "tibia",
        level(
            deformity={"valgus_deg": 10},
            bone={"diameter_mm": 30},
            structures_at_risk=[NERVE | {"limit_mm_per_day": 0.45}],
        ),
    )
    add(
        "leaning-ring",
        "ok",
        "",
        "right",
        "tibia",
        level(
            mounting={
                "leans_lateral_deg": 12,
                "leans_posterior_deg": 9,
                "internal_rotation_deg": 25,
                "proximal_mm": 60,
            },
            **short_by(5),
        ),
    )
    add(
        "two-levels",
        "caution",
        "bone.overlap",
        "right",
        "tibia",
        level("distal", **short_by(4)),
        level("proximal", at="end", deformity={"valgus_deg": 5}, bone={"diameter_mm": 24}),
    )
    drive = {"name": "transport", "transport": {"distal_mm": 12, "medial_mm": 2}}
    gap = {"long_mm": 12, "lateral_mm": 2}
    rise = {"name": "rise", "transport": {"proximal_mm": 8}, "limits": {"mm_per_day": 0.4}}
    add(
        "coupled-below",
        "ok",
        "",
        "right",
        "tibia",
        level(stages=[HOLD, drive], bone={"diameter_mm": 28}),
        coupled(level(deformity=gap), {"distal_mm": 55}),
    )
    back = {"name": "return to the plan", "correct_to": gap, "meant": True, "days": 2}
    waits = {"name": back["name"], "hold_days": back["days"]}
    add(
        "coupled-return",
        "ok",
        "",
        "left",
        "tibia",
        level(stages=[waits, HOLD, drive], bone={"diameter_mm": 28}),
        coupled(level(deformity={"long_mm": 13.5, "lateral_mm": 1, "varus_deg": 1}), {"distal_mm": 55})
        | {"return_stages": [back]},
    )
    turned = {"varus_deg": 4, "external_rotation_deg": 4}
    cut = {"bone": {"diameter_mm": 30}, "limits": {"deg_per_day": 0.5}, "adjustments_per_day": 2}
    add(
        "coupled-above-turning",
        "caution",
        "bone.overlap rate.unjudged",
        "left",
        "femur",
        coupled(level("distal", settings=[160.0] * 6)),
        level("proximal", deformity=turned, segment={"distal_mm": 60, "lateral_mm": 3}, **cut),
    )
    add(
        "coupled-between",
        "ok",
        "",
        "right",
        "tibia",
        level(stages=[drive], limits={"mm_per_day": 0.6}),
        coupled(level(deformity={"long_mm": 20, "lateral_mm": 2}), {"distal_mm": 50}),
        level("distal", stages=[rise], segment={"distal_mm": 50}),
    )
    add(
        "transport-docking",
        "caution",
        "rate.rounded",
        "right",
        "tibia",
        level(settings=[126.0] * 6, stages=transport, bone={"diameter_mm": 29}, adjustments_per_day=4),
    )
    add(
        "transport-distal-reference",
        "ok",
        "",
        "left",
        "tibia",
        level(
            "distal",
            settings=[130.0] * 6,
            stages=[{"name": "transport", "transport": {"proximal_mm": 20, "lateral_mm": 2}}],
        ),
    )
    add("exchange-longer", "ok", "", "right", "femur", level(settings=[165.0] * 6, **short_by(30)))
    add(
        "exchange-shorter",
        "caution",
        "bone.overlap",
        "left",
        "femur",
        level(settings=[128.0] * 6, deformity={"long_mm": 20}, bone={"diameter_mm": 30}),
    )
    add(
        "exchange-before-the-end",
        "caution",
        "exchange.reserve",
        "right",
        "femur",
        level(settings=[172.0] * 6, at="end", struts=["generic-long"] * 6, **short_by(30)),
    )
    add("fixed-days-kept", "ok", "", "right", "tibia", level(**short_by(10), stages=[days | {"days": 12}]))
    add(
        "caution-above-limit",
        "caution",
        "rate.above_limit",
        "right",
        "tibia",
        level(**short_by(10), limits={"mm_per_day": 0.8}, stages=[days | {"days": 11}]),
    )
    add(
        "caution-turned-above-limit",
        "caution",
        "rate.above_limit rate.unjudged",
        "left",
        "tibia",
        level(deformity={"internal_rotation_deg": 9}, limits={"deg_per_day": 1.0}, stages=[days | {"days": 8}]),
    )
    add("caution-rate-high", "caution", "rate.high", "left", "femur", level(**short_by(12), limits={"mm_per_day": 1.2}))
    add(
        "caution-rate-very-high",
        "caution",
        "rate.high",
        "right",
        "femur",
        level(**short_by(12), limits={"mm_per_day": 1.7}),
    )
    marks = [{"min_mm": 50, "max_mm": 400, "graduation_mm": 2}] * 6
    aside = {"deformity": {"lateral_mm": 10, "short_mm": 10}, "stages": [days]}
    add(
        "caution-dose-sum",
        "caution",
        "rate.dose_sum",
        "right",
        "tibia",
        level(struts=marks, adjustments_per_day=4, **aside),
    )
    marks = [{"min_mm": 50, "max_mm": 400, "graduation_mm": 3}] * 6
    add(
        "refused-rounded-too-fast",
        "refused",
        "rate.rounded_too_fast",
        "left",
        "femur",
        level(struts=marks, **short_by(12)),
    )
    add("caution-rate-low", "caution", "rate.low", "right", "tibia", level(**short_by(4), stages=[days | {"days": 10}]))
    add(
        "slow-on-purpose",
        "ok",
        "",
        "right",
        "tibia",
        level(struts=["generic-fine-medium"] * 6, **short_by(2), limits={"mm_per_day": 0.25}),
    )
    add(
        "caution-near-singular",
        "caution",
        "frame.near_singular strut.low",
        "right",
        "tibia",
        level(struts=WIDE, deformity={"external_rotation_deg": 78}, at="end", bone={"diameter_mm": 28}),
    )
    add(
        "caution-implausible",
        "caution",
        "readings.implausible",
        "right",
        "tibia",
        level(settings=[150, 178, 122, 150, 178, 122], stages=[HOLD]),
    )
    add(
        "caution-unverified",
        "caution",
        "hardware.unverified",
        "left",
        "tibia",
        level(rings=(tsf, tsf), struts=["tsf-medium"] * 6, **short_by(6)),
    )
    add(
        "caution-never-entered",
        "caution",
        "mounting.not_entered deformity.not_entered",
        "right",
        "tibia",
        level(mounting=None, deformity=None),
    )
    kept = ["angulation", "rotation", "translation"]
    add(
        "kept-while-lengthened",
        "ok",
        "",
        "left",
        "femur",
        level(
            "distal",
            deformity={"varus_deg": 7, "external_rotation_deg": 5, "lateral_mm": 3, "short_mm": 8},
            bone={"diameter_mm": 30},
            stages=[
                HOLD,
                {"name": "distract", "correct_to": {"long_mm": 4, "keep": kept}, "meant": True},
                {"name": "derotate", "correct_to": {"keep": ["translation", "length"]}},
                {"name": "reduce", "correct_to": {}},
            ],
        ),
    )
    add(
        "caution-stage-increases",
        "caution",
        "stage.increases",
        "left",
        "tibia",
        level(
            deformity={"varus_deg": 3, "short_mm": 6},
            bone={"diameter_mm": 28},
            stages=[{"name": "distract", "correct_to": {"varus_deg": 6}}, {"name": "correct", "correct_to": {}}],
        ),
    )
    add(
        "refused-given-reading",
        "refused",
        "strut.travel",
        "right",
        "tibia",
        level(settings=[150, 150, 185, 150, 150, 150], **short_by(5)),
    )
    add(
        "refused-strut-travel",
        "refused",
        "strut.travel",
        "left",
        "femur",
        level(struts=["generic-long"] * 6, settings=[270.0] * 6, **short_by(30)),
    )
    add(
        "refused-own-struts-travel",
        "refused",
        "strut.travel",
        "left",
        "femur",
        level(struts=[{"min_mm": 100, "max_mm": 165, "graduation_mm": 1}] * 6, **short_by(30)),
    )
    add(
        "refused-too-fast",
        "refused",
        "rate.too_fast rate.above_limit",
        "right",
        "tibia",
        level(**short_by(21), stages=[days | {"days": 10}]),
    )
    add(
        "two-mm-a-day-is-allowed",
        "caution",
        "rate.high rate.above_limit",
        "right",
        "tibia",
        level(**short_by(20), stages=[days | {"days": 10}]),
    )
    add(
        "refused-singular-on-the-way",
        "refused",
        "frame.singular",
        "right",
        "tibia",
        level(struts=WIDE, at="end", deformity={"external_rotation_deg": 90}, bone={"diameter_mm": 28}),
    )
    add(
        "refused-neutral-singular",
        "refused",
        "frame.singular",
        "left",
        "tibia",
        level(rings=equal_tabs(), struts=WIDE, **short_by(5)),
    )
    add(
        "refused-no-pose",
        "refused",
        "readings.no_pose",
        "left",
        "tibia",
        level(struts=WIDE, settings=[60, 400, 60, 400, 60, 400], **short_by(5)),
    )
    add(
        "refused-one-of-two-levels",
        "refused",
        "rate.too_fast rate.above_limit",
        "left",
        "tibia",
        level(**short_by(4)),
        level("distal", **short_by(21), stages=[days | {"days": 10}]),
    )
    # Rings 142.4 mm apart: the upper hexapod's distal one 95.4 mm below its point, as the lower one tells it, too.
    upper = level(mounting={"proximal_mm": 47}, stages=[REST])
    rings = {
        "ring-shared": ("ok", "", {"distal_mm": 110, "ring": "shared"}),
        "caution-ring-apart": ("caution", "segment.ring_apart", {"distal_mm": 116, "lateral_mm": 2, "ring": "shared"}),
        "caution-ring-unsaid": ("caution", "segment.ring_unsaid", {"distal_mm": 110}),
        "refused-ring-two-places": ("refused", "segment.ring_two_places", {"distal_mm": 50, "ring": "shared"}),
        "refused-rings-through": ("refused", "segment.ring_two_places", {"distal_mm": 112, "ring": "separate"}),
    }
    for name, (verdict, codes, segment) in rings.items():
        lower = level(mounting={"proximal_mm": 15}, segment=segment, stages=[REST])
        add(name, verdict, codes, "left", "tibia", upper, lower)
    add(
        "caution-ring-other-fragment",
        "caution",
        "ring.other_fragment",
        "left",
        "tibia",
        level(mounting={"distal_mm": 40}, stages=[REST]),
    )
    add(
        "refused-rings-on-one-fragment",
        "refused",
        "ring.one_fragment",
        "right",
        "femur",
        level("distal", mounting={"distal_mm": 300}, stages=[REST]),
    )
    turn = {"deformity": {"internal_rotation_deg": 8}, "bone": {"diameter_mm": 28}}
    add("usual-limit-of-rotation", "ok", "", "left", "femur", level(**turn))
    add(
        "caution-turned-fast",
        "caution",
        "turn.high",
        "left",
        "femur",
        level(**turn, limits={"deg_per_day": None}, stages=[days | {"days": 2}]),
    )
    add(
        "refused-turned-too-fast",
        "refused",
        "turn.too_fast strut.step_too_far rate.unjudged",
        "right",
        "forearm",
        level(
            deformity={"external_rotation_deg": 10},
            limits={"deg_per_day": None},
            stages=[days],
        ),
    )
    add(
        "caution-together",
        "caution",
        "rate.combined",
        "right",
        "tibia",
        level(**short_by(5), limits={"mm_per_day": 0.75}),
        level("distal", **short_by(6), limits={"mm_per_day": 0.75}),
    )
    broken = {"valgus_deg": 6, "external_rotation_deg": 8, "lateral_mm": 6, "short_mm": 14}
    fracture = {"indication": "fracture", "bone": {"diameter_mm": 26}}
    add(
        "fracture-reduced",
        "caution",
        "limits.working",
        "left",
        "tibia",
        level(deformity=broken, stages=[days, REST], **fracture),
    )
    add(
        "refused-fracture-too-fast",
        "refused",
        "limits.working rate.too_fast rate.above_limit strut.step_high",
        "right",
        "femur",
        level("distal", deformity={"long_mm": 16}, stages=[days | {"days": 1}], **fracture),
    )
    add(
        "joint-opened",
        "caution",
        "limits.working",
        "right",
        "foot",
        level(
            deformity={"apex_anterior_deg": 18},
            stages=[
                {"name": "open the joint", "correct_to": {"apex_anterior_deg": 18, "long_mm": 4}, "meant": True},
                {"name": "correct", "correct_to": {"keep": ["length"]}},
                REST,
            ],
            at="end",
            struts=[{"min_mm": 50, "max_mm": 400, "graduation_mm": 0.25}] * 6,
            indication="joint",
            structures_at_risk=[{"name": "tibial nerve", "at": {"medial_mm": 16, "posterior_mm": 26}}],
        ),
    )
    add(
        "caution-index-unused",
        "caution",
        "limits.working index.unused",
        "left",
        "tibia",
        level(deformity={"short_mm": 6}, index_days_per_cm=45, **fracture),
    )
    add(
        "caution-low-struts",
        "caution",
        "strut.low",
        "right",
        "tibia",
        level(**short_by(4), struts=WIDE, settings=[104] * 6),
    )
    add(
        "refused-limb-wider",
        "refused",
        "limb.wider_than_ring",
        "left",
        "tibia",
        level(**short_by(5), limb_girth_mm={"proximal": 600, "distal": 320}),
    )
    return found


OWN_JOINTS = (
    {"joints_mm": [[-8, -99, -9], [7, -100, -10.5], [90.5, 43, -10], [82, 57, -10], [-83, 56, -11], [-90, 44, -10]]},
    {"joints_mm": [[-82, -57, 10], [83, -56, 9.5], [90, -43, 10], [7, 100, 11], [-8, 99, 10], [-90.5, -43, 10]]},
)


def scenarios() -> dict[str, Scenario]:
    """All scenarios by name."""
    found = [*grid(), *named()]
    by_name = {scenario.name: scenario for scenario in found}
    assert len(by_name) == len(found)
    return by_name
