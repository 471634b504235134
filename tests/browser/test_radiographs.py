"""Two radiographs from the file to entries, with the mouse: what is taken over lies within two SD of the truth."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from hexapod.deformity.quantities import DEFORMITY
from tests.browser.conftest import watched_tab
from tests.browser.screen import Screen, sample
from tests.browser.server import Server
from tests.films.projector import VIEW, LimbInSpace, Radiograph
from tests.films.rendered import marker_pixel, rendered

pytestmark = [pytest.mark.browser, pytest.mark.slow]
TRUTH = {"varus_deg": 14.0, "apex_anterior_deg": 6.0, "lateral_mm": 4.0, "posterior_mm": 3.0, "short_mm": 8.0}
LIMB = LimbInSpace("right", "proximal", TRUTH)
MM_PER_PX = 0.3
AP = Radiograph("front", (MM_PER_PX, MM_PER_PX), 880, 960)
LATERAL = Radiograph("left", (MM_PER_PX, MM_PER_PX), 880, 960)
NAMED = "Name, number or birth date in the picture"
CLICK_PX = 1.0  # SD of a click, in pixels of the radiograph


class FilmOnPage:
    """The radiograph on the page, clicked in its own pixels."""

    def __init__(self, tab: Screen, radiograph: Radiograph) -> None:
        self.tab, self.radiograph = tab, radiograph
        self.canvas = tab.page.get_by_test_id("film")

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A pixel on the screen; the radiograph fills its place, which is brought below the banner."""
        self.canvas.evaluate("(canvas) => { canvas.style.scrollMarginTop = '120px'; canvas.scrollIntoView(); }")
        box = self.canvas.bounding_box()
        assert box is not None
        scale = min(box["width"] / self.radiograph.columns, box["height"] / self.radiograph.rows)
        left = box["x"] + (box["width"] - scale * self.radiograph.columns) / 2
        top = box["y"] + (box["height"] - scale * self.radiograph.rows) / 2
        return left + scale * x, top + scale * y

    def click(self, x: float, y: float) -> None:
        self.tab.page.mouse.click(*self.at(x, y))
        self.tab.settle()


def _key(tab: Screen) -> str:
    return parse_qs(urlsplit(tab.page.evaluate("location.href")).query)["case"][0]


def _opened(tab: Screen, radiograph: Radiograph, file: Path, view: str, seen_from: str) -> FilmOnPage:
    file.write_bytes(rendered(LIMB, radiograph))
    tab.page.set_input_files("input[type=file]", file)
    tab.settle()
    for group, word in (("Side", "Right"), ("View", view), ("Seen from", seen_from), (NAMED, "None")):
        tab.choose(group, word)
    tab.button("Open the radiograph").click()
    tab.settle()
    expect(tab.page.get_by_test_id("film")).to_be_visible()
    return FilmOnPage(tab, radiograph)


def _scale(tab: Screen, name: str) -> None:
    tab.page.get_by_text(f"Scale of {name}", exact=False).click()
    tab.settle().choose("From", "Typed, mm per pixel")
    tab.enter("True size, mm", str(MM_PER_PX)).button("Use").click()
    tab.settle()


def _place(film: FilmOnPage, rng: np.random.Generator) -> None:
    """Every point in the order of the page, as near as a hand can."""
    points = {name: film.radiograph.pixel(at) for name, at in LIMB.points(VIEW[film.radiograph.seen_from]).items()}
    asked = film.tab.page.locator(".film-points button")
    for number in range(asked.count()):
        name = asked.nth(number).get_attribute("data-point")
        if name in points:
            x, y = points[name]
            film.click(x + CLICK_PX * rng.standard_normal(), y + CLICK_PX * rng.standard_normal())
    # The side marker follows the points of the bones.
    film.click(*marker_pixel(film.radiograph))
    film.tab.choose("The side marker reads", "R")
    expect(film.tab.page.locator(".film-viewer")).to_have_attribute("data-points", str(len(points) + 1))


@pytest.mark.hazard("H-33")
def test_two_radiographs_with_the_mouse_to_the_entries(screen: Screen, server: Server, tmp_path: Path) -> None:
    rng = np.random.default_rng(14)
    tab = screen.open("?case=sample-tibia_varus&step=limb").enter("Case id", "radiographs").step("radiographs")
    entered = server.records().drafts.load(_key(tab))
    assert entered is not None
    sizes = [word["size"] for word in json.loads(entered.text)["levels"][0]["deformity"].values()]
    ap = _opened(tab, AP, tmp_path / "ap.png", "AP", "Front")
    _scale(tab, "ap1")
    _place(ap, rng)
    tab.page.get_by_text("Open another radiograph: Lateral is missing").click()
    lateral = _opened(tab, LATERAL, tmp_path / "lateral.png", "Lateral", "Patient's left")
    _scale(tab, "lateral1")
    _place(lateral, rng)
    expect(tab.button("Take over all")).to_be_enabled()
    before = sample("tibia_varus")["levels"][0]["deformity"]
    # Nothing is taken over by itself.
    kept = server.records().drafts.load(_key(tab))
    assert kept is not None
    assert [word["size"] for word in json.loads(kept.text)["levels"][0]["deformity"].values()] == sizes
    tab.button("Take over all").click()
    tab.settle()

    saved = tab.saved_case()["levels"][0]
    markers = [film["marker"] for film in saved["measured_with"]["films"]]
    for marker, taken in zip(markers, (AP, LATERAL), strict=True):
        assert marker == {"reads": "R", "at_px": pytest.approx(marker_pixel(taken), abs=1.0)}
    results = {result["word"].removeprefix("deformity."): result for result in saved["measured_with"]["results"]}
    assert len(results) == 5
    for word, result in results.items():
        assert result["taken"]
        pair = next(pair for pair in DEFORMITY if word in (pair.positive, pair.negative))
        true = sum(pair.signed({name: size}) for name, size in TRUTH.items() if name in (pair.positive, pair.negative))
        assert abs(pair.signed({word: result["size"]}) - true) < 2.0 * result["sd"], word
        assert saved["deformity"][word] == pytest.approx(result["size"], abs=0.0501)
    # Axial rotation is measured on the patient: it stays as it was entered.
    assert saved["deformity"].get("external_rotation_deg") == before.get("external_rotation_deg")
    assert tab.step("check").schedule.count() == 1


@pytest.mark.hazard("H-33")
def test_a_point_is_dragged_nudged_and_undone_in_its_own_pixels(screen: Screen, tmp_path: Path) -> None:
    tab = screen.open("?case=sample-tibia_varus&step=limb").enter("Case id", "nudges").step("radiographs")
    mirrored = Radiograph("front", (MM_PER_PX, MM_PER_PX), 880, 960)
    film = _opened(tab, mirrored, tmp_path / "ap.png", "AP", "Front")

    def stored() -> list[float]:
        points = tab.saved_case()["levels"][0]["measured_with"]["films"][0]["points"]
        tab.step("radiographs")
        return points[0]["at_px"]

    film.click(300.0, 400.0)
    placed = stored()
    assert placed == pytest.approx([300.0, 400.0], abs=0.8)
    # To its right on the screen, whatever way it is shown.
    page = tab.page
    film.click(*placed)
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    for _ in range(2):
        page.keyboard.press("Alt+ArrowDown")
    page.wait_for_timeout(600)
    tab.settle()
    assert stored() == pytest.approx([placed[0] + 3.0, placed[1] + 0.2], abs=0.001)
    film.click(placed[0] + 3.0, placed[1])
    page.get_by_role("button", name="Mirror the view").click()
    film.canvas.press("ArrowRight")
    page.wait_for_timeout(600)
    tab.settle()
    assert stored() == pytest.approx([placed[0] + 2.0, placed[1] + 0.2], abs=0.001)


def _placed(tab: Screen) -> dict[str, dict[str, Any]]:
    """The points of the first radiograph as the case has them."""
    points = tab.saved_case()["levels"][0]["measured_with"]["films"][0]["points"]
    tab.step("radiographs")
    return {point["is"]: point for point in points}


@pytest.mark.hazard("H-33")
def test_a_zoomed_point_is_dragged_and_undone_and_an_edge_is_taken(screen: Screen, tmp_path: Path) -> None:
    tab = screen.open("?case=sample-tibia_varus&step=limb").enter("Case id", "zoomed").step("radiographs")
    film, page = _opened(tab, AP, tmp_path / "ap.png", "AP", "Front"), tab.page
    film.canvas.evaluate("(canvas) => { canvas.style.scrollMarginTop = '120px'; canvas.scrollIntoView(); }")
    true = {name: AP.pixel(at) for name, at in LIMB.points("ap").items()}
    first, second = "reference.cortex.1.medial", "reference.cortex.1.lateral"
    film.click(true[first][0] + 3.0, true[first][1])
    film.click(true[second][0] - 3.0, true[second][1])
    # The proposal is beside the point; nothing moves before somebody takes it.
    before = _placed(tab)
    assert abs(before[second]["at_px"][0] - true[second][0]) > 2.0
    film.click(*before[second]["at_px"])
    film.canvas.press("s")
    tab.settle()
    taken = _placed(tab)[second]
    assert taken["snapped"]
    assert taken["at_px"][0] == pytest.approx(true[second][0], abs=1.2)
    assert abs(taken["at_px"][0] - true[second][0]) < abs(before[second]["at_px"][0] - true[second][0])
    # Zoomed about its own place it stays there, and 60 px of the screen are 60 / scale of its own pixels.
    film.click(*taken["at_px"])
    for _ in range(3):
        page.locator(".film-viewer").get_by_role("button", name="Larger").click()
    box = film.canvas.bounding_box()
    assert box is not None
    scale = min(box["width"] / AP.columns, box["height"] / AP.rows) * 1.25**3
    x, y = (round(place) for place in film.at(*taken["at_px"]))
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 30, y + 20)
    page.mouse.move(x + 60, y - 45)
    page.mouse.up()
    tab.settle()
    dragged = _placed(tab)[second]
    assert dragged["at_px"] == pytest.approx(
        [taken["at_px"][0] + 60.0 / scale, taken["at_px"][1] - 45.0 / scale], abs=0.0011
    )
    assert "snapped" not in dragged or not dragged["snapped"]
    # A nudge that is undone leaves it where it was dragged to.
    film.click(*dragged["at_px"])
    for _ in range(2):
        film.canvas.press("ArrowRight")
    page.locator(".film-viewer").get_by_role("button", name="Undo").click()
    tab.settle()
    assert _placed(tab)[second]["at_px"] == pytest.approx([dragged["at_px"][0] + 1.0, dragged["at_px"][1]], abs=0.001)


@pytest.fixture
def tablet(chromium: Browser, address: str) -> Iterator[Screen]:
    with watched_tab(
        chromium, viewport={"width": 820, "height": 1180}, has_touch=True, is_mobile=True, device_scale_factor=2
    ) as page:
        yield Screen(page, address).open()


@pytest.mark.hazard("H-33")
def test_points_are_placed_aimed_and_dragged_with_a_finger(tablet: Screen, tmp_path: Path) -> None:
    tab = tablet.open("?case=sample-tibia_varus&step=limb").step("radiographs")
    film, page = _opened(tab, AP, tmp_path / "ap.png", "AP", "Front"), tab.page
    touch = page.context.new_cdp_session(page)

    def finger(kind: str, *places: tuple[float, float]) -> None:
        points = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    # A tap places; a finger that rests aims with the loupe and places where it is lifted.
    page.touchscreen.tap(*film.at(300.0, 300.0))
    tab.settle()
    x, y = film.at(500.0, 300.0)
    finger("touchStart", (x, y))
    page.wait_for_timeout(500)
    finger("touchMove", (x + 30.0, y + 10.0))
    expect(page.locator(".loupe")).to_be_visible()
    aimed = film.at(500.0, 300.0)
    finger("touchEnd")
    tab.settle()
    box = film.canvas.bounding_box()
    assert box is not None
    scale = min(box["width"] / AP.columns, box["height"] / AP.rows)
    assert aimed == (x, y)
    # A finger takes hold of a point from beside it, and two fingers move and enlarge the picture without a point.
    start = film.at(300.0, 300.0)
    finger("touchStart", (start[0] + 15.0, start[1] + 10.0))
    finger("touchMove", (start[0] + 35.0, start[1] + 10.0))
    finger("touchMove", (start[0] + 65.0, start[1] + 40.0))
    finger("touchEnd")
    tab.settle()
    middle = film.at(440.0, 600.0)
    finger("touchStart", (middle[0] - 40.0, middle[1]), (middle[0] + 40.0, middle[1]))
    finger("touchMove", (middle[0] - 80.0, middle[1]), (middle[0] + 80.0, middle[1]))
    finger("touchEnd")
    tab.settle()
    points = _placed(tab)
    assert len(points) == 2
    assert points["reference.cortex.1.medial"]["at_px"] == pytest.approx(
        [300.0 + 50.0 / scale, 300.0 + 30.0 / scale], abs=0.6
    )
    assert points["reference.cortex.1.lateral"]["at_px"] == pytest.approx(
        [500.0 + 30.0 / scale, 300.0 + 10.0 / scale], abs=0.6
    )
    # A tap just beside a point places the one that is asked for; a tap on it only chooses it.
    beside = 18.0 / scale  # 18 pixels of the screen, more than a point and less than what a drag takes hold from
    page.locator(".film-viewer").get_by_role("button", name="Fit").click()
    tab.settle()
    x, y = points["reference.cortex.1.medial"]["at_px"]
    page.touchscreen.tap(*film.at(x, y))
    tab.settle()
    assert len(_placed(tab)) == 2
    page.touchscreen.tap(*film.at(x + beside, y))
    tab.settle()
    third = _placed(tab)["reference.cortex.2.medial"]["at_px"]
    assert third == pytest.approx([x + beside, y], abs=1.0)
    # Every button is large enough for a finger, and nothing is wider than the screen.
    sizes = page.locator(".film-viewer button:visible").evaluate_all("(all) => all.map((one) => one.offsetHeight)")
    assert min(sizes) >= 44
    assert tab.over_px <= 0


@pytest.mark.hazard("H-22")
def test_a_kept_radiograph_is_seen_again_when_the_case_is_opened_again(screen: Screen, tmp_path: Path) -> None:
    tab = screen.open("?case=sample-tibia_varus&step=limb").enter("Case id", "kept").step("radiographs")
    _opened(tab, AP, tmp_path / "ap.png", "AP", "Front")
    tab.page.get_by_text("Keep the pictures in the library, too").click()
    tab.settle()
    expect(tab.page.get_by_text("Kept in the library: 1 of 1 pictures.")).to_be_visible()
    with tab.page.expect_response(lambda answer: "/films/" in answer.url) as fetched:
        tab.page.goto(tab.page.evaluate("location.href"))
    assert fetched.value.status == 200
    assert fetched.value.header_value("content-type") == "image/png"
    film = tab.page.locator("canvas.film")
    expect(film).to_be_visible()
    bright = """(canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        return Math.max(...data.filter((_, k) => k % 4 === 0).filter((_, k) => k % 50 === 0));
    }"""
    for _ in range(20):
        if film.evaluate(bright) > 100:
            break
        tab.page.wait_for_timeout(250)
    assert film.evaluate(bright) > 100
