"""The pictures as parts of the page: escaped, told apart from nought, with a place of their own for what is missing."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from hexapod.app.draft.typed_text import Trouble
from hexapod.app.widgets import drawings
from hexapod.drawings.entry.measure_drawings import QUANTITIES

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = sorted((ROOT / "sample_cases").glob("*.json"))
NAMES = '<b onclick="x">& :material/home:\n\n# nerve'


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_the_films_of_a_sample_are_well_formed(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    for level in document["levels"]:
        section = ET.fromstring(drawings.films_html(document["limb"], level))
        films = [one for one in section.iter() if one.attrib.get("class") == "hx-film"]
        assert [one.attrib["role"] for one in films] == ["img", "img"]


def test_names_are_escaped_and_stay_in_one_block() -> None:
    level = {"reference": "distal", "structures_at_risk": [{"name": NAMES, "at": {"medial_mm": 3}}, {"name": NAMES}]}
    html = drawings.films_html({"side": "left", "bone": "femur"}, level)
    ET.fromstring(html)
    assert "<b " not in html
    shown = AppTest.from_function(_page)
    shown.session_state["level"] = level
    shown.run()
    assert not shown.exception
    (block,) = shown.markdown
    assert "\n" not in block.value
    assert ":" not in block.value
    assert block.allow_html


def _page() -> None:
    import streamlit as st

    from hexapod.app.widgets import drawings

    drawings.style()
    drawings.films({"side": "left", "bone": "femur"}, st.session_state["level"])


def test_every_drawing_is_well_formed() -> None:
    for quantity in QUANTITIES:
        for side in ("right", None):
            ET.fromstring(drawings.measure_html(quantity, side=side, reference="proximal", bone=None))


@pytest.mark.hazard("H-01")
def test_without_a_side_a_sentence_stands_in_the_place_of_the_films() -> None:
    html = drawings.films_html({"bone": "tibia"}, {"reference": "proximal"})
    assert 'hx-film"' not in html
    assert "Choose the side" in html
    style = drawings.STYLE.read_text("utf-8")
    assert float(re.search(r"\.hx-nofilm \{ min-height: (\d+)px", style)[1]) == 389  # type: ignore[index]


@pytest.mark.hazard("H-02")
def test_entries_in_trouble_are_told_apart_from_those_still_missing() -> None:
    troubles = [
        Trouble(("levels", "a"), "levels[0].deformity.varus_deg", "choose varus or valgus.", False),
        Trouble(("levels", "a"), "levels[0].frame.settings_mm[2]", "still to be entered.", True),
        Trouble(("levels", "b"), "levels[1].deformity.short_mm", "type a number.", False),
        Trouble(("id",), "id", "type an id.", False),
    ]
    assert drawings.unread_keys(troubles, 0) == {"deformity.varus_deg"}
    html = drawings.films_html(
        {"side": "right", "bone": "tibia"}, {"reference": "proximal"}, unread=drawings.unread_keys(troubles, 0)
    )
    assert "AP angulation is not drawn" in html


def test_every_colour_of_the_drawings_is_defined_in_both_modes() -> None:
    style = drawings.STYLE.read_text("utf-8")
    defined = set(re.findall(r"(--hx-d-\w+): light-dark\(#[0-9a-f]{6}, #[0-9a-f]{6}\);", style))
    document = json.loads((ROOT / "sample_cases" / "tibia_varus.json").read_text("utf-8"))
    html = drawings.films_html(document["limb"], document["levels"][0])
    html += "".join(drawings.measure_html(one, side="left", reference="distal", bone="tibia") for one in QUANTITIES)
    used = set(re.findall(r"var\((--hx-d-\w+)\)", html))
    assert used == defined
    assert not re.search(r'(fill|stroke)="#', html)
