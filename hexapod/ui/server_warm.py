"""What the first visitor would wait for, done before anybody can come: libraries loaded, one plan made and drawn."""

from __future__ import annotations

import gc
import logging
import time

_log = logging.getLogger(__name__)
# A case of one level with a deformity, so that every part of a plan and of its preview is gone through once.
SAMPLE = "tibia_varus"


def warm_up() -> None:
    """Load, make a plan, draw it; then keep the garbage collector from going through all of that again and again.

    Streamlit collects after every run of a page; what is loaded here stays for good, so it is left out of that.
    """
    began = time.perf_counter()
    from hexapod import load_case, make_plan
    from hexapod.ui import charts, opening, planner, scene

    case = load_case(opening.SAMPLES / f"{SAMPLE}.json")
    plan = make_plan(case)
    assert planner is not None
    charts.charts_html(plan.levels[0], None)
    scene.frame_scene(case, plan, 0)
    gc.collect()
    gc.freeze()
    _log.info("warm after %.1f s", time.perf_counter() - began)
