"""hexapod: plans the daily strut settings of hexapod external fixators.

>>> import hexapod
>>> case = hexapod.load_case("sample_cases/tibia_varus.json")      # doctest: +SKIP
>>> plan = hexapod.make_plan(case)                                 # doctest: +SKIP
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

# Before numpy is loaded, whose linear algebra reads it once.  Our matrices are small: a second thread saves nothing on
# an idle machine, and on a busy one each call waits for it (10,000 poses: 14 ms alone, 226 ms with two threads).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
# Before pydantic makes its first class: it would look for plugins in every installed package, a tenth of our start.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from hexapod.about import VERSION as __version__
from hexapod.case.files import load_case, parse_case, read_case, save_case
from hexapod.checks.case_entries import findings_at
from hexapod.errors import CaseError, CatalogueError, GeometryError, HexapodError, NoPose, SingularFrame
from hexapod.hardware.catalogue import load_catalogue
from hexapod.kinematics.forward import own_pose, ring_pose
from hexapod.kinematics.inverse import strut_lengths
from hexapod.plan.make_plan import Plan, Refusal, make_plan
from hexapod.stages.templates import TEMPLATES, stages_from_template

if TYPE_CHECKING:
    from hexapod.films.measure import measure
    from hexapod.plan.plan_outcomes import plan_outcomes
    from hexapod.preoperative.ring_distance import advise

__all__ = [
    "TEMPLATES",
    "CaseError",
    "CatalogueError",
    "GeometryError",
    "HexapodError",
    "NoPose",
    "Plan",
    "Refusal",
    "SingularFrame",
    "__version__",
    "advise",
    "findings_at",
    "load_case",
    "load_catalogue",
    "make_plan",
    "measure",
    "own_pose",
    "parse_case",
    "plan_outcomes",
    "read_case",
    "ring_pose",
    "save_case",
    "stages_from_template",
    "strut_lengths",
]

# Loaded when they are asked for: planning a case starts sooner without them.
LATER = {
    "advise": "hexapod.preoperative.ring_distance",
    "measure": "hexapod.films.measure",
    "plan_outcomes": "hexapod.plan.plan_outcomes",
}


def __getattr__(name: str) -> Any:
    if name not in LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(LATER[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *LATER})
