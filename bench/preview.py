"""Speed and size of the 3D preview: `python -m bench.preview [part of a name]`.  Needs Chromium (or CHROMIUM=path).

Prints a table; nothing here passes or fails.

- bytes: the scene as compact JSON.
- first ms: from the call with the scene to the frame after the first drawing, by the clock.
- clock ms: one day on the slider, from the slider's event to the end of the draw calls, by the page's clock.  Where the
  graphics card is played by software, as here, and on a busy machine, this holds waiting for a processor.
- script ms: processor time that the page's main thread took for the same step, from the browser's own trace: the whole
  dispatch of the slider's input event and the whole frame callback that draws, with the garbage collection and the
  WebGL calls inside them.  Layout, painting, the graphics process and helper threads are not in it, waiting neither;
  recording the trace is.
- calls: draw calls of the last drawing.
- asked, told: requests of the page and messages to the server while the days were moved.

Of steps the median and the 95th percentile are told, of their script the longest as well.
"""

from __future__ import annotations

import json
import math
import os
import statistics
import sys
from pathlib import Path
from typing import Any

from bench.tasks import coupled_case_of_days
from hexapod import make_plan, read_case
from hexapod.case.files import load_case
from hexapod.case.model import Case
from hexapod.ui.scene import days_of, frame_scene
from hexapod.ui.viewer.demo.serve import demo_server

SAMPLES = Path(__file__).resolve().parents[1] / "sample_cases"
TWO_LEVELS_DAYS = 90
STEPS = 120
POLL_MS = 50
MOST_BYTES, FIRST_MS, STEP_MS = 50_000, 1000.0, 2.0
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
  const { stepsMs, firstFrameMs } = __hexapodViewer.timing;
  return { stepsMs, firstFrameMs, told: window.sent.length, calls: __hexapodViewer.probe("demo").calls,
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
        for index, level in enumerate(case.levels):
            scene = frame_scene(case, plan, index)
            if scene is not None:
                found[f"{name} · {level.name}" if len(case.levels) > 1 else name] = scene
    return found


def figures(address: str, number: int, browser: Any) -> dict[str, Any]:
    """First drawing and steps of one scene in a fresh tab."""
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{address}/demo/index.html?scene=/scenes/{number}")
    while not page.evaluate("window.__hexapodViewer?.timing.firstFrameMs"):  # no waiting by eval: the page forbids it
        page.wait_for_timeout(POLL_MS)
    browser.start_tracing(page=page, categories=["devtools.timeline"])
    measured: dict[str, Any] = page.evaluate(STEPPING, STEPS)
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


def main(part: str = "") -> None:
    """Print the table, of the scenes whose name has this part."""
    from playwright.sync_api import sync_playwright

    found = {name: scene for name, scene in scenes().items() if part in name}
    head = ("days", "bytes", "calls", "first ms", "clock ms", "95 %", "script ms", "95 %", "longest")
    print(f"{'scene':48}", *(f"{word:>9}" for word in head), " asked, told")
    with demo_server({str(k): scene for k, scene in enumerate(found.values())}) as address, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS)
        for number, (name, scene) in enumerate(found.items()):
            size = len(json.dumps(scene, separators=(",", ":")))
            now = figures(address, number, browser)
            times = (*spread(now["stepsMs"])[:2], *spread(now["scriptMs"]))
            print(f"{name[:48]:48} {days_of(scene):9} {size:9} {now['calls']:9} {now['firstFrameMs']:9.0f}", end=" ")
            print(*(f"{time:9.2f}" for time in times), f" {now['asked']}, {now['told']}", flush=True)
        browser.close()
    print(
        f"limits: {MOST_BYTES} bytes, first drawing {FIRST_MS:g} ms, script of a step {STEP_MS:g} ms, none asked, told"
    )


if __name__ == "__main__":
    main(*sys.argv[1:2])
