"""Bundles of the browser's parts: built by ``make viewer``, fetched once by the browser, each a Streamlit component.

They are not kept in the repository.  The browser fetches a bundle by the route `ROUTES`: in the messages of a page,
which bring new data with every edit, it would come again each time.
"""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

FRAME, FILM = "frame_viewer.js", "film_viewer.js"
_FOLDER = "viewer"
# The bundle is fetched from where the page is from.
_IMPORT = """const {{default: view}} = await import(new URL("{address}", location.origin).href);
{glue}"""
PLAIN = "export default (call) => view(call);"
_NAME = "hexapod_film_viewer"


class ViewerNotBuiltError(RuntimeError):
    """A browser bundle is missing."""


def bundle_path(name: str = FRAME) -> Path:
    """Where a built browser bundle stands (whether it exists or not)."""
    return Path(__file__).parent / "dist" / name


def below_base(place: str) -> str:
    """The address of a place of the app, whose own may be below a path of its server."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"{f'/{base}' if base else ''}/{place}"


@cache
def _registered(component: str, bundle: Path, glue: str, _built_ns: int) -> Any:
    # Registered once for each build: registering again at every rerun would log a warning each time.
    mark = hashlib.sha256(bundle.read_bytes()).hexdigest()[:12]
    address = below_base(f"{_FOLDER}/{bundle.name}?{mark}")
    return st.components.v2.component(component, js=_IMPORT.format(address=address, glue=glue))


def mounted(component: str, name: str, glue: str = PLAIN) -> Any:
    """A component of a bundle; `glue` exports what Streamlit calls and knows the bundle's own export as `view`.

    Raises:
        ViewerNotBuiltError: the bundle is missing.
    """
    bundle = bundle_path(name)
    try:
        built_ns = bundle.stat().st_mtime_ns
    except FileNotFoundError:
        raise ViewerNotBuiltError(
            f"The browser's part of this page has not been built: {bundle.name} is missing. "
            "Run `make viewer` in the project folder, then reload the page."
        ) from None
    return _registered(component, bundle, glue, built_ns)


@cache
def packed(bundle: Path, _built_ns: int) -> bytes:
    """The bundle compressed, once for each build."""
    return gzip.compress(bundle.read_bytes(), mtime=0)


async def _bundle(request: Request) -> Response:
    """A bundle, by an address that changes with it."""
    bundle = bundle_path(request.url.path.rpartition("/")[2])
    if not bundle.exists():
        return PlainTextResponse("the browser's part of this page has not been built", status_code=404)
    squeezed = "gzip" in request.headers.get("accept-encoding", "")
    content = packed(bundle, bundle.stat().st_mtime_ns) if squeezed else bundle.read_bytes()
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if squeezed:
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type="text/javascript", headers=headers)


# The server serves the whole app below a base path, if it has one, or takes that away before.
ROUTES = [Route(f"{base}/{_FOLDER}/{name}", _bundle) for name in (FRAME, FILM) for base in ("", "/{base:path}")]


def _nothing() -> None:
    """Where nothing can be changed, nothing is told."""


def show_film(
    data: dict[str, Any],
    picture: bytes | str | None,
    *,
    key: str,
    on_points: Callable[[], None] = _nothing,
    on_cover: Callable[[], None] = _nothing,
) -> None:
    """The radiograph; `data` as README.md has it, with the picture's SHA-256 as `sha256`.

    The picture (PNG) goes in a component of its own, which is sent once; `data` goes at every change of a point.  One
    that the library keeps is fetched by the browser: it is then the address below that of the app.
    `on_points` is called when points were placed, moved or removed: the widget of `key` then says
    `{"points": {"number", "sha256", "points"}}`.  `on_cover` is called when a box was drawn over a name: the widget
    then says `{"cover": {"number", "sha256", "box"}}`, left, top, right and bottom in stored pixels.

    Raises:
        ViewerNotBuiltError: the browser bundle is missing.
    """
    film = mounted(_NAME, FILM)
    if isinstance(picture, bytes):
        film(key=f"{key}-picture", data=data["sha256"].encode() + picture)
    address = below_base(picture) if isinstance(picture, str) else None
    film(
        key=key,
        data={"key": key, "address": address, **data},
        default={"points": None, "cover": None},
        on_points_change=on_points,
        on_cover_change=on_cover,
    )
