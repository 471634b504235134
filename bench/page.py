"""How fast the app is: `python -m bench.page [edits]`.  Linux; the last part needs Chromium (or CHROMIUM=path).

Prints tables; nothing here passes or fails.  A start: from the command to the end of the first page's run.  An edit:
from the message of a browser to the end of the run, everything for the new page sent; by the clock (median and 95th
percentile) and as processor time of the server, which other work on the machine does not blur.

Then an edit in a browser, step by step: from the key Enter until the message is sent, until the server's first and last
message before the new fingerprint stands on the page, until it stands there, and until it is painted.  Beside it, in
turns, the same on the plainest page that Streamlit can have (plain_page.py): what is left of the time is ours.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.clinician import DAYS, ENTRIES, Clinician, Run, library_with
from bench.preview import STANDS_MS, VIEWPORT, launched
from bench.served import Served, served
from bench.visitor import OPEN, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

STARTS = 3
START_S, EDIT_MS = 6.0, 200.0
EDITS = 40
WARM_RUNS = 2
EDITED, SHOWN_MS, BETWEEN_MS = "AP angulation, deg", 60.0, 400
# Keeps the times of the page's messages to and from the server.
MESSAGES = """window.hexapodTimes = {sent: [], got: []};
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) { hexapodTimes.sent.push(performance.now()); return send.call(this, data); };
const add = EventTarget.prototype.addEventListener;
window.WebSocket = class extends WebSocket {
  constructor(...words) {
    super(...words);
    add.call(this, "message", () => hexapodTimes.got.push(performance.now()));
  }
};"""
# From the next Enter to the change of the fingerprint, and to the frame after it.
WATCH = """() => {
  const shown = () => document.querySelector(".hx-print code")?.textContent, old = shown();
  hexapodTimes.sent.length = hexapodTimes.got.length = 0;
  let enter = 0;
  const began = (event) => { if (event.key === "Enter") enter = performance.now(); };
  document.addEventListener("keydown", began, { capture: true, once: true });
  window.hexapodEdit = new Promise((done) => {
    const watch = new MutationObserver(() => {
      if (!shown() || shown() === old) return;
      watch.disconnect();
      const { sent, got } = hexapodTimes, now = performance.now(), count = got.length;
      requestAnimationFrame(() => setTimeout(() => done({
        sent: sent[0] - enter, first: got[0] - enter, last: got[count - 1] - enter, messages: count,
        shown: now - enter, painted: performance.now() - enter })));
    });
    watch.observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}"""
STEPS = {
    "sent": "the page sends its message",
    "first": "the server's first message",
    "last": "its last before the page changes",
    "shown": "the new fingerprint stands on the page",
    "painted": "and is painted",
    "messages": "(messages until then)",
}
HEAD = ("median", "95 %", "processor", "kB")


def percentile_95(values: list[float]) -> float:
    """The value that 95 in 100 do not exceed."""
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


def start_seconds() -> list[float]:
    """How long the first page takes when the server is started for it."""
    found = []
    for _ in range(STARTS):
        with tempfile.TemporaryDirectory() as name, served(Path(name)) as server:
            began = time.perf_counter()
            Visitor(server.address).tab().run()
            found.append(server.started_s + time.perf_counter() - began)
            OPEN.close()
    return found


def row(server: Served, what: str, clinician: Clinician, count: int) -> None:
    """Measure one kind of change and print it."""
    runs: list[Run] = []
    busy_s = 0.0
    for number in range(count + WARM_RUNS):
        if what == "check":
            clinician.show("deformity")
            clinician.edit()
        before = server.cpu_s
        run = clinician.show("check") if what == "check" else clinician.edit()
        if number >= WARM_RUNS:
            runs.append(run)
            busy_s += server.cpu_s - before
    times = [1000.0 * run.seconds for run in runs]
    size = statistics.median(run.received for run in runs) / 1000.0
    wrong = sorted({run.trouble for run in runs if run.trouble})
    figures = (statistics.median(times), percentile_95(times), 1000.0 * busy_s / count, size)
    name = "an edit, then Check is shown" if what == "check" else f"an edit in {what.capitalize()}"
    print(f"{name:<32}", *(f"{figure:>10.0f}" for figure in figures), *wrong, flush=True)


def one_edit(page: Page, entry: Locator, text: str) -> dict[str, float]:
    """Type a text, press Enter; the times of what follows, ms after the key."""
    entry.fill(text)
    page.evaluate(WATCH)
    page.keyboard.press("Enter")
    times: dict[str, float] = page.evaluate("window.hexapodEdit")
    page.wait_for_timeout(BETWEEN_MS)
    return times


def in_browser(folder: Path, edits: int) -> None:
    """Print where the time of an edit goes in a browser, ms after the key Enter, ours beside Streamlit's floor."""
    from playwright.sync_api import sync_playwright

    key, (ours, plain) = library_with(folder, 1)[0], (folder, folder / "plain")
    plain.mkdir()
    with (
        served(ours) as app,
        served(plain, "bench/plain_page.py", "_stcore/health") as floor,
        sync_playwright() as tool,
    ):
        browser = launched(tool.chromium)
        opened = []
        for address, label in ((f"{app.address}/?case={key}&step=deformity", EDITED), (floor.address, "Size")):
            page = browser.new_page(viewport=VIEWPORT)
            page.add_init_script(MESSAGES)
            page.goto(address)
            entry = page.get_by_label(label).first
            entry.wait_for()
            page.wait_for_timeout(STANDS_MS)
            opened.append((page, entry))
        servers = (app, floor)
        found: tuple[list[dict[str, float]], ...] = ([], [])
        busy_s = [server.cpu_s for server in servers]
        for number in range(edits + WARM_RUNS):
            if number == WARM_RUNS:
                busy_s = [server.cpu_s for server in servers]
            for (page, entry), times in zip(opened, found, strict=True):
                page.bring_to_front()
                one = one_edit(page, entry, f"{4.0 + 0.01 * (number + 1):.2f}")
                if number >= WARM_RUNS:
                    times.append(one)
        busy_ms = [1000.0 * (server.cpu_s - before) / edits for server, before in zip(servers, busy_s, strict=True)]
        browser.close()
    print(f"an edit in a browser, ms after Enter (asked: {SHOWN_MS:g} until it is shown)")
    print(f"{'':48}{'median':>8}{'95 %':>8}{'floor':>10}{'95 %':>8}")
    for what, name in STEPS.items():
        columns = [[times[what] for times in of_one] for of_one in found]
        figures = [figure for values in columns for figure in (statistics.median(values), percentile_95(values))]
        print(f"  {name:<46}{figures[0]:>8.0f}{figures[1]:>8.0f}{figures[2]:>10.0f}{figures[3]:>8.0f}")
    print(f"  {'processor time of the server, mean':<46}{busy_ms[0]:>8.0f}{'':8}{busy_ms[1]:>10.0f}")


def main(edits: int = EDITS) -> None:
    """Print the table."""
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    starts = start_seconds()
    told = ", ".join(f"{seconds:.1f}" for seconds in starts)
    print(f"start of the server to the first page: {told} s (asked: {START_S:g})", flush=True)
    print(f"{f'case of {DAYS} days, ms':<32}", *(f"{word:>10}" for word in HEAD))
    with tempfile.TemporaryDirectory() as name:
        keys = library_with(Path(name), 1)
        with served(Path(name)) as server:
            clinician = Clinician(server.address, keys[0])
            clinician.open()
            for step in ENTRIES:
                clinician.show(step)
                row(server, step, clinician, edits)
            row(server, "check", clinician, edits)
            OPEN.close()
    with tempfile.TemporaryDirectory() as name:
        in_browser(Path(name), edits)
    print(f"asked: 95 % of edits within {EDIT_MS:g} ms; load now {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
