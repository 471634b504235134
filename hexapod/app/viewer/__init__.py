"""The 3D preview of the frame: a Streamlit component drawn by three.js in the browser.

README.md beside this file describes the scene it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hexapod.app.viewer.bundles import FRAME, ROUTES, ViewerNotBuiltError, bundle_path, mounted, packed

if TYPE_CHECKING:
    from hexapod.app.widgets.viewer_scene import Jump

__all__ = ["ROUTES", "ViewerNotBuiltError", "bundle_path", "frame_viewer", "prepare"]

_COMPONENT_NAME = "hexapod_frame_viewer"
# What the page itself has to do with the preview: its own heights, so that the preview beside the steps keeps clear of
# the banner, which alarms make higher.
_GLUE = """const page = document.documentElement;
const look = new ResizeObserver(([{target}]) => page.style.setProperty("--hx-banner", `${target.offsetHeight}px`));
let seen = null;
const find = () => {
  const banner = document.querySelector(".st-key-banner");
  if (!banner || banner === seen) return;
  look.disconnect();
  look.observe(seen = banner);
};
new MutationObserver(find).observe(document.body, { childList: true, subtree: true });
find();
export default view;"""


def _mount() -> Any:
    return mounted(_COMPONENT_NAME, FRAME, _GLUE)


def prepare() -> None:
    """Read the bundle before anybody needs it.  Raises ViewerNotBuiltError if it is missing."""
    _mount()
    packed(bundle_path(), bundle_path().stat().st_mtime_ns)


def frame_viewer(
    scene: dict[str, Any] | None,
    *,
    key: str,
    case: str = "",
    height: int = 520,
    show: Jump | None = None,
    description: str = "",
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
    _mount()(key=key, data={"key": case or key, "height": height, "scene": scene, "show": jump, "told": description})
