"""A radiograph in the browser with the points placed on it: a Streamlit component drawn on a canvas (README.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hexapod.app.viewer.bundles import FILM, mounted

_NAME = "hexapod_film_viewer"


def show_film(data: dict[str, Any], png: bytes, *, key: str, on_points: Callable[[], None]) -> None:
    """The radiograph; `data` as README.md has it, with the picture's SHA-256 as `sha256`.

    The picture goes in a component of its own, which is sent once; `data` goes at every change of a point.
    `on_points` is called when points were placed, moved or removed: the widget of `key` then says
    `{"points": {"number", "sha256", "points"}}`.

    Raises:
        ViewerNotBuiltError: the browser bundle is missing.
    """
    film = mounted(_NAME, FILM)
    film(key=f"{key}-picture", data=data["sha256"].encode() + png)
    film(key=key, data={"key": key, **data}, default={"points": None}, on_points_change=on_points)
