"""The 3D preview of the frame: a Streamlit component drawn by three.js in the browser.

The bundle is built from ``src/`` (``make viewer``) and is not kept in the repository. README.md beside this file
describes the scene it takes.  The browser fetches the bundle once, by the route `ROUTES`: in the messages of a page,
which bring a new scene with every edit, it would come again each time.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from hexapod.app.widgets.viewer_scene import Jump

_COMPONENT_NAME = "hexapod_frame_viewer"
_ADDRESS = "viewer/frame_viewer.js"
# What the page itself has to do with the preview: its own heights, so that the preview beside the steps keeps clear of
# the banner, which alarms make higher.  The bundle is fetched from where the page is from.
_GLUE = """const {{default: view}} = await import(new URL("{address}", location.origin).href);
const page = document.documentElement;
const look = new ResizeObserver(([{{target}}]) => page.style.setProperty("--hx-banner", `${{target.offsetHeight}}px`));
export default (call) => {{
  const banner = document.querySelector(".st-key-banner");
  if (banner) look.observe(banner);
  return view(call);
}};"""


class ViewerNotBuiltError(RuntimeError):
    """The browser bundle of the 3D preview is missing."""


def bundle_path() -> Path:
    """Where the built browser bundle of the 3D preview stands (whether it exists or not)."""
    return Path(__file__).parent / "dist" / "frame_viewer.js"


@cache
def _component(bundle: Path, _built_ns: int) -> Any:
    # Registered once for each build: registering again at every rerun would log a warning each time.
    mark = hashlib.sha256(bundle.read_bytes()).hexdigest()[:12]
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    glue = _GLUE.format(address=f"{f'/{base}' if base else ''}/{_ADDRESS}?{mark}")
    return st.components.v2.component(_COMPONENT_NAME, js=glue)


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
    _packed(bundle_path(), bundle_path().stat().st_mtime_ns)


@cache
def _packed(bundle: Path, _built_ns: int) -> bytes:
    return gzip.compress(bundle.read_bytes(), mtime=0)


async def _bundle(request: Request) -> Response:
    """The bundle, by an address that changes with it."""
    bundle = bundle_path()
    if not bundle.exists():
        return PlainTextResponse("the 3D preview has not been built", status_code=404)
    packed = "gzip" in request.headers.get("accept-encoding", "")
    content = _packed(bundle, bundle.stat().st_mtime_ns) if packed else bundle.read_bytes()
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "Vary": "Accept-Encoding"}
    if packed:
        headers["Content-Encoding"] = "gzip"
    return Response(content, media_type="text/javascript", headers=headers)


# The server serves the whole app below a base path, if it has one, or takes that away before.
ROUTES = [Route(f"/{_ADDRESS}", _bundle), Route("/{base:path}/" + _ADDRESS, _bundle)]


def frame_viewer(
    scene: dict[str, Any] | None,
    *,
    key: str,
    case: str = "",
    height: int = 520,
    show: Jump | None = None,
    told: str = "",
) -> None:
    """The preview of a plan, or of entries that make none yet.

    Args:
        scene: what `frame_scene` or `entered_scene` gives (README.md: lengths in mm, a pose a day).
        key: names the preview on the page.
        case: names what it shows (`key` when empty): camera and day are kept under it.
        height: of the drawing in pixels, and less where the page has no room; the controls stand below it.
        show: sends the preview to a day and makes bodies stand out there, once for every new `show.number`; a day
            beyond the scene's last one is its last.
        told: stands in the place of a scene that there is not.

    Raises:
        ViewerNotBuiltError: the browser bundle is missing.
    """
    jump = None if show is None else {"day": show.day, "bodies": list(show.bodies), "number": show.number}
    _mount()(key=key, data={"key": case or key, "height": height, "scene": scene, "show": jump, "told": told})
