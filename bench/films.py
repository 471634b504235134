"""Speed of the radiographs: `python -m bench.films`.  Needs Chromium (or CHROMIUM=path).  Nothing here passes or fails.

A radiograph of 3000 x 4000 pixels, drawn by a program, is opened in the app at pixel ratio 1:

- reading: a file, PNG or DICOM of 12 bits without compression, in the process of its own, as the app does it when the
  file is chosen (`read_film`): processor time, and by the clock, which holds waiting for a processor on a busy machine.
- opening, server and browser: processor time that each takes from the press of “Open the radiograph” until a second
  after the picture is drawn.
- opening: from the press of “Open the radiograph” until the picture is drawn, by the clock, in a new window each time:
  the page made anew, the transfer to the browser, decoding and drawing; and the last two of these by themselves.
- drag: script time of one move of a dragged point with its loupe: the pointer's event and the frame that draws it, by
  the page's clock, median and 95 %.  Waiting for the screen is not in it, painting by the compositor neither.
- pan: the same while the picture is moved.
"""

from __future__ import annotations

import contextlib
import io
import os
import resource
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from PIL import Image
from pydicom.dataset import FileMetaDataset
from pydicom.uid import ComputedRadiographyImageStorage, ExplicitVRLittleEndian, generate_uid

from bench.preview import STANDS_MS, VIEWPORT, launched, spread
from bench.served import Served, served
from hexapod.films.film_file import read_film

COLUMNS, ROWS = 3000, 4000
READINGS, OPENINGS, STEPS, SETTLED_MS = 5, 5, 80, 1000
OPEN_MS, DRAG_MS = 1000.0, 30.0
# The time of the pointer's event in the viewer, and of the frame after it, from callbacks asked for before and after.
WATCH = """() => {
  window.filmMs = [];
  let begun = 0, frame = 0;
  addEventListener("pointermove", () => {
    begun = performance.now();
    requestAnimationFrame(() => { frame = performance.now(); });
  }, { capture: true });
  addEventListener("pointermove", () => {
    const handled = performance.now() - begun;
    requestAnimationFrame(() => filmMs.push(handled + performance.now() - frame));
  });
}"""


def radiograph() -> bytes:
    """A limb with a bright bone, blurred and noisy like one, as PNG."""
    rng = np.random.default_rng(1)
    x = np.linspace(-1.0, 1.0, COLUMNS)[None] + np.linspace(-0.1, 0.1, ROWS)[:, None]
    grey = 30.0 + 70.0 * (np.abs(x) < 0.6) + 90.0 * np.sqrt(np.maximum(0.0, 1.0 - (x / 0.25) ** 2))
    noisy = np.clip(grey + 4.0 * rng.standard_normal((ROWS, COLUMNS)), 0, 255).astype(np.uint8)
    file = io.BytesIO()
    Image.fromarray(noisy).save(file, "PNG", compress_level=2)
    return file.getvalue()


# When the bytes of a picture are in the browser and its decoding begins, by the page's clock.
DECODED = """() => {
  const decode = window.createImageBitmap.bind(window);
  window.createImageBitmap = (...told) => { window.filmBegun = performance.now(); return decode(...told); };
}"""
# Times until another picture than the ones before is drawn: from the press, and from the beginning of its decoding.
DRAWN = """() => new Promise((done) => {
  const told = () => [...document.querySelectorAll("*")].map((one) => one.shadowRoot).filter((one) => one)
    .concat(document).flatMap((one) => [...one.querySelectorAll(".film-viewer[data-picture]")])
    .map((one) => one.dataset.picture).join();
  const before = told(), began = performance.now();
  [...document.querySelectorAll("button")].find((one) => one.textContent.includes("Open the radiograph")).click();
  const look = () => {
    const now = told();
    if (now !== "" && now !== before) done([performance.now() - began, performance.now() - window.filmBegun]);
    else setTimeout(look, 20);
  };
  look();
})"""


def moved(page: Any, start: tuple[float, float]) -> list[float]:
    """Script times of the moves of a drag that begins at a place."""
    page.evaluate("() => { filmMs.length = 0; }")
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(STEPS):
        page.mouse.move(start[0] + 40.0 * np.sin(step / 8.0), start[1] + 30.0 * np.sin(step / 5.0))
    page.mouse.up()
    page.wait_for_timeout(STANDS_MS)
    times: list[float] = page.evaluate("filmMs")
    return times[5:]


def as_dicom(content: bytes) -> bytes:
    """The same limb in 12 bits, as DICOM without compression."""
    grey = np.array(Image.open(io.BytesIO(content))).astype(np.uint16)
    twelve = 16 * grey + np.random.default_rng(2).integers(0, 16, grey.shape, np.uint16)
    file, dataset = io.BytesIO(), pydicom.Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.SOPClassUID = dataset.file_meta.MediaStorageSOPClassUID = ComputedRadiographyImageStorage
    dataset.SOPInstanceUID = dataset.file_meta.MediaStorageSOPInstanceUID = generate_uid()
    dataset.set_pixel_data(twelve, "MONOCHROME2", 12)
    dataset.save_as(file, enforce_file_format=True)
    return file.getvalue()


def read_times(content: bytes) -> tuple[float, list[float]]:
    """Processor time of reading a file (ms, mean), and times by the clock (ms)."""
    times, before = [], resource.getrusage(resource.RUSAGE_CHILDREN)
    for _ in range(READINGS):
        began = time.perf_counter()
        read_film(content)
        times.append(1000.0 * (time.perf_counter() - began))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return 1000.0 * cpu_s / READINGS, times


def cpu_ms(top: int) -> float:
    """Processor time that a process and all that it has started have taken, those that have ended included (Linux)."""
    told = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (folder / "stat").read_text("utf-8").rpartition(")")[2].split()
            told[int(folder.name)] = int(fields[1]), sum(map(int, fields[11:15]))
    mine = {top}
    for _ in told:  # as deep as there are processes
        more = {pid for pid, (parent, _) in told.items() if parent in mine} - mine
        if not more:
            break
        mine |= more
    return 1000.0 * sum(told[pid][1] for pid in mine if pid in told) / os.sysconf("SC_CLK_TCK")


def opened(page: Any, server: Served, content: bytes) -> tuple[float, float, float, float]:
    """A radiograph opened in a new window, all in ms: processor time of server and browser, time until it is drawn, and
    how much of that is decoding and drawing."""
    page.goto(f"{server.address}/?case=sample-tibia_varus&step=radiographs")
    page.evaluate(DECODED)
    page.get_by_role("button", name="Try it: open the two").wait_for()
    page.set_input_files("input[type=file]", {"name": "a.png", "mimeType": "image/png", "buffer": content})
    for group, word in (("Side", "Right"), ("View", "AP"), ("Seen from", "Front")):
        page.get_by_role("radiogroup", name=group, exact=True).get_by_text(word, exact=True).click()
        page.wait_for_timeout(STANDS_MS)
    page.get_by_role("radiogroup", name="Name, number").get_by_text("None", exact=True).click()
    page.wait_for_timeout(2 * STANDS_MS)
    all_, served_ = cpu_ms(os.getpid()), cpu_ms(server.process.pid)
    opening, drawing = page.evaluate(DRAWN)
    page.wait_for_timeout(SETTLED_MS)
    of_server = cpu_ms(server.process.pid) - served_
    return of_server, cpu_ms(os.getpid()) - all_ - of_server, opening, drawing


def main() -> None:
    """Print the table."""
    from playwright.sync_api import sync_playwright

    content = radiograph()
    print(f"radiograph of {COLUMNS} x {ROWS} pixels, {len(content) / 1e6:.1f} MB as PNG")
    for kind, file in (("PNG", content), ("DICOM", as_dicom(content))):
        processor, times = read_times(file)
        print(f"{f'reading {kind}, processor':26} {processor:7.0f} ms")
        print(f"{f'reading {kind}':26} {spread(times)[0]:7.0f} ms, at most {max(times):.0f} ms")
    with tempfile.TemporaryDirectory() as name, served(Path(name)) as server, sync_playwright() as tool:
        browser = launched(tool.chromium)
        figures = []
        for _ in range(OPENINGS):
            page = browser.new_page(viewport=VIEWPORT)
            figures.append(opened(page, server, content))
            if len(figures) < OPENINGS:
                page.close()
        of_server, of_browser, opening, drawing = zip(*figures, strict=True)
        print(f"{'opening, server':26} {spread(list(of_server))[0]:7.0f} ms of processor")
        print(f"{'opening, browser':26} {spread(list(of_browser))[0]:7.0f} ms of processor")
        print(
            f"{'opening':26} {spread(list(opening))[0]:7.0f} ms, at most {max(opening):.0f} ms (limit {OPEN_MS:g} ms)"
        )
        print(f"{'opening, decoded and drawn':26} {spread(list(drawing))[0]:7.0f} ms, at most {max(drawing):.0f} ms")
        page.wait_for_timeout(STANDS_MS)
        canvas = page.get_by_test_id("film")
        canvas.evaluate("(one) => { one.style.scrollMarginTop = '120px'; one.scrollIntoView(); }")
        box = canvas.bounding_box()
        middle = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.mouse.click(*middle)
        page.wait_for_timeout(STANDS_MS)
        page.evaluate(WATCH)
        for what, start in (("drag", middle), ("pan", (middle[0] + 120.0, middle[1] + 120.0))):
            median, most, longest = spread(moved(page, start))
            print(f"{what:26} {median:7.1f} ms, 95 % {most:.1f} ms, longest {longest:.1f} ms (limit {DRAG_MS:g} ms)")
        browser.close()


if __name__ == "__main__":
    main()
