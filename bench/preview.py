"""Speed and size of the 3D preview: `python -m bench.preview [part of a name]`.  Needs Chromium (or CHROMIUM=path).

Prints two tables; nothing here passes or fails.  The first is of the drawing alone, on a page of its own:

- bytes: the scene as compact JSON.
- first ms: from the call with the scene to the frame after the first drawing, by the clock, on a page that stands.
- clock ms: one day on the slider, from the slider's event to the end of the draw calls, by the page's clock; the first
  a second after the first drawing.  Where the graphics card is played by software, as here, and on a busy machine, this
  holds waiting for a processor.
- script ms: processor time that the page's main thread took for the same step, from the browser's own trace: the whole
  dispatch of the slider's input event and the whole frame callback that draws, with the garbage collection and the
  WebGL calls inside them.  Layout, painting, the graphics process and helper threads are not in it, waiting neither;
  recording the trace is.
- calls: draw calls of the last drawing.
- asked: requests of the page while the days were moved.

Of steps the median and the 95th percentile are told, of their script the longest as well.

The second is of the first drawing in the app, of a case of two levels: when the step Check is shown on a page that
stands, and by its address in a browser that has just been started and is busy with the rest of the page.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.clinician import library_of
from bench.served import served
from bench.tasks import coupled_case_of_days
from hexapod import Plan, make_plan, read_case
from hexapod.app.viewer.demo.scenes import demo_server
from hexapod.app.widgets.viewer_scene import days_of, frame_scene
from hexapod.case.files import load_case
from hexapod.case.model import Case

SAMPLES = Path(__file__).resolve().parents[1] / "sample_cases"
TWO_LEVELS_DAYS = 90
STEPS = 120
POLL_MS = 50
# A page stands when nothing has been asked of it for so long.
STANDS_MS = 1500
# Nobody moves the slider before having seen the drawing.
LOOKED_AT_MS = 1000
IN_APP = 4
MOST_BYTES, FIRST_MS, STEP_MS = 50_000, 1000.0, 2.0
VIEWPORT = {"width": 1280, "height": 800}
ARGUMENTS = ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"]
STEPPING = """async (steps) => {
  const slider = document.getElementById("place").shadowRoot.querySelector("[data-testid=day-slider]");
  const requests = performance.getEntriesByType("resource").length;
  __hexapodViewer.timing.stepsMs.length = 0;
  for (let i = 0; i < steps; i++) {
    slider.value = i % (Number(slider.max) + 1);
    slider.dispatchEvent(new Event("input"));
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  }
  const { stepsMs } = __hexapodViewer.timing;
  return { stepsMs, calls: __hexapodViewer.probe("demo").calls,
           asked: performance.getEntriesByType("resource").length - requests };
}"""


def cases() -> dict[str, Case]:
    """The sample cases, and one of two coupled levels."""
    found = {path.stem: load_case(path) for path in sorted(SAMPLES.glob("*.json"))}
    found[f"two levels, {TWO_LEVELS_DAYS} days"] = read_case(coupled_case_of_days(TWO_LEVELS_DAYS))
    return found


def scenes() -> dict[str, dict[str, Any]]:
    """The scene of every level that has a schedule."""
    found = {}
    for name, case in cases().items():
        plan = make_plan(case)
        if isinstance(plan, Plan):
            for index, level in enumerate(plan.levels):
                found[f"{name} · {level.name}" if len(plan.levels) > 1 else name] = frame_scene(plan, index)
    return found


def first_drawing_ms(page: Any) -> float:
    """How long the first drawing took, when it is there."""
    while not page.evaluate("window.__hexapodViewer?.timing.firstFrameMs"):  # no waiting by eval: the page forbids it
        page.wait_for_timeout(POLL_MS)
    return float(page.evaluate("__hexapodViewer.timing.firstFrameMs"))


def figures(address: str, number: int, browser: Any) -> dict[str, Any]:
    """First drawing and steps of one scene in a fresh tab."""
    page = browser.new_page(viewport=VIEWPORT)
    page.goto(f"{address}/demo/index.html?scene=/scenes/{number}&later")
    page.wait_for_timeout(STANDS_MS)
    page.evaluate("void demo.begin()")
    first_ms = first_drawing_ms(page)
    page.wait_for_timeout(LOOKED_AT_MS)
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    measured: dict[str, Any] = page.evaluate(STEPPING, STEPS)
    measured["firstMs"] = first_ms
    measured["scriptMs"] = script_times(json.loads(browser.stop_tracing())["traceEvents"])
    page.close()
    if len(measured["stepsMs"]) != STEPS or len(measured["scriptMs"]) != STEPS:
        raise RuntimeError(
            f"{STEPS} steps made, {len(measured['stepsMs'])} clocked, {len(measured['scriptMs'])} traced"
        )
    return measured


def script_times(events: list[dict[str, Any]]) -> list[float]:
    """Processor time (ms) of every step in a trace: the slider's event and the first frame callback after it.

    The viewer asks for its frame while the event is handled, before the measuring page asks for its own.
    """
    spans = sorted((e for e in events if e.get("ph") == "X" and "tdur" in e), key=lambda e: float(e["ts"]))
    times: list[float] = []
    waiting: dict[str, Any] | None = None
    for span in spans:
        if span["name"] == "EventDispatch" and span["args"]["data"]["type"] == "input":
            waiting = span
        elif (
            span["name"] == "FireAnimationFrame"
            and waiting
            and span["tid"] == waiting["tid"]
            and span["pid"] == waiting["pid"]
        ):
            times.append((waiting["tdur"] + span["tdur"]) / 1000.0)
            waiting = None
    return times


def spread(times: list[float]) -> tuple[float, float, float]:
    """Median, 95th percentile and largest."""
    ordered = sorted(times)
    return statistics.median(ordered), ordered[math.ceil(0.95 * len(ordered)) - 1], ordered[-1]


def print_in_app(chromium: Any) -> None:
    """Print the first drawing of the case of two levels in the app."""
    with tempfile.TemporaryDirectory() as name:
        key = library_of(Path(name), [coupled_case_of_days(TWO_LEVELS_DAYS)])[0]
        with served(Path(name)) as server:
            for what in ("page that stands", "browser just started"):
                times = []
                for _ in range(IN_APP):
                    browser = launched(chromium)
                    page = browser.new_page(viewport=VIEWPORT)
                    if what == "page that stands":
                        page.goto(f"{server.address}/?case={key}&step=deformity")
                        button = page.get_by_role("button", name="Check").first
                        button.wait_for()
                        page.wait_for_timeout(STANDS_MS)
                        button.click()
                    else:
                        page.goto(f"{server.address}/?case={key}&step=check")
                    times.append(first_drawing_ms(page))
                    browser.close()
                told = ", ".join(f"{time:.0f}" for time in times)
                print(f"in the app, two levels, {what}: {told} ms", flush=True)


def launched(chromium: Any) -> Any:
    """A browser, its graphics card played by software."""
    return chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS)


def main(part: str = "") -> None:
    """Print the tables, of the scenes whose name has this part."""
    from playwright.sync_api import sync_playwright

    found = {name: scene for name, scene in scenes().items() if part in name}
    head = ("days", "bytes", "calls", "first ms", "clock ms", "95 %", "script ms", "95 %", "longest")
    print(f"{'scene':48}", *(f"{word:>9}" for word in head), " asked")
    with demo_server({str(k): scene for k, scene in enumerate(found.values())}) as address, sync_playwright() as tool:
        browser = launched(tool.chromium)
        for number, (name, scene) in enumerate(found.items()):
            size = len(json.dumps(scene, separators=(",", ":")))
            now = figures(address, number, browser)
            times = (*spread(now["stepsMs"])[:2], *spread(now["scriptMs"]))
            print(f"{name[:48]:48} {days_of(scene):9} {size:9} {now['calls']:9} {now['firstMs']:9.0f}", end=" ")
            print(*(f"{time:9.2f}" for time in times), f" {now['asked']}", flush=True)
        browser.close()
        print_in_app(tool.chromium)
    print(f"limits: {MOST_BYTES} bytes, first drawing {FIRST_MS:g} ms, script of a step {STEP_MS:g} ms, none asked")


if __name__ == "__main__":
    main(*sys.argv[1:2])
