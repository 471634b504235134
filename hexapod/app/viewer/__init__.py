"""The 3D preview of the frame: a Streamlit component drawn by three.js in the browser.

The bundle is built from ``src/`` (``make viewer``) and is not kept in the repository. README.md beside this file
describes the scene it takes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st

from hexapod.app.widgets.viewer_scene import Jump, days_of

_COMPONENT_NAME = "hexapod_frame_viewer"


class ViewerNotBuiltError(RuntimeError):
    """The browser bundle of the 3D preview is missing."""


def bundle_path() -> Path:
    """Where the built browser bundle of the 3D preview stands (whether it exists or not)."""
    return Path(__file__).parent / "dist" / "frame_viewer.js"


@cache
def _component(bundle: Path, _built_ns: int) -> Any:
    # Registered once for each build: registering again at every rerun would log a warning each time.
    return st.components.v2.component(_COMPONENT_NAME, js=bundle.read_text(encoding="utf-8"))


def _mount() -> Any:
    bundle = bundle_path()
    try:
        built_ns = bundle.stat().st_mtime_ns
    except FileNotFoundError:
        raise ViewerNotBuiltError(
            f"The 3D preview has not been built: {bundle.name} is missing. "
            "Run `make viewer` in the project folder, then reload the page."
        ) from None
    return _component(bundle, built_ns)


def prepare() -> None:
    """Read the bundle before anybody needs it.  Raises ViewerNotBuiltError if it is missing."""
    _mount()


def frame_viewer(scene: dict[str, Any], *, key: str, height: int = 520, show: Jump | None = None) -> int | None:
    """Day the clinician chose in the 3D preview of a plan, or None before any was chosen.

    `scene` is what `frame_scene` gives (README.md: lengths in mm, a pose a day). `key` names the preview on the page:
    camera and day are kept under it. `height` is that of the drawing in pixels; the controls stand below it.
    `show` sends the preview to a day and makes bodies stand out there, once for every new `show.number`; a day beyond
    the scene's last one is its last. The day comes back when the slider is let go, an arrow key has settled, playing
    stops or a jump has been made, never while it moves.
    A day beyond the scene's last one (chosen on a longer plan before) gives None.

    Raises ViewerNotBuiltError if the browser bundle is missing.
    """
    jump = None if show is None else {"day": show.day, "bodies": list(show.bodies), "number": show.number}
    result = _mount()(
        key=key,
        data={"key": key, "height": height, "scene": scene, "show": jump},
        default={"day": None},
        on_day_change=_nothing,
    )
    day = result.get("day")
    if isinstance(day, bool) or not isinstance(day, int) or not 0 <= day < days_of(scene):
        return None
    return day


def _nothing() -> None:
    """Streamlit only returns state values that have a callback."""
