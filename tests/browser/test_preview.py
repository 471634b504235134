"""The 3D preview in a real browser: what it draws is the plan, words stand on their sides, jumps arrive, nothing leaks."""

from __future__ import annotations

import functools
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

import hexapod
from hexapod.app.viewer.demo.scenes import VIEWER, demo_server
from hexapod.app.widgets.viewer_scene import Jump, frame_scene
from hexapod.plan.make_plan import Plan
from tests.amount import ALL
from tests.browser.conftest import HERE
from tests.browser.screen import SAMPLES

FIGURES = [
    ("tibia_varus", 0),
    ("femur_valgus_distal_reference", 0),
    ("forearm_fine_struts", 0),
    ("tibia_stacked_transport", 0),
    ("tibia_trifocal", 2),
]
ROOT = "document.getElementById('place').shadowRoot"
FRAME_SHOWN_MS = 200
ON_THE_GRAPHICS_CARD = ("geometries", "textures")
MOST_DRAW_CALLS_ALONE, MOST_DRAW_CALLS_OF_TWO_LEVELS = 10, 14


@functools.cache
def _plan(stem: str) -> tuple[Plan, tuple[dict[str, Any], ...]]:
    case = hexapod.load_case(SAMPLES / f"{stem}.json")
    plan = hexapod.make_plan(case)
    scenes = [frame_scene(plan, index) for index in range(len(plan.levels))]
    return plan, tuple(scene for scene in scenes if scene is not None)


class Preview:
    """The demo page with one scene."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def root(self) -> Any:
        return self.page.get_by_test_id("frame-viewer")

    @property
    def day(self) -> int:
        return int(self.root.get_attribute("data-day"))

    @property
    def sent(self) -> list[Any]:
        return self.page.evaluate("window.sent")

    def view(self, name: str) -> Preview:
        self.page.locator(f"[data-view='{name}']").first.click()
        return self.drawn()

    def drawn(self) -> Preview:
        """Wait until what was asked for is on the screen."""
        self.page.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
        return self

    def go(self, day: int) -> Preview:
        self.page.evaluate(
            f"day => {{ const slider = {ROOT}.querySelector('[data-testid=day-slider]'); slider.value = day;"
            " slider.dispatchEvent(new Event('input')); }",
            day,
        )
        return self.drawn()

    def call(self, **changed: Any) -> Preview:
        """What Streamlit does when the page is drawn anew."""
        self.page.evaluate("changed => { window.demo.close = window.demo.call(changed); }", changed)
        return self.drawn()

    def probe(self) -> dict[str, Any]:
        return self.page.evaluate("window.__hexapodViewer.probe('demo')")

    def picture(self) -> bytes:
        """What is drawn, as a PNG file."""
        self.page.wait_for_timeout(FRAME_SHOWN_MS)
        return self.page.locator("canvas").screenshot()

    def words(self) -> dict[str, dict[str, float]]:
        """Middle of every anatomical word that is seen, in pixels of the picture."""
        return self.page.evaluate(
            f"""() => {{
              const stage = {ROOT}.querySelector('.stage').getBoundingClientRect();
              return Object.fromEntries([...{ROOT}.querySelectorAll('.direction')].filter(word => !word.hidden).map(word => {{
                const box = word.getBoundingClientRect();
                return [word.textContent, {{x: box.x + box.width / 2 - stage.x, y: box.y + box.height / 2 - stage.y,
                  left: box.left, right: box.right, top: box.top, bottom: box.bottom,
                  inside: box.left >= stage.left && box.right <= stage.right && box.top >= stage.top
                    && box.bottom <= stage.bottom, wide: stage.width, high: stage.height}}];
              }}));
            }}"""
        )


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[str, dict[str, Any]]]:
    scenes: dict[str, Any] = {}
    with demo_server(scenes) as address:
        yield address, scenes


@pytest.fixture
def preview(chromium: Browser, served: tuple[str, dict[str, Any]]) -> Iterator[Callable[..., Preview]]:
    """Opens the preview of a level of a sample case; any request to another machine, and any error, fails the test."""
    address, scenes = served
    context = chromium.new_context(viewport={"width": 1024, "height": 800}, reduced_motion="reduce")
    asked: list[str] = []
    errors: list[str] = []
    context.on("request", lambda request: asked.append(request.url))

    def opened(stem: str, level: int = 0, prepare: str = "") -> Preview:
        scenes[f"{stem}.{level}"] = _plan(stem)[1][level]
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        if prepare:
            page.add_init_script(prepare)
        page.goto(f"{address}/demo/index.html?scene=/scenes/{stem}.{level}")
        page.get_by_test_id("frame-viewer").wait_for()
        return Preview(page).drawn()

    yield opened
    assert not [
        url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname not in HERE
    ]
    assert not errors
    context.close()


def test_the_laws_of_the_viewer_hold() -> None:
    folder = str(Path(sys.executable).parent)
    done = subprocess.run(
        ["node", "--test"],
        cwd=VIEWER,
        capture_output=True,
        text=True,
        env=os.environ | {"PATH": folder + os.pathsep + os.environ["PATH"]},
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.hazard("H-13")
@pytest.mark.parametrize(("stem", "level"), FIGURES)
@pytest.mark.some(3)
def test_the_struts_on_the_screen_have_the_lengths_of_the_plan(
    preview: Callable[..., Preview], stem: str, level: int
) -> None:
    plan, _ = _plan(stem)
    rows = plan.levels[level].rows
    page = preview(stem, level)
    for day in (0, len(rows) // 3, len(rows) // 2, len(rows) - 1):
        page.go(day)
        assert page.day == day
        assert page.probe()["lengths_mm"] == pytest.approx(rows[day].lengths_mm, abs=0.002)
        values = page.page.locator(".value").all_inner_texts()
        assert [float(value) for value in values] == list(rows[day].settings_mm)
        assert rows[day].stage in page.page.locator(".day").inner_text()


@pytest.mark.hazard("H-01")
@pytest.mark.parametrize(("stem", "side"), [("tibia_varus", "right"), ("tibia_chronic", "left")])
def test_medial_and_lateral_stand_on_their_sides(preview: Callable[..., Preview], stem: str, side: str) -> None:
    page = preview(stem).view("AP")
    words = page.words()
    assert set(words) == {"MEDIAL", "LATERAL", "PROXIMAL", "DISTAL"}
    # Facing the patient, the patient's left is on the right of the screen: medial of a right limb too.
    assert (words["MEDIAL"]["x"] > words["LATERAL"]["x"]) == (side == "right")
    assert words["PROXIMAL"]["y"] < words["DISTAL"]["y"]
    lateral = page.view("Lateral").words()
    assert set(lateral) == {"ANTERIOR", "POSTERIOR", "PROXIMAL", "DISTAL"}
    assert (lateral["ANTERIOR"]["x"] > lateral["POSTERIOR"]["x"]) == (side == "right")
    above = page.view("From proximal").words()
    assert above["ANTERIOR"]["y"] > above["POSTERIOR"]["y"]
    assert (above["MEDIAL"]["x"] > above["LATERAL"]["x"]) == (side == "right")


@pytest.mark.parametrize("width", [360, 768, 1024])
@pytest.mark.some(2)
def test_anatomical_words_lie_inside_the_picture_and_clear_of_one_another(
    preview: Callable[..., Preview], width: int
) -> None:
    page = preview("tibia_stacked_transport")
    page.page.set_viewport_size({"width": width, "height": 900})
    for name in ("AP", "Lateral", "From proximal", "Free"):
        words = page.view(name).words()
        assert len(words) >= 4
        assert all(word["inside"] for word in words.values())
        boxes = list(words.values())
        for k, a in enumerate(boxes):
            for b in boxes[:k]:
                apart = (
                    a["left"] >= b["right"]
                    or b["left"] >= a["right"]
                    or a["top"] >= b["bottom"]
                    or b["top"] >= a["bottom"]
                )
                assert apart, (name, words)


@pytest.mark.hazard("H-09")
def test_a_jump_shows_its_day_and_its_pair_once(preview: Callable[..., Preview]) -> None:
    page = preview("tibia_stacked_transport", 1)
    jump = Jump(14, ("strut 2", "limb"), 1)
    page.call(show={"day": jump.day, "bodies": list(jump.bodies), "number": jump.number})
    assert (page.day, page.root.get_attribute("data-bodies")) == (14, "strut 2, limb")
    assert page.page.get_by_role("status").inner_text() == "Strut 2 and the limb"
    assert page.sent[-1] == 14
    # The page drawn anew asks for the same jump: the day chosen since stays.
    page.go(20)
    page.call()
    assert page.day == 20
    # The same jump asked for again is made again.
    page.call(show={"day": 14, "bodies": ["strut 2", "limb"], "number": 2})
    assert page.day == 14
    page.page.get_by_role("button", name="Show all alike again").click()
    assert page.root.get_attribute("data-bodies") == ""


def test_a_jump_beyond_the_last_day_and_one_without_bodies_are_made_as_far_as_they_go(
    preview: Callable[..., Preview],
) -> None:
    page = preview("tibia_varus")
    page.call(show={"day": 4000, "bodies": [], "number": 1})
    assert page.day == len(_plan("tibia_varus")[0].levels[0].rows) - 1
    for number, bodies in enumerate((["strut 9"], ["limb", "strut 1"], ["bone"], ["proximal ring", "distal ring"]), 2):
        page.call(show={"day": number, "bodies": bodies, "number": number})
        assert page.day == number


@pytest.mark.slow
def test_keys_move_the_days_and_the_page_hears_of_each_without_asking_the_server(
    preview: Callable[..., Preview],
) -> None:
    page = preview("tibia_varus")
    asked: list[str] = []
    page.page.on("request", lambda request: asked.append(request.url))
    for day in range(40):
        page.go(day)
    assert (page.sent[-40:], asked) == (list(range(40)), [])
    page.root.focus()
    for key, day in (("End", 90), ("ArrowLeft", 89), ("Home", 0), ("ArrowRight", 1)):
        page.page.keyboard.press(key)
        assert page.day == day
    assert (page.sent[-4:], asked) == ([90, 89, 0, 1], [])
    begun = time.monotonic()
    page.page.keyboard.press("Space")
    expect(page.root).to_have_attribute("data-day", re.compile(r"^([3-9]|\d\d)$"))
    # Motion is reduced in this tab: a day takes 0.7 s, from day 1 to day 3 two of them.
    assert time.monotonic() - begun > 1.3
    page.page.keyboard.press("Space")
    assert page.drawn().day < 90
    assert page.sent[-1] == page.day
    page.page.evaluate("window.dispatchEvent(new CustomEvent('hexapod-go-to-day', { detail: { day: 33 } }))")
    assert page.drawn().day == 33


@pytest.mark.slow
def test_whole_construct_and_level_alone(preview: Callable[..., Preview]) -> None:
    page = preview("tibia_trifocal", 1)
    assert "Whole construct" in page.page.locator(".plate").inner_text()
    whole = page.probe()
    page.page.get_by_role("button", name="This hexapod", exact=True).click()
    page.drawn()
    assert "This hexapod alone" in page.page.locator(".plate").inner_text()
    # The whole construct has its struts in other axes, in the graphics card's single precision.
    assert page.probe()["lengths_mm"] == pytest.approx(whole["lengths_mm"], abs=1e-4)
    alone = preview("tibia_two_levels")
    assert "does not tell how its hexapods join" in alone.page.locator(".plate").inner_text()
    assert not alone.page.get_by_role("button", name="Whole construct").is_visible()


def test_a_day_costs_few_draw_calls(preview: Callable[..., Preview]) -> None:
    """What keeps its place to one another is one geometry: the time of a step goes with the number of draw calls."""
    page = preview("tibia_stacked_transport")
    for day in (0, 40, _plan("tibia_stacked_transport")[0].levels[0].rows[-1].day):
        assert 0 < page.go(day).probe()["calls"] <= MOST_DRAW_CALLS_OF_TWO_LEVELS
    page.page.get_by_role("button", name="This hexapod", exact=True).click()
    assert 0 < page.drawn().probe()["calls"] <= MOST_DRAW_CALLS_ALONE


@pytest.mark.parametrize("bodies", [[], ["strut 2", "proximal ring"]])
@pytest.mark.slow
def test_a_change_of_the_theme_gives_the_picture_of_that_theme(
    preview: Callable[..., Preview], bodies: list[str]
) -> None:
    show = {"day": 14, "bodies": bodies, "number": 1}
    dark = "document.documentElement.classList.add('dark');"
    changed = preview("tibia_stacked_transport").view("AP").call(show=show)
    light = changed.picture()
    changed.page.evaluate(f"() => {{ {dark} }}")
    changed.call()
    opened = preview("tibia_stacked_transport", 0, f"addEventListener('DOMContentLoaded', () => {{ {dark} }});")
    assert changed.picture() == opened.view("AP").call(show=show).picture() != light


@pytest.mark.slow
def test_the_limb_is_switched_and_told_when_its_girth_is_missing(preview: Callable[..., Preview]) -> None:
    page = preview("tibia_stacked_transport")
    for state in ("Solid", "Off", "Faint"):
        page.page.get_by_role("button", name=state, exact=True).click()
        assert page.root.get_attribute("data-limb") == state
    assert not preview("tibia_varus").page.get_by_role("button", name="Solid", exact=True).is_visible()


@pytest.mark.slow
def test_scenes_come_and_go_without_leaving_anything_on_the_graphics_card(preview: Callable[..., Preview]) -> None:
    page = preview("tibia_varus")
    first, other = _plan("tibia_varus")[1][0], _plan("tibia_trifocal")[1][0]
    page.call(scene=other).call(scene=first)
    before = {name: page.probe()[name] for name in ON_THE_GRAPHICS_CARD}
    for number in range(3):
        page.call(scene=other, key="another case", show={"day": 3, "bodies": ["strut 1", "bone"], "number": number})
        page.call(scene=first, key="demo", show=None)
    assert {name: page.probe()[name] for name in ON_THE_GRAPHICS_CARD} == before
    page.page.evaluate("window.demo.close()")
    assert page.page.evaluate("window.__hexapodViewer.count()") == 0
    assert page.page.locator("canvas").count() == 0


def test_an_edit_is_drawn_with_the_shaders_of_before(preview: Callable[..., Preview]) -> None:
    page = preview("tibia_varus", 0)
    shaders = page.probe()["shaders"]
    assert shaders
    _, (scene,) = _plan("tibia_varus")
    page.call(scene=scene | {"title": "another"})
    assert page.page.evaluate("window.__hexapodViewer.timing.builds") == 2
    assert page.probe()["shaders"] == shaders


@pytest.mark.hazard("H-13")
def test_without_webgl_a_still_picture_with_days_views_and_jumps(preview: Callable[..., Preview]) -> None:
    page = preview("tibia_stacked_transport", 1, "HTMLCanvasElement.prototype.getContext = () => null;")
    rows = _plan("tibia_stacked_transport")[0].levels[1].rows
    assert "cannot draw in 3D" in page.page.locator(".note").inner_text()
    page.call(show={"day": 14, "bodies": ["strut 2", "limb"], "number": 1})
    assert page.probe()["lengths_mm"] == pytest.approx(rows[14].lengths_mm, abs=0.002)
    for name in ("AP", "Lateral", "From proximal", "Free"):
        page.view(name)
        assert page.page.locator(".picture svg circle").count() >= 12


def test_the_picture_is_told_to_people_who_cannot_see_it(preview: Callable[..., Preview]) -> None:
    page = preview("tibia_stacked_transport")
    label = page.page.get_by_role("img").get_attribute("aria-label")
    for words in ("left tibia", "Day 0 of 279", "Whole construct", "strut 1 ", "strut 6 "):
        assert words in label


APP = """
import streamlit as st, hexapod
from dataclasses import replace
from hexapod.app.widgets.viewer_scene import Jump
from hexapod.app.widgets.viewer_scene import frame_scene
from hexapod.app.viewer import frame_viewer

case = hexapod.load_case({case!r})
plan = hexapod.make_plan(case)

def jump():
    number = st.session_state.get("number", 0) + 1
    st.session_state["number"] = number
    st.session_state["jump"] = Jump(14, ("strut 2", "strut 3"), number)

st.button("Show it", on_click=jump)
st.button("Something else")
frame_viewer(frame_scene(plan, 0), key="viewer", show=st.session_state.get("jump"))
st.text(f"Python has run {{st.session_state.setdefault('runs', 0)}} times")
st.session_state["runs"] += 1
"""
SERVED = """
import streamlit as st
from hexapod.app import viewer

app = st.App("page.py", routes=viewer.ROUTES)
"""


@pytest.mark.slow
def test_a_jump_goes_through_streamlit_and_no_day_asks_for_a_run(chromium: Browser, tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text(SERVED, encoding="utf-8")
    (tmp_path / "page.py").write_text(APP.format(case=str(SAMPLES / "tibia_varus.json")), encoding="utf-8")
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    address = f"http://localhost:{port}"
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(script),
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    server = subprocess.Popen(
        command,
        cwd=VIEWER.parents[2],
        env=os.environ | {"PYTHONPATH": str(VIEWER.parents[2])},
        stdout=subprocess.DEVNULL,
    )
    try:
        for _ in range(150):
            try:
                urllib.request.urlopen(f"{address}/_stcore/health").close()
                break
            except (urllib.error.URLError, ConnectionError):
                time.sleep(0.2)
        page = chromium.new_page()
        page.goto(address)
        told = page.get_by_test_id("stText")
        expect(told).to_have_text("Python has run 0 times", timeout=30_000)
        root = page.get_by_test_id("frame-viewer")
        expect(root).to_have_attribute("data-day", "0")
        page.get_by_role("button", name="Show it").click()
        expect(told).to_have_text("Python has run 1 times")
        expect(root).to_have_attribute("data-day", "14")
        expect(root).to_have_attribute("data-bodies", "strut 2, strut 3")
        page.get_by_test_id("day-slider").focus()
        page.keyboard.press("End")
        expect(root).to_have_attribute("data-day", "90")
        page.get_by_role("button", name="Something else").click()
        expect(told).to_have_text("Python has run 2 times")
        expect(root).to_have_attribute("data-day", "90")
        page.get_by_role("button", name="Show it").click()
        expect(told).to_have_text("Python has run 3 times")
        expect(root).to_have_attribute("data-day", "14")
        page.close()
    finally:
        server.terminate()
        server.wait(timeout=20)


# Everything written over the drawing against everything else, in pixels: a word against a word, and against the disc of a
# number, which is round.
# Nothing is drawn behind the words meanwhile: graphics in software would take nearly all of the time.
COVERED = f"""async days => {{
  for (const draw of ['drawElements', 'drawArrays', 'drawElementsInstanced', 'drawArraysInstanced'])
    WebGL2RenderingContext.prototype[draw] = () => undefined;
  const stage = {ROOT}.querySelector('.stage');
  const drawn = () => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
  const found = [];
  for (const view of {ROOT}.querySelectorAll('[data-view]')) {{
    view.click();
    for (const day of days) {{
      const slider = {ROOT}.querySelector('[data-testid=day-slider]');
      slider.value = day;
      slider.dispatchEvent(new Event('input'));
      await drawn();
      const {{ left, top }} = stage.getBoundingClientRect();
      const words = [...{ROOT}.querySelectorAll('.word, .zooms button')].filter(word => !word.hidden && word.textContent).map(word => {{
        const box = word.getBoundingClientRect();
        return {{ text: word.textContent, left: box.left - left, top: box.top - top, right: box.right - left, bottom: box.bottom - top }};
      }});
      const discs = window.__hexapodViewer.probe('demo').discs;
      words.forEach((word, i) => {{
        const told = other => found.push([view.dataset.view, day, word.text, other]);
        if (word.left < 0 || word.top < 0 || word.right > stage.clientWidth || word.bottom > stage.clientHeight) told('the edge');
        words.slice(i + 1).forEach(other => {{
          const across = Math.min(word.right, other.right) - Math.max(word.left, other.left);
          const down = Math.min(word.bottom, other.bottom) - Math.max(word.top, other.top);
          if (across > 1 && down > 1) told(other.text);
        }});
        discs.forEach((disc, k) => {{
          const x = (disc.left + disc.right) / 2, y = (disc.top + disc.bottom) / 2;
          const off = Math.hypot(Math.max(word.left - x, 0, x - word.right), Math.max(word.top - y, 0, y - word.bottom));
          if (off < (disc.right - disc.left) / 2 - 1) told(`number ${{k % 6 + 1}}`);
        }});
      }});
    }}
  }}
  return found;
}}"""


PANE = (426, 340)


@pytest.mark.parametrize(("width", "height"), [(1024, 520), (390, 520), PANE])
@pytest.mark.parametrize(
    "stem", [path.stem for path in sorted(SAMPLES.glob("*.json")) if path.stem != "refused_strut_travel"]
)
@pytest.mark.some(4)
@pytest.mark.brief
def test_no_word_covers_a_number_or_another_word(
    preview: Callable[..., Preview], stem: str, width: int, height: int
) -> None:
    scenes = _plan(stem)[1]
    for level, scene in enumerate(scenes):
        shown = preview(stem, level)
        shown.page.set_viewport_size({"width": width, "height": 800})
        shown.call(height=height)
        last = len(scene["settings_mm"]) - 1
        # In a pane beside the steps, the narrowest, every third day: between two of them a word moves by a pixel or two,
        # and this asks for one.  Of larger ones a few.
        every = ALL and (width, height) == PANE
        days = [*range(0, last, 3), last] if every else [0, last // 3, last // 2, last]
        assert shown.page.evaluate(COVERED, days) == [], f"hexapod {level + 1}"
        shown.page.close()
