"""Scenes for the demo page: served from memory on a free port, or written to a file that the page reads.

To write scene.json, in the project folder:
`python -m hexapod.app.viewer.demo.scenes sample_cases/tibia_varus.json`, with `--level 1` for another level (counted
from 0) or `--out other.json`.
"""

from __future__ import annotations

import argparse
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hexapod.app.widgets.viewer_scene import frame_scene
from hexapod.case.files import load_case
from hexapod.plan.make_plan import Refusal, make_plan

VIEWER = Path(__file__).resolve().parents[1]


@contextmanager
def demo_server(scenes: Mapping[str, Any], port: int = 0) -> Iterator[str]:
    """Address of a server on this machine; `{address}/demo/index.html?scene=/scenes/NAME` shows the scene of that name.

    Scenes may be added to the mapping while the server runs.
    """

    class Handler(SimpleHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.split("?")[0].removeprefix("/scenes/")
            if name not in scenes:
                super().do_GET()
                return
            content = json.dumps(scenes[name], separators=(",", ":")).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            pass

    def page(*args: Any) -> Handler:
        return Handler(*args, directory=str(VIEWER))

    with ThreadingHTTPServer(("localhost", port), page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()


def main() -> None:
    """Command line."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("case", type=Path)
    words.add_argument("--level", type=int, default=0)
    words.add_argument("--out", type=Path, default=Path(__file__).parent / "scene.json")
    asked = words.parse_args()
    plan = make_plan(load_case(asked.case))
    if isinstance(plan, Refusal):
        raise SystemExit("The plan is refused, so there is no schedule: choose another case.")
    text = json.dumps(frame_scene(plan, asked.level), separators=(",", ":"))
    asked.out.write_text(text, encoding="utf-8")
    print(f"{asked.out.name}: {len(text)} bytes")


if __name__ == "__main__":
    main()
