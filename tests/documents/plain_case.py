"""Cases and plans for the tests of the documents: the samples, scales that count down, texts that mean harm."""

import copy
import functools
import json
from pathlib import Path
from typing import Any

import hexapod
from hexapod.case.model import Case
from hexapod.hardware.catalogue import Catalogue, load_catalogue
from hexapod.plan.make_plan import Plan

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted(path.stem for path in (ROOT / "sample_cases").glob("*.json"))
PLANNED = [name for name in SAMPLES if not name.startswith("refused")]
# The shortest samples that have everything between them: exchanges, coupled levels, docking, fine scales.
VARIED = ["forearm_fine_struts", "tibia_stacked_transport", "tibia_two_levels"]

# What a spreadsheet takes for a formula, led or followed by what hides it.
HARMFUL = (
    "=1+1", "+1", "-5", "@SUM(A1)", "\t=1", "\rx", "\t", " =1", "\u00a0-1", "\u200b=1", "\ufeff+1", "\n=1",
    "\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20x", "a;=1+1", "a\t=1+1", "a\n@x", 'a";=1', "=cmd|' /C calc'!A0",
)  # fmt: skip


def text_of(name: str) -> str:
    """What stands in a sample's file."""
    return (ROOT / "sample_cases" / f"{name}.json").read_text("utf-8")


@functools.cache
def sample(name: str) -> tuple[Case, Plan]:
    """A sample case and its plan."""
    case = hexapod.read_case(json.loads(text_of(name)))
    return case, hexapod.make_plan(case)


def document(name: str) -> dict[str, Any]:
    """A fresh copy of a sample's file, to be changed."""
    loaded: dict[str, Any] = copy.deepcopy(sample(name)[0].document)
    return loaded


def planned(value: dict[str, Any], catalogue: Catalogue | None = None) -> tuple[Case, Plan]:
    """The case of a file's value and its plan, which is not refused."""
    case = hexapod.read_case(value)
    plan = hexapod.make_plan(case, catalogue)
    assert plan.verdict != "refused", [finding.message for finding in plan.findings]
    return case, plan


def plain_document() -> dict[str, Any]:
    """The right tibia that plans without a finding."""
    loaded: dict[str, Any] = json.loads((ROOT / "tests" / "data" / "plain_case.json").read_text("utf-8"))
    return loaded


# Lengths are those of the generic fine struts; the scales count down from 300 mm.
COUNTS_DOWN = """
family = "down"
title = "Scales that count down"
status = "user"
source = "test"
[rings]
name = "down-{diameter}"
inner_diameters_mm = [160]
joint_radius_mm = 91.0
half_angle_deg = 4.7
joint_height_mm = 9.5
body_width_mm = 16.0
body_thickness_mm = 6.0
layout = "standard"
[struts.common]
scale_direction = -1
scale_offset_mm = 300.0
body_diameter_mm = 12.0
max_lean_deg = 60.0
[[struts.series]]
name = "down-{size}"
graduation_mm = 0.25
sizes = { short = [170.0, 205.0], medium = [120.0, 180.0], long = [15.0, 130.0] }
"""
FROM_TO_MM = 300.0


def counting_down(folder: Path) -> tuple[Case, Plan]:
    """The sample with exchanges, on struts of the same lengths whose scales count down."""
    file = folder / "down.toml"
    file.write_text(COUNTS_DOWN, "utf-8")
    value = document("tibia_transport")
    frame = value["levels"][0]["frame"]
    frame["struts"] = ["down-short"] * 6
    frame["settings_mm"] = [FROM_TO_MM - setting for setting in frame["settings_mm"]]
    return planned(value, load_catalogue(file))


def harmful_document(text: str) -> dict[str, Any]:
    """A case in which every text that may be anything is this one."""
    value = plain_document()
    value["title"] = text
    value["clinic"] = {
        "name": text + "x",
        "contact": text + "x",
        "missed_or_stuck": text + "x",
        "danger_signs": text + "x",
    }
    level = value["levels"][0]
    level["name"] = text if text.strip() else text + "x"
    for stage in level["stages"]:
        stage["name"] = level["name"]
    level["structures_at_risk"] = [{"name": level["name"], "at": {"lateral_mm": 10}}]
    return value
