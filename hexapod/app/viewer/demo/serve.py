"""The demo page on a free port of this machine, with scenes handed over in memory."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

VIEWER = Path(__file__).resolve().parents[1]


@contextmanager
def demo_server(scenes: Mapping[str, Any], port: int = 0) -> Iterator[str]:
    """Address of the server; `{address}/demo/index.html?scene=/scenes/NAME` shows the scene of that name.

    Scenes may be added to the mapping while the server runs.
    """

    class Page(SimpleHTTPRequestHandler):
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

    def page(*args: Any) -> Page:
        return Page(*args, directory=str(VIEWER))

    with ThreadingHTTPServer(("localhost", port), page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://localhost:{server.server_address[1]}"
        finally:
            server.shutdown()
