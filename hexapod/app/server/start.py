"""The app from the command line: `hexapod app`.  `make app` and `streamlit run app.py` start the same app."""

from __future__ import annotations

import os
import sys

from streamlit.web import cli

from hexapod.about import folder_of_files


def start(port: int, *, browser: bool) -> int:
    """Serve the app on a port of this machine until it is stopped; the exit status.

    Its settings are those of its own `.streamlit/config.toml`, also outside a checkout.  An environment variable such
    as `STREAMLIT_SERVER_ADDRESS` goes before them.  `browser` opens the first page, where there is a screen.
    """
    script = folder_of_files() / "app.py"
    headless = "false" if browser and _has_screen() else "true"
    words = ["run", str(script), "--server.port", str(port), "--server.headless", headless]
    try:
        cli.main(words, prog_name="streamlit")
    except SystemExit as leaving:
        return int(leaving.code or 0) if isinstance(leaving.code, int | None) else 1
    return 0


def _has_screen() -> bool:
    """Whether this machine can show a browser; on Linux a desktop says so by these variables."""
    return sys.platform in ("win32", "darwin") or any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
