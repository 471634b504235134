"""hexapod: plans the daily strut settings of hexapod external fixators.

>>> import hexapod
>>> case = hexapod.load_case("sample_cases/tibia_varus.json")      # doctest: +SKIP
>>> plan = hexapod.make_plan(case)                                 # doctest: +SKIP
"""

import os

# Before numpy is loaded, whose linear algebra reads it once.  Our matrices are small: a second thread saves nothing on
# an idle machine, and on a busy one each call waits for it (10,000 poses: 14 ms alone, 226 ms with two threads).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from hexapod.advice import advise
from hexapod.case.files import load_case, parse_case, read_case, save_case
from hexapod.errors import CaseError, CatalogueError, GeometryError, HexapodError, NoPose, SingularFrame
from hexapod.geometry.forward import own_pose, ring_pose
from hexapod.geometry.inverse import strut_lengths
from hexapod.hardware.catalogue import load_catalogue
from hexapod.plan import VERSION as __version__
from hexapod.plan import Plan, make_plan
from hexapod.planning.templates import TEMPLATES, stages_from_template
from hexapod.safety.dates import findings_at

__all__ = [
    "TEMPLATES",
    "CaseError",
    "CatalogueError",
    "GeometryError",
    "HexapodError",
    "NoPose",
    "Plan",
    "SingularFrame",
    "__version__",
    "advise",
    "findings_at",
    "load_case",
    "load_catalogue",
    "make_plan",
    "own_pose",
    "parse_case",
    "read_case",
    "ring_pose",
    "save_case",
    "stages_from_template",
    "strut_lengths",
]
