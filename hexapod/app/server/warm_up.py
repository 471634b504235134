"""What the first visitor would wait for, done before anybody can come: libraries loaded, a plan made and drawn."""

from __future__ import annotations

import gc
import logging
import time

_log = logging.getLogger(__name__)
# A case of one level with a deformity, so that every part of a plan and of its preview is gone through once.
SAMPLE = "tibia_varus"
# When Python looks for garbage: after so many new objects, and after so many such looks among older and oldest ones.
# A run of a page makes tens of thousands and keeps few; Python's own 700, 10, 10 took a fifth of the processor time.
COLLECT_AFTER = (10_000, 10, 5)


def warm_up() -> None:
    """Open the library, load everything, plan and draw a sample; what is there then stays for good.

    A library that cannot be opened is told on the page and by the readiness route; the server starts nevertheless.
    """
    began = time.perf_counter()
    from hexapod import load_case, make_plan
    from hexapod.app import shell
    from hexapod.app.session import library_access, open_case
    from hexapod.app.viewer import ViewerNotBuiltError, prepare
    from hexapod.app.widgets import charts, viewer_scene
    from hexapod.plan.plan_file import plan_sha256

    assert shell is not None  # imported for all that it imports
    for told in library_access.warnings() if library_access.answers() else ():
        _log.warning("%s", told)
    case = load_case(open_case.SAMPLES / f"{SAMPLE}.json")
    plan = make_plan(case)
    plan_sha256(plan)
    charts.charts_html(plan.levels[0], None)
    viewer_scene.frame_scene(case, plan, 0)
    try:
        prepare()
    except ViewerNotBuiltError as error:
        _log.warning("%s", error)
    # Python's own collections need not go through all of this again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    _log.info("warm after %.1f s", time.perf_counter() - began)
