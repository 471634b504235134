"""Speed and size of the 3D preview: `python -m bench.preview [part of a name]`.  Needs Chromium (or CHROMIUM=path).

Prints a table; nothing here passes or fails.  Bytes: the scene as compact JSON.  First drawing: from the call with the
scene to the frame after the first drawing, by the clock.  A step: one day on the slider, drawing included, by the clock
(median and 95th percentile) and as processor time of the page's script, which other work on the machine does not blur.
"""

from __future__ import annotations

import json
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
  const { stepsMs, firstDrawMs, firstFrameMs } = __hexapodViewer.timing;
  return { stepsMs, firstDrawMs, firstFrameMs, told: window.sent.length,
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
    tool = page.context.new_cdp_session(page)
    tool.send("Performance.enable", {"timeDomain": "threadTicks"})
    before = _script_s(tool)
    measured: dict[str, Any] = page.evaluate(STEPPING, STEPS)
    measured["cpuMs"] = 1000.0 * (_script_s(tool) - before) / STEPS
    page.close()
    return measured


def _script_s(tool: Any) -> float:
    """Processor time (s) that the page's script has taken so far."""
    metrics = tool.send("Performance.getMetrics")["metrics"]
    return float(next(metric["value"] for metric in metrics if metric["name"] == "ScriptDuration"))


def main(part: str = "") -> None:
    """Print the table, of the scenes whose name has this part."""
    from playwright.sync_api import sync_playwright

    found = {name: scene for name, scene in scenes().items() if part in name}
    head = ("days", "bytes", "first ms", "step ms", "95 %", "script ms")
    print(f"{'scene':48}", *(f"{word:>9}" for word in head), " asked, told while moving")
    with demo_server({str(k): scene for k, scene in enumerate(found.values())}) as address, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=ARGUMENTS)
        for number, (name, scene) in enumerate(found.items()):
            size = len(json.dumps(scene, separators=(",", ":")))
            now = figures(address, number, browser)
            steps = sorted(now["stepsMs"])
            times = (statistics.median(steps), steps[int(0.95 * len(steps))], now["cpuMs"])
            print(f"{name[:48]:48} {days_of(scene):9} {size:9} {now['firstFrameMs']:9.0f}", end=" ")
            print(*(f"{time:9.2f}" for time in times), f" {now['asked']}, {now['told']}", flush=True)
        browser.close()
    print(f"limits: {MOST_BYTES} bytes, first drawing {FIRST_MS:g} ms, step {STEP_MS:g} ms, nothing asked or told")


if __name__ == "__main__":
    main(*sys.argv[1:2])
