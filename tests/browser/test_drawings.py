"""The pictures beside the entries as a browser shows them: sizes of letters, contrast, and names clear of one another."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from hexapod.app.widgets import drawings
from hexapod.drawings.entry.measure_drawings import QUANTITIES

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
SAMPLES = sorted((ROOT / "sample_cases").glob("*.json"))
# The page's own colours of both modes, and its typeface's fallback.
PAGE = """<!doctype html><meta charset="utf-8"><style>body {{ margin: 8px; font-family: sans-serif; color-scheme: {scheme};
  background: {back}; }} .row {{ width: {width}px; margin: 8px 0; }} {style}</style>{rows}"""
BACK = {"light": "#ffffff", "dark": "#10181f"}
# Least contrast of text (WCAG AA), least height of letters (px), and what two names may share of each other (square px).
CONTRAST, LETTERS_PX, SHARED_PX2 = 4.5, 12.0, 4.0

TEXTS = """() => [...document.querySelectorAll("svg[role=img]")].map((svg) => {
  const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
  return { name: svg.getAttribute("aria-label"), box: svg.getBoundingClientRect().toJSON(),
    texts: [...svg.querySelectorAll("text")].map((text) => {
      const box = text.getBoundingClientRect();
      return { words: text.textContent, size: parseFloat(getComputedStyle(text).fontSize) * scale,
        colour: getComputedStyle(text).fill, left: box.left, right: box.right, top: box.top + 0.2 * box.height,
        bottom: box.bottom - 0.2 * box.height };
    }) };
})"""


def rows() -> list[str]:
    films = []
    for path in SAMPLES:
        document = json.loads(path.read_text("utf-8"))
        films += [drawings.films_html(document["limb"], level) for level in document["levels"]]
    for side in ("right", "left", None):
        for reference in ("proximal", "distal"):
            films += [drawings.measure_html(one, side=side, reference=reference, bone="tibia") for one in QUANTITIES]
    return films


@pytest.fixture
def blank(chromium: Browser) -> Iterator[Page]:
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    yield page
    page.close()


def shown(page: Page, scheme: str, width: int) -> list[dict[str, Any]]:
    style = drawings.STYLE.read_text("utf-8")
    body = "".join(f'<div class="row">{row}</div>' for row in rows())
    page.set_content(PAGE.format(scheme=scheme, back=BACK[scheme], width=width, style=style, rows=body))
    return page.evaluate(TEXTS)


# The right column at 1280 px, a tablet in portrait, a phone.
@pytest.mark.parametrize("width", [428, 788, 358])
@pytest.mark.some(2)
def test_names_are_large_enough_and_do_not_cover_each_other(blank: Page, width: int) -> None:
    pictures = shown(blank, "light", width)
    assert len(pictures) > 150
    for picture in pictures:
        texts = picture["texts"]
        for one in texts:
            assert one["size"] >= LETTERS_PX - 0.01, one["words"]
            assert one["left"] >= picture["box"]["left"] - 1.0, (picture["name"], one["words"])
            assert one["right"] <= picture["box"]["right"] + 1.0, (picture["name"], one["words"])
        for number, one in enumerate(texts):
            for other in texts[number + 1 :]:
                across = min(one["right"], other["right"]) - max(one["left"], other["left"])
                down = min(one["bottom"], other["bottom"]) - max(one["top"], other["top"])
                shared = max(across, 0.0) * max(down, 0.0)
                assert shared <= SHARED_PX2, (picture["name"], one["words"], other["words"], shared)


def test_films_stand_beside_each_other_in_the_column_of_a_desktop(blank: Page) -> None:
    shown(blank, "light", 428)
    tops = blank.evaluate(
        "[...document.querySelectorAll('.hx-film')].slice(0, 2).map((e) => e.getBoundingClientRect().top)"
    )
    assert tops[0] == tops[1]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_are_read_in_both_modes(blank: Page, scheme: str) -> None:
    back = [int(BACK[scheme][k : k + 2], 16) for k in (1, 3, 5)]
    for picture in shown(blank, scheme, 428):
        for one in picture["texts"]:
            ink = [float(part) for part in one["colour"].removeprefix("rgb(").removesuffix(")").split(",")]
            assert contrast(ink, back) >= CONTRAST, (one["words"], one["colour"])


def contrast(ink: list[float], back: list[float]) -> float:
    light, dark = sorted((luminance(ink), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour: list[float]) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [one / 255 for one in colour]
    linear = [one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
