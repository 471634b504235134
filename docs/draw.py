"""Draw the pictures of docs/conventions.md from the code, so that they cannot say something else: `make drawings`."""

from __future__ import annotations

import io
import sys
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt
import numpy as np
from PIL import Image

import hexapod
from hexapod.deformity.pose import deformity_pose, place
from hexapod.deformity.quantities import Side
from hexapod.documents.document_set import PrintOptions
from hexapod.documents.patient_sheet.document import sheet_data
from hexapod.documents.typeset import page_pictures
from hexapod.geometry.transforms import Array, transform_points
from hexapod.text.language import language
from hexapod.text.languages import STRUT_COLOURS

PICTURES = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "pictures"
INK, PALE, RED = "#22313f", "#b8c4ce", "#b03a2e"
COLOURS = {
    "red": "#c0392b",
    "orange": "#d9822b",
    "yellow": "#c9a400",
    "green": "#2e8b57",
    "blue": "#2471a3",
    "violet": "#7d3c98",
}
plt.rcParams.update({"svg.hashsalt": "hexapod", "svg.fonttype": "none", "font.family": "sans-serif", "font.size": 10})


def arrow(axes: Any, start: Array, end: Array, text: str, colour: str = INK) -> None:
    """An arrow with its word at the tip."""
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": colour, "lw": 1.6})
    push = np.sign(np.round(end - start, 6))
    across, along = (int(step) + 1 for step in push)
    place = {"ha": ["right", "center", "left"][across], "va": ["top", "center", "bottom"][along]}
    axes.annotate(text, end, tuple(6 * push), textcoords="offset points", color=colour, **place)


def frame_from_proximal() -> None:
    """Neutral frame looking down from proximal, front at the bottom: rings, tabs, six numbered struts."""
    catalogue = hexapod.load_catalogue()
    proximal, distal = catalogue.ring("generic-full-180"), catalogue.ring("generic-full-155")
    figure, axes = plt.subplots(figsize=(6.4, 6.4))
    turn = np.linspace(0, 2 * np.pi, 200)
    for ring, style in ((proximal, "-"), (distal, "--")):
        for radius in (ring.inner_radius_mm, ring.outer_radius_mm):
            axes.plot(radius * np.cos(turn), radius * np.sin(turn), style, color=PALE, lw=1)
    for k in range(6):
        colour = COLOURS[STRUT_COLOURS[k + 1]]
        top, bottom = proximal.proximal_joints_mm[k], distal.distal_joints_mm[k]
        axes.plot([top[0], bottom[0]], [top[1], bottom[1]], color=colour, lw=4, solid_capstyle="round")
        axes.plot(*top[:2], "o", color=colour, ms=9)
        axes.plot(*bottom[:2], "s", color=colour, ms=7, mfc="white")
        middle = 0.5 * (top + bottom)
        axes.annotate(str(k + 1), middle[:2], ha="center", va="center", color="white", weight="bold",
                      bbox={"boxstyle": "circle,pad=0.25", "fc": colour, "ec": "white"})  # fmt: skip
    front = -proximal.outer_radius_mm
    axes.plot([0, -9, 9, 0], [front, front - 16, front - 16, front], color=INK, lw=1.5)
    axes.text(0, front - 28, "front: master tab\nANTERIOR (-y)", ha="center", va="top", color=INK)
    axes.text(0, -front + 12, "POSTERIOR (+y)", ha="center", color=INK)
    axes.text(-front + 8, 0, "patient's\nLEFT (+x)", va="center", color=INK)
    axes.text(front - 8, 0, "patient's\nRIGHT", va="center", ha="right", color=INK)
    axes.set(xlim=(-190, 190), ylim=(-180, 135), aspect="equal")
    axes.set_title("The frame seen from proximal\n● proximal ring (solid)   ▫ distal ring (dashed)", color=INK)
    axes.axis("off")
    save(figure, "frame_from_proximal")


def bone(axes: Any, T: Array, view: tuple[int, int], colour: str, length: float) -> Array:
    """A fragment from its point outwards along its axis, in a view of two axes; returns its far end."""
    ends = transform_points(T, np.array([[0, 0, 0], [0, 0, length]], float))
    axes.plot(ends[:, view[0]], ends[:, view[1]], color=colour, lw=11, solid_capstyle="butt")
    far: Array = ends[1, list(view)]
    return far


def leg(axes: Any, side: Side, words: dict[str, float], view: tuple[int, int], towards: str, title: str) -> None:
    """A leg with a deformity in one view: proximal reference fragment above, moving distal fragment below."""
    bone(axes, np.eye(4), view, PALE, 95)
    far = bone(axes, deformity_pose(words, side, "proximal"), view, INK, -95)
    axes.plot(0, 0, "o", color=RED, ms=6)
    axes.annotate("origin", (0, 0), (9, 3), textcoords="offset points", color=RED)
    axes.annotate(title.split("\n")[1], far, (0, -8), textcoords="offset points", ha="center", va="top", color=INK)
    for word in towards.split():
        tip = 46 * place({f"{word}_mm": 1.0}, side)[list(view)]
        arrow(axes, np.array([0.0, 0.0]), tip, word.upper())
    axes.set(xlim=(-95, 95), ylim=(-135, 115), aspect="equal")
    axes.set_title(title.split("\n")[0], color=INK)
    axes.axis("off")


def left_and_right() -> None:
    """Varus of both legs on AP radiographs hung as if facing the patient, and procurvatum on a lateral view."""
    figure, (right, left, lateral) = plt.subplots(1, 3, figsize=(10.5, 4.6))
    leg(right, "right", {"varus_deg": 20}, (0, 2), "medial lateral", "RIGHT leg, AP radiograph\n20 deg varus")
    leg(left, "left", {"varus_deg": 20}, (0, 2), "medial lateral", "LEFT leg, AP radiograph\n20 deg varus")
    leg(
        lateral,
        "right",
        {"apex_anterior_deg": 20},
        (1, 2),
        "anterior posterior",
        "either leg, lateral view (+y to the right)\n20 deg apex anterior",
    )
    save(figure, "left_and_right")


def rotations() -> None:
    """Internal rotation of the distal fragment, both legs, seen from proximal with the foot pointing down the page."""
    figure, panels = plt.subplots(1, 2, figsize=(7.5, 3.8))
    for axes, side in zip(panels, ("right", "left"), strict=True):
        for words, colour in (({}, PALE), ({"internal_rotation_deg": 30.0}, INK)):
            T = deformity_pose(words, side, "proximal")
            toes = transform_points(T, np.array([[0, 0, 0], [0, -90, 0]], float))
            axes.plot(toes[:, 0], toes[:, 1], color=colour, lw=11, solid_capstyle="round")
        axes.text(*(toes[1, :2] + [0, -16]), "foot turned 30 deg\ninternal", ha="center", va="top", color=INK)
        for word in ("medial", "lateral"):
            arrow(axes, np.zeros(2), 50 * place({f"{word}_mm": 1.0}, side)[:2], word.upper())
        axes.set(xlim=(-95, 95), ylim=(-140, 30), aspect="equal")
        axes.set_title(f"{side.upper()} leg seen from proximal", color=INK)
        axes.axis("off")
    save(figure, "rotations")


def sheet() -> None:
    """Two pages of a patient's sheet beside each other: the guide, and days with a clinic visit."""
    case = hexapod.load_case(Path(__file__).parents[1] / "sample_cases" / "tibia_transport.json")
    data = sheet_data(hexapod.make_plan(case), 0, language("en"), PrintOptions())
    pages = [
        Image.open(io.BytesIO(page)).convert("RGB") for page in page_pictures("patient_sheet/sheet.typ", data, 75.0)
    ]
    shown = (pages[0], pages[2])
    both = Image.new("RGB", (sum(page.width for page in shown) + 12, shown[0].height), PALE)
    for number, page in enumerate(shown):
        both.paste(page, (number * (page.width + 12), 0))
    both.save(PICTURES / "sheet.png", optimize=True)


def save(figure: Any, name: str) -> None:
    """Write the picture without a date, so that redrawing changes nothing."""
    figure.tight_layout()
    figure.savefig(PICTURES / f"{name}.svg", metadata={"Date": None}, facecolor="white")
    plt.close(figure)


if __name__ == "__main__":
    PICTURES.mkdir(exist_ok=True)
    frame_from_proximal()
    left_and_right()
    rotations()
    sheet()
