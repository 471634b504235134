"""The server around the pages: warm before it answers, headers on every answer, whether it is ready, what went wrong.

`app.py` puts these together; the pages themselves are run from `page.py`.
"""

from __future__ import annotations

import gc
import logging
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from hexapod.app import viewer
from hexapod.app.server import document_route, in_force, json_log
from hexapod.app.server.document_route import Files
from hexapod.app.server.headers import Headers, OwnNames
from hexapod.app.server.return_link import WayBack, root
from hexapod.errors import HexapodError

SCRIPT = Path(__file__).parents[1] / "page.py"
READY = "/ready"
# A case of one level with a deformity, so that every part of a plan and of its preview is gone through once.
SAMPLE = "tibia_varus"
# When Python looks for garbage: after so many new objects, and after so many such looks among older and oldest ones.
# A run of a page makes tens of thousands and keeps few; Python's own 700, 10, 10 took a fifth of the processor time.
COLLECT_AFTER = (10_000, 10, 5)
_log = logging.getLogger(__name__)


# Streamlit's logger of what a download button asks for, which takes every refusal for a fault of the program.
HANDED_OUT = logging.getLogger("streamlit.runtime.backend_operation_handler")


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncGenerator[dict[str, Any]]:
    """Warm up, then let visitors in."""
    json_log.switch_on()
    warm_up()
    HANDED_OUT.addFilter(refusal_in_a_line)
    yield {}


def warm_up() -> None:
    """Open the library, load everything, plan and draw a sample; what is there then stays for good.

    A library that cannot be opened is told on the page and by the readiness route; the server starts nevertheless.
    """
    began = time.perf_counter()
    from hexapod import Plan, load_case, make_plan
    from hexapod.app import shell
    from hexapod.app.session import library_access, opening
    from hexapod.app.widgets import drawings, viewer_scene
    from hexapod.plan.plan_file import plan_sha256

    assert shell is not None  # imported for all that it imports
    for warning in library_access.warnings() if library_access.answers() else ():
        _log.warning("%s", warning)
    case = load_case(opening.SAMPLES / f"{SAMPLE}.json")
    plan = make_plan(case)
    plan_sha256(plan)
    assert isinstance(plan, Plan), "the sample is not refused"
    drawings.charts_html(plan.levels[0])
    viewer_scene.frame_scene(plan, 0)
    try:
        viewer.prepare()
    except viewer.ViewerNotBuiltError as error:
        _log.warning("%s", error)
    # Python's own collections need not go through all of this again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(*COLLECT_AFTER)
    _log.info("warm after %.1f s", time.perf_counter() - began)


def refusal_in_a_line(record: logging.LogRecord) -> bool:
    """A document that was withdrawn is told in a line of the log; what really failed keeps its report."""
    reason = getattr(record.exc_info[1], "__cause__", None) if record.exc_info else None
    if isinstance(reason, HexapodError):
        record.exc_info, record.msg, record.args = None, "a document was not handed out: %s", (str(reason),)
    return True


async def ready(_request: Request) -> PlainTextResponse:
    """200 when the library answers, 503 when not; before the warm-up is done nothing answers.  Says nothing else."""
    from hexapod.app.session import library_access

    answers = await run_in_threadpool(library_access.answers)
    return PlainTextResponse(
        "ready\n" if answers else "not ready\n",
        status_code=200 if answers else 503,
        headers={"Cache-Control": "no-store"},
    )


def failed(_error: Exception) -> bool:
    """In the place of Streamlit's own report: nothing of before stays on the page, and nothing of the error is told.

    Only what is raised outside the planner's own edge comes here: by a callback, or before the planner was reached.
    Streamlit has written the error to the server's log.
    """
    from hexapod.app.shell import plan_of_before_is_gone

    plan_of_before_is_gone(st.empty())
    return True


# Below a sub-path (`server.baseUrlPath`) a watchdog asks there, too; the server itself is asked at its root.
ROUTES = [*(Route(path, ready) for path in dict.fromkeys((READY, f"{root().rstrip('/')}{READY}"))), *viewer.ROUTES]
ROUTES += [in_force.ROUTE, *document_route.FILM_ROUTES]
# The outermost first.
MIDDLEWARE = [Middleware(Headers), Middleware(OwnNames), Middleware(Files), Middleware(WayBack)]
