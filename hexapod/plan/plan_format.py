"""The plan file `hexapod-plan/1` key by key, and its JSON Schema.  `python -m hexapod.plan.plan_format` prints that.

Lengths are in mm, angles in deg, days count from day 0 and struts from 1 to 6; levels count from 0.  Poses are
T_ref_mov, four rows of four: the moving fragment in reference axes (docs/conventions.md).
"""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field, TypeAdapter, with_config
from typing_extensions import TypedDict

from hexapod.case.field_types import DateText, Fingerprint
from hexapod.checks.collision_bodies import Kind
from hexapod.checks.findings import Verdict

TITLE = "hexapod-plan/1: a plan of the hexapod planner"

Six = Annotated[list[float], Field(min_length=6, max_length=6)]
SixModels = Annotated[list[str], Field(min_length=6, max_length=6)]
Four = Annotated[list[float], Field(min_length=4, max_length=4)]
Pose = Annotated[list[Four], Field(min_length=4, max_length=4)]
Day = Annotated[int, Field(ge=0)]
Strut = Annotated[int, Field(ge=1, le=6)]
_closed = with_config(ConfigDict(extra="forbid"))


@_closed
class Rounding(TypedDict):
    """How far the frame with rounded settings is from the intended pose."""

    mm: Annotated[float, Field(ge=0, description="of the corresponding point")]
    deg: Annotated[float, Field(ge=0, description="of the moving fragment")]


@_closed
class PlannedRow(TypedDict):
    """One day of a level, as it stands in the evening."""

    day: Day
    date: DateText
    stage: Annotated[str, Field(description="name of the stage; `start` on day 0")]
    lengths_mm: Annotated[Six, Field(description="exact lengths from joint to joint")]
    settings_mm: Annotated[Six, Field(description="what the scales shall read in the evening")]
    models: Annotated[SixModels, Field(description="strut models that are on in the evening")]
    doses_mm: Annotated[list[Six], Field(description="readings to reach at each adjustment; none on day 0")]
    pose: Annotated[Pose, Field(description="intended")]
    pose_rounded: Annotated[Pose, Field(description="of the rounded settings")]
    remaining: Annotated[dict[str, float], Field(description="deformity left, in words; zeros (below 1e-9) left out")]
    rounding: Rounding
    docking_mm: Annotated[
        float | None, Field(description="distance to docking along the bone, negative when compressed beyond it")
    ]
    regenerate_mm: Annotated[float | None, Field(description="how far the osteotomy has opened")]


# A key is called `from`, which no class of Python can say.
PlannedExchange = TypedDict(
    "PlannedExchange",
    {
        "strut": Strut,
        "from": Annotated[str, Field(description="model that is taken off")],
        "to": Annotated[str, Field(description="model that is put on")],
        "first_day": Annotated[Day, Field(description="the window in which the change-out can be done begins")],
        "last_day": Day,
        "planned_day": Annotated[Day, Field(description="changed on the morning of this day")],
        "from_reads_mm": Annotated[float, Field(description="reading of the old strut when it is taken off")],
        "to_reads_mm": Annotated[float, Field(description="reading of the new strut when it is put on")],
        "reserve_mm": Annotated[float, Field(description="travel left at the nearer end of the scale")],
        "reason": str,
    },
)
_closed(PlannedExchange)


@_closed
class LeastDistance(TypedDict):
    """The least distance of two bodies over the whole plan."""

    pair: str
    kind: Kind
    mm: Annotated[float, Field(description="0 or less: they touch or overlap")]
    day: Day


@_closed
class PlannedLevel(TypedDict):
    """One hexapod; `rows` is empty when the plan is refused."""

    name: str
    rows: list[PlannedRow]
    swaps: Annotated[list[PlannedExchange], Field(description="strut change-outs")]
    docking_day: Day | None
    expected_days_in_frame: Annotated[float | None, Field(description="by the case's index of days per cm")]
    clearances: list[LeastDistance]
    not_judged: Annotated[list[str], Field(description="clearances that could not be told, and why")]


@_closed
class FindingEntry(TypedDict):
    """What the checks say; `level`, `day`, `strut`, `value` and `limit` are null where it belongs to none."""

    code: str
    verdict: Verdict
    level: Annotated[int | None, Field(ge=0)]
    day: Annotated[int | None, Field(ge=0)]
    strut: Strut | None
    message: str
    value: float | None
    limit: float | None
    unit: str | None


@_closed
class PlanFile(TypedDict):
    """A plan as it is handed on."""

    format: Literal["hexapod-plan/1"]
    case_id: str
    case_sha256: Annotated[Fingerprint, Field(description="SHA-256 of the case as RFC 8785 canonical JSON")]
    plan_sha256: Annotated[Fingerprint, Field(description="SHA-256 of the prescription; its first 12 are the plan ID")]
    software: str
    verdict: Verdict
    levels: Annotated[list[PlannedLevel], Field(min_length=1)]
    findings: list[FindingEntry]


def plan_schema() -> dict[str, Any]:
    """The schema of a plan file, draft 2020-12; a refused plan, and no other, has no rows."""
    schema = TypeAdapter(PlanFile).json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = TITLE
    rows = {"type": "object", "properties": {"rows": {"maxItems": 0}}}
    planned = {"type": "object", "properties": {"rows": {"minItems": 1}}}
    schema["if"] = {"properties": {"verdict": {"const": "refused"}}}
    schema["then"] = {"properties": {"levels": {"items": rows}}}
    schema["else"] = {"properties": {"levels": {"items": planned}}}
    return schema


def schema_text() -> str:
    """The schema as the text of docs/plan.schema.json."""
    return json.dumps(plan_schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(schema_text())
